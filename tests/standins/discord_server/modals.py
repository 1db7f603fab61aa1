"""What Discord would refuse in a modal. Pure."""

from collections.abc import Iterator
from typing import Any

from tests.standins.discord_server.components import TEXT, TEXT_DISPLAY, nested
from tests.standins.discord_server.elements import ACTION_ROW, CUSTOM_ID, ID, INPUT, MODAL_FIELDS, TEXT_INPUT
from tests.standins.discord_server.shapes import by_type, maybe
from tests.standins.slack.shapes import Check, among, array, shape, string

LABEL = 18
MOST_ROWS = 5


def _needs_label(value: Any, where: str) -> Iterator[str]:
    if not value["components"][0].get("label"):
        yield f"{where}/components/0/label is missing: an input in an action row needs it"


def _has_no_label(value: Any, where: str) -> Iterator[str]:
    if value["component"].get("label"):
        yield f"{where}/component/label cannot be set within a label"


_TOP: dict[int, Check] = {
    ACTION_ROW: shape(
        {"type": among(ACTION_ROW), "components": array(by_type({TEXT_INPUT: INPUT}, "component of a modal's row"), 1)},
        ID,
        also=_needs_label,
    ),
    TEXT_DISPLAY: TEXT,
    LABEL: shape(
        {"type": among(LABEL), "label": string(45), "component": by_type(MODAL_FIELDS, "component of a label")},
        {**ID, "description": maybe(string(100))},
        also=_has_no_label,
    ),
}
_MODAL = shape(
    {"custom_id": CUSTOM_ID, "title": string(45), "components": array(by_type(_TOP, "component of a modal"), MOST_ROWS)}
)


def validate_modal(modal: object) -> list[str]:
    """What Discord would refuse in the data of an interaction's answer of type 9, a sentence each with its place."""
    problems = list(_MODAL(modal, ""))
    fields = nested(modal.get("components")) if isinstance(modal, dict) else ()
    names = [each["custom_id"] for each in fields if each.get("custom_id")]
    repeated = sorted({str(name) for name in names if names.count(name) > 1})
    return problems + [
        f"/components has the custom_id {name} twice (COMPONENT_CUSTOM_ID_DUPLICATED)" for name in repeated
    ]

"""The block elements and composition objects that the bot sends, with their documented limits."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from tests.standins.slack.json_checks import Check, among, array, flag, integer, shape, string, typed

WEB_ADDRESS = r"https?://[^\s/]+.*"
_NUMBER = r"-?\d+(\.\d+)?"


def plain_text(most: int = 3000) -> Check:
    return typed({"plain_text": shape({"type": among("plain_text"), "text": string(most)}, {"emoji": flag})}, "text")


def any_text(most: int = 3000) -> Check:
    """Plain text or mrkdwn."""
    mrkdwn = shape({"type": among("mrkdwn"), "text": string(most)}, {"verbatim": flag})
    return typed({"plain_text": plain_text(most), "mrkdwn": mrkdwn}, "text")


OPTION = shape({"text": plain_text(75), "value": string(150)}, {"description": plain_text(75)})
_CONFIRM = shape(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": among("primary", "danger")},
)
_ACTION_ID = {"action_id": string(255)}
_PLACEHOLDER = {"placeholder": plain_text(150)}


def _chosen_from(value: object, where: str) -> Iterator[str]:
    """Initially selected options equal one of the options."""
    assert isinstance(value, Mapping)
    chosen = [*value.get("initial_options", ()), *([value["initial_option"]] if "initial_option" in value else ())]
    if any(each not in value["options"] for each in chosen):
        yield f"{where} is given at first what is not among the options"


def _in_order(value: object, where: str) -> Iterator[str]:
    """min_value, initial_value and max_value are in order."""
    assert isinstance(value, Mapping)
    numbers = [Decimal(value[key]) for key in ("min_value", "initial_value", "max_value") if key in value]
    if numbers != sorted(numbers):
        yield f"{where} has its min_value, initial_value and max_value out of order"


def _menu(kind: str, initial: Mapping[str, Check], *, also: Check | None = None, required: bool = True) -> Check:
    options = {"options": array(OPTION, 100)} if required else {}
    own = {} if required else {"min_query_length": integer(0, 3000)}
    return shape({"type": among(kind), **options}, {**_ACTION_ID, **_PLACEHOLDER, **own, **initial}, also=also)


_ONE: Mapping[str, Check] = {"initial_option": OPTION}
_SEVERAL: Mapping[str, Check] = {"initial_options": array(OPTION, 100), "max_selected_items": integer(1, 100)}
STATIC_SELECT = {"static_select": _menu("static_select", _ONE, also=_chosen_from)}
BUTTON = {
    "button": shape(
        {"type": among("button"), "text": plain_text(75)},
        {
            **_ACTION_ID,
            "url": string(3000, like=WEB_ADDRESS),
            "value": string(2000),
            "style": among("primary", "danger"),
            "confirm": _CONFIRM,
        },
    )
}
INPUTS: dict[str, Check] = {
    **STATIC_SELECT,
    "multi_static_select": _menu("multi_static_select", _SEVERAL, also=_chosen_from),
    "external_select": _menu("external_select", _ONE, required=False),
    "multi_external_select": _menu("multi_external_select", _SEVERAL, required=False),
    "users_select": shape({"type": among("users_select")}, {**_ACTION_ID, **_PLACEHOLDER}),
    "conversations_select": shape(
        {"type": among("conversations_select")},
        {**_ACTION_ID, **_PLACEHOLDER, "filter": shape({}, {"include": array(among("public", "private"), 4)})},
    ),
    "timepicker": shape(
        {"type": among("timepicker")},
        {**_ACTION_ID, **_PLACEHOLDER, "initial_time": string(like=r"([01]\d|2[0-3]):[0-5]\d")},
    ),
    "plain_text_input": shape(
        {"type": among("plain_text_input")},
        {**_ACTION_ID, **_PLACEHOLDER, "initial_value": string(3000, least=0), "multiline": flag},
    ),
    "number_input": shape(
        {"type": among("number_input"), "is_decimal_allowed": flag},
        {
            **_ACTION_ID,
            **_PLACEHOLDER,
            **dict.fromkeys(("initial_value", "min_value", "max_value"), string(like=_NUMBER)),
        },
        also=_in_order,
    ),
}

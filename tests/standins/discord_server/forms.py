"""What a person does with components: finds a button or menu, chooses in it, fills a modal in.

Everything that the client would not send raises ValueError.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from tests.standins.discord_server.components import nested
from tests.standins.discord_server.elements import (
    ACTION_ROW,
    BUTTON,
    CHANNEL_SELECT,
    CHECKBOX,
    LINK_STYLE,
    RADIO_GROUP,
    SELECTS,
    TEXT_INPUT,
)

Json: TypeAlias = dict[str, Any]
Choice: TypeAlias = str | bool | Sequence[str] | None
TEXT_DISPLAY = 10


def find(components: Iterable[Json], name: str) -> Json:
    """What can be pressed or chosen in, by its custom_id or by what it says."""
    everything = [each for each in nested(list(components)) if each.get("type") in (BUTTON, *SELECTS)]
    found = [each for each in everything if name in _names(each)]
    if len(found) != 1:
        raise ValueError(f"{len(found)} elements are called {name!r}")
    if found[0].get("disabled"):
        raise ValueError(f"{name!r} is disabled")
    if found[0].get("style") == LINK_STYLE:
        raise ValueError(f"{name!r} leads to {found[0]['url']} and tells the app nothing")
    return found[0]


def _names(element: Json) -> list[object]:
    emoji = (element.get("emoji") or {}).get("name")
    return [emoji, *(element.get(key) for key in ("custom_id", "label", "placeholder"))]


def chosen(element: Json, choice: Choice) -> list[str]:
    """The values of a choice in a menu or a group; options can be named by what they say."""
    wanted = [] if choice is None else [choice] if isinstance(choice, str) else list(choice or ())  # type: ignore[arg-type]
    if "options" in element:
        wanted = [_option(element, each) for each in wanted]
    least, most = element.get("min_values"), element.get("max_values")
    least = 1 if least is None else least
    if element.get("required") is False and not wanted:
        least = 0
    if not least <= len(wanted) <= (most or 1):
        raise ValueError(f"{len(wanted)} values are not what {element['custom_id']!r} takes")
    return wanted


def filled(components: list[Json], answers: Mapping[str, Choice]) -> list[Json]:
    """A modal's components as they are sent; answers are by label or custom_id, and defaults are kept."""
    left = dict(answers)
    sent = [_sent(each, left) for each in components]
    if left:
        raise ValueError(f"there is nothing to fill in called {sorted(left)}")
    return sent


def _sent(component: Json, answers: dict[str, Choice]) -> Json:
    shown: Json = {"type": component["type"], "id": component["id"]}
    if component["type"] == TEXT_DISPLAY:
        return shown
    if component["type"] == ACTION_ROW:
        field = component["components"][0]
        return {**shown, "components": [_field(field, _answer(field, field["label"], answers))]}
    field = component["component"]
    return {**shown, "component": _field(field, _answer(field, component["label"], answers))}


def _answer(field: Json, label: str, answers: dict[str, Choice]) -> Choice:
    for name in (label, field["custom_id"]):
        if name in answers:
            return answers.pop(name)
    if field["type"] == TEXT_INPUT:
        return str(field.get("value") or "")
    if field["type"] == CHECKBOX:
        return bool(field.get("default"))
    options = [each["value"] for each in field.get("options") or () if each.get("default")]
    return options or [str(each["id"]) for each in field.get("default_values") or ()] or None


def _field(field: Json, answer: Choice) -> Json:
    shown: Json = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    if field["type"] == TEXT_INPUT:
        return {**shown, "value": _text(field, str(answer or ""))}
    if field["type"] == CHECKBOX:
        return {**shown, "value": bool(answer)}
    if field["type"] == RADIO_GROUP:
        values = chosen(field, answer)
        return {**shown, "value": values[0] if values else None}
    return {**shown, "values": chosen(field, answer)}


def _text(field: Json, text: str) -> str:
    if not text and field.get("required") is not False:
        raise ValueError(f"{field['custom_id']!r} has to be filled in")
    if text and not (field.get("min_length") or 0) <= len(text) <= (field.get("max_length") or 4000):
        raise ValueError(f"{field['custom_id']!r} is not within its limits")
    return text


def _option(element: Json, wanted: str) -> str:
    found = [str(each["value"]) for each in element["options"] if wanted in (each["value"], each["label"])]
    if not found:
        raise ValueError(f"no option of {element['custom_id']!r} is called {wanted!r}")
    return found[0]


def channels(components: Iterable[Json]) -> list[str]:
    """The ids that were chosen in menus of channels."""
    fields = [each for each in nested(list(components)) if each.get("type") == CHANNEL_SELECT]
    return [value for each in fields for value in each.get("values") or ()]

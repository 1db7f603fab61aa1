"""Input by people: command options, buttons, menus, modal fields. Raises ValueError for what the client won't send."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from tests.standins.discord_server.application_commands import CHANNEL, MENTIONABLE, STRING
from tests.standins.discord_server.components import BUTTON, LINK_STYLE, STRING_SELECT, TEXT_DISPLAY, TEXT_INPUT, nested

Json: TypeAlias = dict[str, Any]
MENTIONABLE_SELECT, CHANNEL_SELECT = 7, 8
Choice: TypeAlias = str | Sequence[str] | None


def options(command: Json, given: Mapping[str, Any], focused: str = "") -> list[Json]:
    """The options as they are sent, in declared order; one may be focused and unfinished."""
    declared = {each["name"]: each for each in command["options"]}
    if unknown := sorted(set(given) - set(declared)):
        raise ValueError(f"{command['name']!r} has no option {unknown}")
    missing = [name for name, each in declared.items() if each.get("required") and name not in given]
    if missing and not focused:
        raise ValueError(f"{missing} has to be filled in")
    if focused and not declared[focused].get("autocomplete"):
        raise ValueError(f"{focused!r} has no autocomplete")
    return [
        {"name": name, "type": each["type"], "value": given[name] if name == focused else _value(each, given[name])}
        | ({"focused": True} if name == focused else {})
        for name, each in declared.items()
        if name in given
    ]


def _value(option: Json, value: Any) -> Any:
    allowed = [each["value"] for each in option.get("choices") or ()]
    if allowed and value not in allowed:
        raise ValueError(f"{option['name']!r} has no choice {value!r}")
    if isinstance(value, str) is not (option["type"] in (STRING, CHANNEL, MENTIONABLE)):
        raise ValueError(f"{option['name']!r} cannot be {value!r}")
    if isinstance(value, int) and not option.get("min_value", value) <= value <= option.get("max_value", value):
        raise ValueError(f"{option['name']!r} is not within its limits: {value!r}")
    return value


def find(components: Iterable[Json], name: str) -> Json:
    """The button or menu with this custom_id or label."""
    everything = [each for each in nested(list(components)) if each.get("type") in (BUTTON, STRING_SELECT)]
    found = [each for each in everything if name in (each.get(key) for key in ("custom_id", "label", "placeholder"))]
    if len(found) != 1:
        raise ValueError(f"{len(found)} elements are called {name!r}")
    if found[0].get("style") == LINK_STYLE:
        raise ValueError(f"{name!r} leads to {found[0]['url']} and tells the app nothing")
    return found[0]


def chosen(menu: Json, choice: Choice) -> list[str]:
    """The values of a menu choice; options can be named by their label."""
    wanted = [choice] if isinstance(choice, str) else list(choice or ())
    values = {each[key]: each["value"] for key in ("label", "value") for each in menu["options"]}
    least = 0 if menu.get("required") is False else menu.get("min_values", 1)
    if not least <= len(wanted) <= menu.get("max_values", 1) or not set(wanted) <= set(values):
        raise ValueError(f"{menu['custom_id']!r} does not take {wanted}")
    return [values[each] for each in wanted]


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
    field = component["component"]
    name = component["label"] if component["label"] in answers else field["custom_id"]
    return {**shown, "component": _field(field, answers.pop(name, None))}


def _field(field: Json, answer: Choice) -> Json:
    shown: Json = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    if field["type"] == TEXT_INPUT:
        return {**shown, "value": _text(field, str(field.get("value") or "" if answer is None else answer))}
    if field["type"] in (MENTIONABLE_SELECT, CHANNEL_SELECT):
        return {**shown, "values": [answer] if isinstance(answer, str) else list(answer or ())}
    at_first = [each["value"] for each in field["options"] if each.get("default")]
    return {**shown, "values": chosen(field, at_first if answer is None else answer)}


def _text(field: Json, text: str) -> str:
    if not text and field.get("required") is not False:
        raise ValueError(f"{field['custom_id']!r} has to be filled in")
    if text and not (field.get("min_length") or 0) <= len(text) <= (field.get("max_length") or 4000):
        raise ValueError(f"{field['custom_id']!r} is not within its limits")
    return text

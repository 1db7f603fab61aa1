"""Input by people: finding an element by its label, choosing, filling in, and the resulting state.

Raises ValueError for input that the client would not allow: a mistake of the test or of the app's blocks.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from tests.standins.slack.content import elements

Json: TypeAlias = dict[str, Any]
Choice: TypeAlias = str | Sequence[str] | None
Offered: TypeAlias = Mapping[tuple[str, str], list[Json]]
"""The app's suggestions for an external select, by block_id and action_id."""

_TYPED = ("plain_text_input", "number_input")
_ONE_OPTION = ("static_select", "external_select")
_BY_ID = {"users_select": "selected_user", "conversations_select": "selected_conversation"}
_SEVERAL_OPTIONS = ("multi_static_select", "multi_external_select")


def find(blocks: list[Json], name: str) -> tuple[Json, Json]:
    """The block and element with this action_id, block_id or label, which is the text a person reads on it."""
    found = [(block, each) for block in blocks for each in elements(block) if name in _names(block, each)]
    if len(found) != 1:
        seen = [names[-1] for block in blocks for each in elements(block) if (names := _names(block, each))]
        raise ValueError(f"{len(found)} elements are called {name!r}; there are {seen}")
    return found[0]


def _names(block: Json, element: Json) -> list[str]:
    texts = (element.get("text"), element.get("placeholder"), block.get("label"))
    alone = [block["block_id"]] if len(elements(block)) == 1 else []
    return [element["action_id"], *alone, *(text["text"] for text in texts if text)]


def entry(element: Json, choice: Choice, offered: Sequence[Json] = ()) -> Json:
    """The state entry of an element after this choice or input; None leaves its initial value."""
    kind = element["type"]
    if kind in _TYPED:
        value = element.get("initial_value") if choice is None else str(choice)
        return {"type": kind, "value": _allowed(element, value) if value else None}
    if kind == "timepicker":
        return {"type": kind, "selected_time": element.get("initial_time") if choice is None else choice}
    if kind in _BY_ID:
        return {"type": kind, _BY_ID[kind]: choice}
    options = [*element.get("options", ()), *offered]
    if kind in _ONE_OPTION:
        option = element.get("initial_option") if choice is None else _option(options, str(choice))
        return {"type": kind, "selected_option": option}
    if kind in _SEVERAL_OPTIONS:
        wanted = [choice] if isinstance(choice, str) else choice
        chosen = element.get("initial_options", []) if wanted is None else [_option(options, each) for each in wanted]
        return {"type": kind, "selected_options": chosen}
    raise ValueError(f"nothing can be chosen in a {kind}")


def _option(options: list[Json], wanted: str) -> Json:
    for option in options:
        if wanted in (option["value"], option["text"]["text"]):
            return option
    raise ValueError(f"no option is called {wanted!r}; there are {[option['text']['text'] for option in options]}")


def _allowed(element: Json, value: str) -> str:
    """The typed value. Raises ValueError if the client would not accept it."""
    if element["type"] == "plain_text_input" and len(value) > 3000:
        raise ValueError(f"{len(value)} characters are too many here")
    if element["type"] == "number_input":
        if not value.isdecimal():
            raise ValueError(f"{value!r} is no whole number")
        if not int(element.get("min_value", value)) <= int(value) <= int(element.get("max_value", value)):
            raise ValueError(f"{value!r} is out of bounds")
    return value


def state(blocks: list[Json], choices: Mapping[tuple[str, str], Choice], offered: Offered) -> Json:
    """The `values` of a state; `choices` are by block_id and action_id."""
    values: Json = {}
    for block in blocks:
        for element in elements(block):
            if element["type"] == "button":
                continue
            key = (block["block_id"], element["action_id"])
            said = entry(element, choices.get(key), offered.get(key, ()))
            values.setdefault(key[0], {})[key[1]] = said
    return values


def filled(blocks: list[Json], answers: Mapping[str, Choice], offered: Offered) -> Json:
    """The `values` of a submitted form; `answers` are by label, block_id or action_id."""
    named = ((find(blocks, name), answer) for name, answer in answers.items())
    choices = {(block["block_id"], element["action_id"]): answer for (block, element), answer in named}
    values = state(blocks, choices, offered)
    for block in blocks:
        if block["type"] == "input" and not block.get("optional"):
            said = values[block["block_id"]][block["element"]["action_id"]]
            if not any(value for key, value in said.items() if key != "type"):
                raise ValueError(f"{block['label']['text']!r} has to be filled in")
    return values

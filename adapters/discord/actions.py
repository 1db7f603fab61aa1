"""Buttons and menus out, calls back: a press is undone to the very call that was put in, after any restart.

A button's custom_id is its call; a menu's is its call with the argument that the choice fills in, empty, at the end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from adapters.discord.text import ACTION_ROW, BUTTON, STRING_SELECT, Component, label, link_address
from bot.reply.call import Call
from bot.reply.model import Action, Button, LinkButton, Option, Select, Weight
from bot.reply.text import batches, is_sendable, length

MAX_BUTTONS = 5
MAX_LABEL = 80
MAX_PLACEHOLDER = 150
MAX_OPTIONS = 25
MAX_OPTION = 100

_STYLES: Mapping[Weight, int] = {Weight.NORMAL: 2, Weight.CONFIRM: 3, Weight.DANGER: 4}
_LINK_STYLE = 5


def rows(actions: Iterable[Action]) -> Iterator[Component]:
    """The actions in their order: up to 5 buttons in a row, none of them twice, or one menu.

    A link that Discord would not take is none of them, nor is what has a call too long for a custom_id.
    """
    row: list[Component] = []
    for element in (element for action in actions for element in _elements(action)):
        is_repeated = any("custom_id" in each and each["custom_id"] == element.get("custom_id") for each in row)
        if row and (len(row) == MAX_BUTTONS or is_repeated or STRING_SELECT in {element["type"], row[0]["type"]}):
            yield {"type": ACTION_ROW, "components": row}
            row = []
        row = [*row, element]
    if row:
        yield {"type": ACTION_ROW, "components": row}


def pressed(custom_id: str, values: Sequence[str] = ()) -> Call:
    """The call behind a pressed button, or behind a menu in which `values` were chosen."""
    call = Call.decode(custom_id)
    if not values or not call.arguments:
        return call
    argument = list(call.arguments)[-1]
    return Call(call.command, {**call.arguments, argument: values[0]})


def fitting(options: Iterable[Option]) -> Iterator[Option]:
    """The options whose value Discord takes, each value once: a part of a value would mean another thing."""
    sendable = (option for option in options if is_sendable(option.value))
    once = {option.value: option for option in sendable if 0 < length(option.value) <= MAX_OPTION}
    return iter(once.values())


def _elements(action: Action) -> Iterator[Component]:
    match action:
        case Button(text, call, weight):
            if call.fits:
                yield _button(text, _STYLES[weight], {"custom_id": call.encode()})
        case LinkButton(text, url):
            target = link_address(url)
            if target is not None:
                yield _button(text, _LINK_STYLE, {"url": target})
        case Select(placeholder, call, argument, options):
            others = {name: value for name, value in call.arguments.items() if name != argument}
            unchosen = Call(call.command, {**others, argument: ""})
            for batch in batches(tuple(fitting(options)) if unchosen.fits else (), MAX_OPTIONS):
                yield {
                    "type": STRING_SELECT,
                    "custom_id": unchosen.encode(),
                    "placeholder": label(placeholder, MAX_PLACEHOLDER),
                    "options": [{"label": label(each.label, MAX_OPTION), "value": each.value} for each in batch],
                }
        case _:
            assert_never(action)


def _button(text: str, style: int, target: Mapping[str, str]) -> Component:
    return {"type": BUTTON, "style": style, "label": label(text, MAX_LABEL), **target}

"""Interactive components of a reply: renders buttons and menus, and decodes a press or choice into its call.

A button's custom_id is its encoded call, as is the value of a menu's option. A select's custom_id is its encoded call
with the chosen argument last and empty.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from adapters.discord.text import ACTION_ROW, BUTTON, STRING_SELECT, Component, label, link_address
from bot.reply.call import Call
from bot.reply.model import Action, Button, LinkButton, Menu, Option, Select, Weight
from bot.reply.text import batches, is_sendable, length

MAX_BUTTONS = 5
MAX_LABEL = 80
MAX_PLACEHOLDER = 150
MAX_OPTIONS = 25
MAX_OPTION = 100

_MENU = "menu:"
"""Prefix of a menu's custom_id, before its index in the message. No command name starts like this."""
_STYLES: Mapping[Weight, int] = {Weight.NORMAL: 2, Weight.CONFIRM: 3, Weight.DANGER: 4}
_LINK_STYLE = 5


def rows(actions: Iterable[Action]) -> Iterator[Component]:
    """Render the actions in order as action rows of up to 5 distinct buttons, or one menu.

    Leaves out links that Discord wouldn't accept, and actions whose call is too long for a custom_id.
    """
    row: list[Component] = []
    for element in (element for at, action in enumerate(actions) for element in _elements(action, at)):
        is_repeated = any("custom_id" in each and each["custom_id"] == element.get("custom_id") for each in row)
        if row and (len(row) == MAX_BUTTONS or is_repeated or STRING_SELECT in {element["type"], row[0]["type"]}):
            yield {"type": ACTION_ROW, "components": row}
            row = []
        row = [*row, element]
    if row:
        yield {"type": ACTION_ROW, "components": row}


def call_of(custom_id: str, values: Sequence[str] = ()) -> Call:
    """The call of a pressed button, or of a menu in which `values` were chosen."""
    if values and custom_id.startswith(_MENU):
        return Call.decode(values[0])
    call = Call.decode(custom_id)
    if not values or not call.arguments:
        return call
    argument = list(call.arguments)[-1]
    return replace(call, arguments={**call.arguments, argument: values[0]})


def fitting(options: Iterable[Option]) -> Iterator[Option]:
    """The options whose value fits, each value once. Values are never cut, since that would change their meaning."""
    sendable = (option for option in options if is_sendable(option.value))
    once = {option.value: option for option in sendable if 0 < length(option.value) <= MAX_OPTION}
    return iter(once.values())


def button(action: Button) -> Component | None:
    """Render a button; None if its call is too long for a custom_id."""
    return (
        _button(action.label, _STYLES[action.weight], {"custom_id": action.call.encode()}) if action.call.fits else None
    )


def _elements(action: Action, number: int) -> Iterator[Component]:
    match action:
        case Button():
            yield from filter(None, [button(action)])
        case LinkButton(text, url):
            target = link_address(url)
            if target is not None:
                yield _button(text, _LINK_STYLE, {"url": target})
        case Select(placeholder, call, argument, options):
            others = {name: value for name, value in call.arguments.items() if name != argument}
            unchosen = replace(call, arguments={**others, argument: ""})
            made = [_option(each.label, each.value) for each in fitting(options) if unchosen.fits]
            for batch in batches(made, MAX_OPTIONS):
                yield _select(placeholder, unchosen.encode(), batch)
        case Menu(placeholder, choices):
            once = {each.call.encode(): each for each in choices if each.call.fits}
            offered = [_option(each.label, value, each.description) for value, each in once.items()]
            for part, batch in enumerate(batches(offered, MAX_OPTIONS)):
                yield _select(placeholder, f"{_MENU}{number}.{part}", batch)
        case _:
            assert_never(action)


def _option(text: str, value: str, description: str = "") -> Component:
    below = {"description": label(description, MAX_OPTION)} if description.strip() else {}
    return {"label": label(text, MAX_OPTION), "value": value, **below}


def _select(placeholder: str, custom_id: str, options: Sequence[Component]) -> Component:
    return {
        "type": STRING_SELECT,
        "custom_id": custom_id,
        "placeholder": label(placeholder, MAX_PLACEHOLDER),
        "options": list(options),
    }


def _button(text: str, style: int, target: Mapping[str, str]) -> Component:
    return {"type": BUTTON, "style": style, "label": label(text, MAX_LABEL), **target}

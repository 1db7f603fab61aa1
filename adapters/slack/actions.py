"""Buttons and menus of a reply as Slack's elements, and a press read back into its call.

A button's value is its call, and so is that of an option of a menu. A select's action_id is its call, and an option's
value adds the argument that it fills in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from adapters.slack.text import Block, plain, target_of
from bot.reply.call import Call
from bot.reply.model import Action, Button, LinkButton, Menu, Select, Weight
from bot.reply.text import batches, is_sendable, length

MAX_LABEL_OF_DIALOG = 300
MAX_ANSWER = 30
MAX_ELEMENTS = 25
MAX_LABEL = 75
MAX_PLACEHOLDER = 150
MAX_OPTIONS = 100
MAX_OPTION = 150
MAX_DESCRIPTION = 75
MAX_VALUE = 2_000
"""Characters of a button's value."""

_CALL = "call"
"""The action_id, after its number, of what sends a whole call as its value. No command has this name."""
_STYLES: Mapping[Weight, Block] = {
    Weight.NORMAL: {},
    Weight.CONFIRM: {"style": "primary"},
    Weight.DANGER: {"style": "danger"},
}


def action_blocks(actions: Sequence[Action]) -> Iterator[Block]:
    """The actions in their order, 25 in a block.

    A link that is not https is none: its words are in the message's text. Nor is what has a call too long for a button.
    """
    found = [element for action in actions for element in _elements(action)]
    numbered = [{**element, "action_id": f"{index}:{element['action_id']}"} for index, element in enumerate(found)]
    for batch in batches(numbered, MAX_ELEMENTS):
        yield {"type": "actions", "elements": list(batch)}


def pressed(action: Mapping[str, object]) -> Call | None:
    """The call behind one entry of a block_actions payload's `actions`; None if there is none to make.

    A link button has none, nor has anything that this module did not make.
    """
    _, _, name = str(action.get("action_id", "")).partition(":")
    match action:
        case {"type": "button", "value": str(encoded)}:
            return Call.decode(encoded)
        case {"type": "static_select", "selected_option": {"value": str(chosen)}}:
            if name == _CALL:
                return Call.decode(chosen)
            call = Call.decode(name)
            argument, _, value = chosen.partition("=")
            return replace(call, arguments={**call.arguments, argument: value})
        case _:
            return None


def option_of(label: str, value: str, description: str = "") -> Block | None:
    """A choice; None if Slack doesn't take its value, because a part of a value would mean another thing."""
    fits = 0 < length(value) <= MAX_OPTION and is_sendable(value)
    below = {"description": plain(description, MAX_DESCRIPTION)} if description.strip() else {}
    return {"text": plain(label, MAX_LABEL), "value": value, **below} if fits else None


def _elements(action: Action) -> Iterator[Block]:
    match action:
        case Button(label, call, weight):
            if length(call.encode()) > MAX_VALUE:
                return
            button = {"type": "button", "action_id": _CALL, "text": plain(label, MAX_LABEL), "value": call.encode()}
            yield button | _STYLES[weight] | ({"confirm": _sure(label)} if weight is Weight.DANGER else {})
        case LinkButton(label, url):
            target = target_of(url)
            if target is not None:
                yield {"type": "button", "action_id": "link", "text": plain(label, MAX_LABEL), "url": target}
        case Select(placeholder, call, argument, options):
            made = (option_of(each.label, f"{argument}={each.value}") for each in options if call.fits)
            yield from _selects(placeholder, call.encode(), made)
        case Menu(placeholder, choices):
            offered = (option_of(each.label, each.call.encode(), each.description) for each in choices)
            yield from _selects(placeholder, _CALL, offered)
        case _:
            assert_never(action)


def _selects(placeholder: str, action_id: str, options: Iterable[Block | None]) -> Iterator[Block]:
    for batch in batches([option for option in options if option], MAX_OPTIONS):
        yield {
            "type": "static_select",
            "action_id": action_id,
            "placeholder": plain(placeholder, MAX_PLACEHOLDER),
            "options": list(batch),
        }


def _sure(label: str) -> Block:
    """The dialog before something ends for good: on a phone, one thumb is too little to end it."""
    return {
        "title": plain("Are you sure?", MAX_LABEL),
        "text": plain(f"{label}? This can't be undone.", MAX_LABEL_OF_DIALOG),
        "confirm": plain("Yes", MAX_ANSWER),
        "deny": plain("No", MAX_ANSWER),
        "style": "danger",
    }

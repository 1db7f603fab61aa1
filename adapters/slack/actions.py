"""Interactive elements of a reply: renders buttons and menus, and decodes a press or choice into its call.

A button's value is its encoded call, as is the value of a menu's option. A select's action_id is its encoded call, and
an option's value adds the chosen argument.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from adapters.slack.text import Block, link_target, plain
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
"""The action_id (after its index) of elements whose value is a whole call. No command has this name."""
_STYLES: Mapping[Weight, Block] = {
    Weight.NORMAL: {},
    Weight.CONFIRM: {"style": "primary"},
    Weight.DANGER: {"style": "danger"},
}


def action_blocks(actions: Sequence[Action]) -> Iterator[Block]:
    """Render the actions in order, 25 per block.

    Leaves out a link that isn't https (the message's text has its label), and a button whose call is too long.
    """
    found = [element for action in actions for element in _elements(action)]
    numbered = [{**element, "action_id": f"{index}:{element['action_id']}"} for index, element in enumerate(found)]
    for batch in batches(numbered, MAX_ELEMENTS):
        yield {"type": "actions", "elements": list(batch)}


def call_of(action: Mapping[str, object]) -> Call | None:
    """The call of one entry in a block_actions payload's `actions`.

    None for a link button, and for elements that this module didn't render.
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
    """An option of a menu; None if Slack wouldn't take its value, since a cut value would mean something else."""
    fits = 0 < length(value) <= MAX_OPTION and is_sendable(value)
    below = {"description": plain(description, MAX_DESCRIPTION)} if description.strip() else {}
    return {"text": plain(label, MAX_LABEL), "value": value, **below} if fits else None


def _elements(action: Action) -> Iterator[Block]:
    match action:
        case Button(label, call, weight):
            encoded = call.encode()
            if length(encoded) > MAX_VALUE:
                return
            button = {"type": "button", "action_id": _CALL, "text": plain(label, MAX_LABEL), "value": encoded}
            yield button | _STYLES[weight] | ({"confirm": _confirm_dialog(label)} if weight is Weight.DANGER else {})
        case LinkButton(label, url):
            target = link_target(url)
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


def _confirm_dialog(label: str) -> Block:
    """The confirmation dialog of a button with an irreversible effect, which is easily hit by accident on a phone."""
    return {
        "title": plain("Are you sure?", MAX_LABEL),
        "text": plain(f"{label}? This can't be undone.", MAX_LABEL_OF_DIALOG),
        "confirm": plain("Yes", MAX_ANSWER),
        "deny": plain("No", MAX_ANSWER),
        "style": "danger",
    }

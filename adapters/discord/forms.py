"""Modals for a command's arguments: builds them from the command, and reads a submission.

The modal's custom_id is the encoded call that it completes, and a field's is its argument's name. Discord allows five
fields, which a test checks for all commands.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapters.discord.commands import mention
from adapters.discord.text import (
    CHANNEL_SELECT,
    LABEL,
    MENTIONABLE_SELECT,
    STRING_SELECT,
    TEXT_INPUT,
    Component,
    display,
    label,
)
from bot.commands.command import Command, Kind
from bot.commands.forms import SHOWN_WHILE_TYPING, Field, form_fields, form_of, title_with_channel
from bot.reply.text import length

MAX_TITLE = 45
MAX_NAME = 45
MAX_DESCRIPTION = 100
MAX_PLACEHOLDER = 100
MAX_INPUT = 4_000

_SHORT, _PARAGRAPH = 1, 2
_NOTHING: Mapping[str, str] = {}


def form(command: Command[Any], given: Mapping[str, str] = _NOTHING, channel: str = "") -> Component:
    """Build the modal of a command, prefilled with `given`. Secrets are never prefilled.

    `channel` is the channel's name, empty if it's unknown.
    """
    caution = [display(SHOWN_WHILE_TYPING)] if command.secret else []
    shape = form_of(command, given)
    return {
        "custom_id": shape.call.encode(),
        "title": label(title_with_channel(shape.title, channel, MAX_TITLE), MAX_TITLE),
        "components": [*map(_field, form_fields(command, given)), *caution] or [display(shape.intro)],
    }


def values(components: Iterable[Mapping[str, Any]], resolved: Mapping[str, Any] = _NOTHING) -> Mapping[str, str]:
    """The arguments in a submitted modal, without the fields that were left empty.

    `resolved` is Discord's data on the chosen people, roles and channels.
    """
    return dict(pair for component in components for pair in _values(component, resolved))


def _field(field: Field) -> Component:
    name, is_required = field.argument.name, field.argument.required
    return {
        "type": LABEL,
        "label": label(field.label, MAX_NAME),
        "description": label(field.hint, MAX_DESCRIPTION),
        "component": {**_input(field), "custom_id": name, "required": is_required},
    }


def _input(field: Field) -> Component:
    argument, given = field.argument, field.given
    match argument.kind:
        case Kind.CHOICE:
            named = given.replace('"', " ").split()
            chosen = [each for each in argument.choices if each in named][: argument.many]
            options = [
                {"label": field.shown(each), "value": each, "default": each in chosen} for each in argument.choices
            ]
            return {"type": STRING_SELECT, "options": options, "max_values": argument.many}
        case Kind.WHO:
            return {"type": MENTIONABLE_SELECT}
        case Kind.CHANNEL:
            return {"type": CHANNEL_SELECT}
        case Kind.SECRET:
            return {"type": TEXT_INPUT, "style": _SHORT}
        case _:  # typed as text
            placeholder = {"placeholder": label(field.placeholder, MAX_PLACEHOLDER)} if field.placeholder else {}
            typed = {"value": given} if 0 < length(given) <= MAX_INPUT else {}
            style = _PARAGRAPH if argument.is_long or argument.many > 1 else _SHORT
            return {"type": TEXT_INPUT, "style": style, **placeholder, **typed}


def _values(component: Mapping[str, Any], resolved: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    match component:
        case {"component": Mapping() as inner}:
            yield from _values(inner, resolved)
        case {"type": 7 | 8 as kind, "custom_id": str(name), "values": [str(chosen), *_]}:
            yield name, mention(chosen, resolved, "#" if kind == CHANNEL_SELECT else "@")
        case {"custom_id": str(name), "values": [_, *_] as chosen}:
            yield name, " ".join(map(str, chosen))
        case {"custom_id": str(name), "value": str(chosen)}:
            if chosen.strip():
                yield name, chosen.strip()
        case _:
            return

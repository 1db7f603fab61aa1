"""Application commands: builds the registration payload from the registry, and reads the options of an interaction."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from adapters.discord.actions import MAX_OPTION, MAX_OPTIONS, fitting
from adapters.discord.text import label, server_wording
from bot.commands.command import Argument, Command, Kind
from bot.commands.forms import joined
from bot.commands.registry import COMMANDS
from bot.domain.caller import Permission
from bot.reply.model import Option
from bot.reply.text import cut

Payload: TypeAlias = dict[str, Any]

TRACK_MESSAGE = "Track this video"
"""The name of the message context-menu command."""
MAX_DESCRIPTION = 100

_CHAT_INPUT, _MESSAGE = 1, 3
_STRING, _INTEGER, _CHANNEL, _MENTIONABLE = 3, 4, 7, 9
_GUILD = 0
_NOTHING: Mapping[str, Any] = {}
_MANAGE_GUILD = 1 << 5
_NUMBERED = re.compile(r"(?P<name>.*?)[0-9]+")


def payload(commands: Iterable[Command[Any]] = COMMANDS) -> list[Payload]:
    """The payload for a bulk overwrite of the global commands: all listed commands, and the message command.

    Commands work only in servers, because all stored data belongs to one. By default, Discord shows the settings
    commands only to people who manage the server; the bot itself checks who may use them.
    """
    listed = [each for each in commands if each.listed]
    return [
        *(_command(each) for each in listed),
        {"type": _MESSAGE, "name": _text(TRACK_MESSAGE), **_where(Permission.LOOK)},
    ]


def fingerprint(made: Sequence[Payload]) -> str:
    """A hash of the payload, to detect whether it has to be registered again."""
    return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()


def arguments(
    command: Command[Any], options: Iterable[Mapping[str, Any]], resolved: Mapping[str, Any] = _NOTHING
) -> Mapping[str, str]:
    """Read the arguments from an interaction's options; `video`, `video2` … become one `video`.

    `resolved` is Discord's data on the people, roles and channels whose ids the options have.
    """
    found: dict[str, list[str]] = {}
    for option in options:
        value = str(option["value"])
        if option.get("type") in {_CHANNEL, _MENTIONABLE}:
            value = mention(value, resolved, "#" if option["type"] == _CHANNEL else "@")
        found.setdefault(_name(command, option), []).append(value)
    titles = {each.name for each in command.arguments if each.kind is Kind.VIDEO and each.many > 1}
    return {
        name: joined(map(_unquoted, values)) if name in titles else " ".join(values) for name, values in found.items()
    }


def mention(chosen: str, resolved: Mapping[str, Any], sign_if_unresolved: str) -> str:
    """A person, role or channel in the bot's mention syntax, with its name if `resolved` has it."""
    for kind, sign in (("roles", "@&"), ("channels", "#"), ("users", "@")):
        named = resolved.get(kind, {}).get(chosen)
        if named is not None:
            name = str(named.get("global_name") or named.get("name") or named.get("username") or "")
            return f"<{sign}{chosen}|{name.replace('>', '').replace('|', '')}>"
    return f"<{sign_if_unresolved}{chosen}>"


def focused_argument(command: Command[Any], options: Iterable[Mapping[str, Any]]) -> tuple[str, str] | None:
    """The argument that is being typed, and its text so far; None if no option is focused."""
    focused = (option for option in options if option.get("focused"))
    return next(((_name(command, option), str(option["value"])) for option in focused), None)


def choices(offered: Iterable[Option]) -> list[Payload]:
    """The choices of an autocomplete response, at most 25."""
    found = [{"name": label(each.label, MAX_OPTION), "value": each.value} for each in fitting(offered)]
    return found[:MAX_OPTIONS]


def _command(command: Command[Any]) -> Payload:
    offered = [each for each in command.arguments if each.listed and each.kind is not Kind.SECRET]
    singles = [_option(each, each.name, each.help, required=each.required) for each in offered]
    more = [option for each in offered for option in _numbered_options(each)]
    return {
        "type": _CHAT_INPUT,
        "name": _text(command.name),
        "description": _text(command.summary),
        "options": sorted([*singles, *more], key=lambda option: not option["required"]),
        **_where(command.need),
    }


def _where(need: Permission) -> Payload:
    permissions = str(_MANAGE_GUILD) if need is Permission.CONFIGURE else None
    return {"contexts": [_GUILD], "integration_types": [_GUILD], "default_member_permissions": permissions}


def _numbered_options(argument: Argument) -> Iterator[Payload]:
    """Further options `video2`, `video3` …, because a Discord option takes one value."""
    for number in range(2, argument.many + 1):
        is_required = argument.required and number <= argument.fewest
        help_text = f"{argument.name} {number} of up to {argument.many}"
        yield _option(argument, f"{argument.name}{number}", help_text, required=is_required)


def _option(argument: Argument, name: str, help_text: str, *, required: bool) -> Payload:
    return {
        "name": _text(name),
        "description": _text(f"{help_text[:1].upper()}{help_text[1:]}"),
        "required": required,
        **_type(argument),
    }


def _type(argument: Argument) -> Payload:
    match argument.kind:
        case Kind.NUMBER:
            bounds = {"min_value": argument.minimum, "max_value": argument.maximum}
            return {"type": _INTEGER, **{key: bound for key, bound in bounds.items() if bound is not None}}
        case Kind.WHO:
            return {"type": _MENTIONABLE}
        case Kind.CHANNEL:
            return {"type": _CHANNEL}
        case Kind.CHOICE:
            named = [{"name": _text(each), "value": each} for each in argument.choices]
            return {"type": _STRING, "choices": named}
        case _:  # typed as text
            return {"type": _STRING, **({"autocomplete": True} if argument.suggested else {})}


def _text(text: str) -> str:
    """Text for a name or a description."""
    return cut(server_wording(text), MAX_DESCRIPTION)


def _unquoted(value: str) -> str:
    """A title without the quotes that typed commands need."""
    return value.strip().strip('"“”')


def _name(command: Command[Any], option: Mapping[str, Any]) -> str:
    """The argument that an option belongs to; `video3` belongs to `video`."""
    name = str(option["name"])
    numbered = _NUMBERED.fullmatch(name)
    several = {each.name for each in command.arguments if each.many > 1}
    return numbered["name"] if numbered and numbered["name"] in several else name

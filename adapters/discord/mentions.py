"""Commands in a message's text: turns a command's name into a clickable mention, and an example into options."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from adapters.discord.render import MAX_TEXT, Message
from adapters.discord.text import TEXT_DISPLAY, Component
from bot.commands.command import Command, Kind
from bot.commands.parse import parse
from bot.commands.registry import COMMANDS
from bot.domain.errors import UsageError
from bot.domain.schedule import time_words
from bot.reply.text import length

_TYPED = re.compile(r"(?<!\\)`/(?P<name>[a-z]+)(?: (?P<rest>[^`\n<\[]+))?`")
_LISTED = {command.name: command for command in COMMANDS if command.listed}


def with_commands(message: Message, ids: Mapping[str, str]) -> Message:
    """The message with command mentions (by `ids`) and examples as options; unchanged if it would become too long."""
    made = replace(message, components=tuple(_with_mentions(each, ids) for each in message.components))
    return made if _size(made.components) <= MAX_TEXT else message


def _with_mentions(component: Component, ids: Mapping[str, str]) -> Component:
    if component["type"] == TEXT_DISPLAY:
        return {**component, "content": _TYPED.sub(lambda match: _command(match, ids), component["content"])}
    nested = component.get("components")
    return {**component, "components": [_with_mentions(each, ids) for each in nested]} if nested else component


def _command(match: re.Match[str], ids: Mapping[str, str]) -> str:
    name, rest = match["name"], match["rest"]
    command = _LISTED.get(name)
    if command is None:
        return match[0]
    if rest is None:
        return f"</{name}:{ids[name]}>" if name in ids else match[0]
    try:
        args = parse(command, rest)
    except UsageError:
        return match[0]
    options = _options(command, args)
    return f"`/{name} {' '.join(options)}`" if options else match[0]


def _options(command: Command[Any], args: object) -> list[str]:
    """The given arguments as options, such as `action:on time:09:00`."""
    defaults = {each.name: each.default for each in fields(command.takes)}
    found = []
    for each in command.arguments:
        value: Any = getattr(args, each.name)
        if each.listed and value != defaults[each.name]:
            given = value if isinstance(value, tuple) else (value,)
            words = (time_words(one) if each.kind is Kind.TIME else str(one) for one in given)
            found += [f"{each.name}{at if at > 1 else ''}:{word}" for at, word in enumerate(words, 1)]
    return found


def _size(components: tuple[Component, ...] | list[Component]) -> int:
    return sum(length(each.get("content", "")) + _size(each.get("components", [])) for each in components)

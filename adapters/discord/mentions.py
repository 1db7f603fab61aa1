"""Commands in a message's text: turns a command's name into a clickable mention, and a typed line into options.

Lines are found in inline code and in the bot's own sentences. In a sentence, a line ends before the first word that
adds no option: in "send /digest on 09:00 in the channel", it is `/digest on 09:00`. Quotes, links and headings are left
alone.
"""

import re
from collections.abc import Iterator, Mapping
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
_IN_SENTENCE = re.compile(
    r"(?P<kept>`[^`]*`|“[^”]*”|<[^>]*>|\[[^\]]*\]\([^)]*\)|^#.*$)"
    r"|(?<![\w/\\.~-])/(?P<name>[a-z]+)\b(?![/\w-])(?P<rest>(?: (?![–—·(])[^\s`“”]+){0,10})",
    re.MULTILINE,
)
_ESCAPED = re.compile(r"\\(?=[^\w\s])|\u200b")
_ENDS = (".", ",", ";", ":", "!", "?", ")")
_EXACT = frozenset({Kind.CHOICE, Kind.TIME, Kind.ZONE, Kind.MONEY, Kind.NUMBER, Kind.COUNT})
"""Kinds of arguments that an ordinary word can't be mistaken for."""
_LISTED = {command.name: command for command in COMMANDS if command.listed}


def with_commands(message: Message, ids: Mapping[str, str]) -> Message:
    """The message with command mentions (by `ids`) and examples as options; unchanged if it would become too long."""
    made = replace(message, components=tuple(_with_mentions(each, ids) for each in message.components))
    return made if _size(made.components) <= MAX_TEXT else message


def _with_mentions(component: Component, ids: Mapping[str, str]) -> Component:
    if component["type"] == TEXT_DISPLAY:
        typed = _TYPED.sub(lambda match: _command(match, ids), component["content"])
        return {**component, "content": _IN_SENTENCE.sub(lambda match: _in_sentence(match, ids), typed)}
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


def _in_sentence(match: re.Match[str], ids: Mapping[str, str]) -> str:
    """A command in a sentence, with the following words that are its options."""
    command = _LISTED.get(match["name"] or "")
    if command is None:
        return match[0]
    words, taken, options = match["rest"].split(), 0, list[str]()
    for size, given in enumerate(_lines(words), 1):
        found = _exact_options(command, given)
        if found and found != options:
            taken, options = size, found
    rest = "".join(f" {word}" for word in words[taken:])
    if options:
        end = words[taken - 1][len(words[taken - 1].rstrip("".join(_ENDS))) :]
        return f"`/{command.name} {' '.join(options)}`{end}{rest}"
    return f"</{command.name}:{ids[command.name]}>{rest}" if command.name in ids else match[0]


def _lines(words: list[str]) -> Iterator[str]:
    """The first word, the first two and so on, up to the end of the clause."""
    plain: list[str] = []
    for word in words:
        plain.append(_ESCAPED.sub("", word).rstrip("".join(_ENDS)))
        yield " ".join(plain)
        if word.endswith(_ENDS):
            return


def _exact_options(command: Command[Any], words: str) -> list[str]:
    """The options of a line; none if it isn't understood, or holds what could be a word of the sentence."""
    try:
        args = parse(command, words)
    except UsageError:
        return []
    defaults = {each.name: each.default for each in fields(command.takes)}
    given = [each for each in command.arguments if getattr(args, each.name) != defaults[each.name]]
    return _options(command, args) if all(each.kind in _EXACT for each in given) else []


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

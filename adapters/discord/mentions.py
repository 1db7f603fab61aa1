"""Commands in a message's text: turns a command's name into a clickable mention, and a typed line into options.

Lines are found in inline code and in the bot's own sentences. In a sentence, a line ends before the first word that
adds no option: in "send /digest on 09:00 in the channel", it is `/digest on 09:00`. There, names count only if they are
the ones of the bot's examples, since any other could be a word of the sentence. Quotes, links and headings are left
alone.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from adapters.discord.render import MAX_TEXT, Message
from adapters.discord.text import TEXT_DISPLAY, Component
from bot.commands.command import Argument, Command, Kind
from bot.commands.parse import parse
from bot.commands.registry import COMMANDS
from bot.domain.errors import UsageError
from bot.domain.schedule import time_words
from bot.reply.text import length

_TYPED = re.compile(r"(?<!\\)`/(?P<name>[a-z]+)(?: (?P<rest>(?:[^`\n<\[]|<link>(?! \[))+))?`")
_IN_SENTENCE = re.compile(
    r"(?P<kept>`[^`]*`|“[^”]*”|<[^>]*>|\[[^\]]*\]\([^)]*\)|^#.*$)"
    r"|(?<![\w/\\.~-])/(?P<name>[a-z]+)\b(?![/\w-])(?P<rest>(?: (?![–—·(/])[^\s`“”]+){0,10})",
    re.MULTILINE,
)
_ESCAPED = re.compile(r"\\(?=[^\w\s])|\u200b")
_ENDS = (".", ",", ";", ":", "!", "?", ")")
_EXACT = frozenset({Kind.CHOICE, Kind.TIME, Kind.ZONE, Kind.MONEY, Kind.NUMBER, Kind.COUNT, Kind.SPAN})
"""Kinds of arguments that an ordinary word can't be mistaken for."""
_STANDS_FOR = {"<link>": "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "#videos": "<#1|videos>"}
"""Words of the bot's own examples that are no valid arguments, and such an argument."""
_NAMES = frozenset({"all", "everyone", "launch", "spring", "spring launch", "@anna", "@boss", "@handle", *_STANDS_FOR})
"""Names in the bot's own examples."""
_SHOWN_AS = {valid: word for word, valid in _STANDS_FOR.items()}
_AMOUNT = re.compile(r"off|[0-9]+(?: [a-z]{3})?")
"""An amount or a day: 50, off, 31 dec."""
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
    options = _options(_given(command, rest) or {})
    return f"`/{name} {' '.join(options)}`" if options else match[0]


def _in_sentence(match: re.Match[str], ids: Mapping[str, str]) -> str:
    """A command in a sentence, with the following words that are its options."""
    command = _LISTED.get(match["name"] or "")
    if command is None:
        return match[0]
    words, taken, options = match["rest"].split(), 0, list[str]()
    for size, line in enumerate(_lines(words), 1):
        if (given := _given(command, line)) is None:
            continue
        found = _options(given)
        if found and all(map(_is_exact, given, given.values())):
            taken, options = (size, found) if found != options else (taken, options)
        elif not {each.name for each in given} >= {each.partition(":")[0] for each in options}:
            taken, options = 0, []  # another reading of the words so far
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


def _given(command: Command[Any], words: str) -> Mapping[Argument, tuple[str, ...]] | None:
    """The arguments in a line, each with its values; None if the line isn't understood."""
    for word, valid in _STANDS_FOR.items():
        words = words.replace(word, valid)
    try:
        args = parse(command, words)
    except UsageError:
        return None
    defaults = {each.name: each.default for each in fields(command.takes)}
    found: dict[Argument, tuple[str, ...]] = {}
    for each in command.arguments:
        value: Any = getattr(args, each.name)
        if each.listed and value != defaults[each.name]:
            values = value if isinstance(value, tuple) else (value,)
            written = (time_words(one) if each.kind is Kind.TIME else str(one) for one in values)
            found[each] = tuple(_SHOWN_AS.get(one, one) for one in written)
    return found


def _is_exact(argument: Argument, values: tuple[str, ...]) -> bool:
    if argument.kind in _EXACT or all(each in _NAMES for each in values):
        return True
    return argument.kind is Kind.WORD and all(map(_AMOUNT.fullmatch, values))


def _options(given: Mapping[Argument, tuple[str, ...]]) -> list[str]:
    """The arguments as options, such as `action:on time:09:00`."""
    numbered = ((each, at, word) for each, values in given.items() for at, word in enumerate(values, 1))
    return [f"{each.name}{at if at > 1 else ''}:{word}" for each, at, word in numbered]


def _size(components: tuple[Component, ...] | list[Component]) -> int:
    return sum(length(each.get("content", "")) + _size(each.get("components", [])) for each in components)

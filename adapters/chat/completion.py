"""Autocomplete for a typed line: command names from the registry, arguments from `Bot.suggest`."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.app import Bot
from bot.commands.lines import UMBRELLA
from bot.domain.caller import Caller
from bot.reply.model import Option
from bot.reply.text import shown

_WORD = re.compile(r"\S+|(?<!\S)$")
_MAX_TITLE_WORDS = 8  # of a title that is still being typed


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion. `text` replaces the last `replaces` characters of the line; `about` describes it."""

    text: str
    replaces: int
    label: str
    about: str


async def completions(bot: Bot, caller: Caller, before: str) -> AsyncIterator[Completion]:
    """Complete the text before the cursor."""
    commands = {command.name: command for command in bot.commands if command.listed}
    typed = before.lstrip().removeprefix("/").removeprefix(f"{UMBRELLA} ").lstrip()
    name, space, rest = typed.partition(" ")
    if not space:
        for command in commands.values():
            if command.name.startswith(name.casefold()):
                yield Completion(f"{command.name} ", len(name), command.name, command.summary)
    elif found := commands.get(name.casefold()):
        for argument in found.arguments:
            if argument.listed:
                end, options = await _options(bot, caller, found.name, argument.name, rest.lstrip())
                for option in options:
                    yield Completion(_quote(option.value), len(end), shown(option.label), argument.name)


async def _options(bot: Bot, caller: Caller, command: str, argument: str, rest: str) -> tuple[str, list[Option]]:
    """The longest end of the line that has options, and those options. A title may contain spaces."""
    starts = [word.start() for word in _WORD.finditer(rest)][-_MAX_TITLE_WORDS:]
    for typed in (rest[start:] for start in starts):
        words = typed.strip(' "“”')
        found = await bot.suggest(command, argument, words, caller)
        if options := [option for option in found if option.value != words]:
            return typed, options
    return "", []


def _quote(value: str) -> str:
    return f'"{value}"' if " " in value else value

"""Completions of a typed line: commands from the registry, and arguments from their choices and `Bot.suggest`."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.app import Bot
from bot.commands.lines import UMBRELLA
from bot.domain.caller import Caller
from bot.reply.model import Option
from bot.reply.text import shown

_WORD = re.compile(r"\S+|(?<!\S)$")
_MOST_WORDS = 8  # of a title that is still being typed


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion: `text` takes the place of the last `replaces` characters; `about` describes it."""

    text: str
    replaces: int
    label: str
    about: str


async def completions(bot: Bot, caller: Caller, before: str) -> AsyncIterator[Completion]:
    """The completions of the text before the cursor."""
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
                    yield Completion(_quoted(option.value), len(end), shown(option.label), argument.name)


async def _options(bot: Bot, caller: Caller, command: str, argument: str, rest: str) -> tuple[str, list[Option]]:
    """The end of the line that something fits, and what fits it: a title has spaces, so the longest end wins."""
    starts = [word.start() for word in _WORD.finditer(rest)][-_MOST_WORDS:]
    for typed in (rest[start:] for start in starts):
        words = typed.strip(' "“”')
        found = await bot.suggest(command, argument, words, caller)
        if options := [option for option in found if option.value != words]:
            return typed, options
    return "", []


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value

"""The prompt of the console: history between sessions, and completion with Tab."""

import sys
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import DummyHistory, FileHistory, History, InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout

from adapters.chat.completion import completions
from bot.app import Bot
from bot.commands.forms import form_of
from bot.commands.registry import AnyCommand
from bot.domain.caller import Caller
from bot.reply.text import shown


def prompt_session(bot: Bot, caller: Caller, history: Path | None) -> PromptSession[str]:
    """A prompt for this caller. Tab asks for completions; typing alone asks for nothing."""
    return PromptSession(
        "> ", completer=BotCompleter(bot, caller), history=private_history(history), complete_while_typing=False
    )


@contextmanager
def beside_the_prompt() -> Iterator[TextIO]:
    """Where to write while somebody may be typing: it appears above the line, which stays as it is."""
    with patch_stdout(raw=True):
        yield sys.stdout


async def ask_hidden(question: str) -> str:
    """What is typed at a prompt that shows and remembers none of it."""
    session: PromptSession[str] = PromptSession(f"{question}: ", is_password=True, history=DummyHistory())
    return await session.prompt_async()


async def ask_each(
    bot: Bot, caller: Caller, command: AnyCommand, given: Mapping[str, str], *, again: bool
) -> Mapping[str, str]:
    """What a command was given, and what is typed for the rest of its arguments; an empty line leaves one out.

    `again`: what was given is asked for too, and stands there to be changed.
    """
    answers = dict(given)
    for argument in form_of(command, given).arguments:
        known = argument.begins(given.get(argument.name, ""))
        if again or not known:
            completer = ArgumentCompleter(bot, caller, command.name, argument.name)
            session: PromptSession[str] = PromptSession(history=DummyHistory(), completer=completer)
            question = f"{argument.name} ({argument.help}): "
            typed = await session.prompt_async(question, default=known, complete_while_typing=False)
            answers[argument.name] = typed.strip()
    return answers


def private_history(path: Path | None) -> History:
    """The lines typed before, in a file that only its owner reads; without one, for this session alone."""
    if path is None:
        return InMemoryHistory()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)  # one that was there before may be open to others
    except OSError:
        return InMemoryHistory()
    return FileHistory(path)


class ArgumentCompleter(Completer):
    """Completes one argument that is asked for, from its choices and `Bot.suggest`."""

    def __init__(self, bot: Bot, caller: Caller, command: str, argument: str) -> None:
        self._ask = (bot, caller, command, argument)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002
        """Nothing: suggestions come from the store, which is read asynchronously."""
        return ()

    async def get_completions_async(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - prompt_toolkit's signature
    ) -> AsyncGenerator[Completion, None]:
        """What the last word may go on to: an argument may take several."""
        bot, caller, command, argument = self._ask
        typed = document.text_before_cursor.rpartition(" ")[2]
        for option in await bot.suggest(command, argument, typed, caller):
            yield Completion(option.value, -len(typed), shown(option.label))


class BotCompleter(Completer):
    """Completes commands from the registry and arguments from their choices and `Bot.suggest`."""

    def __init__(self, bot: Bot, caller: Caller) -> None:
        self._caller = caller
        self._bot = bot

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002
        """Nothing: suggestions come from the store, which is read asynchronously."""
        return ()

    async def get_completions_async(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - prompt_toolkit's signature
    ) -> AsyncGenerator[Completion, None]:
        """What the text before the cursor may go on to."""
        async for each in completions(self._bot, self._caller, document.text_before_cursor):
            yield Completion(each.text, -each.replaces, each.label, each.about)

"""The console's prompt: history across sessions, completion with Tab, and questions for missing arguments."""

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
    """A prompt for this caller, with completion on Tab but not while typing."""
    return PromptSession(
        "> ", completer=BotCompleter(bot, caller), history=private_history(history), complete_while_typing=False
    )


@contextmanager
def stdout_above_prompt() -> Iterator[TextIO]:
    """A stdout for use while a prompt is open: its output appears above the line being typed."""
    with patch_stdout(raw=True):
        yield sys.stdout


async def ask_hidden(question: str) -> str:
    """Prompt for a secret, without echo or history."""
    session: PromptSession[str] = PromptSession(f"{question}: ", is_password=True, history=DummyHistory())
    return await session.prompt_async()


async def ask_each(
    bot: Bot, caller: Caller, command: AnyCommand, given: Mapping[str, str], *, again: bool
) -> Mapping[str, str]:
    """Prompt for a command's missing arguments; returns all of them. An empty line leaves an argument out.

    `again`: prompt for the given arguments too, prefilled, so that they can be changed.
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
    """The history in a file that only its owner can read; in memory if there is no path or it can't be created."""
    if path is None:
        return InMemoryHistory()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)  # an existing file may be readable by others
    except OSError:
        return InMemoryHistory()
    return FileHistory(path)


class ArgumentCompleter(Completer):
    """Completes one argument by `Bot.suggest`."""

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
        """Complete the last word, since an argument may take several."""
        bot, caller, command, argument = self._ask
        typed = document.text_before_cursor.rpartition(" ")[2]
        for option in await bot.suggest(command, argument, typed, caller):
            yield Completion(option.value, -len(typed), shown(option.label))


class BotCompleter(Completer):
    """Completes a typed line: command names from the registry, arguments by `Bot.suggest`."""

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
        """Complete the text before the cursor."""
        async for each in completions(self._bot, self._caller, document.text_before_cursor):
            yield Completion(each.text, -each.replaces, each.label, each.about)

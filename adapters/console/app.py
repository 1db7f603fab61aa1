"""The console: answers a single line, lines from a pipe, or a prompt; or plays a scripted tour."""

import asyncio
import io
import os
import stat
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from adapters.console.render import Choice, call_for_number, choices, confirming_call
from adapters.console.screen import Screen
from bot.app import Bot
from bot.commands.command import Argument
from bot.commands.forms import form_for
from bot.commands.lines import names, read_line
from bot.commands.permissions import MANAGERS, PERMISSIONS
from bot.domain.caller import Caller, Person, Role, WorkspaceRef
from bot.reply.call import Call
from bot.reply.model import Reply, Tone

LEAVING = frozenset({"exit", "quit", "/exit", "/quit"})
WELCOME = "Type /help for the commands, or paste a video link. Tab completes, a number presses a button, Ctrl-D exits."
SILENT = (
    "This console can't post cards, digests or alerts. Use Slack or Discord, where contentstats-bot run posts them."
)
NOT_PRESSED = "The {number} was pasted with other lines, so nothing was pressed. Type it if you mean it."


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """Options from the command line.

    `admin`: the person manages the workspace; others can only view. `posts`: a scheduler runs with this console, so
    that digests and alerts are posted here. `json` writes each reply as a line of JSON and saves no files. `yes`
    presses the reply's confirm button, for a single line only. `history` is the file of typed lines; None for none.
    """

    user: str = "you"
    admin: bool = False
    posts: bool = False
    json: bool = False
    yes: bool = False
    picture_dir: Path = Path("charts")
    history: Path | None = None

    @property
    def caller(self) -> Caller:
        """The person at this console."""
        role = Role.ADMIN if self.admin else Role.MEMBER
        return Caller(
            workspace=WorkspaceRef("console", "local", "Console"),
            channel_id="console",
            person=Person(self.user, self.user),
            role=role,
            permissions=PERMISSIONS[role][MANAGERS],
            cannot_post_reason="" if self.posts else SILENT,
        )


async def run_line(bot: Bot, line: str, options: ConsoleOptions, out: TextIO) -> int:
    """Answer one line; returns the exit code, which is 1 if the last reply is a problem.

    With `yes`, the reply's confirm button is pressed and both replies are written; as JSON only the last one, so that a
    script always reads one object.
    """
    session = _Session(bot, options, out)
    reply = await session.answer(line)
    call = confirming_call(reply) if options.yes else None
    if call is None or not options.json:
        await session.show(reply)
    if call is not None:
        reply = await session.press(call)
        await session.show(reply)
    return int(reply.tone is Tone.PROBLEM)


async def converse(bot: Bot, options: ConsoleOptions) -> int:
    """Prompt at a terminal, otherwise answer the lines on stdin; returns the exit code."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return await converse_at_prompt(bot, options, sys.stdout)
    return await answer_lines(bot, options, sys.stdin, sys.stdout)


async def converse_at_prompt(bot: Bot, options: ConsoleOptions, out: TextIO) -> int:
    """Prompt and answer until the person leaves; returns the exit code.

    Ctrl-C clears the line, or exits with 130 if it is empty. Ctrl-D exits with 0.
    """
    from adapters.console.prompt import prompt_session  # noqa: PLC0415 - a pipe starts sooner without

    session = _Session(bot, options, out)
    prompt = prompt_session(bot, options.caller, options.history)
    session.screen.write(WELCOME)
    while True:
        try:
            typed = await prompt.prompt_async()
        except KeyboardInterrupt:
            if not prompt.default_buffer.text:
                return 130
            continue
        except EOFError:
            return 0
        lines = [line for each in typed.splitlines() if (line := each.strip())]
        is_pasted = len(lines) > 1
        for line in lines:
            if line in LEAVING:
                return 0
            pressed = None if is_pasted else session.call_of(line)
            try:
                call = await _complete_by_form(bot, options.caller, pressed or line)
            except (KeyboardInterrupt, EOFError):
                break
            await session.show(await (session.press(call) if call else session.answer(line, is_pasted=is_pasted)))


async def answer_lines(bot: Bot, options: ConsoleOptions, source: TextIO, out: TextIO) -> int:
    """Answer each line of a pipe or a file; returns 1 if any reply was a problem."""
    session = _Session(bot, options, out)
    failed = False
    async for each in lines_of(source):
        line = each.strip()
        if line in LEAVING:
            break
        if line:
            reply = await session.answer(line)
            await session.show(reply)
            failed = failed or reply.tone is Tone.PROBLEM
    return int(failed)


async def play(bot: Bot, steps: Iterable[str | Call], options: ConsoleOptions, out: TextIO) -> tuple[Reply, ...]:
    """Play a script of typed lines and submitted forms, shown as at a prompt; returns the replies.

    A form is given as a Call, whose arguments are hidden.
    """
    session = _Session(bot, options, out)
    replies = []
    for step in steps:
        match step:
            case Call():
                session.screen.write(f"> /{step.command}\n{', '.join(step.arguments)}: ********")
                reply = await session.press(step)
            case line:
                session.screen.write(f"> {line}")
                reply = await session.answer(line)
        await session.show(reply)
        replies.append(reply)
    return tuple(replies)


def _private_form(bot: Bot, caller: Caller, line: str) -> Argument | None:
    """The secret argument to ask for if a line is a command without arguments."""
    read = read_line(line)
    found = (
        each for each in bot.commands if each.name == read.name and not read.words and bot.may_fill_in(each, caller)
    )
    return next((command.secret for command in found), None)


async def _complete_by_form(bot: Bot, caller: Caller, entered: str | Call) -> Call | None:
    """Ask for the missing arguments of a line or a button's call; returns the call, or None if none are missing."""
    from adapters.console.prompt import ask_each, ask_hidden  # noqa: PLC0415 - as above

    given: str | Mapping[str, str]
    if isinstance(entered, Call):
        name, given = entered.command, entered.arguments
    elif form := _private_form(bot, caller, entered):
        return Call(read_line(entered).name, {form.name: await ask_hidden(form.help)})
    else:
        line = read_line(entered)
        name, given = line.name, line.words
    command = next((each for each in bot.commands if each.name == name.casefold()), None)
    prefilled = form_for(command, given) if command and command.secret is None and given else None
    if command is None or prefilled is None or not bot.may_fill_in(command, caller):
        return None
    return Call(command.name, await ask_each(bot, caller, command, prefilled, again=isinstance(entered, Call)))


def _is_number(line: str) -> bool:
    return line.isdecimal() and len(line) < 4


class _Session:
    """A console session: answers lines, and remembers the numbered choices of the last reply."""

    def __init__(self, bot: Bot, options: ConsoleOptions, out: TextIO) -> None:
        self._bot = bot
        self._caller = options.caller
        self._presses_yes = options.yes  # a script must not confirm a start whose outcome is unclear
        self._choices: tuple[Choice, ...] = ()
        self.screen = Screen(out, options.picture_dir, as_json=options.json)

    async def answer(self, line: str, *, is_pasted: bool = False) -> Reply:
        """Answer a typed line: a command with or without its slash, a link to track, or the number of a choice.

        A number that was pasted with other lines isn't pressed, because the person hasn't seen its choice yet.
        """
        if _is_number(line):
            call = self.call_of(line)
            if is_pasted and call:
                return Reply(NOT_PRESSED.format(number=line), tone=Tone.WARNING)
            return await self.press(call) if call else self._no_choice(line)
        read = read_line(line)
        is_typed = not is_pasted and not self._presses_yes and names(line, read.name)
        return await self._run(read.name, read.words, is_typed=is_typed)

    def call_of(self, line: str) -> Call | None:
        """The call of a numbered choice of the last reply; None if the line isn't such a number."""
        return call_for_number(self._choices, int(line)) if _is_number(line) else None

    async def press(self, call: Call) -> Reply:
        """Run a button's call; returns the reply."""
        return await self._run(call.command, call.arguments)

    async def show(self, reply: Reply) -> None:
        """Write a reply with its choices."""
        await self.screen.show(reply, choices(reply))
        await self._bot.confirm_delivery(reply, shown=True, announced=True)

    async def _run(self, command: str, arguments: str | Mapping[str, str], *, is_typed: bool = False) -> Reply:
        reply = await self._bot.run(command, arguments, self._caller, self.screen.notice, is_typed=is_typed)
        self._choices = choices(reply)
        return reply

    def _no_choice(self, typed: str) -> Reply:
        last = sum(choice.number is not None for choice in self._choices)
        offered = ("offers none", "offers only 1")[last] if last < 2 else f"offers 1 to {last}"
        sentence = f"There's no choice {typed}: the last reply {offered}. Type /help for the commands."
        return Reply(sentence, tone=Tone.PROBLEM)


_CHUNK = 65_536  # bytes


async def lines_of(source: TextIO) -> AsyncIterator[str]:
    """Read lines as they arrive. Undecodable bytes become U+FFFD."""
    if isinstance(source, io.TextIOWrapper):
        source.reconfigure(errors="replace")
    if not _may_block(source):
        for line in source:
            yield line
        return
    rest = b""
    while chunk := await _read(source.fileno()):
        *lines, rest = (rest + chunk).split(b"\n")
        for each in lines:
            yield each.decode(source.encoding, "replace")
    if rest:
        yield rest.decode(source.encoding, "replace")


def _may_block(source: TextIO) -> bool:
    """Whether reading may block: a pipe, a socket or a terminal, but not a file."""
    try:
        mode = os.fstat(source.fileno()).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or source.isatty()


async def _read(descriptor: int) -> bytes:
    """Read available bytes without blocking the event loop; empty at the end."""
    readable = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, _CHUNK)

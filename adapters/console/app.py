"""The console: one line, lines from a pipe, a conversation at a terminal, or a tour that plays itself."""

import asyncio
import io
import os
import stat
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from adapters.console.render import Choice, choices, chosen, yes
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
    """What the command line chose.

    `admin` stands for someone who manages the workspace; everybody else may only look. `posts` says that the bot's
    clock runs beside this console, so that what comes by itself comes here. `json` writes each reply as one
    line of JSON and saves no files. `yes` presses the first button that says yes, for a single line only. `history` is
    the file of typed lines, None for none.
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
    """Answer one line and give the exit code: 1 if the last reply is a problem.

    With `yes`, a reply that asks for a yes gets it, and both replies are written; as JSON the last one alone, so that a
    script reads one object whatever happened.
    """
    talk = _Talk(bot, options, out)
    reply = await talk.answer(line)
    call = yes(reply) if options.yes else None
    if call is None or not options.json:
        await talk.show(reply)
    if call is not None:
        reply = await talk.press(call)
        await talk.show(reply)
    return int(reply.tone is Tone.PROBLEM)


async def converse(bot: Bot, options: ConsoleOptions) -> int:
    """Talk until the person leaves (0), or until the input ends if it isn't a terminal (1 if any line failed)."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return await converse_at_prompt(bot, options, sys.stdout)
    return await answer_lines(bot, options, sys.stdin, sys.stdout)


async def converse_at_prompt(bot: Bot, options: ConsoleOptions, out: TextIO) -> int:
    """Prompt, answer and prompt again. Ctrl-C drops the line, on an empty one it leaves (130), as Ctrl-D does (0)."""
    from adapters.console.prompt import prompt_session  # noqa: PLC0415 - a pipe starts sooner without

    talk = _Talk(bot, options, out)
    session = prompt_session(bot, options.caller, options.history)
    talk.screen.write(WELCOME)
    while True:
        try:
            typed = await session.prompt_async()
        except KeyboardInterrupt:
            if not session.default_buffer.text:
                return 130
            continue
        except EOFError:
            return 0
        lines = [line for each in typed.splitlines() if (line := each.strip())]
        is_pasted = len(lines) > 1
        for line in lines:
            if line in LEAVING:
                return 0
            pressed = None if is_pasted else talk.pressed(line)
            try:
                call = await _asked_for(bot, options.caller, pressed or line)
            except (KeyboardInterrupt, EOFError):
                break
            await talk.show(await (talk.press(call) if call else talk.answer(line, is_pasted=is_pasted)))


async def answer_lines(bot: Bot, options: ConsoleOptions, source: TextIO, out: TextIO) -> int:
    """Answer each line of a pipe or a file until it ends; 1 if any reply was a problem."""
    talk = _Talk(bot, options, out)
    failed = False
    async for each in lines_of(source):
        line = each.strip()
        if line in LEAVING:
            break
        if line:
            reply = await talk.answer(line)
            await talk.show(reply)
            failed = failed or reply.tone is Tone.PROBLEM
    return int(failed)


async def play(bot: Bot, steps: Iterable[str | Call], options: ConsoleOptions, out: TextIO) -> tuple[Reply, ...]:
    """Type these lines, choices by number included, and send these forms, each shown as at a prompt; gives the replies.

    A form is a call; what is typed into it stays hidden, as it does at a prompt.
    """
    talk = _Talk(bot, options, out)
    replies = []
    for step in steps:
        match step:
            case Call():
                talk.screen.write(f"> /{step.command}\n{', '.join(step.arguments)}: ********")
                reply = await talk.press(step)
            case line:
                talk.screen.write(f"> {line}")
                reply = await talk.answer(line)
        await talk.show(reply)
        replies.append(reply)
    return tuple(replies)


def _private_form(bot: Bot, caller: Caller, line: str) -> Argument | None:
    """What a command, sent alone, has to ask for without showing it."""
    read = read_line(line)
    found = (
        each for each in bot.commands if each.name == read.name and not read.words and bot.may_fill_in(each, caller)
    )
    return next((command.secret for command in found), None)


async def _asked_for(bot: Bot, caller: Caller, said: str | Call) -> Call | None:
    """A line or a press completed by the person's answers to its form; None if it needs none."""
    from adapters.console.prompt import ask_each, ask_hidden  # noqa: PLC0415 - as above

    given: str | Mapping[str, str]
    if isinstance(said, Call):
        name, given = said.command, said.arguments
    elif form := _private_form(bot, caller, said):
        return Call(read_line(said).name, {form.name: await ask_hidden(form.help)})
    else:
        line = read_line(said)
        name, given = line.name, line.words
    command = next((each for each in bot.commands if each.name == name.casefold()), None)
    begun = form_for(command, given) if command and command.secret is None and given else None
    if command is None or begun is None or not bot.may_fill_in(command, caller):
        return None
    return Call(command.name, await ask_each(bot, caller, command, begun, again=isinstance(said, Call)))


def _is_number(line: str) -> bool:
    return line.isdecimal() and len(line) < 4


class _Talk:
    """One conversation: the bot, the person, the screen, and the choices that the last reply left open."""

    def __init__(self, bot: Bot, options: ConsoleOptions, out: TextIO) -> None:
        self._bot = bot
        self._caller = options.caller
        self._presses_yes = options.yes  # which must not confirm the doubt that is left after a start
        self._offered: tuple[Choice, ...] = ()
        self.screen = Screen(out, options.picture_dir, as_json=options.json)

    async def answer(self, line: str, *, is_pasted: bool = False) -> Reply:
        """The reply to a typed line: a command, with or without its slash, a link to track, or the number of a choice.

        A number that was pasted with other lines presses nothing: nobody has seen yet what it would press.
        """
        if _is_number(line):
            call = self.pressed(line)
            if is_pasted and call:
                return Reply(NOT_PRESSED.format(number=line), tone=Tone.WARNING)
            return await self.press(call) if call else self._no_choice(line)
        read = read_line(line)
        is_typed = not is_pasted and not self._presses_yes and names(line, read.name)
        return await self._run(read.name, read.words, is_typed=is_typed)

    def pressed(self, line: str) -> Call | None:
        """The call behind a number that the last reply offered; None if the line is no such number."""
        return chosen(self._offered, int(line)) if _is_number(line) else None

    async def press(self, call: Call) -> Reply:
        """The reply to a button."""
        return await self._run(call.command, call.arguments)

    async def show(self, reply: Reply) -> None:
        """Write the reply with its choices."""
        await self.screen.show(reply, choices(reply))
        await self._bot.arrived(reply, shown=True, announced=True)

    async def _run(self, command: str, arguments: str | Mapping[str, str], *, is_typed: bool = False) -> Reply:
        reply = await self._bot.run(command, arguments, self._caller, self.screen.note, is_typed=is_typed)
        self._offered = choices(reply)
        return reply

    def _no_choice(self, typed: str) -> Reply:
        last = sum(choice.number is not None for choice in self._offered)
        offered = ("offers none", "offers only 1")[last] if last < 2 else f"offers 1 to {last}"
        sentence = f"There's no choice {typed}: the last reply {offered}. Type /help for the commands."
        return Reply(sentence, tone=Tone.PROBLEM)


_AT_ONCE = 65_536  # bytes


async def lines_of(source: TextIO) -> AsyncIterator[str]:
    """The lines as they come, until the end. What is not text becomes U+FFFD."""
    if isinstance(source, io.TextIOWrapper):
        source.reconfigure(errors="replace")
    if not _lets_wait(source):
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


def _lets_wait(source: TextIO) -> bool:
    """Whether reading may have to wait for somebody; from a file, on disk or in memory, it never does."""
    try:
        mode = os.fstat(source.fileno()).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or source.isatty()


async def _read(descriptor: int) -> bytes:
    """What there is, as soon as there is something; nothing at the end."""
    readable = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, _AT_ONCE)

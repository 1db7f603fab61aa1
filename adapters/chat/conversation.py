"""Conversation engine: the steps from a command call to its reply, the same on every platform.

Open a form if one is needed; otherwise acknowledge, identify the caller, run the command and reply, or show a crash
reply with a reference. A platform implements `Surface` and `Replies`; nothing else here depends on it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, Protocol, TypeVar

from cachetools import Cache, LRUCache

from adapters.chat.pacing import FloodControl
from bot.app import Bot
from bot.commands.command import Answer
from bot.commands.forms import form_for, with_form_again
from bot.commands.registry import AnyCommand, by_name
from bot.domain.caller import Caller, Permission
from bot.messages.problems import no_link
from bot.reply.call import MAX_ENCODED
from bot.reply.model import Reply, drawn, has_pictures, without_pictures

logger = logging.getLogger(__name__)

MAX_EVENTS = MAX_MESSAGES = 10_000
"""Events and messages that a process remembers."""
CONCURRENT_REPLIES = 50
"""Commands that one platform runs at a time; the others wait, so that they don't overload the database."""
MAX_TASKS = 2_000
"""Concurrent background tasks. Beyond that, commands are refused in time for the platform's deadline rather than
answered late."""


class Interaction(Protocol):
    """A command, button press, menu choice or form submission by one person. Each platform has its own type."""

    @property
    def may_replace(self) -> bool:
        """Whether a private reply may replace the message that was acted on, because nobody else sees it."""
        ...


T_contra = TypeVar("T_contra", bound=Interaction, contravariant=True)
"""A platform's own interaction type."""


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A command to run, with its arguments as typed or by name.

    `is_filled_in`: the arguments come from a submitted form. `wants_form`: open the form even if nothing is missing.
    `in_place`: the reply should replace the card whose button was pressed. `is_typed`: the person typed this command by
    name, and the platform isn't redelivering the event.
    """

    name: str
    arguments: str | Mapping[str, str]
    is_filled_in: bool = False
    wants_form: bool = False
    in_place: bool = False
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class ReplyOutcome:
    """Whether a reply arrived in full, and its public line. Later replies replace the message of `message_id`."""

    arrived: bool
    announced: bool
    message_id: str = ""


class Surface(Protocol[T_contra]):
    """A chat platform: how it acknowledges, opens forms and identifies callers."""

    async def open_form(self, interaction: T_contra, command: AnyCommand, given: Mapping[str, str]) -> bool:
        """Open the command's form, prefilled with `given`. Returns False if it can't open; the command then runs."""
        ...

    async def acknowledge(self, interaction: T_contra, answer: Answer) -> bool:
        """Acknowledge the interaction. Returns False if that failed or came too late: the command must not run."""
        ...

    async def caller(
        self, interaction: T_contra, call: CommandCall, command: AnyCommand | None
    ) -> Caller | Reply | None:
        """The caller; or a reply to show instead of running the command; or None if the interaction is a duplicate."""
        ...


class Replies(Protocol[T_contra]):
    """How a platform shows replies. Its methods don't raise when the platform refuses or fails."""

    async def deliver(self, interaction: T_contra, reply: Reply, answer: Answer) -> ReplyOutcome:
        """Show a reply, and post its public line to the channel."""
        ...

    async def add_pictures(
        self, interaction: T_contra, reply: Reply, answer: Answer, is_current: Callable[[], bool]
    ) -> None:
        """Add the pictures to a reply that is already shown, unless another reply has replaced it (`is_current`)."""
        ...

    async def notice(self, interaction: T_contra, notice: Reply, answer: Answer) -> None:
        """Show the person a notice until the reply arrives."""
        ...


class Conversation(Generic[T_contra]):
    """Runs command calls and shows their replies. A button holds a call of at most `max_call_length` characters."""

    def __init__(
        self,
        bot: Bot,
        chat: str,
        surface: Surface[T_contra],
        replies: Replies[T_contra],
        max_call_length: int = MAX_ENCODED,
    ) -> None:
        self._bot = bot
        self._chat = chat
        self._surface = surface
        self._replies = replies
        self._max_call_length = max_call_length
        self._commands: Mapping[str, AnyCommand] = by_name(bot.commands)
        self._slots = asyncio.Semaphore(CONCURRENT_REPLIES)
        self._recent: Cache[str, bool] = LRUCache(MAX_EVENTS)
        self._latest: Cache[str, object] = LRUCache(MAX_MESSAGES)
        self._floods = FloodControl()

    async def is_new(self, id_: str, need: Permission = Permission.LOOK) -> bool:
        """Whether an event is new, that is, no redelivery. `need` is the highest permission that handling it needs.

        Events that only read are deduplicated in this process alone, so that no read waits for a database write. At
        worst, another process or a restarted one answers again. Raises DatabaseUnavailable.
        """
        if not id_:
            return True
        if id_ in self._recent:
            return False
        self._recent[id_] = True
        return need is Permission.LOOK or await self._bot.is_new_event(self._chat, id_)

    def command(self, name: str) -> AnyCommand | None:
        """The command with this name, if there is one."""
        return self._commands.get(name)

    def need(self, name: str) -> Permission:
        """The permission that a command needs; LOOK for an unknown one, which only gets a message."""
        command = self.command(name)
        return command.need if command else Permission.LOOK

    def most_needed(self, name: str) -> Permission:
        """The highest permission that a command may need, for `is_new`."""
        command = self.command(name)
        return command.most_needed if command else Permission.LOOK

    async def handle(self, interaction: T_contra, call: CommandCall) -> Reply | None:
        """Open the command's form, or run it and show its reply. Returns the reply, if there is one.

        The text is shown first; pictures are added once they are drawn.
        """
        command = self.command(call.name)
        answer = _answer(command, call, interaction)
        try:
            given = _form(command, call)
            if command is not None and given is not None:
                if await self._surface.open_form(interaction, command, given):
                    return None
                call = replace(call, arguments=given or "")
            if not await self._surface.acknowledge(interaction, answer):
                return None
            reply = await self._run(interaction, call, command, answer)
            if reply is not None:
                outcome = await self._replies.deliver(interaction, without_pictures(reply), answer)
                await self._bot.confirm_delivery(reply, shown=outcome.arrived, announced=outcome.announced)
        except Exception as error:  # noqa: BLE001 - as in Bot.run: the person must get a reply
            await self._replies.deliver(interaction, self._bot.crash(call.name, error), answer)
            return None
        if reply is not None:
            await self._add_pictures(interaction, reply, answer, outcome)
        return reply

    async def _add_pictures(self, interaction: T_contra, reply: Reply, answer: Answer, outcome: ReplyOutcome) -> None:
        """Draw a reply's pictures and show them, unless a later button press has replaced the message."""
        mine = object()
        if outcome.message_id:
            self._latest[outcome.message_id] = mine
        if not outcome.arrived or not has_pictures(reply):
            return
        whole = await drawn(reply)
        if has_pictures(whole):
            id_, latest = outcome.message_id, self._latest
            await self._replies.add_pictures(interaction, whole, answer, lambda: not id_ or latest.get(id_) is mine)

    async def _run(
        self, interaction: T_contra, call: CommandCall, command: AnyCommand | None, answer: Answer
    ) -> Reply | None:
        arguments = call.arguments
        by_form = arguments if call.is_filled_in and not isinstance(arguments, str) else {}
        if call.name == "track" and not isinstance(arguments, str) and arguments.get("link") == "":
            return no_link()
        caller = await self._surface.caller(interaction, call, command)
        if not isinstance(caller, Caller):
            return caller

        async def run() -> Reply:
            refused = await self._floods.admit(caller, partial(self._replies.notice, interaction, answer=answer))
            if refused is not None:
                return refused
            async with AsyncExitStack() as slot:
                await slot.enter_async_context(self._slots)

                async def notice(reply: Reply) -> None:
                    await slot.aclose()  # lets another command run while this one waits
                    await self._replies.notice(interaction, reply, answer)

                return await self._bot.run(call.name, arguments, caller, notice, is_typed=call.is_typed)

        is_listed = command is not None and command.listed
        offers = command is not None and command.need is Permission.SPEND
        typed = f"{call.name} {arguments if isinstance(arguments, str) else sorted(arguments.items())}"
        reply = await (self._floods.once(caller, typed, run, offers=offers) if is_listed else run())
        if command is None or not self._bot.may_fill_in(command, caller):
            return reply
        return with_form_again(command, by_form, reply, self._max_call_length)


def _form(command: AnyCommand | None, call: CommandCall) -> Mapping[str, str] | None:
    """The values to prefill the command's form with; None to run the command without a form."""
    if command is None or call.is_filled_in:
        return None
    if call.wants_form and not isinstance(call.arguments, str):
        return call.arguments
    return form_for(command, call.arguments)


def _answer(command: AnyCommand | None, call: CommandCall, interaction: Interaction) -> Answer:
    """How to reply: as the command declares, but replace a card only if nobody else sees it."""
    answer = command.answer if command else Answer.PRIVATE
    wants_to_replace = call.in_place or answer is Answer.REPLACES
    return Answer.REPLACES if wants_to_replace and interaction.may_replace else Answer.PRIVATE


class BackgroundTasks:
    """Runs tasks in the background: the platform gets its acknowledgement at once, the reply follows when it is ready.

    Keeps a reference to each until it ends (asyncio itself keeps only weak ones).
    """

    def __init__(self, limit: int = MAX_TASKS) -> None:
        self._limit = limit
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_draining = False

    @property
    def has_room(self) -> bool:
        """Whether another task may start. `start` doesn't check this, so that a caller decides what to refuse."""
        return not self._is_draining and len(self._tasks) < self._limit

    def start(self, run: Callable[[], Awaitable[None]]) -> None:
        """Start a task, unless the program is shutting down. An exception in it is logged."""
        if self._is_draining:
            logger.info("background task refused: the program is shutting down")
            return
        task = asyncio.create_task(self._run(run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Accept no more tasks, wait up to `seconds` for the running ones, then cancel the rest."""
        self._is_draining = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        late = tuple(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if late:
            logger.warning("background tasks cancelled at shutdown", extra={"tasks": len(late)})

    async def _run(self, run: Callable[[], Awaitable[None]]) -> None:
        try:
            await run()
        except Exception:  # no caller awaits a background task, so its errors end here
            logger.exception("background task failed")

"""The conversation engine: from a command call to the reply, the same steps in every chat.

New? -> form wanted? -> acknowledge -> caller -> run -> reply, or a crash reply with a reference. A chat supplies what
it alone knows, as a `Surface` and its `Replies`.
"""

import asyncio
from collections.abc import Callable, Mapping
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

MOST_EVENTS = MOST_MESSAGES = 10_000
"""Events and messages that a process remembers."""
CONCURRENT_REPLIES = 50
"""Replies that one chat computes at a time; the others wait instead of crowding the database."""


class Interaction(Protocol):
    """What one person did. Each chat has its own."""

    @property
    def may_replace(self) -> bool:
        """Whether nobody else sees the message that was acted on, so that a reply may take its place."""
        ...


T_contra = TypeVar("T_contra", bound=Interaction, contravariant=True)
"""A chat's own interaction."""


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A command to run, with its arguments as typed or by name.

    `is_filled_in`: no form has to ask for more. `wants_form`: open the form whatever is given. `in_place`: the pressed
    card is requested again. `is_typed`: the person typed this very command, and no event is delivered again.
    """

    name: str
    arguments: str | Mapping[str, str]
    is_filled_in: bool = False
    wants_form: bool = False
    in_place: bool = False
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """Whether a whole reply arrived, and its public line. `message_id` is of the message that later replies replace."""

    arrived: bool
    announced: bool
    message_id: str = ""


class Surface(Protocol[T_contra]):
    """A chat platform: how it acknowledges, opens forms and identifies callers."""

    async def open_form(self, interaction: T_contra, command: AnyCommand, given: Mapping[str, str]) -> bool:
        """Open the command's form, filled with what is `given`; False if it can't open, so the command runs instead."""
        ...

    async def acknowledge(self, interaction: T_contra, answer: Answer) -> bool:
        """Promise a reply; False if the platform didn't take the promise in time, and so nothing may be done."""
        ...

    async def caller(
        self, interaction: T_contra, call: CommandCall, command: AnyCommand | None
    ) -> Caller | Reply | None:
        """Who acts, a reply to show instead of running the command, or None if the interaction was handled before."""
        ...


class Replies(Protocol[T_contra]):
    """How a chat platform shows replies. Never raises for what a chat does."""

    async def deliver(self, interaction: T_contra, reply: Reply, answer: Answer) -> Shown:
        """Show a reply, and its public line to the channel."""
        ...

    async def add_pictures(
        self, interaction: T_contra, reply: Reply, answer: Answer, is_current: Callable[[], bool]
    ) -> None:
        """Show a reply again, now with its pictures, unless another reply has taken its place meanwhile."""
        ...

    async def notice(self, interaction: T_contra, notice: Reply, answer: Answer) -> None:
        """Show the person something until the reply is there."""
        ...


class Conversation(Generic[T_contra]):
    """Runs command calls and shows their replies. `room` is the number of characters that a button can carry."""

    def __init__(
        self, bot: Bot, chat: str, surface: Surface[T_contra], replies: Replies[T_contra], room: int = MAX_ENCODED
    ) -> None:
        self._bot = bot
        self._chat = chat
        self._surface = surface
        self._replies = replies
        self._room = room
        self._commands: Mapping[str, AnyCommand] = by_name(bot.commands)
        self._slots = asyncio.Semaphore(CONCURRENT_REPLIES)
        self._recent: Cache[str, bool] = LRUCache(MOST_EVENTS)
        self._latest: Cache[str, object] = LRUCache(MOST_MESSAGES)
        self._floods = FloodControl()

    async def is_new(self, id_: str, need: Permission = Permission.LOOK) -> bool:
        """Whether an event arrives for the first time. `need` is the most that handling it needs.

        Reads are checked in this process alone, so that no read waits for a write: at worst another process, or this
        one after a restart, answers again. Raises DatabaseUnavailable.
        """
        if not id_:
            return True
        if id_ in self._recent:
            return False
        self._recent[id_] = True
        return need is Permission.LOOK or await self._bot.is_new_event(self._chat, id_)

    def command(self, name: str) -> AnyCommand | None:
        """The command of a name."""
        return self._commands.get(name)

    def need(self, name: str) -> Permission:
        """The permission that a command needs; an unknown command only shows a sentence."""
        command = self.command(name)
        return command.need if command else Permission.LOOK

    def most_needed(self, name: str) -> Permission:
        """The most that handling a command may need, for `is_new`."""
        command = self.command(name)
        return command.most_needed if command else Permission.LOOK

    async def handle(self, interaction: T_contra, call: CommandCall) -> Reply | None:
        """Open a form, or run the call and show its reply, which is returned if it was shown.

        The numbers are shown first, and the pictures join them once they are drawn.
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
                shown = await self._replies.deliver(interaction, without_pictures(reply), answer)
                await self._bot.arrived(reply, shown=shown.arrived, announced=shown.announced)
        except Exception as error:  # noqa: BLE001 - as in Bot.run: else the person waits for a reply that never comes
            await self._replies.deliver(interaction, self._bot.crash(call.name, error), answer)
            return None
        if reply is not None:
            await self._add_pictures(interaction, reply, answer, shown)
        return reply

    async def _add_pictures(self, interaction: T_contra, reply: Reply, answer: Answer, shown: Shown) -> None:
        """Draw a reply's pictures and show them, unless a later press has changed the message meanwhile."""
        mine = object()
        if shown.message_id:
            self._latest[shown.message_id] = mine
        if not shown.arrived or not has_pictures(reply):
            return
        whole = await drawn(reply)
        if has_pictures(whole):
            id_, latest = shown.message_id, self._latest
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
                    await slot.aclose()  # another reply may be computed meanwhile
                    await self._replies.notice(interaction, reply, answer)

                return await self._bot.run(call.name, arguments, caller, notice, is_typed=call.is_typed)

        is_listed = command is not None and command.listed
        offers = command is not None and command.need is Permission.SPEND
        typed = f"{call.name} {arguments if isinstance(arguments, str) else sorted(arguments.items())}"
        reply = await (self._floods.once(caller, typed, run, offers=offers) if is_listed else run())
        if command is None or not self._bot.may_fill_in(command, caller):
            return reply
        return with_form_again(command, by_form, reply, self._room)


def _form(command: AnyCommand | None, call: CommandCall) -> Mapping[str, str] | None:
    """What a form of the command starts with; None if no form is wanted."""
    if command is None or call.is_filled_in:
        return None
    if call.wants_form and not isinstance(call.arguments, str):
        return call.arguments
    return form_for(command, call.arguments)


def _answer(command: AnyCommand | None, call: CommandCall, interaction: Interaction) -> Answer:
    """How to reply: as the command declares, but in the place of a card only if nobody else sees that card."""
    answer = command.answer if command else Answer.PRIVATE
    wants_place = call.in_place or answer is Answer.REPLACES
    return Answer.REPLACES if wants_place and interaction.may_replace else Answer.PRIVATE

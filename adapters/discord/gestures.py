"""What people do in Discord, each acknowledged and then answered in full: commands, presses, forms."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from discord import InteractionType

from adapters.chat.background import CONCURRENT_REPLIES, Slot
from adapters.discord.acknowledge import Deferral, FirstAnswers
from adapters.discord.actions import pressed
from adapters.discord.answers import Answers
from adapters.discord.arrivals import Arrivals
from adapters.discord.commands import TRACK_MESSAGE, arguments, choices, typing
from adapters.discord.forms import form, values
from adapters.discord.guilds import CHAT, CLAIM, Servers
from adapters.discord.interaction import Asked, caller
from adapters.discord.render import messages
from adapters.discord.text import Component
from bot.app import Bot
from bot.commands.command import Answer
from bot.commands.filling import form_for, reopened, with_form_again
from bot.commands.registry import AnyCommand, by_name
from bot.commands.track import from_message
from bot.domain.caller import Need, WorkspaceRef
from bot.domain.errors import BotError
from bot.messages.connect import claimed, wrong_claim
from bot.messages.problems import busy, no_link, problem
from bot.reply.model import Reply

logger = logging.getLogger(__name__)

SUGGEST_WITHIN = 2.3
"""Seconds for the choices of an option, all told: Discord waits for three."""
NO_SERVER = problem("I work in servers, where it is clear whose videos and money are meant. Send the command there.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be run. `is_form` says that no form has to ask for more: it was filled in, or is not needed.

    `asks` says that a form is wanted whatever is given, `in_place` that the card which was pressed is wanted again.
    """

    name: str
    arguments: Mapping[str, str]
    is_form: bool = False
    asks: bool = False
    in_place: bool = False


class Gestures:
    """Runs what was asked and has it answered."""

    def __init__(self, bot: Bot, arrivals: Arrivals, servers: Servers, first: FirstAnswers, answers: Answers) -> None:
        self._bot = bot
        self._arrivals = arrivals
        self._servers = servers
        self._first = first
        self._answers = answers
        self._commands: Mapping[str, AnyCommand] = by_name(bot.commands)
        self._slots = asyncio.Semaphore(CONCURRENT_REPLIES)

    async def answer(self, asked: Asked) -> None:
        """Anything but typing. What Discord did not hear of in time is not done: the person reads that it failed."""
        wish = self._wish(asked)
        command = self._commands.get(wish.name)
        opened = self._form(asked, wish, command)
        if opened is not None:
            await self._first.open(asked, opened)
        else:
            deferral = _deferral(command, asked, in_place=wish.in_place)
            if await self._first.defer(asked, deferral):
                await self._answer(asked, wish, command, deferral)

    async def refuse(self, asked: Asked) -> None:
        """Answer at once that there is too much to do; offer nothing to somebody who is typing."""
        if asked.gesture.type is InteractionType.autocomplete:
            await self._first.offer(asked.gesture, ())
        else:
            await self._first.say(asked, messages(busy())[0])

    async def suggest(self, asked: Asked) -> None:
        """The choices of an option while somebody types; none where they cannot be had in time."""
        found: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(SUGGEST_WITHIN):
                command = self._commands.get(str(asked.data.get("name")))
                wanted = typing(command, asked.data.get("options") or ()) if command else None
                if command and wanted and asked.server_id:
                    who = await self._arrivals.caller(asked, asked.server_id)
                    found = choices(await self._bot.suggest(command.name, *wanted, who))
        except (BotError, TimeoutError):
            logger.warning("autocomplete failed", exc_info=True)
        await self._first.offer(asked.gesture, found)

    def _wish(self, asked: Asked) -> Wish:
        """The command that is meant, with its arguments."""
        data = asked.data
        match asked.gesture.type:
            case InteractionType.component:
                call = pressed(str(data["custom_id"]), data.get("values") or ())
                name, given, asks = reopened(call)
                return Wish(name, given, asks=asks, in_place=call.in_place)
            case InteractionType.modal_submit:
                return Wish(str(data["custom_id"]), values(data.get("components") or ()), is_form=True)
            case _ if data.get("name") == TRACK_MESSAGE:
                said = [_said(each) for each in data["resolved"]["messages"].values()]
                return Wish("track", from_message(said), is_form=True)
            case _:
                command = self._commands.get(str(data["name"]))
                given = arguments(command, data.get("options") or ()) if command else {}
                return Wish(str(data["name"]), given)

    def _form(self, asked: Asked, wish: Wish, command: AnyCommand | None) -> Component | None:
        """The form that has to ask for more; None if there is nothing to ask, or the person may not use it."""
        if command is None or wish.is_form:
            return None
        begun = wish.arguments if wish.asks else form_for(command, wish.arguments)
        who = caller(asked, WorkspaceRef(CHAT, asked.server_id or "", asked.server_name, is_operators=False))
        return form(command, begun) if begun is not None and self._bot.may_fill_in(command, who) else None

    async def _answer(self, asked: Asked, wish: Wish, command: AnyCommand | None, deferral: Deferral) -> None:
        """Do what is wished, and show what came of it as it was promised."""
        try:
            reply = await self._reply(asked, wish, command)
            if reply is not None:
                shown, announced = await self._answers.deliver(asked, reply, deferral)
                await self._bot.arrived(reply, shown=shown, announced=announced)
        except Exception as error:  # noqa: BLE001 - as in Bot.run: else the person reads for ever that the bot is thinking
            await self._answers.deliver(asked, self._bot.crash(wish.name, error), deferral)

    async def _reply(self, asked: Asked, wish: Wish, command: AnyCommand | None) -> Reply | None:
        """What the bot says to it; None where it was heard before, which only this place can tell for certain."""
        if asked.server_id is None:
            return NO_SERVER
        if wish.name == "track" and wish.arguments.get("link") == "":
            return no_link()
        try:
            who = await self._arrivals.welcome(asked, asked.server_id, command.need if command else Need.LOOK)
        except BotError as error:
            return problem(str(error))
        if who is None:
            return None
        key = wish.arguments.get("key", "").strip().casefold() if wish.name == "connect" else ""
        if key.startswith(CLAIM) and Need.CONFIGURE in who.rights:
            return await self._claim(asked.server_id, key)
        async with Slot(self._slots) as slot:

            async def meanwhile(word: Reply) -> None:
                slot.release()
                await self._answers.meanwhile(asked, word, _deferral(command, asked, in_place=wish.in_place))

            reply = await self._bot.run(wish.name, wish.arguments, who, meanwhile)
        return with_form_again(command, wish.arguments, reply) if wish.is_form and command is not None else reply

    async def _claim(self, server_id: str, code: str) -> Reply:
        """What a claim code in the place of an API key does."""
        if self._servers.are_listed:
            return problem(f"DISCORD_SERVERS names the servers that use the bot's key. Add {server_id} to it instead.")
        try:
            is_right = await self._servers.claim(server_id, code)
        except BotError as error:
            return problem(str(error))
        return claimed() if is_right else wrong_claim()


def _deferral(command: AnyCommand | None, asked: Asked, *, in_place: bool) -> Deferral:
    """What to promise: as the command declares, but in the place of a card only where nobody else sees that."""
    match command.answer if command else Answer.PRIVATE:
        case Answer.PUBLIC:
            return Deferral.PUBLIC
        case _ if in_place and asked.may_replace:
            return Deferral.REPLACES
        case Answer.REPLACES if asked.may_replace:
            return Deferral.REPLACES
        case _:
            return Deferral.PRIVATE


def _said(message: Mapping[str, Any]) -> list[Any]:
    """Where a message can hold a link of its own: not in the one that it answers, nor in names."""
    forwarded = [each.get("message", {}) for each in message.get("message_snapshots") or ()]
    return [[each.get(part) for part in ("content", "embeds", "components")] for each in (message, *forwarded)]

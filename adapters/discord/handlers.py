"""What people do in Discord: commands, presses and forms become command calls of one conversation."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from discord import InteractionType

from adapters.chat.conversation import CommandCall, Conversation
from adapters.discord.acknowledge import InitialResponses
from adapters.discord.actions import call_of
from adapters.discord.commands import TRACK_MESSAGE, arguments, choices, typing
from adapters.discord.direct_messages import DirectMessages
from adapters.discord.forms import form, values
from adapters.discord.guilds import CHAT, CLAIM, Guilds
from adapters.discord.interaction import Interaction, caller
from adapters.discord.render import messages
from adapters.discord.send import Replies
from bot.app import Bot
from bot.commands.command import Answer
from bot.commands.forms import filled_in, reopened
from bot.commands.registry import AnyCommand
from bot.commands.track import from_message
from bot.domain.caller import Caller, Permission, WorkspaceRef
from bot.domain.errors import BotError
from bot.messages.connect import claimed, wrong_claim
from bot.messages.problems import busy, problem
from bot.reply.model import Reply

logger = logging.getLogger(__name__)

SUGGEST_WITHIN = 2.3
"""Seconds in all for the choices of an option: Discord waits for three."""
NO_SERVER = problem("I only work in servers, because videos and balance belong to one. Send the command there.")


class Handlers:
    """Discord's surface of the conversation."""

    def __init__(
        self, bot: Bot, guilds: Guilds, direct: DirectMessages, initial: InitialResponses, replies: Replies
    ) -> None:
        self._bot = bot
        self._guilds = guilds
        self._direct = direct
        self._initial = initial
        self._conversation = Conversation[Interaction](bot, CHAT, self, replies)

    async def handle(self, interaction: Interaction) -> None:
        """Handle anything but typing. Nothing is done unless Discord was acknowledged in time."""
        await self._conversation.handle(interaction, self._call(interaction))

    async def refuse(self, interaction: Interaction) -> None:
        """Reply at once that the bot is busy; offer nothing to somebody who is typing."""
        if interaction.raw.type is InteractionType.autocomplete:
            await self._initial.offer(interaction.raw, ())
        else:
            await self._initial.say(interaction, messages(busy())[0])

    async def suggest(self, interaction: Interaction) -> None:
        """Offer the choices of an option while somebody types; none if they can't be loaded in time."""
        found: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(SUGGEST_WITHIN):
                command = self._conversation.command(str(interaction.data.get("name")))
                wanted = typing(command, interaction.data.get("options") or ()) if command else None
                if command and wanted and interaction.guild_id:
                    who = caller(interaction, await self._guilds.ref(interaction.guild_id, interaction.guild_name))
                    found = choices(await self._bot.suggest(command.name, *wanted, who))
        except (BotError, TimeoutError):
            logger.warning("autocomplete failed", exc_info=True)
        await self._initial.offer(interaction.raw, found)

    async def open_form(self, interaction: Interaction, command: AnyCommand, given: Mapping[str, str]) -> bool:
        """Open a modal as the acknowledgement, without the database; not if the person may not use the command."""
        guild = WorkspaceRef(CHAT, interaction.guild_id or "", interaction.guild_name, is_operators=False)
        if not self._bot.may_fill_in(command, caller(interaction, guild)):
            return False
        await self._initial.open(interaction, form(command, given, interaction.channel_name))
        return True

    async def acknowledge(self, interaction: Interaction, answer: Answer) -> bool:
        """Defer the reply."""
        return await self._initial.defer(interaction, answer)

    async def caller(
        self, interaction: Interaction, call: CommandCall, command: AnyCommand | None
    ) -> Caller | Reply | None:
        """Who acts, in which guild; or what a claim code in the place of an API key does.

        A connection that resumes delivers again what it missed, and two processes may receive the same.
        """
        try:
            most = command.most_needed if command else Permission.LOOK
            if not await self._conversation.is_new(interaction.id, most):
                return None
            here = interaction if interaction.guild_id else await self._direct.in_server(interaction)
            if here is None or (id_ := here.guild_id) is None:
                return NO_SERVER
            who = caller(here, await self._guilds.ref(id_, here.guild_name))
            key = "" if isinstance(call.arguments, str) else call.arguments.get("key", "").strip().casefold()
            if call.name == "connect" and key.startswith(CLAIM) and Permission.CONFIGURE in who.permissions:
                return await self._claim(interaction, id_, key)
        except BotError as error:
            return problem(str(error))
        return who

    def _call(self, interaction: Interaction) -> CommandCall:
        """The command that is meant, with its arguments."""
        data = interaction.data
        match interaction.raw.type:
            case InteractionType.component:
                call = call_of(str(data["custom_id"]), data.get("values") or ())
                name, given, wants_form = reopened(call)
                return CommandCall(name, given, wants_form=wants_form, in_place=call.in_place)
            case InteractionType.modal_submit:
                filled = filled_in(
                    str(data["custom_id"]), values(data.get("components") or (), data.get("resolved") or {})
                )
                return CommandCall(*filled, is_filled_in=True)
            case _ if data.get("name") == TRACK_MESSAGE:
                posted = [_linked_parts(each) for each in data["resolved"]["messages"].values()]
                return CommandCall("track", from_message(posted), is_filled_in=True)
            case _:
                command = self._conversation.command(str(data["name"]))
                given = arguments(command, data.get("options") or (), data.get("resolved") or {}) if command else {}
                return CommandCall(str(data["name"]), given, is_typed=True)

    async def _claim(self, interaction: Interaction, guild_id: str, code: str) -> Reply:
        """Have the guild use the operator's key if the code is right. Raises BotError."""
        if self._guilds.are_listed:
            return problem(
                f"DISCORD_SERVERS lists the servers that may use the bot's key. Add {guild_id} to it instead."
            )
        if not await self._guilds.claim(guild_id, code):
            return wrong_claim()
        ref = await self._guilds.ref(guild_id, interaction.guild_name)
        await self._bot.note_claim(caller(interaction, ref))
        return claimed()


def _linked_parts(message: Mapping[str, Any]) -> list[Any]:
    """The parts of a message that can hold a link of its own: not the message that it answers, nor names."""
    forwarded = [each.get("message", {}) for each in message.get("message_snapshots") or ()]
    return [[each.get(part) for part in ("content", "embeds", "components")] for each in (message, *forwarded)]

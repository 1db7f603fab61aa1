"""Handlers of Discord's interactions: turn commands, button presses, choices and forms into command calls."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from discord import InteractionType

from adapters.chat.conversation import CommandCall, Conversation
from adapters.discord.acknowledge import InitialResponses
from adapters.discord.actions import call_of
from adapters.discord.commands import TRACK_MESSAGE, arguments, choices, focused_argument
from adapters.discord.forms import form, values
from adapters.discord.guilds import CHAT, CLAIM, DirectMessages, Guilds
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

SUGGEST_TIMEOUT = 2.3
"""Seconds to load the choices of an option; Discord waits for three."""
NO_SERVER = problem("I only work in servers, because videos and balance belong to one. Send the command there.")


class Handlers:
    """Discord's `Surface` of the conversation engine."""

    def __init__(
        self, bot: Bot, guilds: Guilds, direct: DirectMessages, initial: InitialResponses, replies: Replies
    ) -> None:
        self._bot = bot
        self._guilds = guilds
        self._direct = direct
        self._initial = initial
        self._conversation = Conversation[Interaction](bot, CHAT, self, replies)

    async def handle(self, interaction: Interaction) -> None:
        """Handle any interaction but autocomplete. Nothing runs unless Discord was acknowledged in time."""
        await self._conversation.handle(interaction, self._call(interaction))

    async def refuse(self, interaction: Interaction) -> None:
        """Reply at once that the bot is busy, or with no choices to autocomplete."""
        if interaction.raw.type is InteractionType.autocomplete:
            await self._initial.offer_choices(interaction.raw, ())
        else:
            await self._initial.reply(interaction, messages(busy())[0])

    async def suggest(self, interaction: Interaction) -> None:
        """Answer autocomplete with the choices of an option; none if they can't be loaded in time."""
        found: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(SUGGEST_TIMEOUT):
                command = self._conversation.command(str(interaction.data.get("name")))
                wanted = focused_argument(command, interaction.data.get("options") or ()) if command else None
                if command and wanted and interaction.guild_id:
                    who = caller(interaction, await self._guilds.ref(interaction.guild_id, interaction.guild_name))
                    found = choices(await self._bot.suggest(command.name, *wanted, who))
        except (BotError, TimeoutError):
            logger.warning("autocomplete failed", exc_info=True)
        await self._initial.offer_choices(interaction.raw, found)

    async def open_form(self, interaction: Interaction, command: AnyCommand, given: Mapping[str, str]) -> bool:
        """Open a modal as the acknowledgement. Returns False if the person may not use the command.

        This doesn't use the database, because Discord hasn't been acknowledged yet.
        """
        guild = WorkspaceRef(CHAT, interaction.guild_id or "", interaction.guild_name, is_operators=False)
        if not self._bot.may_fill_in(command, caller(interaction, guild)):
            return False
        await self._initial.open_form(interaction, form(command, given, interaction.channel_name))
        return True

    async def acknowledge(self, interaction: Interaction, answer: Answer) -> bool:
        """Defer the reply."""
        return await self._initial.defer(interaction, answer)

    async def caller(
        self, interaction: Interaction, call: CommandCall, command: AnyCommand | None
    ) -> Caller | Reply | None:
        """The caller in the guild; or the reply to a claim code, which /connect takes in place of an API key.

        Returns None for a duplicate: a resumed connection may redeliver events, and two processes may get the same one.
        """
        try:
            most = command.most_needed if command else Permission.LOOK
            if not await self._conversation.is_new(interaction.id, most):
                return None
            here = interaction if interaction.guild_id else await self._direct.in_guild(interaction)
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
        """The command call of an interaction."""
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
        """Let the guild use the operator's key if the code is right. Raises BotError."""
        if self._guilds.uses_list:
            return problem(
                f"DISCORD_SERVERS lists the servers that may use the bot's key. Add {guild_id} to it instead."
            )
        if not await self._guilds.claim(guild_id, code):
            return wrong_claim()
        ref = await self._guilds.ref(guild_id, interaction.guild_name)
        await self._bot.note_claim(caller(interaction, ref))
        return claimed()


def _linked_parts(message: Mapping[str, Any]) -> list[Any]:
    """The parts of a message to look for links in, without the message that it replies to and people's names."""
    forwarded = [each.get("message", {}) for each in message.get("message_snapshots") or ()]
    return [[each.get(part) for part in ("content", "embeds", "components")] for each in (message, *forwarded)]

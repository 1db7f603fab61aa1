"""Handlers of Slack's interactions: turn commands, button presses, forms, shortcuts and messages into command calls.

The listeners have already acknowledged the request, so only opening a form and loading options are still time-limited.
"""

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

from adapters.chat.conversation import CommandCall, Conversation
from adapters.slack.actions import MAX_VALUE, call_of
from adapters.slack.api import Calls, SlackFailed
from adapters.slack.forms import form, options, values, wrong_fields
from adapters.slack.home import HOME, HomeTab
from adapters.slack.interaction import (
    Callers,
    Channels,
    Interaction,
    Payload,
    UserGroupFinder,
    event_id,
    interaction,
    pack_metadata,
    response_url,
    unknown_person,
    unpack_metadata,
)
from adapters.slack.manifest import TRACK, TRACK_MESSAGE
from adapters.slack.send import Replies
from adapters.slack.text import Block, CommandNames, unescaped
from adapters.slack.workspaces import CHAT, Workspaces
from bot.app import Bot
from bot.commands.command import Answer
from bot.commands.forms import filled_in, reopened
from bot.commands.lines import UMBRELLA, names, read_line
from bot.commands.registry import AnyCommand
from bot.commands.track import from_message
from bot.domain.caller import Caller, Permission
from bot.domain.clock import Clock
from bot.domain.errors import BotError
from bot.messages.problems import problem
from bot.reply.model import Reply, Tone

logger = logging.getLogger(__name__)

NO_OVERRIDES: Mapping[str, Any] = MappingProxyType({})
_MENTIONS = re.compile(r"<@[^<>]*>")
SUGGEST_TIMEOUT = 2.5
"""Seconds to load a menu's options; Slack waits for three."""
NOT_INSTALLED = (
    "This app isn't installed in your workspace, so nothing was done. Ask a workspace admin to install it again."
)


class Handlers:
    """Slack's `Surface` of the conversation engine. `names` holds the command prefix of this Slack app."""

    def __init__(
        self,
        bot: Bot,
        workspaces: Workspaces,
        calls: Calls,
        replies: Replies,
        callers: Callers,
        home: HomeTab,
        names: CommandNames,
        clock: Clock,
    ) -> None:
        self._bot = bot
        self._workspaces = workspaces
        self._calls = calls
        self._replies = replies
        self._callers = callers
        self._channels = Channels(calls, clock)
        self._groups = UserGroupFinder(calls, clock)
        self._home = home
        self._names = names
        self._clock = clock
        self._conversation = Conversation[Interaction](bot, CHAT, self, replies, MAX_VALUE)

    async def command(self, body: Payload, context: AsyncBoltContext) -> None:
        """Run a slash command, or the command that the first word after `/contentstats` names."""
        await self._handle(body, context, self._typed(str(body["command"]), str(body.get("text") or "")))

    async def press(self, body: Payload, context: AsyncBoltContext) -> None:
        """Run the call of a button or a menu choice, in a message or on the Home tab."""
        call = call_of(body["actions"][0])
        if call is not None:
            name, given, wants_form = reopened(call)
            await self._handle(body, context, CommandCall(name, given, wants_form=wants_form, in_place=call.in_place))

    async def submit(self, body: Payload, context: AsyncBoltContext) -> None:
        """Run a command from its submitted form; the reply goes to the channel that the form was opened in."""
        await self._handle(body, context, CommandCall(_form_command(body), {}, is_filled_in=True))

    async def shortcut(self, body: Payload, context: AsyncBoltContext) -> None:
        """Track the link in a message (message shortcut), or open the form of /track (global shortcut)."""
        match body:
            case {"type": "message_action", "callback_id": str(name)} if name == TRACK_MESSAGE:
                await self._handle(body, context, CommandCall("track", from_message(body["message"])))
            case {"type": "shortcut", "callback_id": str(name)} if name == TRACK:
                await self._handle(body, context, CommandCall("track", {}))
            case _:
                logger.warning("unknown shortcut", extra={"callback_id": body.get("callback_id")})

    async def message(self, body: Payload, context: AsyncBoltContext) -> None:
        """Answer a direct message or a mention privately, like a typed command."""
        event = body["event"]
        line = read_line(unescaped(_MENTIONS.sub(" ", str(event.get("text") or ""))))
        is_direct = event["type"] == "message"
        where = {"channel_id": None} if is_direct else {"thread_ts": event.get("thread_ts")}
        await self._handle(body, context, CommandCall(line.name, line.words), {**where, "may_replace": False})

    def wrong_fields(self, body: Payload) -> Mapping[str, str]:
        """Error messages for a form's values, by field. Doesn't block and never raises."""
        try:
            wrong = wrong_fields(self._conversation.command(_form_command(body)), body["view"], self._clock())
            return {field: self._names.text(sentence) for field, sentence in wrong.items()}
        except Exception:  # a bug must not keep the form open: submit it, and the reply reports the crash
            logger.exception("validating a form failed")
            return {}

    async def suggest(self, body: Payload, context: AsyncBoltContext) -> Block:
        """Load the options of an external select; none if that fails or takes too long."""
        try:
            async with asyncio.timeout(SUGGEST_TIMEOUT):
                workspace = await self._workspaces.find(context.team_id or "", context.enterprise_id)
                if workspace is None:
                    return options(())
                caller = (await self._callers.find(interaction(body, context, workspace, self._clock()))).caller
                typed = str(body.get("value") or "")
                return options(await self._bot.suggest(_form_command(body), str(body["action_id"]), typed, caller))
        except (BotError, TimeoutError, KeyError):
            logger.warning("loading options failed", exc_info=True)
            return options(())

    async def admit(self, body: Payload, context: AsyncBoltContext, need: Permission) -> Interaction | None:
        """Read an interaction; None if it was handled before, or was refused in a sentence.

        `need` is the most that handling it needs.
        """
        is_first = await self._is_first(event_id(body), need)
        if is_first is False:
            return None
        url = response_url(context, self._clock())
        try:
            workspace = await self._workspaces.find(context.team_id or "", context.enterprise_id)
        except BotError as error:
            await self._replies.refuse(url, problem(str(error)))
            return None
        except Exception as error:  # noqa: BLE001 - as in Bot.run: else the person waits for a reply that never comes
            await self._replies.refuse(url, self._bot.crash("arrival", error))
            return None
        if workspace is None:
            logger.warning("request from a workspace without an installation", extra={"team": context.team_id})
            await self._replies.refuse(url, problem(NOT_INSTALLED))
            return None
        return replace(interaction(body, context, workspace, self._clock()), is_first=is_first is True)

    async def is_new(self, id_: str) -> bool:
        """Whether an event isn't a known redelivery."""
        return await self._is_first(id_, Permission.SPEND) is not False

    async def _is_first(self, id_: str, need: Permission) -> bool | None:
        """Whether an event is delivered for the first time; None if that is unknown.

        If the database is unavailable, the event is handled all the same: a press that spends reads the database again,
        and a typed command starts nothing by itself. Slack redelivers commands and presses only over Socket Mode, if
        they weren't acknowledged.
        """
        try:
            is_new = await self._conversation.is_new(id_, need)
        except BotError:
            logger.warning("checking for a redelivered event failed", exc_info=True)
            return None
        return is_new if id_ else None

    async def open_form(self, interaction: Interaction, command: AnyCommand, given: Mapping[str, str]) -> bool:
        """Open a modal, for which Slack allows three seconds. Returns False if that fails or the person may not use it.

        Messages have no trigger_id, so they can't open a form.
        """
        caller = (await self._callers.find(interaction)).caller
        if not interaction.trigger_id or not self._bot.may_fill_in(command, caller):
            return False
        view = form(command, pack_metadata(interaction), given, interaction.channel_name, caller.zone)
        client = interaction.workspace.client
        try:
            await self._calls.api(client.views_open, trigger_id=interaction.trigger_id, view=view)
        except SlackFailed as error:
            extra = {"team": interaction.workspace.ref.id, "error": error.code}
            logger.warning("opening a form failed", extra=extra)
            return False
        return True

    async def acknowledge(self, interaction: Interaction, answer: Answer) -> bool:  # noqa: ARG002 - the protocol's
        """Do nothing: the listeners have already acknowledged."""
        return True

    async def caller(self, interaction: Interaction, call: CommandCall, command: AnyCommand | None) -> Caller | Reply:
        """The caller, with their user groups and the channel's state if the command needs these."""
        known = await self._callers.find(interaction)
        caller = known.caller
        if known.problem and self._conversation.need(call.name) not in caller.permissions:
            return unknown_person(known)
        if command is not None and command.reads_roles:
            groups = await self._groups.find(interaction.workspace)
            caller = replace(caller, roles=groups.of(caller.person.id), role_ids=groups.by_handle)
        if interaction.channel_id is None:
            return replace(caller, channel_id=await self._replies.direct_channel(interaction) or "")
        if command is None or not command.posts:
            return caller
        if interaction.is_direct:  # with the app, or between two people, in which no app can post
            own = await self._replies.direct_channel(interaction)
            return replace(caller, channel_id="" if own and own != interaction.channel_id else interaction.channel_id)
        facts = await self._channels.find(interaction.workspace, interaction.channel_id)
        channel_id = "" if facts.is_closed else interaction.channel_id
        return replace(
            caller, channel_id=channel_id, cannot_post_reason=facts.cannot_post_reason, is_shared=facts.is_shared
        )

    async def _handle(
        self, body: Payload, context: AsyncBoltContext, call: CommandCall, overrides: Mapping[str, Any] = NO_OVERRIDES
    ) -> None:
        """Answer a call, then refresh the Home tab if something changed. `overrides` replaces interaction fields."""
        need = self._conversation.most_needed(call.name)
        here = await self.admit(body, context, need)
        if here is None:
            return
        here, call = replace(here, **overrides), replace(call, is_typed=call.is_typed and here.is_first)
        if call.name == HOME:
            await self._home.publish(here.workspace, await self._callers.find(here))
            return
        if call.is_filled_in:
            try:
                channel_id, url = unpack_metadata(body["view"]["private_metadata"])
                _, given = filled_in(body["view"]["callback_id"], values(body["view"]))
                call = replace(call, arguments=given)
            except Exception as error:  # noqa: BLE001 - as above
                await self._replies.deliver(here, self._bot.crash(call.name, error), Answer.PRIVATE)
                return
            here = replace(here, channel_id=channel_id, response_url=url, may_replace=False)
        reply = await self._conversation.handle(here, call)
        if reply is None:
            return
        is_changed = reply.changes_settings or (need is Permission.CONFIGURE and reply.tone is Tone.SUCCESS)
        if reply.public_line or is_changed:
            await self._home.publish(here.workspace, await self._callers.find(here))

    def _typed(self, command: str, typed: str) -> CommandCall:
        """The call of a typed slash command, without the app's prefix."""
        name, typed = command.removeprefix("/").casefold(), unescaped(typed)
        if name == UMBRELLA:
            line = read_line(typed)
            return CommandCall(line.name, line.words, is_typed=names(typed, line.name))
        return CommandCall(self._names.plain(name), typed, is_typed=True)


def _form_command(body: Payload) -> str:
    """The name of the command that a form belongs to."""
    return filled_in(str(body["view"]["callback_id"]), {})[0]

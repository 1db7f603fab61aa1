"""Slack's `ChannelPoster`: posts digests, alerts and notices within the rate limits, and reports each outcome.

Slack documents no idempotency key for posts. Two ids are sent all the same: `client_msg_id`, as Slack's own clients do,
and message metadata, by which a message can be found again.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeAlias
from uuid import UUID, uuid5

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.chat.pacing import SOON, Busy, Sleep, post_rest
from adapters.slack.api import NO_ANSWER, POST, Calls, Limits, SlackFailed
from adapters.slack.errors import BOT_FAULTS, DEAD, NO_REPLIES, RATE_LIMITED, error_details, outcome_of
from adapters.slack.pictures import Pictures
from adapters.slack.render import MAX_BLOCKS, Message, has_picture, messages, without_pictures
from adapters.slack.send import SortableTables, direct_channel
from adapters.slack.text import Block, plain
from adapters.slack.workspaces import CHAT, SlackUnreachable, SlackWorkspace, Workspaces
from bot.delivery.poster import ChannelRef, Delivery, Later, Posted, Rejected, Unclear
from bot.domain.errors import DatabaseUnavailable, NotConfigured
from bot.reply.model import Reply
from bot.reply.text import cut, length

logger = logging.getLogger(__name__)

Method: TypeAlias = Callable[..., Awaitable[AsyncSlackResponse]]
Send: TypeAlias = Callable[[Message], Awaitable[Delivery]]

UPDATE = "chat.update"
MESSAGE_IDS = UUID("5b0c1d0e-6a0f-4d61-9a55-0f4f5f3b7c11")
MAX_WAIT = 10.0
"""Seconds to wait for the rate limit; a post that would wait longer is retried later, so that the caller can go on."""
PICTURE_RETRIES = (0.0, 1.0, 2.0, 3.0)
"""Seconds before each attempt to post a picture, which Slack refuses until it has processed the file."""
FURTHER_MESSAGES_TIMEOUT = 5.0
"""Seconds to attach a file, and to post all further messages of a long reply."""
MAX_EDITED = 4_000
"""Characters of text in chat.update; chat.postMessage takes ten times as many."""
NOT_INSTALLED = "The bot isn't in this Slack workspace any more. An admin of the workspace has to install it again."

_INVITE = dict.fromkeys(("not_in_channel", "channel_not_found"), " Invite me to this channel to get files in it.")
_HALF_ENTITY = re.compile(r"&\w{0,4}$")
_MORE: Block = {"type": "context", "elements": [plain("There's more than fits here.")]}


class SlackPoster:
    """Posts to all workspaces in `workspaces`. Never retries a call that may have succeeded.

    A long reply is posted as one message, whose text is that of the whole reply, with its files and its further
    messages in a thread. Edits change only the first message.
    """

    dedup_window = timedelta()
    """Slack documents no way to recognise a repeated message."""

    def __init__(
        self,
        workspaces: Workspaces,
        calls: Calls,
        pictures: Pictures,
        limits: Limits,
        sleep: Sleep = asyncio.sleep,
        tables: SortableTables | None = None,
    ) -> None:
        self._workspaces = workspaces
        self._calls = calls
        self._pictures = pictures
        self._tables = tables or SortableTables()
        self._limits = limits
        self._sleep = sleep

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:
        """Post to the channel or its thread. `key` is unique to this message. Never raises."""
        workspace = await self._workspace(channel.workspace_id)
        if not isinstance(workspace, SlackWorkspace):
            return workspace
        first, *others = messages(reply, await self._pictures.upload(workspace, reply))
        above = channel.replies_to or channel.thread_id
        delivery = await self._shown(workspace, reply, first, self._sender(workspace, channel, above, key))
        if channel.replies_to and isinstance(delivery, Rejected) and delivery.reason in NO_REPLIES:
            return await self.post(replace(channel, replies_to=None), reply, key)
        if isinstance(delivery, Posted):
            thread = above or delivery.message_id
            others += await self._attach(workspace, reply, channel, thread)
            posts = [
                partial(
                    self._shown, workspace, reply, message, self._sender(workspace, channel, thread, f"{key}/{number}")
                )
                for number, message in enumerate(others, start=2)
            ]
            await post_rest(
                posts, FURTHER_MESSAGES_TIMEOUT, self._sleep, {"team": workspace.ref.id}, repeats_unclear=False
            )
        return delivery

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Replace a posted message. Safe to repeat. Never raises."""
        workspace = await self._workspace(channel.workspace_id)
        if not isinstance(workspace, SlackWorkspace):
            return workspace
        first, *others = messages(reply, await self._pictures.upload(workspace, reply))
        blocks = (*first.blocks[: MAX_BLOCKS - 1], _MORE) if others else first.blocks

        async def send(message: Message) -> Delivery:
            # Slack keeps the old blocks if none are sent, and links names and URLs in the text without `parse`.
            return await self._call(
                workspace,
                UPDATE,
                workspace.client.chat_update,
                channel=channel.channel_id,
                ts=message_id,
                text=_cut_for_update(message.text),
                blocks=list(message.blocks),
                parse="none",
            )

        return await self._shown(workspace, reply, Message(first.text, blocks), send)

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """The direct-message channel of a person with the app; None if Slack can't open one. Never raises."""
        workspace = await self._workspace(workspace_id)
        if not isinstance(workspace, SlackWorkspace):
            return None
        try:
            return ChannelRef(CHAT, workspace_id, await direct_channel(self._calls, workspace, person_id))
        except SlackFailed as error:
            logger.warning("sending a direct message failed", extra={"team": workspace_id, "error": error.code})
            return None

    async def _workspace(self, workspace_id: str) -> SlackWorkspace | Delivery:
        try:
            workspace = await self._workspaces.known(workspace_id)
        except DatabaseUnavailable:
            return Later(SOON, "no_database")
        except SlackUnreachable:
            return Later(SOON, "no_slack")
        except NotConfigured:  # the operator has to fix it; the channel itself is fine
            return Later(SOON, "not_configured")
        return workspace or Rejected("not_installed", NOT_INSTALLED)

    def _sender(self, workspace: SlackWorkspace, channel: ChannelRef, thread: str | None, key: str) -> Send:
        ref = uuid5(MESSAGE_IDS, key)
        broadcast = {"reply_broadcast": True} if channel.replies_to else {}

        async def send(message: Message) -> Delivery:
            return await self._call(
                workspace,
                POST,
                workspace.client.chat_postMessage,
                channel=channel.channel_id,
                thread_ts=thread,
                **broadcast,
                text=message.text,
                blocks=list(message.blocks),
                unfurl_links=False,
                unfurl_media=False,
                client_msg_id=str(ref),
                # Everyone in the workspace can read the metadata.
                metadata={"event_type": "contentstats_message", "event_payload": {"ref": ref.hex}},
            )

        return send

    async def _shown(self, workspace: SlackWorkspace, reply: Reply, message: Message, send: Send) -> Delivery:
        """Send a message with its pictures, or with their alt text if Slack doesn't process them in time."""
        delivery: Delivery = Unclear("")
        for seconds in PICTURE_RETRIES:
            await self._sleep(seconds)
            delivery = await self._tables.posted(workspace.ref.id, message, send)
            if not (isinstance(delivery, Rejected) and delivery.reason == "invalid_blocks" and has_picture(message)):
                break
        else:
            self._pictures.forget(workspace, reply)
            delivery = await self._tables.posted(workspace.ref.id, without_pictures(message), send)
        if isinstance(delivery, Rejected) and delivery.reason in BOT_FAULTS:
            logger.error("Slack rejected a message as invalid", extra={"reason": delivery.reason})
        return delivery

    async def _attach(self, workspace: SlackWorkspace, reply: Reply, channel: ChannelRef, thread: str) -> list[Message]:
        """Attach the reply's files in the message's thread; returns messages about those that failed."""
        missing: list[Message] = []
        for file in reply.files:
            try:
                async with asyncio.timeout(FURTHER_MESSAGES_TIMEOUT):
                    await self._pictures.share(workspace, file, channel.channel_id, thread)
            except (SlackFailed, TimeoutError) as error:
                code = error.code if isinstance(error, SlackFailed) else NO_ANSWER
                logger.warning("attaching a file failed", extra={"team": workspace.ref.id, "error": code})
                missing += messages(Reply(f"{file.name} couldn't be attached here ({code}).{_INVITE.get(code, '')}"))
        return missing

    async def _call(self, workspace: SlackWorkspace, name: str, method: Method, **arguments: object) -> Delivery:
        channel_id = str(arguments["channel"]) if name == POST else ""
        try:
            await self._limits.admit(workspace.ref.id, name, MAX_WAIT, channel_id)
        except Busy as busy:
            return Later(timedelta(seconds=busy.seconds), RATE_LIMITED)
        try:
            answer = await method(**arguments)
            return Posted(str(answer["ts"])) if answer["ts"] else Unclear("no_ts")
        except Exception as error:  # noqa: BLE001 - whatever failed after sending, the message may have been posted
            outcome, extra = outcome_of(error), error_details(error)
        if outcome.reason in DEAD and workspace.ref.is_operators:
            # The operator's token is the problem, so don't turn the channel's digests off.
            outcome = Later(SOON, outcome.reason)
        if isinstance(outcome, Later) and outcome.reason == RATE_LIMITED:
            self._limits.stop(workspace.ref.id, name, outcome.after.total_seconds())
        logger.info(
            "Slack rejected a message",
            extra={"team": workspace.ref.id, "reason": outcome.reason, "details": extra},
        )
        return outcome


def _cut_for_update(text: str) -> str:
    """Cut a text to the length that chat.update takes."""
    return text if length(text) < MAX_EDITED else f"{_HALF_ENTITY.sub('', cut(text, MAX_EDITED - 1)[:-1])}…"

"""Slack's `Replies`: shows replies to the person alone, or in place of a card, with fallbacks if a method fails.

A private reply is sent by the response_url, as an ephemeral message, or as a direct message. Only the person sees
these, so the next one is tried even if the outcome of the last is unclear.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from adapters.chat.conversation import ReplyOutcome
from adapters.chat.pacing import Busy, Sleep, send_with_fallbacks
from adapters.slack.api import CONTENT, MAX_RETRY_AFTER, POST, Calls, Limits, SlackFailed, required_text
from adapters.slack.errors import PERMANENT
from adapters.slack.interaction import Interaction, ResponseUrl
from adapters.slack.pictures import Pictures
from adapters.slack.render import (
    Message,
    has_data_table,
    has_picture,
    messages,
    public_message,
    with_plain_tables,
    with_titles,
    without_pictures,
)
from adapters.slack.text import MAX_SPAN, Block, plain, unescaped
from adapters.slack.workspaces import SlackWorkspace
from bot.commands.command import Answer
from bot.delivery.poster import Delivery, Rejected
from bot.domain.caller import WorkspaceRef
from bot.domain.clock import Clock, utc_now
from bot.domain.errors import DatabaseUnavailable
from bot.reply.model import File, LargeFile, Note, Paragraph, Picture, Reply, Tone, pictures_only, text
from bot.reply.text import pieces
from bot.store.memories import KEPT, Memories

logger = logging.getLogger(__name__)

T = TypeVar("T")

PICTURE_RETRIES = (0.0, *[0.2] * 6, 0.4, 0.8, 1.6)
"""Seconds before each attempt to send a picture, which Slack refuses until it has processed the file."""
REPLACE_RETRIES = (0.0, 1.0)
"""The same for replacing a card, with few attempts since each uses up the `ResponseUrl`."""
MAX_PIECES = 40
NOT_A_MEMBER = frozenset({"not_in_channel", "channel_not_found"})
"""Errors for channels that the app isn't in. Slack reports private ones as not found."""
ADD_APP = "Add this app to the channel with /invite to see charts here."
NOT_SEEN = "If you can't see this chart, add this app to the channel with /invite."
IN_DIRECT_MESSAGE = "The chart is in your direct messages with this app. To see charts here, add the app with /invite."
TOO_LARGE = frozenset({"status_413", "file_upload_size_restricted", "storage_limit_reached"})
"""Errors for a file that is too large."""

_EPHEMERAL: Mapping[str, object] = {"response_type": "ephemeral", "replace_original": False}
_IN_CHANNEL: Mapping[str, object] = {"response_type": "in_channel", "replace_original": False}
_REPLACE: Mapping[str, object] = {"replace_original": True}
_QUIET = {"unfurl_links": False, "unfurl_media": False}


_NO_SORTABLE_TABLES = "no sortable tables"


def _ref(workspace_id: str) -> WorkspaceRef:
    return WorkspaceRef("slack", workspace_id, "")


class SortableTables:
    """Falls back to plain tables in workspaces that refuse sortable ones, and remembers these workspaces for a week."""

    def __init__(self, memories: Memories | None = None, clock: Clock = utc_now) -> None:
        self._memories = memories
        self._clock = clock
        self._refused_at: dict[str, datetime] = {}

    async def sent(self, workspace_id: str, message: Message, send: Callable[[Message], Awaitable[T]]) -> T:
        """Send a message, again with plain tables if the sortable ones are refused. Raises what `send` raises."""
        plain = with_plain_tables(message)
        if not has_data_table(message) or await self._is_refused(workspace_id):
            return await send(plain)
        try:
            return await send(message)
        except SlackFailed as error:
            if not error.is_about_content:
                raise
        outcome = await send(plain)
        await self._refuse(workspace_id)
        return outcome

    async def _is_refused(self, workspace_id: str) -> bool:
        at = self._refused_at.get(workspace_id)
        if at is not None:
            return self._clock() < at + KEPT
        if self._memories is not None:
            with suppress(DatabaseUnavailable):
                return await self._memories.recall(_ref(workspace_id), _NO_SORTABLE_TABLES, self._clock()) is not None
        return False

    async def _refuse(self, workspace_id: str) -> None:
        self._refused_at[workspace_id] = self._clock()
        if self._memories is None:
            return
        with suppress(DatabaseUnavailable):
            await self._memories.note(_ref(workspace_id), _NO_SORTABLE_TABLES, "", self._clock())

    async def posted(
        self, workspace_id: str, message: Message, send: Callable[[Message], Awaitable[Delivery]]
    ) -> Delivery:
        """Like `sent`, for a `send` that returns a Delivery instead of raising."""

        async def raising(version: Message) -> Delivery:
            delivery = await send(version)
            if isinstance(delivery, Rejected) and delivery.reason in CONTENT and has_data_table(version):
                raise SlackFailed(delivery.reason)
            return delivery

        return await self.sent(workspace_id, message, raising)


class Replies:
    """Delivers replies. Doesn't raise if Slack or the network fails."""

    def __init__(
        self,
        calls: Calls,
        limits: Limits,
        pictures: Pictures,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        tables: SortableTables | None = None,
    ) -> None:
        self._calls = calls
        self._limits = limits
        self._pictures = pictures
        self._tables = tables or SortableTables()
        self._clock = clock
        self._sleep = sleep

    async def deliver(self, interaction: Interaction, reply: Reply, answer: Answer) -> ReplyOutcome:
        """Send the files, show the reply, and post its public line to the channel, except in direct messages.

        A problem never replaces a card, whose buttons may be needed again. Everything is rendered before the reply is
        sent, so that a bug in rendering doesn't leave it half shown.
        """
        replaces = _replaces(interaction, reply, answer)
        line = public_message(reply.public_line) if reply.public_line and not interaction.is_direct else None
        whole = messages(await self._with_files(interaction, reply))
        sent = [
            await self._send(interaction, message, replaces=replaces and index == 0)
            for index, message in enumerate(whole)
        ]
        announced = all(sent) if line is None else await self._post_public_line(interaction, line)
        return ReplyOutcome(all(sent), announced, interaction.message_ts if replaces else "")

    async def add_pictures(
        self, interaction: Interaction, reply: Reply, answer: Answer, is_current: Callable[[], bool]
    ) -> None:
        """Show a reply's pictures: in the card that it replaced, otherwise in a message below.

        Slack doesn't let an app edit its response to a slash command (github.com/slackapi/bolt-js/issues/2287).
        """
        ids = await self._pictures.upload(interaction.workspace, reply)
        if not is_current():
            return
        whole = messages(reply, ids) if _replaces(interaction, reply, answer) else ()
        if len(whole) == 1 and has_picture(whole[0]) and await self._replace_card(interaction, whole[0]):
            return
        message, note = messages(pictures_only(reply), ids)[0], ""
        if has_picture(message):
            error = await self._send_with_picture(interaction, message)
            if error is None:
                return
            self._pictures.forget(interaction.workspace, reply)
            note = await self._in_direct_message(interaction, reply) if error in NOT_A_MEMBER else ""
        await self._send(interaction, without_pictures(message, note), replaces=False)

    async def notice(self, interaction: Interaction, notice: Reply, answer: Answer) -> None:  # noqa: ARG002 - the protocol's
        """Show a notice to the person alone."""
        await self.deliver(interaction, notice, Answer.PRIVATE)

    async def refuse(self, url: ResponseUrl | None, reply: Reply) -> None:
        """Answer by the response_url alone, without a token. Never raises."""
        try:
            await self._by_url(url, messages(reply)[0], _EPHEMERAL)
        except SlackFailed as error:
            logger.warning("delivering a refusal failed", extra={"error": error.code})

    async def direct_channel(self, interaction: Interaction) -> str | None:
        """The person's direct-message channel with the app; None if Slack can't open one."""
        try:
            return await direct_channel(self._calls, interaction.workspace, interaction.user_id)
        except SlackFailed as error:
            extra = {"team": interaction.workspace.ref.id, "error": error.code}
            logger.warning("sending a direct message failed", extra=extra)
            return None

    async def _with_files(self, interaction: Interaction, reply: Reply) -> Reply:
        """Send the files by direct message, since files can't be ephemeral, and add a note about it to the reply."""
        workspace = interaction.workspace
        for file in reply.files:
            try:
                channel_id = await direct_channel(self._calls, workspace, interaction.user_id)
                await self._pictures.share(workspace, file, channel_id)
                sent = Note(text(f"{file.name} is in your direct messages with this app."))
                reply = replace(reply, parts=(*reply.parts, sent))
            except SlackFailed as error:
                logger.warning("sending a file failed", extra={"team": workspace.ref.id, "error": error.code})
                lost = Paragraph(text(_file_error(file, error)))
                reply = replace(reply, parts=(lost, *reply.parts), tone=Tone.WARNING)
        return reply

    async def _in_direct_message(self, interaction: Interaction, reply: Reply) -> str:
        """Send the pictures by direct message; returns a note that says so, or how to see them here."""
        workspace = interaction.workspace
        pictures = [part for part in reply.parts if isinstance(part, Picture)]
        try:
            channel_id = await direct_channel(self._calls, workspace, interaction.user_id)
            for each in pictures:
                await self._pictures.share(workspace, File(each.name, each.png, "image/png", each.alt), channel_id)
        except SlackFailed as error:
            logger.warning("sending a chart failed", extra={"team": workspace.ref.id, "error": error.code})
            return ADD_APP
        return IN_DIRECT_MESSAGE

    async def _replace_card(self, interaction: Interaction, message: Message) -> bool:
        """Replace a card by the same one with its picture. Returns False if Slack refuses it."""
        for seconds in REPLACE_RETRIES:
            await self._sleep(seconds)
            try:
                return await self._respond(interaction, message, _REPLACE)
            except SlackFailed as error:
                if not error.is_about_content:
                    return False
        return False

    async def _send_with_picture(self, interaction: Interaction, message: Message) -> str | None:
        """Send a message with its picture; returns None on success, or the first error code.

        The response_url is the last resort, because it may not show a file that isn't shared.
        """
        first_error = ""
        for seconds in PICTURE_RETRIES:
            await self._sleep(seconds)
            try:
                if interaction.channel_id is None:
                    await self._as_direct(interaction, message)
                else:
                    await self._as_ephemeral(interaction, message)
            except SlackFailed as error:
                first_error = first_error or error.code
                if not error.is_about_content:
                    break
            else:
                return None
        else:
            return first_error
        try:
            shown = with_titles(message, NOT_SEEN) if first_error in NOT_A_MEMBER else message
            if await self._respond(interaction, shown, _EPHEMERAL):
                return None
        except SlackFailed:
            pass
        return first_error

    async def _send(self, interaction: Interaction, message: Message, *, replaces: bool) -> bool:
        """Send a message by the first method that works, and as text with buttons if Slack refuses its blocks."""
        where = _REPLACE if replaces else _EPHEMERAL
        return await send_with_fallbacks(
            _versions(message),
            (
                lambda each: self._respond(interaction, each, where),
                lambda each: self._as_ephemeral(interaction, each),
                lambda each: self._as_direct(interaction, each),
            ),
            {"team": interaction.workspace.ref.id, "user": interaction.user_id},
        )

    async def _as_ephemeral(self, interaction: Interaction, message: Message) -> bool:
        """Send an ephemeral message. Both the person and the app must be in the channel."""
        if interaction.channel_id is None:
            return False
        post = interaction.workspace.client.chat_postEphemeral
        where = {"channel": interaction.channel_id, "thread_ts": interaction.thread_ts, "user": interaction.user_id}

        async def send(version: Message) -> bool:
            await self._calls.api(post, **where, **_content(version))
            return True

        return await self._tables.sent(interaction.workspace.ref.id, message, send)

    async def _as_direct(self, interaction: Interaction, message: Message) -> bool:
        """Send a direct message."""
        workspace = interaction.workspace
        channel_id = await direct_channel(self._calls, workspace, interaction.user_id)
        await self._post(workspace, channel_id, message)
        return True

    async def _post_public_line(self, interaction: Interaction, message: Message) -> bool:
        """Post to the channel, or by the response_url if the app isn't in it; returns whether it arrived. Never raises.

        An unclear outcome isn't retried, so that nothing is posted twice.
        """
        try:
            await self._post(interaction.workspace, interaction.channel_id or "", message)
        except SlackFailed as error:
            if error.is_unclear or not await self._respond_in_channel(interaction, message):
                extra = {"team": interaction.workspace.ref.id, "error": error.code}
                logger.warning("posting the public line failed", extra=extra)
                return False
        return True

    async def _post(self, workspace: SlackWorkspace, channel_id: str, message: Message) -> None:
        try:
            await self._limits.admit(workspace.ref.id, POST, MAX_RETRY_AFTER, channel_id)
        except Busy:
            raise SlackFailed("ratelimited") from None
        post = workspace.client.chat_postMessage
        await self._tables.sent(
            workspace.ref.id,
            message,
            lambda each: self._calls.api(post, channel=channel_id, **_content(each), **_QUIET),
        )

    async def _respond_in_channel(self, interaction: Interaction, message: Message) -> bool:
        try:
            return await self._respond(interaction, message, _IN_CHANNEL)
        except SlackFailed:
            return False

    async def _respond(self, interaction: Interaction, message: Message, where: Mapping[str, object]) -> bool:
        """Send by the interaction's response_url. Returns False if that is used up or missing."""
        return await self._tables.sent(
            interaction.workspace.ref.id, message, lambda each: self._by_url(interaction.response_url, each, where)
        )

    async def _by_url(self, url: ResponseUrl | None, message: Message, where: Mapping[str, object]) -> bool:
        if url is None or not url.use(self._clock()):
            return False
        try:
            await self._calls.respond(url.url, {**_content(message), **where})
        except SlackFailed as error:
            if not error.is_about_content:
                url.exhaust()
            raise
        return True


async def direct_channel(calls: Calls, workspace: SlackWorkspace, user_id: str) -> str:
    """Open a person's direct-message channel with the app; returns its id. Raises SlackFailed. Safe to repeat."""
    answer = await calls.api(workspace.client.conversations_open, users=user_id)
    return required_text(answer, "channel", "id")


def _replaces(interaction: Interaction, reply: Reply, answer: Answer) -> bool:
    return answer is Answer.REPLACES and interaction.may_replace and reply.tone is not Tone.PROBLEM


def _content(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": list(message.blocks)}


def _file_error(file: File | LargeFile, error: SlackFailed) -> str:
    if error.code in TOO_LARGE:
        return f"{file.name} couldn't be sent to you: it's too large for Slack. Export single videos instead."
    return f"{file.name} couldn't be sent to you ({error.code}). {PERMANENT.get(error.code, 'Try again.')}"


def _versions(message: Message) -> Iterator[Message]:
    """The message, then its text and buttons without other blocks."""
    yield message
    shown: list[Block] = [
        {"type": "section", "text": plain(each)} for each in pieces(unescaped(message.text), MAX_SPAN)
    ]
    buttons = [block for block in message.blocks if block["type"] == "actions"]
    yield Message(message.text, (*shown[:MAX_PIECES], *buttons))

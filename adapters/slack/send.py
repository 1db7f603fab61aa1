"""Sends replies in Slack: to the person alone unless a command says otherwise, by another way if one is closed.

A private reply goes by the response_url, as an ephemeral message, or as a direct message. No way that shows it to
others is ever taken for it, so a way with an unclear outcome can be followed by the next.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from adapters.chat.conversation import ReplyOutcome
from adapters.chat.pacing import Busy
from adapters.chat.retry import Sleep, send_with_fallbacks
from adapters.slack.api import CONTENT, LONGEST_WAIT, Calls, SlackFailed, fact
from adapters.slack.errors import PERMANENT
from adapters.slack.interaction import Interaction, ResponseUrl
from adapters.slack.limits import POST, Limits
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
from adapters.slack.text import PIECE, Block, plain, unescaped
from adapters.slack.workspaces import SlackWorkspace
from bot.commands.command import Answer
from bot.delivery.poster import Delivery, Rejected
from bot.domain.caller import WorkspaceRef
from bot.domain.clock import Clock, utc_now
from bot.domain.errors import DatabaseUnavailable
from bot.reply.model import File, LargeFile, Note, Paragraph, Picture, Reply, Tone, pictures_alone, text
from bot.reply.text import pieces
from bot.store.memories import KEPT, Memories

logger = logging.getLogger(__name__)

T = TypeVar("T")

PROCESSING = (0.0, *[0.2] * 6, 0.4, 0.8, 1.6)
"""Seconds before each try of a picture: Slack refuses its block until it has looked at the file."""
PROCESSING_IN_PLACE = (0.0, 1.0)
"""The same for a card's place, which may be tried a few times only (`ResponseUrl`)."""
MOST_PIECES = 40
NOT_A_MEMBER = frozenset({"not_in_channel", "channel_not_found"})
"""Errors of channels that this app isn't in. Slack names private ones as not found."""
ADD_APP = "Add this app to the channel with /invite to see charts here."
NOT_SEEN = "If you can't see this chart, add this app to the channel with /invite."
IN_DIRECT_MESSAGE = "The chart is in your direct messages with this app. To see charts here, add the app with /invite."
TOO_LARGE = frozenset({"status_413", "file_upload_size_restricted", "storage_limit_reached"})
"""Why Slack takes no file of that size."""

_TO_ONE: Mapping[str, object] = {"response_type": "ephemeral", "replace_original": False}
_TO_ALL: Mapping[str, object] = {"response_type": "in_channel", "replace_original": False}
_IN_PLACE: Mapping[str, object] = {"replace_original": True}
_QUIET = {"unfurl_links": False, "unfurl_media": False}


_REFUSED = "no sortable tables"


def _ref(workspace_id: str) -> WorkspaceRef:
    return WorkspaceRef("slack", workspace_id, "")


class SortableTables:
    """Sends plain tables to workspaces that refuse sortable ones: at once, and for a week, in every process."""

    def __init__(self, memories: Memories | None = None, clock: Clock = utc_now) -> None:
        self._memories = memories
        self._clock = clock
        self._refused_at: dict[str, datetime] = {}

    async def sent(self, workspace_id: str, message: Message, send: Callable[[Message], Awaitable[T]]) -> T:
        """Send a message, again at once if its tables are refused. Raises what `send` does."""
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
                return await self._memories.recall(_ref(workspace_id), _REFUSED, self._clock()) is not None
        return False

    async def _refuse(self, workspace_id: str) -> None:
        self._refused_at[workspace_id] = self._clock()
        if self._memories is None:
            return
        with suppress(DatabaseUnavailable):
            await self._memories.note(_ref(workspace_id), _REFUSED, "", self._clock())

    async def posted(
        self, workspace_id: str, message: Message, send: Callable[[Message], Awaitable[Delivery]]
    ) -> Delivery:
        """The same for a `send` that raises nothing."""

        async def raising(version: Message) -> Delivery:
            delivery = await send(version)
            if isinstance(delivery, Rejected) and delivery.reason in CONTENT and has_data_table(version):
                raise SlackFailed(delivery.reason)
            return delivery

        return await self.sent(workspace_id, message, raising)


class Replies:
    """Delivers replies. Never raises for what Slack or the network does."""

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
        """Show a reply as its command declares, its files first, and then the channel its public line.

        A direct message needs no public line. A problem never replaces the card that it is about: that card's buttons
        may be needed again. The line is rendered before anything is sent: if rendering fails, nothing has been shown
        yet.
        """
        replaces = _replaces(interaction, reply, answer)
        line = public_message(reply.public_line) if reply.public_line and not interaction.is_direct else None
        whole = messages(await self._with_files(interaction, reply))
        sent = [
            await self._surely(interaction, message, replaces=replaces and index == 0)
            for index, message in enumerate(whole)
        ]
        announced = all(sent) if line is None else await self._to_all(interaction, line)
        return ReplyOutcome(all(sent), announced, interaction.message_ts if replaces else "")

    async def add_pictures(
        self, interaction: Interaction, reply: Reply, answer: Answer, is_current: Callable[[], bool]
    ) -> None:
        """Show a reply's pictures: in its card if that took the place of a message, else in a message below.

        Slack changes nothing that it showed for a command (github.com/slackapi/bolt-js/issues/2287).
        """
        ids = await self._pictures.uploaded(interaction.workspace, reply)
        if not is_current():
            return
        whole = messages(reply, ids)
        fits = len(whole) == 1 and has_picture(whole[0]) and _replaces(interaction, reply, answer)
        if fits and await self._into_card(interaction, whole[0]):
            return
        message, note = messages(pictures_alone(reply), ids)[0], ""
        if has_picture(message):
            error = await self._pictured(interaction, message)
            if error is None:
                return
            self._pictures.forget(interaction.workspace, reply)
            note = await self._in_direct_message(interaction, reply) if error in NOT_A_MEMBER else ""
        await self._surely(interaction, without_pictures(message, note), replaces=False)

    async def notice(self, interaction: Interaction, notice: Reply, answer: Answer) -> None:  # noqa: ARG002 - the protocol's
        """Show something to the person alone."""
        await self.deliver(interaction, notice, Answer.PRIVATE)

    async def refuse(self, url: ResponseUrl | None, reply: Reply) -> None:
        """Answer if the app has no token to speak with."""
        try:
            await self._by_url(url, messages(reply)[0], _TO_ONE)
        except SlackFailed as error:
            logger.warning("delivering a refusal failed", extra={"error": error.word})

    async def direct_channel(self, interaction: Interaction) -> str | None:
        """The conversation between the app and one person, None if there can be none."""
        try:
            return await direct_channel(self._calls, interaction.workspace, interaction.user_id)
        except SlackFailed as error:
            extra = {"team": interaction.workspace.ref.id, "error": error.word}
            logger.warning("sending a direct message failed", extra=extra)
            return None

    async def _with_files(self, interaction: Interaction, reply: Reply) -> Reply:
        """Send the files by direct message, as no channel shows one to one person, and say so in the reply."""
        workspace = interaction.workspace
        for file in reply.files:
            try:
                channel_id = await direct_channel(self._calls, workspace, interaction.user_id)
                await self._pictures.share(workspace, file, channel_id)
                sent = Note(text(f"{file.name} is in your direct messages with this app."))
                reply = replace(reply, parts=(*reply.parts, sent))
            except SlackFailed as error:
                logger.warning("sending a file failed", extra={"team": workspace.ref.id, "error": error.word})
                lost = Paragraph(text(_lost(file, error)))
                reply = replace(reply, parts=(lost, *reply.parts), tone=Tone.WARNING)
        return reply

    async def _in_direct_message(self, interaction: Interaction, reply: Reply) -> str:
        """Send the reply's pictures where the app can show them; returns where they are, or how to see them."""
        workspace = interaction.workspace
        pictures = [part for part in reply.parts if isinstance(part, Picture)]
        try:
            channel_id = await direct_channel(self._calls, workspace, interaction.user_id)
            for each in pictures:
                await self._pictures.share(workspace, File(each.name, each.png, "image/png", each.alt), channel_id)
        except SlackFailed as error:
            logger.warning("sending a chart failed", extra={"team": workspace.ref.id, "error": error.word})
            return ADD_APP
        return IN_DIRECT_MESSAGE

    async def _into_card(self, interaction: Interaction, message: Message) -> bool:
        """Put a card with its picture in its place; False if Slack does not show it there."""
        for seconds in PROCESSING_IN_PLACE:
            await self._sleep(seconds)
            try:
                return await self._respond(interaction, message, _IN_PLACE)
            except SlackFailed as error:
                if not error.is_about_content:
                    return False
        return False

    async def _pictured(self, interaction: Interaction, message: Message) -> str | None:
        """Send a message with its picture; None if Slack shows it, else the first error.

        The response_url comes last: it may not show a file that was shared with nobody.
        """
        first_error = ""
        for seconds in PROCESSING:
            await self._sleep(seconds)
            try:
                if interaction.channel_id is None:
                    await self._as_direct(interaction, message)
                else:
                    await self._as_ephemeral(interaction, message)
            except SlackFailed as error:
                first_error = first_error or error.word
                if not error.is_about_content:
                    break
            else:
                return None
        else:
            return first_error
        try:
            shown = with_titles(message, NOT_SEEN) if first_error in NOT_A_MEMBER else message
            if await self._respond(interaction, shown, _TO_ONE):
                return None
        except SlackFailed:
            pass
        return first_error

    async def _surely(self, interaction: Interaction, message: Message, *, replaces: bool) -> bool:
        """Send a message by the first way that is open, in plain text if Slack refuses its blocks."""
        where = _IN_PLACE if replaces else _TO_ONE
        return await send_with_fallbacks(
            (message, _bare(message)),
            (
                lambda each: self._respond(interaction, each, where),
                lambda each: self._as_ephemeral(interaction, each),
                lambda each: self._as_direct(interaction, each),
            ),
            {"team": interaction.workspace.ref.id, "user": interaction.user_id},
        )

    async def _as_ephemeral(self, interaction: Interaction, message: Message) -> bool:
        """To the person alone, in a channel that both they and the app are in."""
        if interaction.channel_id is None:
            return False
        post = interaction.workspace.client.chat_postEphemeral
        where = {"channel": interaction.channel_id, "thread_ts": interaction.thread_ts, "user": interaction.user_id}

        async def send(version: Message) -> bool:
            await self._calls.api(post, **where, **_content(version))
            return True

        return await self._tables.sent(interaction.workspace.ref.id, message, send)

    async def _as_direct(self, interaction: Interaction, message: Message) -> bool:
        """Into the person's conversation with the app."""
        workspace = interaction.workspace
        channel_id = await direct_channel(self._calls, workspace, interaction.user_id)
        await self._post(workspace, channel_id, message)
        return True

    async def _to_all(self, interaction: Interaction, message: Message) -> bool:
        """To the whole channel, by the response_url if the app is not in it; whether it arrived. Never raises.

        If the outcome is unclear, it may have arrived: nothing is sent twice.
        """
        try:
            await self._post(interaction.workspace, interaction.channel_id or "", message)
        except SlackFailed as error:
            if error.is_unclear or not await self._responded_to_all(interaction, message):
                extra = {"team": interaction.workspace.ref.id, "error": error.word}
                logger.warning("posting the public line failed", extra=extra)
                return False
        return True

    async def _post(self, workspace: SlackWorkspace, channel_id: str, message: Message) -> None:
        try:
            await self._limits.admit(workspace.ref.id, POST, LONGEST_WAIT, channel_id)
        except Busy:
            raise SlackFailed("ratelimited") from None
        post = workspace.client.chat_postMessage
        await self._tables.sent(
            workspace.ref.id,
            message,
            lambda each: self._calls.api(post, channel=channel_id, **_content(each), **_QUIET),
        )

    async def _responded_to_all(self, interaction: Interaction, message: Message) -> bool:
        try:
            return await self._respond(interaction, message, _TO_ALL)
        except SlackFailed:
            return False

    async def _respond(self, interaction: Interaction, message: Message, where: Mapping[str, object]) -> bool:
        """By the interaction's response_url, if it may still be used."""
        return await self._tables.sent(
            interaction.workspace.ref.id, message, lambda each: self._by_url(interaction.response_url, each, where)
        )

    async def _by_url(self, url: ResponseUrl | None, message: Message, where: Mapping[str, object]) -> bool:
        """By the response_url, if there is one that may still be used."""
        if url is None or not url.take(self._clock()):
            return False
        try:
            await self._calls.respond(url.url, {**_content(message), **where})
        except SlackFailed as error:
            if not error.is_about_content:
                url.give_up()
            raise
        return True


async def direct_channel(calls: Calls, workspace: SlackWorkspace, user_id: str) -> str:
    """The conversation between the app and one person; SlackFailed if there can be none. Safe to repeat."""
    answer = await calls.api(workspace.client.conversations_open, users=user_id)
    return fact(answer, "channel", "id")


def _replaces(interaction: Interaction, reply: Reply, answer: Answer) -> bool:
    return answer is Answer.REPLACES and interaction.may_replace and reply.tone is not Tone.PROBLEM


def _content(message: Message) -> dict[str, object]:
    return {"text": message.text, "blocks": list(message.blocks)}


def _lost(file: File | LargeFile, error: SlackFailed) -> str:
    if error.word in TOO_LARGE:
        return f"{file.name} couldn't be sent to you: it's too large for Slack. Export single videos instead."
    return f"{file.name} couldn't be sent to you ({error.word}). {PERMANENT.get(error.word, 'Try again.')}"


def _bare(message: Message) -> Message:
    """The message's text and its buttons alone: what every Slack shows, whatever it thinks of tables."""
    shown: list[Block] = [{"type": "section", "text": plain(each)} for each in pieces(unescaped(message.text), PIECE)]
    buttons = [block for block in message.blocks if block["type"] == "actions"]
    return Message(message.text, (*shown[:MOST_PIECES], *buttons))

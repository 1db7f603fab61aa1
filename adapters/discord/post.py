"""Discord's `ChannelPoster`: posts digests, alerts and notices within the rate limits, and reports each outcome.

Every message has a nonce derived from its key. For a few minutes, Discord answers a repeated nonce with the first
message (Discord, Create Message, enforce_nonce), so a post with an unclear outcome can be repeated during that time.
"""

import asyncio
import base64
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from cachetools import Cache, LRUCache
from discord.http import Route

from adapters.chat.pacing import Sleep, post_rest
from adapters.discord.errors import (
    BOT_FAULTS,
    MISSING_PERMISSIONS,
    NO_REPLIES,
    NOT_AUTHORIZED,
    TOO_LARGE,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    outcome_of,
)
from adapters.discord.guilds import CHAT
from adapters.discord.limits import Limits, RestResponse
from adapters.discord.render import Message, messages, one_message
from adapters.discord.rest import Rest, try_request
from adapters.discord.send import body
from bot.delivery.poster import ChannelRef, Delivery, Posted, Rejected
from bot.reply.model import Note, Picture, Plain, Reply

logger = logging.getLogger(__name__)

MAX_NONCE = 25
MAX_PEOPLE = 10_000
"""People whose direct-message channel is cached."""
NONCE_LIFETIME = timedelta(seconds=120)
"""How long Discord certainly remembers a nonce; it documents "the past few minutes"."""
FURTHER_MESSAGES_TIMEOUT = 6.0
"""Seconds to post all further messages of a long reply."""
SUPPRESS_NOTIFICATIONS = 1 << 12
NO_MESSAGE = "0"
"""The message id of a post that a moderator deleted before its outcome was known."""

_ERRORS = {
    NOT_AUTHORIZED: "DISCORD_TOKEN refused; posts wait until it is accepted",
    **dict.fromkeys(map(str, BOT_FAULTS), "Discord rejects what the bot sends"),
}
"""Log messages for problems that the operator must fix, by reason."""
_WITHOUT_FILES = frozenset({str(MISSING_PERMISSIONS), str(TOO_LARGE)})
_POST = ("POST", "/channels/{channel_id}/messages")
_EDIT = ("PATCH", "/channels/{channel_id}/messages/{message_id}")
_DIRECT = ("POST", "/users/@me/channels")


class DiscordPoster:
    """Posts as one bot, without the gateway.

    A long reply is posted as several messages. The first one's id is returned, and edits change only that one.
    """

    dedup_window = NONCE_LIFETIME

    def __init__(self, rest: Rest, limits: Limits, sleep: Sleep = asyncio.sleep) -> None:
        self._rest = rest
        self._limits = limits
        self._sleep = sleep
        self._direct: Cache[str, str] = LRUCache(MAX_PEOPLE)

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:
        """Post to the channel or its thread. `key` is unique to this message. Never raises.

        A message that a moderator deleted before its outcome was known counts as posted, with the id `NO_MESSAGE`.
        """
        shown = _messages(reply)
        delivery = await self._post(channel, shown[0], key, channel.replies_to)
        if channel.replies_to and isinstance(delivery, Rejected) and delivery.reason == str(NO_REPLIES):
            delivery = await self._post(channel, shown[0], key)
        if _is_about_files(delivery) and shown[0].files:
            shown = _messages(_without_attachments(reply))
            delivery = await self._post(channel, shown[0], key)
        if isinstance(delivery, Posted) and len(shown) > 1:
            posts = [
                partial(self._post, channel, message, f"{key}/{number}")
                for number, message in enumerate(shown[1:], start=2)
            ]
            await post_rest(
                posts, FURTHER_MESSAGES_TIMEOUT, self._sleep, {"channel": _channel_id(channel)}, repeats_unclear=True
            )
        return delivery

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Replace a posted message. Safe to repeat. Never raises."""
        message = one_message(reply)
        delivery = await self._edit(channel, message_id, message)
        if _is_about_files(delivery) and message.files:
            delivery = await self._edit(channel, message_id, one_message(_without_attachments(reply)))
        return delivery

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """The direct-message channel of a person; None if Discord doesn't open one. Never raises."""
        channel_id = self._direct.get(person_id)
        if channel_id is None:
            answer = await try_request(self._rest, self._limits, Route(*_DIRECT), {"json": {"recipient_id": person_id}})
            opened = outcome_of(answer) if isinstance(answer, RestResponse) else answer
            if not isinstance(opened, Posted):
                logger.info("opening a direct message channel failed", extra={"reason": opened.reason})
                return None
            channel_id = opened.message_id
            self._direct[person_id] = channel_id
        return ChannelRef(CHAT, workspace_id, channel_id)

    async def _post(self, channel: ChannelRef, message: Message, key: str, replies_to: str | None = None) -> Delivery:
        sent = body(message, nonce=_nonce(key), replies_to=replies_to)
        delivery = await self._call(Route(*_POST, channel_id=_channel_id(channel)), sent)
        if isinstance(delivery, Rejected) and delivery.reason == str(UNKNOWN_MESSAGE):
            return Posted(NO_MESSAGE)  # Discord's answer to a nonce whose message was just deleted
        if isinstance(delivery, Rejected) and channel.thread_id and delivery.reason == str(UNKNOWN_CHANNEL):
            return replace(delivery, is_message=True)  # the thread was deleted; the channel is fine
        return delivery

    async def _edit(self, channel: ChannelRef, message_id: str, message: Message) -> Delivery:
        return await self._call(Route(*_EDIT, channel_id=_channel_id(channel), message_id=message_id), body(message))

    async def _call(self, route: Route, sent: Mapping[str, Any]) -> Delivery:
        answer = await try_request(self._rest, self._limits, route, sent)
        delivery = outcome_of(answer) if isinstance(answer, RestResponse) else answer
        if not isinstance(delivery, Posted):
            details = answer.body if isinstance(answer, RestResponse) else ""
            about = {"channel": route.channel_id, "reason": delivery.reason, "details": details}
            level = logging.ERROR if delivery.reason in _ERRORS else logging.INFO
            logger.log(level, _ERRORS.get(delivery.reason, "Discord rejected a message"), extra=about)
        return delivery


def _channel_id(channel: ChannelRef) -> str:
    """The channel to post to: a thread is a channel of its own."""
    return channel.thread_id or channel.channel_id


def _messages(reply: Reply) -> tuple[Message, ...]:
    """The reply as messages to post, with notifications suppressed if the reply is silent."""
    silent = SUPPRESS_NOTIFICATIONS if reply.is_silent else 0
    return tuple(replace(each, flags=each.flags | silent) for each in messages(reply))


def _nonce(key: str) -> str:
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode().lower()[:MAX_NONCE]


def _is_about_files(delivery: Delivery) -> bool:
    """Whether the message may succeed without files: the bot may lack the permission to attach them."""
    return isinstance(delivery, Rejected) and delivery.reason in _WITHOUT_FILES


def _without_attachments(reply: Reply) -> Reply:
    """The reply with notes in place of its attachments."""
    notes = tuple(_note(f"File {file.name}: {file.description}. It can't be attached here.") for file in reply.files)
    parts = tuple(_note(f"Picture: {part.alt}") if isinstance(part, Picture) else part for part in reply.parts)
    return replace(reply, parts=(*parts, *notes), files=())


def _note(text: str) -> Note:
    return Note((Plain(text),))

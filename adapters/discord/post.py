"""Posts into Discord's channels without a request: once, at Discord's pace, and with a known outcome.

Every message carries a nonce made of its key. For a few minutes Discord answers a second message with the same nonce by
giving back the first (Discord, Create Message, enforce_nonce), so that what is unclear may soon be repeated.
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

from adapters.chat.retry import Sleep, post_rest
from adapters.discord.errors import (
    BOT_FAULTS,
    MISSING_PERMISSIONS,
    NO_REPLIES,
    NOT_AUTHORIZED,
    TOO_LARGE,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    refusal,
)
from adapters.discord.guilds import CHAT
from adapters.discord.limits import Answer, Limits
from adapters.discord.render import Message, messages, one_message
from adapters.discord.rest import Rest, call
from adapters.discord.send import body
from bot.delivery.poster import ChannelRef, Delivery, Posted, Rejected
from bot.reply.model import Note, Picture, Plain, Reply

logger = logging.getLogger(__name__)

MAX_NONCE = 25
MOST_PEOPLE = 10_000
"""People whose direct channel is remembered."""
KNOWN_FOR = timedelta(seconds=120)
"""How long Discord surely knows a nonce: it says for the past few minutes."""
REST = 6.0
"""Seconds for what did not fit into the first message."""
SUPPRESS_NOTIFICATIONS = 1 << 12
NO_MESSAGE = "0"
"""The id of none: what a moderator deleted before it was known to be there."""

_ERRORS = {
    NOT_AUTHORIZED: "DISCORD_TOKEN refused; posts wait until it is accepted",
    **dict.fromkeys(map(str, BOT_FAULTS), "Discord rejects what the bot sends"),
}
"""What the operator must see, by the reason."""
_WITHOUT_FILES = frozenset({str(MISSING_PERMISSIONS), str(TOO_LARGE)})
_POST = ("POST", "/channels/{channel_id}/messages")
_EDIT = ("PATCH", "/channels/{channel_id}/messages/{message_id}")
_DIRECT = ("POST", "/users/@me/channels")


class DiscordPoster:
    """Posts as one bot; it needs no gateway.

    A reply that needs several messages is posted as several, one after the other; the first is the one that is
    returned, and an edit changes it alone.
    """

    def __init__(self, rest: Rest, limits: Limits, sleep: Sleep = asyncio.sleep) -> None:
        self._rest = rest
        self._limits = limits
        self._sleep = sleep
        self._direct: Cache[str, str] = LRUCache(MOST_PEOPLE)

    @property
    def recognises_for(self) -> timedelta:
        """How long after a post Discord gives it back instead of taking it a second time."""
        return KNOWN_FOR

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:
        """Post once, into the channel or the thread in it. `key` names this message and no other. Never raises.

        A message that a moderator deleted before it was known to be there counts as posted, under the id of no message.
        """
        shown = _posts(reply)
        delivery = await self._post(channel, shown[0], key, channel.replies_to)
        if channel.replies_to and isinstance(delivery, Rejected) and delivery.reason == str(NO_REPLIES):
            delivery = await self._post(channel, shown[0], key)
        if _is_for_files(delivery) and shown[0].files:
            shown = _posts(_in_words(reply))
            delivery = await self._post(channel, shown[0], key)
        if isinstance(delivery, Posted) and len(shown) > 1:
            posts = [
                partial(self._post, channel, message, f"{key}/{number}")
                for number, message in enumerate(shown[1:], start=2)
            ]
            await post_rest(posts, REST, self._sleep, {"channel": _place(channel)}, repeats_unclear=True)
        return delivery

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Put a reply in the place of one that was posted. Safe to repeat. Never raises."""
        message = one_message(reply)
        delivery = await self._edit(channel, message_id, message)
        if _is_for_files(delivery) and message.files:
            delivery = await self._edit(channel, message_id, one_message(_in_words(reply)))
        return delivery

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """The direct message channel with one person; None if Discord opens none."""
        channel_id = self._direct.get(person_id)
        if channel_id is None:
            answer = await call(self._rest, self._limits, Route(*_DIRECT), {"json": {"recipient_id": person_id}})
            opened = refusal(answer) if isinstance(answer, Answer) else answer
            if not isinstance(opened, Posted):
                logger.info("opening a direct message channel failed", extra={"reason": opened.reason})
                return None
            channel_id = opened.message_id
            self._direct[person_id] = channel_id
        return ChannelRef(CHAT, workspace_id, channel_id)

    async def _post(self, channel: ChannelRef, message: Message, key: str, replies_to: str | None = None) -> Delivery:
        sent = body(message, nonce=_nonce(key), replies_to=replies_to)
        delivery = await self._call(Route(*_POST, channel_id=_place(channel)), sent)
        if isinstance(delivery, Rejected) and delivery.reason == str(UNKNOWN_MESSAGE):
            return Posted(NO_MESSAGE)  # so Discord answers a nonce whose message was deleted a moment ago
        if isinstance(delivery, Rejected) and channel.thread_id and delivery.reason == str(UNKNOWN_CHANNEL):
            return replace(delivery, is_message=True)  # it is the thread that is gone
        return delivery

    async def _edit(self, channel: ChannelRef, message_id: str, message: Message) -> Delivery:
        return await self._call(Route(*_EDIT, channel_id=_place(channel), message_id=message_id), body(message))

    async def _call(self, route: Route, sent: Mapping[str, Any]) -> Delivery:
        answer = await call(self._rest, self._limits, route, sent)
        delivery = refusal(answer) if isinstance(answer, Answer) else answer
        if not isinstance(delivery, Posted):
            said = answer.body if isinstance(answer, Answer) else ""
            about = {"channel": route.channel_id, "reason": delivery.reason, "said": said}
            level = logging.ERROR if delivery.reason in _ERRORS else logging.INFO
            logger.log(level, _ERRORS.get(delivery.reason, "Discord did not accept a message"), extra=about)
        return delivery


def _place(channel: ChannelRef) -> str:
    """A thread is a channel of its own."""
    return channel.thread_id or channel.channel_id


def _posts(reply: Reply) -> tuple[Message, ...]:
    """The reply as messages to post; an edit can't make one silent."""
    silent = SUPPRESS_NOTIFICATIONS if reply.is_silent else 0
    return tuple(replace(each, flags=each.flags | silent) for each in messages(reply))


def _nonce(key: str) -> str:
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode().lower()[:MAX_NONCE]


def _is_for_files(delivery: Delivery) -> bool:
    """Whether the message may be taken without its files: the bot may lack the permission to attach any."""
    return isinstance(delivery, Rejected) and delivery.reason in _WITHOUT_FILES


def _in_words(reply: Reply) -> Reply:
    """The reply without attachments: a chart that is refused costs no number."""
    notes = tuple(_note(f"File {file.name}: {file.description}. It can't be attached here.") for file in reply.files)
    parts = tuple(_note(f"Picture: {part.alt}") if isinstance(part, Picture) else part for part in reply.parts)
    return replace(reply, parts=(*parts, *notes), files=())


def _note(text: str) -> Note:
    return Note((Plain(text),))

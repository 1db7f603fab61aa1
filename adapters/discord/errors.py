"""Discord's errors: one exception for every failed call, retries of temporary failures, and codes as data.

Use `with_retries` only for calls that are safe to repeat: an edit, a private reply, or a message with a nonce. Source
of the codes: Discord, Opcodes and Status Codes, JSON.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

import aiohttp
from discord import HTTPException

from adapters.chat.pacing import SOON, Busy, ChatFailed, Sleep
from adapters.discord.limits import RestResponse, retry_after
from bot.delivery.poster import Delivery, Later, Posted, Rejected, Unclear
from bot.domain.errors import BotError

logger = logging.getLogger(__name__)


T = TypeVar("T")

PAUSES = (0.5, 2.0, 5.0, 10.0, 15.0)
"""Seconds before each retry."""
ONE_TRY = 60.0
"""Seconds for one attempt, including waits for rate limits."""
NO_ANSWER = 0
"""Status of a call without a readable response."""

_BROKEN = (aiohttp.ClientError, OSError, ValueError, TypeError, KeyError, AttributeError)
"""A lost connection, a time-out, or a response that Discord doesn't document."""

_GONE = frozenset({10008, 10015, 10062, 50027})
"""Unknown message, webhook or interaction, invalid webhook token: this method can't work any more."""
RATE_LIMITED = "rate_limited"
UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
NO_REPLIES = 160002
"""Cannot reply without permission to read message history."""
MISSING_PERMISSIONS = 50013
TOO_LARGE = 40005
NOT_AUTHORIZED = "401"
"""The bot's token is refused. The channel is fine, and posts can go on once the operator has fixed the token."""
_OR_ANOTHER = ", or choose another channel."
_RIGHTS = "View Channel, Send Messages, Embed Links and Attach Files, in threads also Send Messages in Threads"
_NO_ENTRY = (
    f"The bot isn't allowed to post there. Ask a server admin to allow it, in this channel's settings, {_RIGHTS}"
    f"{_OR_ANOTHER}"
)
_NO_CHANNEL = "The channel or thread was deleted. Choose another one."
_NO_THREAD = "The thread is closed. Ask a server admin to reopen it, or post in the channel instead."
_NO_REPLIES = "The bot may not reply to messages there. Ask a server admin to allow it Read Message History."
_NO_PERSON = "The bot can't message this person: they left, or they block messages from apps."
_NO_KIND = "The bot can't post in this kind of channel. Choose a text channel."
_BLOCKED = "This server's AutoMod blocks the message. Ask a server admin to exempt the bot"
GONE = "The message to update was deleted, so nothing was changed. Run the command again."
PERMANENT: Mapping[int, str] = MappingProxyType(
    {
        UNKNOWN_CHANNEL: _NO_CHANNEL,
        10004: "The bot isn't in this server any more. Invite it again.",
        10013: _NO_PERSON,
        UNKNOWN_MESSAGE: GONE,
        **dict.fromkeys((20024, 50001, 50009, MISSING_PERMISSIONS), _NO_ENTRY),
        **dict.fromkeys((20009, 50007, 50278), _NO_PERSON),
        NO_REPLIES: _NO_REPLIES,
        50005: "The message to update isn't the bot's, so nothing was changed. Run the command again.",
        **dict.fromkeys((50008, 50024), _NO_KIND),
        **dict.fromkeys((50083, 160005), _NO_THREAD),
        **dict.fromkeys((200000, 240000), _BLOCKED + _OR_ANOTHER),
    }
)
"""Errors that no retry fixes, with what a person can do."""
BOT_FAULTS = frozenset({TOO_LARGE, 50006, 50035, 50045, 50109})
"""Errors that only a bug in this program can cause."""
OF_ONE_MESSAGE = BOT_FAULTS | {UNKNOWN_MESSAGE, NO_REPLIES, 50005, 50083, 160005, 200000, 240000}
"""Errors after which another message to the same channel may succeed."""


class DiscordUnreachable(BotError):
    """Discord doesn't answer, so the command can't go on. Retry later."""


class DiscordFailed(ChatFailed):
    """A call to Discord failed, or its outcome is unknown. `code` is Discord's JSON error code, or 0."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"Discord answered {status}" + (f" (code {code})" if code else ""))
        self.status = status
        self.code = code

    @property
    def is_passing(self) -> bool:
        """Whether a retry may succeed: there was no response, or a server error."""
        return self.status == NO_ANSWER or self.status >= 500

    @property
    def is_about_content(self) -> bool:
        """Whether Discord refused the content itself."""
        return self.status in {400, 413} and self.code not in _GONE


async def with_retries(call: Callable[[], Awaitable[T]], sleep: Sleep = asyncio.sleep) -> T:
    """Make a call that is safe to repeat, and retry it after temporary failures. Raises only DiscordFailed."""
    for pause in PAUSES:
        try:
            return await call_once(call)
        except DiscordFailed as error:
            if not error.is_passing:
                raise
            logger.info("no response from Discord; retrying", extra={"status": error.status})
        await sleep(pause)
    return await call_once(call)


async def call_once(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call without retries. Raises only DiscordFailed."""
    try:
        async with asyncio.timeout(ONE_TRY):
            return await call()
    except HTTPException as error:
        raise DiscordFailed(error.status, error.code) from error
    except Busy as error:
        raise DiscordFailed(429, NO_ANSWER) from error
    except _BROKEN as error:
        raise DiscordFailed(NO_ANSWER, NO_ANSWER) from error


def outcome_of(answer: RestResponse) -> Delivery:
    """The outcome of a post or an edit with this response."""
    if answer.status == 429:
        return Later(timedelta(seconds=retry_after(answer)), RATE_LIMITED)
    if 200 <= answer.status < 300:
        message_id = answer.body.get("id")
        return Posted(message_id) if isinstance(message_id, str) and message_id else Unclear("no_id")
    if answer.status == 401:
        return Later(SOON, NOT_AUTHORIZED)
    reason = str(answer.code or f"status_{answer.status}")
    if answer.code in PERMANENT:
        return Rejected(reason, PERMANENT[answer.code], is_message=answer.code in OF_ONE_MESSAGE)
    if answer.code in BOT_FAULTS:
        sentence = (
            f"Discord didn't accept the message ({reason}). This is a bug in the bot; please report it to your admin."
        )
        return Rejected(reason, sentence, is_message=True)
    return Later(SOON, reason)

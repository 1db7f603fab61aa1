"""Discord's errors: one exception for every failed call, retries of what may pass, and each code's meaning for a post.

Only calls that are safe to repeat go through `patiently`: an edit, a reply to one person, or a message that
Discord recognises by its nonce. The numbers are those of Discord, Opcodes and Status Codes, JSON.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

import aiohttp
from discord import HTTPException

from adapters.chat.pacing import Busy
from adapters.chat.retry import SOON, ChatFailed, Sleep
from adapters.discord.limits import Answer, retry_after
from bot.delivery.poster import Delivery, Later, Posted, Rejected, Unclear
from bot.domain.errors import BotError

logger = logging.getLogger(__name__)


T = TypeVar("T")

PAUSES = (0.5, 2.0, 5.0, 10.0, 15.0)
"""Seconds before each further try."""
ONE_TRY = 60.0
"""Seconds that one try may take, its wait for a rate limit included."""
NO_ANSWER = 0
"""The code of what got no answer, or none that can be read."""

_BROKEN = (aiohttp.ClientError, OSError, ValueError, TypeError, KeyError, AttributeError)
"""A lost connection, a time-out, or an answer that is not what Discord documents."""

_GONE = frozenset({10008, 10015, 10062, 50027})
"""Unknown message, webhook or interaction, invalid token: this way is closed for good."""
RATE_LIMITED = "rate_limited"
UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
NO_REPLIES = 160002
"""Cannot reply without permission to read message history."""
MISSING_PERMISSIONS = 50013
TOO_LARGE = 40005
NOT_AUTHORIZED = "401"
"""The bot's own token is refused. That says nothing of a channel, and is over when the operator has mended it."""
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
"""Errors that no second try will mend, with what a person can do."""
BOT_FAULTS = frozenset({TOO_LARGE, 50006, 50035, 50045, 50109})
"""Errors that only a fault of this program can cause."""
OF_ONE_MESSAGE = BOT_FAULTS | {UNKNOWN_MESSAGE, NO_REPLIES, 50005, 50083, 160005, 200000, 240000}
"""Errors after which the channel may take the next message."""


class DiscordAway(BotError):
    """Discord doesn't answer what has to be known first."""


class DiscordFailed(ChatFailed):
    """Discord did not do it, or did not say so. `code` is its own number for why, 0 without one."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"Discord answered {status} ({code})")
        self.status = status
        self.code = code

    @property
    def is_passing(self) -> bool:
        """Whether it was lost on the way or is Discord's own fault, and may go better the next time."""
        return self.status == NO_ANSWER or self.status >= 500

    @property
    def is_about_content(self) -> bool:
        """Whether the message itself was refused, whichever way it goes."""
        return self.status in {400, 413} and self.code not in _GONE


async def patiently(call: Callable[[], Awaitable[T]], sleep: Sleep = asyncio.sleep) -> T:
    """The answer to a call that may be repeated. Raises DiscordFailed alone."""
    for pause in PAUSES:
        try:
            return await once(call)
        except DiscordFailed as error:
            if not error.is_passing:
                raise
            logger.info("no response from Discord; retrying", extra={"status": error.status})
        await sleep(pause)
    return await once(call)


async def once(call: Callable[[], Awaitable[T]]) -> T:
    """The answer to one try. Raises DiscordFailed alone."""
    try:
        async with asyncio.timeout(ONE_TRY):
            return await call()
    except HTTPException as error:
        raise DiscordFailed(error.status, error.code) from error
    except Busy as error:
        raise DiscordFailed(429, NO_ANSWER) from error
    except _BROKEN as error:
        raise DiscordFailed(NO_ANSWER, NO_ANSWER) from error


def refusal(answer: Answer) -> Delivery:
    """What a post or an edit that was answered so has done."""
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

"""What Discord's answer to a post or an edit means: it is there, never will be, may be tried later, or nobody knows.

The numbers are those of Discord, Opcodes and Status Codes, JSON.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from adapters.discord.limits import Answer, retry_after
from bot.delivery.poster import Delivery, Later, Posted, Rejected, Unclear

RATE_LIMITED = "rate_limited"
SOON = timedelta(minutes=1)
"""When to try again what Discord gives no time for."""
UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
MISSING_PERMISSIONS = 50013
TOO_LARGE = 40005
NOT_AUTHORIZED = "401"
"""The bot's own token is refused. That says nothing of a channel, and is over when the operator has mended it."""

_OR_ANOTHER = ", or choose another channel."
_RIGHTS = "View Channel, Send Messages, Embed Links and Attach Files, in threads also Send Messages in Threads"
_NO_ENTRY = (
    f"The bot may not post there. Whoever manages the server gives it, in this channel's settings, {_RIGHTS}"
    f"{_OR_ANOTHER}"
)
_NO_CHANNEL = "The channel or thread was deleted. Choose another one."
_NO_THREAD = "The thread is closed. Whoever manages the server opens it again, or post into the channel instead."
_NO_PERSON = "Discord lets the bot send this person no messages: they left, or have closed their messages from apps."
_NO_KIND = "Nothing can be posted into a channel of this kind. Choose a text channel."
_BLOCKED = "This server's automatic moderation blocks the message. Whoever manages the server can exempt the bot"
GONE = "The message that was to be changed is gone, so nothing was changed. Ask for a new one."

PERMANENT: Mapping[int, str] = MappingProxyType(
    {
        UNKNOWN_CHANNEL: _NO_CHANNEL,
        10004: "The bot is not in this server any more. Invite it again.",
        10013: _NO_PERSON,
        UNKNOWN_MESSAGE: GONE,
        **dict.fromkeys((20024, 50001, 50009, MISSING_PERMISSIONS), _NO_ENTRY),
        **dict.fromkeys((20009, 50007, 50278), _NO_PERSON),
        50005: "The message that was to be changed is not the bot's, so nothing was changed. Ask for a new one.",
        **dict.fromkeys((50008, 50024), _NO_KIND),
        **dict.fromkeys((50083, 160005), _NO_THREAD),
        **dict.fromkeys((200000, 240000), _BLOCKED + _OR_ANOTHER),
    }
)
"""Errors that no second try will mend, with what a person can do."""
OURS = frozenset({TOO_LARGE, 50006, 50035, 50045, 50109})
"""Errors that only a fault of this program can cause."""
OF_ONE_MESSAGE = OURS | {UNKNOWN_MESSAGE, 50005, 50083, 160005, 200000, 240000}
"""Errors after which the channel may take the next message."""


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
    if answer.code in OURS:
        sentence = f"Discord did not take the message ({reason}). This is a fault of the bot: tell who runs it."
        return Rejected(reason, sentence, is_message=True)
    return Later(SOON, reason)

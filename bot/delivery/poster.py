"""Interface through which the core posts to a chat platform, and the possible outcomes of a post."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeAlias

from bot.reply.model import Reply


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """A channel of a workspace, by the platform's own ids, and optionally a thread in it.

    `replies_to`: id of a message to reply to, visible in the channel too; if that message is gone or takes no replies,
    the post stands alone.
    """

    chat: str
    workspace_id: str
    channel_id: str
    thread_id: str | None = None
    replies_to: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """The message is in the channel. `message_id` identifies it for `edit` and for threads."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The message will never be posted: the channel is gone, archived or closed to the bot, or the token is revoked.

    `reason` is the platform's error code, `sentence` tells a person what to do. `is_message`: only this message or its
    thread is refused, and the channel may accept the next one.
    """

    reason: str
    sentence: str
    is_message: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """The message was certainly not posted, and may be tried again after a while."""

    after: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """The message may or may not have been posted: the response was lost. A repeat may double it."""

    reason: str


Delivery: TypeAlias = Posted | Rejected | Later | Unclear


class ChannelPoster(Protocol):
    """Posts into channels. Never raises for platform or network failures, and never repeats a post by itself."""

    @property
    def dedup_window(self) -> timedelta:
        """How long the platform drops a repeated post with the same key; zero if it doesn't deduplicate."""
        ...

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:
        """Post once. `key` identifies the message, so that a platform that supports it can drop a repeat."""
        ...

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Replace a posted message. Safe to repeat."""
        ...

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """Open the direct channel with a person; None if there is none. Safe to repeat.

        None may be temporary, if the platform didn't answer: the caller tries again later.
        """
        ...

"""The interface by which the core posts to a chat platform, and what may come of a post."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeAlias

from bot.reply.model import Reply


@dataclass(frozen=True, slots=True)
class ChannelRef:
    """One channel of one workspace, both by the platform's own ids, and the thread in it if there is one.

    `replies_to`: the id of a message in it under which to post, so that the channel sees both; by itself if that one
    is gone or takes no replies.
    """

    chat: str
    workspace_id: str
    channel_id: str
    thread_id: str | None = None
    replies_to: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """It is in the channel. `message_id` is what `edit` and a thread take."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """It never will be there: the channel is gone, archived or closed to the bot, or its token revoked.

    `reason` is the platform's own word, `sentence` tells a person what to do about it. `is_message` says that this one
    message is refused, or its thread, and that the channel may take the next one.
    """

    reason: str
    sentence: str
    is_message: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """It is certainly not there, and may be tried again after a while."""

    after: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may or may not be there: the answer was lost. Repeating it may say it twice."""

    reason: str


Delivery: TypeAlias = Posted | Rejected | Later | Unclear


class ChannelPoster(Protocol):
    """Posts into channels. Never raises for what the platform or the network did, never repeats a post by itself."""

    @property
    def recognises_for(self) -> timedelta:
        """How long after a post the platform knows its key again and does not say it twice; zero where never."""
        ...

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:
        """Post once. `key` names this message: where the platform can tell by it that it has the message, it does."""
        ...

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Put a reply in the place of one that was posted. Safe to repeat."""
        ...

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """The channel in which one person alone reads; None where there is none. Safe to repeat.

        Only for now if the platform did not answer: the caller tries again later.
        """
        ...

"""The page's `ChannelPoster`: posts to the page's channel, and optionally through another poster too."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

from adapters.page.timeline import Message, Timeline
from bot.delivery.poster import ChannelPoster, ChannelRef, Delivery, Posted
from bot.domain.clock import Clock
from bot.reply.model import Reply, drawn


class PagePoster:
    """Shows posts on the page. If there is an `other` poster, it posts first, and its message ids are used."""

    dedup_window = timedelta()

    def __init__(self, timeline: Timeline, clock: Clock, other: ChannelPoster | None = None) -> None:
        self._timeline = timeline
        self._clock = clock
        self._other = other
        self._numbers = count(1)
        self._people: set[str] = set()

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:
        """Post in both places."""
        posted: Delivery = Posted(str(next(self._numbers)))
        if self._other is not None:
            posted = await self._other.post(channel, reply, key)
        if isinstance(posted, Posted):
            is_direct = channel.channel_id in self._people
            shown = await drawn(reply)
            self._timeline.put(
                Message(_id(posted.message_id), self._clock(), shown, is_private=is_direct, is_in_place=True)
            )
        return posted

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Edit in both places."""
        shown = self._timeline.get(_id(message_id))
        if shown is not None:
            self._timeline.put(replace(shown, reply=await drawn(reply)))
        return await self._other.edit(channel, message_id, reply) if self._other else Posted(message_id)

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """A channel named after the person."""
        self._people.add(person_id)
        return ChannelRef("console", workspace_id, person_id)


def _id(message_id: str) -> str:
    """The timeline id of a post, distinct from those of replies."""
    return f"post-{message_id}"

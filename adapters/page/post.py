"""Posts into the page's channel, and by another poster beside it."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

from adapters.page.timeline import Message, Timeline
from bot.delivery.poster import ChannelPoster, ChannelRef, Delivery, Posted
from bot.domain.clock import Clock
from bot.reply.model import Reply, drawn


class PagePoster:
    """Shows each post on the page, once the poster `beside` it, if there is one, has taken it and given it an id."""

    def __init__(self, timeline: Timeline, clock: Clock, beside: ChannelPoster | None = None) -> None:
        self._timeline = timeline
        self._clock = clock
        self._beside = beside
        self._numbers = count(1)
        self._people: set[str] = set()

    @property
    def recognises_for(self) -> timedelta:
        """Never: a repeated key is a post of its own."""
        return timedelta()

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:
        """Post in both."""
        posted: Delivery = Posted(str(next(self._numbers)))
        if self._beside is not None:
            posted = await self._beside.post(channel, reply, key)
        if isinstance(posted, Posted):
            alone = channel.channel_id in self._people
            shown = await drawn(reply)
            self._timeline.put(
                Message(_id(posted.message_id), self._clock(), shown, is_private=alone, is_in_place=True)
            )
        return posted

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Edit in both."""
        shown = self._timeline.get(_id(message_id))
        if shown is not None:
            self._timeline.put(replace(shown, reply=await drawn(reply)))
        return await self._beside.edit(channel, message_id, reply) if self._beside else Posted(message_id)

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """A channel by the person's name."""
        self._people.add(person_id)
        return ChannelRef("console", workspace_id, person_id)


def _id(message_id: str) -> str:
    """Posts have ids of another series than replies."""
    return f"post-{message_id}"

"""A poster that counts what came of each attempt."""

from collections import Counter
from datetime import timedelta

from bot.delivery.poster import ChannelPoster, ChannelRef, Delivery
from bot.reply.model import Reply


class MeteredPoster:
    """Posts as `poster` does; `counts` are by the chat's name and the outcome's."""

    def __init__(self, chat: str, poster: ChannelPoster, counts: Counter[tuple[str, str]]) -> None:
        self._chat = chat
        self._poster = poster
        self._counts = counts

    @property
    def recognises_for(self) -> timedelta:
        """How long after a post the platform knows its key again."""
        return self._poster.recognises_for

    async def post(self, channel: ChannelRef, reply: Reply, key: str) -> Delivery:
        """Post once."""
        return self._counted(await self._poster.post(channel, reply, key))

    async def edit(self, channel: ChannelRef, message_id: str, reply: Reply) -> Delivery:
        """Put a reply in the place of one that was posted."""
        return self._counted(await self._poster.edit(channel, message_id, reply))

    async def direct(self, workspace_id: str, person_id: str) -> ChannelRef | None:
        """The channel in which one person alone reads."""
        return await self._poster.direct(workspace_id, person_id)

    def _counted(self, delivery: Delivery) -> Delivery:
        self._counts[self._chat, type(delivery).__name__.lower()] += 1
        return delivery

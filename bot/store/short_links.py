"""Cache of short links' targets, so that each is followed only once."""

from datetime import datetime

from sqlalchemy import select

from bot.store.database import Aggregate
from bot.store.tables import short_links


class ShortLinks(Aggregate):
    """The `short_links` table. It holds only public addresses and is shared by all workspaces."""

    async def remembered(self, link: str, not_before: datetime) -> str | None:
        """The link's target, if it was followed at `not_before` or later."""
        query = select(short_links.c.target).where(short_links.c.link == link, short_links.c.followed_at >= not_before)
        return await self._database.scalar(query)

    async def remember(self, link: str, target: str, now: datetime) -> None:
        """Store a link's target, replacing an earlier one."""
        await self._database.put(short_links, {"link": link, "target": target, "followed_at": now})

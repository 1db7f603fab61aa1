"""Notes kept for a week: each person's last list, and the message blocks that a workspace's chat refuses.

Also the targets of short links, so that each is followed only once.
"""

from datetime import datetime, timedelta

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, delete, select

from bot.domain.caller import WorkspaceRef
from bot.store.database import Aggregate
from bot.store.tables import metadata, short_links, workspaces
from bot.store.types import UtcDateTime

KEPT = timedelta(days=7)

memories = Table(
    "memories",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id"), primary_key=True, autoincrement=False),
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
    Column("noted_at", UtcDateTime, nullable=False),
    Index("ix_memories_noted_at", "noted_at"),
)


class Memories(Aggregate):
    """The `memories` table."""

    async def recall(self, ref: WorkspaceRef, name: str, now: datetime) -> str | None:
        """The note with a name; None if there is none, or it is a week old."""
        here = (workspaces.c.chat == ref.chat) & (workspaces.c.external_id == ref.id)
        found = select(memories.c.value).join_from(memories, workspaces).where(here, memories.c.name == name)
        value: str | None = await self._database.scalar(found.where(memories.c.noted_at > now - KEPT))
        return value

    async def note(self, ref: WorkspaceRef, name: str, value: str, now: datetime) -> None:
        """Store a note, replacing an earlier one; does nothing if the workspace isn't stored. Safe to repeat."""
        here = (workspaces.c.chat == ref.chat) & (workspaces.c.external_id == ref.id)
        workspace_id = await self._database.scalar(select(workspaces.c.id).where(here))
        if workspace_id is not None:
            row = {"workspace_id": workspace_id, "name": name, "value": value, "noted_at": now}
            await self._database.put(memories, row)

    async def forget_old(self, now: datetime) -> None:
        """Delete notes older than a week. Safe to repeat."""
        await self._database.write(delete(memories).where(memories.c.noted_at <= now - KEPT))


class ShortLinks(Aggregate):
    """The `short_links` table. It holds only public addresses and is shared by all workspaces."""

    async def remembered(self, link: str, not_before: datetime) -> str | None:
        """The link's target, if it was followed at `not_before` or later."""
        query = select(short_links.c.target).where(short_links.c.link == link, short_links.c.followed_at >= not_before)
        return await self._database.scalar(query)

    async def remember(self, link: str, target: str, now: datetime) -> None:
        """Store a link's target, replacing an earlier one."""
        await self._database.put(short_links, {"link": link, "target": target, "followed_at": now})

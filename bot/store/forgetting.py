"""Deletion of a workspace with all its data, and of mirrors that no workspace uses any more."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.clock import month_of
from bot.domain.tracking import RequestState
from bot.store import approvals, campaigns, payouts
from bot.store.database import Aggregate, adding
from bot.store.memories import memories
from bot.store.outbox_claims import named_in
from bot.store.schedule_tables import alert_settings, blobs, digests, events, handled_events, is_open, outbox
from bot.store.spending_tables import allowances, channel_money
from bot.store.tables import (
    IS_IN_FLIGHT,
    audit,
    credentials,
    forgotten_spend,
    snapshot_days,
    snapshots,
    track_requests,
    video_counts,
    videos,
    wallets,
    workspaces,
)
from bot.store.workspaces import forgotten_id

SPEND_KEPT = timedelta(days=62)
"""Longer than any month whose cap needs the sums."""


class Forgetting(Aggregate):
    """Deletes across tables, in one transaction each. There is no undo: ask first."""

    async def workspace(self, workspace_id: int) -> None:
        """Delete a workspace: key, requests, audit, campaigns, digests, alerts, videos and an otherwise unused mirror.

        Requests with an open outcome stay, with the workspace's ids, until they are settled: what they started must not
        be started again. The sums spent per month stay too, so that deletion can't reset the cap. On SQLite, deleted
        data can't be read in the file or its log afterwards.
        """
        async with self._database.writing() as connection:
            await self._delete(connection, workspace_id)
        await self._database.truncate_log()

    async def settled_workspaces(self, now: datetime) -> None:
        """Delete what was kept of deleted workspaces for open requests that are settled by now, or ended long ago.

        A workspace that has been used again since has its name back, and stays.
        """
        over = track_requests.c.submitted_at < now - SPEND_KEPT
        is_open = exists().where(track_requests.c.workspace_id == workspaces.c.id, IS_IN_FLIGHT, ~over)
        kept = select(workspaces.c.id, workspaces.c.chat, workspaces.c.external_id, workspaces.c.name).where(~is_open)
        async with self._database.writing() as connection:
            gone = [
                row.id for row in await connection.execute(kept) if row.name == forgotten_id(row.chat, row.external_id)
            ]
            for workspace_id in gone:
                await _lock(connection, workspace_id)
                await connection.execute(
                    delete(track_requests).where(track_requests.c.workspace_id == workspace_id, over)
                )
                await self._delete(connection, workspace_id)
        if gone:
            await self._database.truncate_log()

    async def _delete(self, connection: AsyncConnection, workspace_id: int) -> None:
        await _lock(connection, workspace_id)
        name = await self._keep_spend(connection, workspace_id)
        await self._own_videos(connection, workspace_id)
        await self._files(connection, workspace_id)
        await approvals.forget(connection, workspace_id)
        await payouts.forget(connection, workspace_id)
        await campaigns.forget(connection, workspace_id)
        for table in (credentials, audit, allowances, channel_money, memories, digests, alert_settings, outbox):
            await connection.execute(delete(table).where(table.c.workspace_id == workspace_id))
        here, requests = workspaces.c.id == workspace_id, track_requests.c.workspace_id == workspace_id
        await connection.execute(delete(track_requests).where(requests, ~IS_IN_FLIGHT))
        await connection.execute(delete(workspaces).where(here, ~exists().where(requests)))
        await connection.execute(update(workspaces).where(here).values(name=name))
        await self._unused_mirrors(connection)

    async def unused_mirrors(self) -> None:
        """Delete the videos and snapshots of wallets that no workspace uses. The API still has them."""
        async with self._database.writing() as connection:
            await self._unused_mirrors(connection)
        await self._database.truncate_log()

    async def old_spend(self, now: datetime) -> None:
        """Delete the sums of deleted workspaces that no cap needs any more."""
        old = forgotten_spend.c.month < (now - SPEND_KEPT).date()
        await self._database.write(delete(forgotten_spend).where(old))

    async def _keep_spend(self, connection: AsyncConnection, workspace_id: int) -> str:
        """Store what was spent per month; returns the id under which it is stored."""
        here = select(workspaces.c.chat, workspaces.c.external_id).where(workspaces.c.id == workspace_id)
        started = select(track_requests.c.submitted_at, track_requests.c.cost).where(
            track_requests.c.workspace_id == workspace_id, track_requests.c.state == RequestState.TRACKING
        )
        months: defaultdict[date, Decimal] = defaultdict(Decimal)
        for at, cost in await connection.execute(started):
            months[month_of(at).date()] += cost
        chat, external_id = (await connection.execute(here)).one()
        forgotten = forgotten_id(chat, external_id)
        whose = {"chat": chat, "external_id": forgotten}
        rows = [{**whose, "month": month, "cost": cost} for month, cost in months.items()]
        if rows:
            await connection.execute(adding(forgotten_spend, connection, "cost"), rows)
        return forgotten

    async def _own_videos(self, connection: AsyncConnection, workspace_id: int) -> None:
        mine = select(videos.c.wallet_id, videos.c.video_id).where(videos.c.owner_id == workspace_id)
        for wallet_id, video_id in (await connection.execute(mine)).all():
            this = (snapshots.c.wallet_id == wallet_id) & (snapshots.c.video_id == video_id)
            await connection.execute(delete(snapshots).where(this))
        for table in (videos, video_counts, snapshot_days):
            await connection.execute(delete(table).where(table.c.owner_id == workspace_id))

    async def _files(self, connection: AsyncConnection, workspace_id: int) -> None:
        """Delete the pictures and files of the workspace's messages, except those that others' unsent messages use."""
        mine, theirs = outbox.c.workspace_id == workspace_id, outbox.c.workspace_id != workspace_id
        kept = named_in(await connection.scalars(select(outbox.c.payload).where(theirs, is_open())))
        gone = named_in(await connection.scalars(select(outbox.c.payload).where(mine))) - kept
        for digest in gone:
            await connection.execute(delete(blobs).where(blobs.c.hash == digest))

    async def _unused_mirrors(self, connection: AsyncConnection) -> None:
        used = select(workspaces.c.wallet_id)
        for table in (events, handled_events, snapshots, snapshot_days, video_counts, videos):
            await connection.execute(delete(table).where(table.c.wallet_id.not_in(used)))


async def _lock(connection: AsyncConnection, workspace_id: int) -> None:
    """Block starts of a workspace, with its present and earlier keys, and everything that writes for it.

    Locks in the same order as spending: the wallet first.
    """
    now = select(workspaces.c.wallet_id).where(workspaces.c.id == workspace_id)
    used = select(track_requests.c.wallet_id).where(track_requests.c.workspace_id == workspace_id)
    spent_from = select(wallets.c.id).where(wallets.c.id.in_(now.union(used))).order_by(wallets.c.id)
    await connection.execute(spent_from.with_for_update(key_share=True))
    await connection.execute(select(workspaces.c.id).where(workspaces.c.id == workspace_id).with_for_update())

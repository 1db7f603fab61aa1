"""Campaigns of a workspace, the links in them, and the campaign of a channel.

Every method takes the workspace's id and neither returns nor changes another workspace's data. Each change is recorded
in the audit log in its own transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.caller import Person
from bot.domain.campaigns import Campaign, CampaignLink
from bot.domain.folding import folded
from bot.store import audit
from bot.store.audit import Action, Actor
from bot.store.database import Aggregate, insert_into, replacing
from bot.store.spending_tables import campaign_links, campaigns, channel_campaigns
from bot.store.types import read


class Campaigns(Aggregate):
    """The `campaigns`, `campaign_links` and `channel_campaigns` tables."""

    async def create(self, workspace_id: int, name: str, actor: Actor) -> tuple[Campaign, bool]:
        """Create a campaign, or return the existing one of that name in any case; and whether it is new.

        It may be archived.
        """
        new = {
            "workspace_id": workspace_id,
            "name": name,
            "folded_name": folded(name),
            "created_at": actor.at,
            "created_by_id": actor.person.id,
            "created_by_name": actor.person.name,
        }
        async with self._database.writing() as connection:
            added = insert_into(campaigns, connection).values(new).on_conflict_do_nothing().returning(campaigns)
            row = (await connection.execute(added)).one_or_none()
            if row is not None:
                await audit.note(connection, workspace_id, actor, Action.CAMPAIGN, f"Created campaign {name}")
                return read(Campaign, row), True
            named = select(campaigns).where(_named(workspace_id, name))
            return read(Campaign, (await connection.execute(named)).one()), False

    async def named(self, workspace_id: int, name: str) -> Campaign | None:
        """The campaign of that name in any case, archived or not."""
        row = await self._database.row(select(campaigns).where(_named(workspace_id, name)))
        return None if row is None else read(Campaign, row)

    async def find(self, workspace_id: int, campaign_id: int) -> Campaign | None:
        """The campaign with this id, archived or not."""
        row = await self._database.row(select(campaigns).where(_this(workspace_id, campaign_id)))
        return None if row is None else read(Campaign, row)

    async def all(self, workspace_id: int, *, archived: bool = False) -> tuple[Campaign, ...]:
        """The workspace's active campaigns, or its archived ones, by name."""
        is_archived = campaigns.c.archived_at.is_not(None) if archived else campaigns.c.archived_at.is_(None)
        query = select(campaigns).where(campaigns.c.workspace_id == workspace_id, is_archived)
        return tuple(read(Campaign, row) for row in await self._database.rows(query.order_by(campaigns.c.folded_name)))

    async def add(
        self,
        workspace_id: int,
        campaign_id: int,
        links: Sequence[tuple[str, str, str]],
        actor: Actor,
    ) -> frozenset[str]:
        """Add links, each a `(key, link, platform)`, to a campaign; returns the keys that are new in it."""
        async with self._database.writing() as connection:
            campaign = await _locked(connection, workspace_id, campaign_id)
            if campaign is None:
                return frozenset()
            within = select(campaign_links.c.key).where(campaign_links.c.campaign_id == campaign_id)
            known = set(await connection.scalars(within))
            new = {key: (link, platform) for key, link, platform in links if key not in known}
            if new:
                await join(connection, campaign_id, [(key, *each) for key, each in new.items()], actor.person, actor.at)
                what = f"Added {_videos(len(new))} to campaign {campaign.name}"
                await audit.note(connection, workspace_id, actor, Action.CAMPAIGN, what, _sole(new))
            return frozenset(new)

    async def remove(
        self,
        workspace_id: int,
        campaign_id: int,
        keys: Collection[str],
        actor: Actor,
    ) -> frozenset[str]:
        """Remove links from a campaign; returns the keys that were in it."""
        async with self._database.writing() as connection:
            campaign = await _locked(connection, workspace_id, campaign_id)
            if campaign is None:
                return frozenset()
            gone = delete(campaign_links).where(
                campaign_links.c.campaign_id == campaign_id, campaign_links.c.key.in_(list(keys))
            )
            removed = await connection.execute(gone.returning(campaign_links.c.key, campaign_links.c.link))
            links = {key: (link, "") for key, link in removed}
            if links:
                what = f"Removed {_videos(len(links))} from campaign {campaign.name}"
                await audit.note(connection, workspace_id, actor, Action.CAMPAIGN, what, _sole(links))
            return frozenset(links)

    async def links(self, workspace_id: int, campaign_id: int) -> tuple[CampaignLink, ...]:
        """Every link in a campaign, in the order of addition."""
        query = (
            select(campaign_links)
            .join(campaigns, campaigns.c.id == campaign_links.c.campaign_id)
            .where(_this(workspace_id, campaign_id))
            .order_by(campaign_links.c.added_at, campaign_links.c.key)
        )
        return tuple(read(CampaignLink, row) for row in await self._database.rows(query))

    async def keys_of(self, workspace_id: int, campaign_id: int) -> frozenset[str]:
        """The keys of the links in a campaign."""
        query = select(campaign_links.c.key).join(campaigns, campaigns.c.id == campaign_links.c.campaign_id)
        return frozenset(await self._database.scalars(query.where(_this(workspace_id, campaign_id))))

    async def keys(self, workspace_id: int) -> Mapping[int, tuple[str, ...]]:
        """Keys of the links in each campaign of the workspace, by campaign id."""
        query = (
            select(campaign_links.c.campaign_id, campaign_links.c.key)
            .join(campaigns, campaigns.c.id == campaign_links.c.campaign_id)
            .where(campaigns.c.workspace_id == workspace_id)
        )
        found: defaultdict[int, list[str]] = defaultdict(list)
        for campaign_id, key in await self._database.rows(query):
            found[campaign_id].append(key)
        return {campaign_id: tuple(each) for campaign_id, each in found.items()}

    async def of_keys(self, workspace_id: int, keys: Collection[str]) -> Mapping[str, tuple[Campaign, ...]]:
        """The active campaigns, by name, of each of these links; links without one are left out."""
        query = (
            select(campaign_links.c.key.label("key"), campaigns)
            .join(campaigns, campaigns.c.id == campaign_links.c.campaign_id)
            .where(
                campaigns.c.workspace_id == workspace_id,
                campaigns.c.archived_at.is_(None),
                campaign_links.c.key.in_(list(keys)),
            )
            .order_by(campaigns.c.folded_name)
        )
        found: defaultdict[str, list[Campaign]] = defaultdict(list)
        for row in await self._database.rows(query):
            found[row.key].append(read(Campaign, row))
        return {key: tuple(each) for key, each in found.items()}

    async def rename(self, workspace_id: int, campaign_id: int, name: str, actor: Actor) -> Campaign | None:
        """Rename a campaign; returns None if another one has the name."""
        changes = {"name": name, "folded_name": folded(name)}
        try:
            return await self._change(workspace_id, campaign_id, changes, actor, f"renamed to {name}")
        except IntegrityError:
            return None

    async def archive(self, workspace_id: int, campaign_id: int, actor: Actor) -> Campaign | None:
        """Archive a campaign with everything in it. Channels that it belongs to get it back once it is restored."""
        return await self._change(workspace_id, campaign_id, {"archived_at": actor.at}, actor, "archived")

    async def restore(self, workspace_id: int, campaign_id: int, actor: Actor) -> Campaign | None:
        """Restore an archived campaign."""
        return await self._change(workspace_id, campaign_id, {"archived_at": None}, actor, "restored")

    async def set_budget(
        self,
        workspace_id: int,
        campaign_id: int,
        budget: Decimal | None,
        actor: Actor,
    ) -> Campaign | None:
        """Set the maximum cost of tracking in a campaign, in dollars; None removes the limit."""
        what = "budget removed" if budget is None else f"budget set to ${budget:,.2f}"
        return await self._change(workspace_id, campaign_id, {"budget": budget}, actor, what)

    async def set_dates(
        self,
        workspace_id: int,
        campaign_id: int,
        starts_on: date | None,
        ends_on: date | None,
        actor: Actor,
    ) -> Campaign | None:
        """Set both dates of a campaign; None means open."""
        what = f"dates set to {starts_on or 'open'} until {ends_on or 'open'}"
        changes = {"starts_on": starts_on, "ends_on": ends_on}
        return await self._change(workspace_id, campaign_id, changes, actor, what)

    async def set_channel(self, workspace_id: int, campaign_id: int | None, actor: Actor) -> Campaign | None:
        """Set the own campaign of the actor's channel, or none; returns the campaign, or None."""
        channel_id = actor.channel_id
        async with self._database.writing() as connection:
            if campaign_id is None:
                gone = delete(channel_campaigns).where(
                    channel_campaigns.c.workspace_id == workspace_id, channel_campaigns.c.channel_id == channel_id
                )
                if (await connection.execute(gone)).rowcount:
                    await audit.note(
                        connection, workspace_id, actor, Action.CAMPAIGN, "Channel has no campaign any more"
                    )
                return None
            campaign = await _locked(connection, workspace_id, campaign_id)
            if campaign is not None:
                chosen = {"workspace_id": workspace_id, "channel_id": channel_id, "campaign_id": campaign_id}
                await connection.execute(replacing(channel_campaigns, connection, ["campaign_id"]), chosen)
                await audit.note(connection, workspace_id, actor, Action.CAMPAIGN, f"Channel is about {campaign.name}")
            return campaign

    async def _change(
        self,
        workspace_id: int,
        campaign_id: int,
        changes: Mapping[str, Any],
        actor: Actor,
        what: str,
    ) -> Campaign | None:
        async with self._database.writing() as connection:
            before = await _locked(connection, workspace_id, campaign_id)
            if before is None:
                return None
            changed = update(campaigns).where(_this(workspace_id, campaign_id)).values(changes).returning(campaigns)
            after = read(Campaign, (await connection.execute(changed)).one())
            if after != before:
                await audit.note(connection, workspace_id, actor, Action.CAMPAIGN, f"Campaign {before.name}: {what}")
            return after


async def join(
    connection: AsyncConnection, campaign_id: int, links: Sequence[tuple[str, str, str]], person: Person, now: datetime
) -> None:
    """Add links, each a `(key, link, platform)`, to a campaign. Within the caller's transaction. Safe to repeat."""
    whose = {"campaign_id": campaign_id, "added_at": now, "added_by_id": person.id, "added_by_name": person.name}
    rows = [{**whose, "key": key, "link": link, "platform": platform} for key, link, platform in links]
    await connection.execute(insert_into(campaign_links, connection).on_conflict_do_nothing(), rows)


async def join_if_kept(
    connection: AsyncConnection,
    workspace_id: int,
    campaign_id: int,
    item: tuple[str, str, str],
    person: Person,
    now: datetime,
) -> None:
    """Add a link to a campaign, unless the campaign was deleted with its workspace. Safe to repeat."""
    if await connection.scalar(select(campaigns.c.id).where(_this(workspace_id, campaign_id))) is not None:
        await join(connection, campaign_id, [item], person, now)


async def forget(connection: AsyncConnection, workspace_id: int) -> None:
    """Delete a workspace's campaigns. Within the caller's transaction."""
    mine = select(campaigns.c.id).where(campaigns.c.workspace_id == workspace_id)
    await connection.execute(delete(campaign_links).where(campaign_links.c.campaign_id.in_(mine)))
    for table in (channel_campaigns, campaigns):
        await connection.execute(delete(table).where(table.c.workspace_id == workspace_id))


def _this(workspace_id: int, campaign_id: int) -> ColumnElement[bool]:
    return (campaigns.c.workspace_id == workspace_id) & (campaigns.c.id == campaign_id)


def _named(workspace_id: int, name: str) -> ColumnElement[bool]:
    return (campaigns.c.workspace_id == workspace_id) & (campaigns.c.folded_name == folded(name))


async def _locked(connection: AsyncConnection, workspace_id: int, campaign_id: int) -> Campaign | None:
    """The campaign, locked until the transaction ends."""
    query = select(campaigns).where(_this(workspace_id, campaign_id)).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else read(Campaign, row)


def _videos(count: int) -> str:
    return "1 video" if count == 1 else f"{count:,} videos"


def _sole(links: Mapping[str, tuple[str, str]]) -> str:
    """The link for an audit entry about a single video; empty for several."""
    return next(iter(links.values()))[0] if len(links) == 1 else ""

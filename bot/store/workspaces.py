"""Workspaces: each a Slack workspace, Discord server or console, with the wallet that it spends from.

Also the settings of a workspace's channels: their campaigns, and whether posts there may name amounts.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, exists, select, update

from bot.domain.caller import WorkspaceRef
from bot.domain.campaigns import Campaign
from bot.store.database import Aggregate, insert_into
from bot.store.spending_tables import campaigns, channel_campaigns, channel_money
from bot.store.tables import credentials, workspaces
from bot.store.types import read


@dataclass(frozen=True, slots=True)
class Workspace:
    """A stored workspace. `external_id` is the platform's own id, `name` is hostile text.

    `previews`: links to tracked videos posted there may be shown with their numbers. `is_operators`: it may use the
    installation's own key. `money` is who may see money, empty for the chat's own rule.
    """

    id: int
    chat: str
    external_id: str
    name: str
    wallet_id: int
    previews: bool = False
    is_operators: bool = False
    money: str = ""


class Workspaces(Aggregate):
    """The `workspaces` table."""

    async def find(self, ref: WorkspaceRef) -> Workspace | None:
        """The workspace; None if it isn't stored."""
        row = await self._database.row(_this(ref))
        return None if row is None else read(Workspace, row)

    async def by_id(self, workspace_id: int) -> Workspace | None:
        """The workspace with this id; None if it is gone."""
        row = await self._database.row(select(workspaces).where(workspaces.c.id == workspace_id))
        return None if row is None else read(Workspace, row)

    async def using(self, wallet_id: int) -> tuple[Workspace, ...]:
        """The workspaces that spend from a wallet."""
        query = select(workspaces).where(workspaces.c.wallet_id == wallet_id).order_by(workspaces.c.id)
        return tuple(read(Workspace, row) for row in await self._database.rows(query))

    async def of_chat(self, chat: str) -> tuple[Workspace, ...]:
        """Every stored workspace of a chat."""
        query = select(workspaces).where(workspaces.c.chat == chat)
        return tuple(read(Workspace, row) for row in await self._database.rows(query))

    async def use_default(self, wallet_id: int) -> None:
        """Let the operator's workspaces without a key of their own spend from the installation's wallet.

        Writes nothing if they already do.
        """
        own = exists().where(credentials.c.workspace_id == workspaces.c.id)
        other = workspaces.c.is_operators & (workspaces.c.wallet_id != wallet_id) & ~own
        found = await self._database.scalars(select(workspaces.c.id).where(other))
        if found:
            changed = update(workspaces).where(workspaces.c.id.in_(found), other)
            await self._database.write(changed.values(wallet_id=wallet_id))

    async def ensure_workspace(self, ref: WorkspaceRef, wallet_id: int) -> Workspace:
        """The workspace with its present name and wallet, created if necessary. Writes only changes."""
        known = await self.find(ref)
        if known is not None and (known.name, known.wallet_id, known.is_operators) == (
            ref.name,
            wallet_id,
            ref.is_operators,
        ):
            return known
        values = {"name": ref.name, "wallet_id": wallet_id, "is_operators": ref.is_operators}
        async with self._database.writing() as connection:
            new = insert_into(workspaces, connection).values(chat=ref.chat, external_id=ref.id, **values)
            keys = ["chat", "external_id"]
            await connection.execute(new.on_conflict_do_update(index_elements=keys, set_=values))
            return read(Workspace, (await connection.execute(_this(ref))).one())

    async def set_previews(self, workspace_id: int, *, on: bool) -> None:
        """Turn link previews on or off."""
        await self._database.write(update(workspaces).where(workspaces.c.id == workspace_id).values(previews=on))


def _this(ref: WorkspaceRef) -> Select[tuple[object, ...]]:
    return select(workspaces).where(workspaces.c.chat == ref.chat, workspaces.c.external_id == ref.id)


def forgotten_id(chat: str, external_id: str) -> str:
    """The id under which a deleted workspace's sums are kept: it can be matched, but not read."""
    return hashlib.sha256(f"contentstats-bot forgotten workspace\0{chat}\0{external_id}".encode()).hexdigest()


_MONEY = (channel_money.c.workspace_id == workspaces.c.id) & (channel_money.c.channel_id == bindparam("channel"))
_OWN = (channel_campaigns.c.workspace_id == workspaces.c.id) & (channel_campaigns.c.channel_id == bindparam("channel"))
_OPEN = (
    (campaigns.c.id == channel_campaigns.c.campaign_id)
    & (campaigns.c.workspace_id == workspaces.c.id)
    & campaigns.c.archived_at.is_(None)
)
_CHANNEL = (
    select(campaigns, channel_money.c.shows)
    .select_from(
        workspaces.outerjoin(channel_money, _MONEY).outerjoin(channel_campaigns, _OWN).outerjoin(campaigns, _OPEN)
    )
    .where(workspaces.c.id == bindparam("workspace"))
)


@dataclass(frozen=True, slots=True)
class Channel:
    """Settings of a channel.

    `campaign` is its own campaign, None if it has none or that is archived. `shows_money`: posts may name amounts; None
    if nobody chose.
    """

    campaign: Campaign | None
    shows_money: bool | None


class Channels(Aggregate):
    """The tables `channel_campaigns` and `channel_money`, read together."""

    async def find(self, workspace_id: int, channel_id: str) -> Channel:
        """The settings of a workspace's channel."""
        row = await self._database.row(_CHANNEL, {"workspace": workspace_id, "channel": channel_id})
        if row is None:
            return Channel(None, None)
        return Channel(None if row.id is None else read(Campaign, row), row.shows)

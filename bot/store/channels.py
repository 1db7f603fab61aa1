"""Settings of one channel: its campaign, and whether posts there may name amounts."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from bot.domain.campaigns import Campaign
from bot.store.allowance_tables import channel_money
from bot.store.campaign_tables import campaigns, channel_campaigns
from bot.store.database import Aggregate
from bot.store.tables import workspaces
from bot.store.types import read

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

"""An example of every message about campaigns, under the name of its function."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.campaigns.card import campaign_card
from bot.domain.campaigns import Campaign
from bot.messages import campaign
from bot.messages.campaign import CampaignRow, Unfit
from bot.reply.model import Reply
from tests.examples import ANA, NOW

TODAY = NOW.date()
LAUNCH = Campaign(
    7, 1, "launch *star* <!here> @everyone", Decimal(50), date(2026, 3, 1), date(2027, 1, 31), None, NOW, ANA
)
PLAIN = Campaign(8, 1, "🚀 зима", None, None, None, None, NOW, ANA)
UNFIT = Unfit("cat *video* <!channel>", "No video here matches “cat”. /videos lists your videos.")


def campaign_cards() -> Iterator[tuple[str, Reply]]:
    """Every card by its name."""
    rows = (
        CampaignRow(LAUNCH, 12, 1_035_111, 705_302, Decimal("12.55")),
        CampaignRow(PLAIN, 0, None, None, None),
        CampaignRow(replace(PLAIN, id=9, name="spring"), 1, 3, -2, Decimal()),
    )
    yield "campaign.campaign_list", campaign.campaign_list(rows, archived=False)
    yield "campaign.campaign_list: archived", campaign.campaign_list(rows[:1], archived=True)
    yield "campaign.campaign_list: none", campaign.campaign_list((), archived=False)
    yield "campaign.campaign_list: none archived", campaign.campaign_list((), archived=True)
    created = campaign.campaign_created
    yield "campaign.campaign_created", created(LAUNCH, is_new=True, added=3, unfit=(), today=TODAY)
    yield "campaign.campaign_created: twice", created(PLAIN, is_new=False, added=0, unfit=(UNFIT,), today=TODAY)
    archived = replace(PLAIN, archived_at=NOW)
    yield "campaign.campaign_created: archived", created(archived, is_new=False, added=0, unfit=(), today=TODAY)
    yield "campaign.campaign_changed", campaign.campaign_changed(LAUNCH, "Saved.", TODAY)
    filled = campaign.campaign_filled
    yield "campaign.campaign_filled", filled(LAUNCH, 498, 2, 3, (), "launch")
    yield "campaign.campaign_filled: problems", filled(PLAIN, 0, 1, 1, (UNFIT,) * 30, "")
    yield "campaign.campaign_emptied", campaign.campaign_emptied(LAUNCH, 2, 1, ())
    yield "campaign.campaign_emptied: none", campaign.campaign_emptied(PLAIN, 0, 0, (UNFIT,))
    yield "campaign.channel_campaign", campaign.channel_campaign(LAUNCH)
    yield "campaign.no_channel_campaign", campaign.no_channel_campaign(LAUNCH)
    yield "campaign.no_channel_campaign: none", campaign.no_channel_campaign(None)
    yield "campaigns.card.campaign_card", campaign_card(LAUNCH, 12, is_own=True)

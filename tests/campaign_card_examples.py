"""An example of every message about campaigns, under the name of its function."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.campaigns.card import CampaignFacts, campaign_card, campaign_details
from bot.campaigns.totals import campaign_totals
from bot.domain.campaigns import Campaign
from bot.messages import campaign
from bot.messages.campaign import CampaignRow, Unfit
from bot.reply.model import Reply
from bot.store.readings import LinkReadings
from bot.store.stored_video import first_seen
from tests.examples import ANA, NOW, PICTURE, PRICE, reading

TODAY = NOW.date()
LAUNCH = Campaign(
    7, 1, "launch *star* <!here> @everyone", Decimal(50), date(2026, 3, 1), date(2027, 1, 31), None, NOW, ANA
)
PLAIN = Campaign(8, 1, "🚀 зима", None, None, None, None, NOW, ANA)
UNFIT = Unfit("cat *video* <!channel>", "No video here matches “cat”. /videos lists your videos.")


def campaign_cards() -> Iterator[tuple[str, Reply]]:
    """Every card by name."""
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
    spent, people = Decimal("3.10"), ((ANA, Decimal("12.60")),)
    yield (
        "campaign.campaign_spend",
        campaign.campaign_spend(LAUNCH, spent, people, (("C1", Decimal("12.60")),), is_own=False),
    )
    yield (
        "campaign.campaign_spend: over",
        campaign.campaign_spend(replace(LAUNCH, budget=Decimal(10)), spent, people, (), is_own=True),
    )
    yield "campaign.campaign_spend: nothing", campaign.campaign_spend(PLAIN, None, (), (), is_own=True)
    card = "campaigns.card.campaign_card"
    facts = campaign_facts(LAUNCH, *range(7))
    yield card, campaign_card(replace(campaign_facts(PLAIN, 0, 1, 3), is_own=False), PICTURE)
    yield f"{card}: everything at once", campaign_card(facts, PICTURE)
    yield f"{card}: without money", campaign_card(replace(facts, sees_money=False, is_own=False), None)
    yield f"{card}: one Instagram video", campaign_card(campaign_facts(PLAIN, 2), None)
    yield f"{card}: archived", campaign_card(campaign_facts(replace(PLAIN, archived_at=NOW), 1), None)
    yield f"{card}: nothing read", campaign_card(campaign_facts(PLAIN), None)
    yield f"{card}: empty", campaign_card(replace(facts, totals=campaign_totals(0, (), PRICE, NOW)), None)
    yield "campaigns.card.campaign_details", campaign_details(facts)
    yield "campaigns.card.campaign_details: nothing read", campaign_details(campaign_facts(PLAIN))


def campaign_facts(campaign: Campaign, *numbers: int) -> CampaignFacts:
    """A campaign with these videos and one that was never tracked."""
    totals = campaign_totals(len(numbers) + 1, tuple(map(_link, numbers)), PRICE, NOW, whole=True)
    return CampaignFacts(campaign, totals, is_own=True, sees_money=True, now=NOW)


def _link(number: int) -> LinkReadings:
    """A link that was tracked for two days, in some cases with a gap or an end."""
    read = reading(number, status="completed" if number == 3 else "monitoring", creator=f"@creator.{number % 4}")
    taken = read.snapshots
    stored = first_seen(1, read.video, f"tiktok:{number}", (1, ANA), taken[0].taken_at)
    stored = replace(stored, snapshot_count=len(taken), last_snapshot_at=taken[-1].taken_at)
    return LinkReadings((stored,), taken[0], (taken[-1], taken[-25], None))

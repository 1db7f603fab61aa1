"""A campaign's card and its details, gathered from the mirror."""

from dataclasses import dataclass

from bot.campaigns.card import CampaignFacts, campaign_card, campaign_details
from bot.campaigns.totals import CampaignTotals, campaign_totals, moments, total_line
from bot.charts.specs import Growth
from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.domain.campaigns import Campaign
from bot.domain.errors import UsageError
from bot.messages.wording import plural
from bot.reply.model import Drawing, Picture, Reply, picture_of
from bot.store.readings import LinkReadings


@dataclass(frozen=True, slots=True)
class CampaignDetails:
    """The campaign to show."""

    campaign: str = argument(Kind.CAMPAIGN, "the campaign", default="", listed=False)


async def show_campaign(context: Context, campaign: Campaign, named: str) -> Reply:
    """Show the card with a chart of the total. An empty `named` means that it is the channel's own campaign."""
    facts, found = await _facts(context, campaign, named)
    return campaign_card(facts, _picture(context, campaign, facts.totals, found))


async def show_details(context: Context, args: CampaignDetails) -> Reply:
    """Show every total of a campaign, and what it leaves out."""
    campaign = await context.campaign(args.campaign)
    if campaign is None:
        raise UsageError("Which campaign? Name it, for example: /campaign launch.", "campaign")
    facts, _ = await _facts(context, campaign, args.campaign, whole=True)
    return campaign_details(facts)


async def _facts(
    context: Context, campaign: Campaign, named: str, *, whole: bool = False
) -> tuple[CampaignFacts, tuple[LinkReadings, ...]]:
    now, store = context.clock(), context.store
    keys = await store.campaigns.keys_of(campaign.workspace_id, campaign.id)
    found = await store.readings.at(context.workspace, moments(now), keys) if keys else ()
    price = await context.price()
    totals = campaign_totals(len(keys), found, price, now, whole=whole)
    return CampaignFacts(campaign, totals, is_own=not named, sees_money=context.sees_money, now=now), found


def _picture(
    context: Context, campaign: Campaign, totals: CampaignTotals, found: tuple[LinkReadings, ...]
) -> Drawing | None:
    """The chart of the main total, drawn from the history only once needed; None without a reading."""
    main = totals.main
    if main is None:
        return None
    remarks = (
        *((f"{totals.ended:,} ended: last count",) if totals.ended else ()),
        *((f"{totals.links - main.links:,} not in it",) if totals.links > main.links else ()),
    )

    async def draw() -> Picture | None:
        keys = frozenset(each.key for each in found)
        hours = await context.store.total_history.hours(context.workspace, keys, main.metric)
        line = total_line(f"{main.metric} of {plural(main.links, 'video')}", main.metric, hours, found)
        picture = context.charts.picture(Growth(campaign.name, line, remarks) if line else None)
        return await picture_of(picture)

    return Drawing(draw)

"""/usage: the wallet, or what a campaign cost."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.charts.specs import Spend
from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.domain.allowances import tightest
from bot.domain.campaigns import Campaign
from bot.domain.clock import month_of
from bot.domain.money import bill_check
from bot.messages.campaign import campaign_spend, campaign_value
from bot.messages.usage import SpendFacts, wallet, wallet_details
from bot.reply.call import Call
from bot.reply.model import Reply
from bot.wallet.mirror import is_stale
from bot.wallet.wallet import live_state

SHOWN_DAYS = 14


@dataclass(frozen=True, slots=True)
class Usage:
    """The campaign whose spending to show; without one, the wallet."""

    campaign: str = argument(Kind.CAMPAIGN, "what this campaign cost; all: the wallet", default="", suggested=True)


async def usage(context: Context, args: Usage) -> Reply:
    """Show what is available and committed, and whether that lasts; or what a campaign cost."""
    now = context.clock()
    campaign = await context.campaign(args.campaign)
    if campaign is not None:
        return await _of_campaign(context, campaign, is_own=not args.campaign)
    state, _ = await live_state(context.wallet)
    return replace(
        wallet(state, tightest(await context.limits()), now),
        shared_as=Call("usage", {"campaign": args.campaign} if args.campaign else {}),
    )


async def _of_campaign(context: Context, campaign: Campaign, *, is_own: bool) -> Reply:
    """Show what was started in a campaign, by whom and where, and what its videos have cost so far."""
    store, workspace = context.store, context.workspace
    keys = await store.campaigns.keys_of(workspace.id, campaign.id)
    found = await store.readings.at(workspace, (context.clock(),), keys) if keys else ()
    price = await context.wallet.price()
    snapshots = sum(tracking.snapshot_count for each in found for tracking in each.trackings)
    spend = await store.audit.spend(workspace.id, campaign.created_at, campaign.id)
    card = campaign_spend(
        campaign, None if price is None else snapshots * price, spend.by_person, spend.by_channel, is_own=is_own
    )
    return replace(card, shared_as=Call("usage", {"campaign": campaign_value(campaign)}))


async def usage_details(context: Context, args: Usage) -> Reply:  # noqa: ARG001 - as above
    """Show the bill check; spend by day, channel and person; price, runway and cap."""
    now = context.clock()
    state, running = await live_state(context.wallet)
    mine = [each for each in running if each.is_visible_to(context.workspace.id)]
    own = [each for each in mine if each.video.collects]
    first = now.date() - timedelta(days=SHOWN_DAYS - 1)
    per_day = await context.store.videos.snapshots_per_day(context.workspace, first)
    days = tuple((day, count * state.usage.cost_per_snapshot) for day, count in per_day.items())
    chart = Spend(context.workspace.name or "Wallet", days, now.date()) if days else None
    spend = await context.store.audit.spend(context.workspace.id, month_of(now))
    lists = [await context.store.campaigns.all(context.workspace.id, archived=archived) for archived in (False, True)]
    names = {each.id: each.name for campaigns in lists for each in campaigns}
    card = wallet_details(
        SpendFacts(
            wallet=state,
            own=len(own),
            unread=sum(is_stale(each, now) for each in own),
            history=await context.store.videos.unread_history(context.workspace),
            days=days,
            picture=context.charts.picture(chart),
            people=spend.by_person,
            channels=spend.by_channel,
            campaigns=tuple((names[each], cost) for each, cost in spend.by_campaign if each in names),
            difference=bill_check(state.usage),
            limits=await context.limits(),
            now=now,
        )
    )
    return replace(card, shared_as=Call("usage.details"))

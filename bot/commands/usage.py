"""/usage: the wallet."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.charts.specs import Spend
from bot.commands.context import Context
from bot.domain.allowances import tightest
from bot.domain.clock import month_of
from bot.domain.money import bill_check
from bot.messages.pictures import chart_picture
from bot.messages.usage import SpendFacts, wallet, wallet_details
from bot.reply.call import Call
from bot.reply.model import Reply
from bot.wallet.mirror import is_stale
from bot.wallet.wallet import live_state

SHOWN_DAYS = 14


@dataclass(frozen=True, slots=True)
class Usage:
    """Nothing."""


async def usage(context: Context, args: Usage) -> Reply:  # noqa: ARG001 - every handler takes its arguments
    """Available, committed, and whether that lasts."""
    now = context.clock()
    state, _ = await live_state(context.wallet, now)
    return replace(wallet(state, tightest(await context.limits()), now), shared_as=Call("usage"))


async def usage_details(context: Context, args: Usage) -> Reply:  # noqa: ARG001 - as above
    """The bill checked; spend by day, channel and person; price, runway and cap."""
    now = context.clock()
    state, running = await live_state(context.wallet, now)
    mine = [each for each in running if each.is_visible_to(context.workspace.id)]
    own = [each for each in mine if each.video.collects]
    first = now.date() - timedelta(days=SHOWN_DAYS - 1)
    per_day = await context.store.videos.snapshots_per_day(context.workspace, first)
    days = tuple((day, count * state.usage.cost_per_snapshot) for day, count in per_day.items())
    chart = Spend(context.workspace.name or "Wallet", days, now.date()) if days else None
    spend = await context.store.audit.spend(context.workspace.id, month_of(now))
    card = wallet_details(
        SpendFacts(
            wallet=state,
            own=len(own),
            unread=sum(is_stale(each, now) for each in own),
            history=await context.store.videos.unread_history(context.workspace),
            days=days,
            picture=chart_picture(context.charts, chart),
            people=spend.by_person,
            channels=spend.by_channel,
            difference=bill_check(state.usage),
            limits=await context.limits(),
            now=now,
        )
    )
    return replace(card, shared_as=Call("usage.details"))

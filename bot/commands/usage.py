"""/usage: the wallet."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bot.charts.specs import Spend
from bot.commands.context import Context
from bot.domain.clock import month_of
from bot.domain.money import bill_check
from bot.messages.usage import WalletFacts, wallet
from bot.reply.model import Picture, Reply
from bot.wallet.mirror import is_stale
from bot.wallet.state import live_state

SHOWN_DAYS = 14


@dataclass(frozen=True, slots=True)
class Usage:
    """Nothing."""


async def usage(context: Context, args: Usage) -> Reply:  # noqa: ARG001 - every handler takes its arguments
    """Available, pending, promised and runway; spend by day, channel and person; the bill checked."""
    now = context.clock()
    state, running = await live_state(context.wallet, now)
    mine = [each for each in running if each.is_visible_to(context.workspace.id)]
    own = [each for each in mine if each.video.collects]
    cost = state.usage.cost_per_snapshot
    first = now.date() - timedelta(days=SHOWN_DAYS - 1)
    per_day = await context.store.videos.snapshots_per_day(context.workspace, first)
    days = tuple((day, count * cost) for day, count in per_day.items())
    spend = await context.store.audit.spend(context.workspace.id, month_of(now))
    return wallet(
        WalletFacts(
            wallet=state,
            own=len(own),
            unread=sum(is_stale(each, now) for each in own),
            history=await context.store.videos.unread_history(context.workspace),
            days=days,
            picture=await _picture(context, days),
            people=spend.by_person,
            channels=spend.by_channel,
            difference=bill_check(state.usage),
            monthly_cap=await context.cap(),
            now=now,
        )
    )


async def _picture(context: Context, days: tuple[tuple[date, Decimal], ...]) -> Picture | None:
    chart = await context.charts.draw(Spend(days)) if days else None
    return Picture("spend.png", chart.png, chart.alt) if chart else None

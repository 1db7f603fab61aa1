"""Examples of every alert and of its settings, at every stage, with hostile text."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.alerts.deferred import Deferred, deferred_summary
from bot.alerts.final_report import FinalFacts, final_report
from bot.alerts.low_balance import LowFacts, balance_warning, low_balance
from bot.alerts.milestones import milestone_card, total_card
from bot.alerts.payout_budget import payout_budget
from bot.alerts.settings_card import SettingFacts, alert_settings, nothing_to_snooze, snoozed
from bot.alerts.spikes import spike_card
from bot.alerts.trouble import trouble
from bot.domain.alerts import AlertKind, Stage, default_setting
from bot.domain.commitments import Promise
from bot.domain.curves import joined
from bot.domain.payout import Terms
from bot.domain.quiet import QuietHours
from bot.domain.spikes import Hour
from bot.domain.videos import HOUR, Metric, Snapshot, VideoReading
from bot.messages.csv_format import csv_file, csv_name, csv_rows, video_slug
from bot.reply.model import Reply
from tests.campaign_examples import CAMPAIGN
from tests.examples import ANA, NOW, PICTURE, PRICE, REASON, TITLES, reading, usage_of, video, wallet_state
from tests.payout_examples import owing

OWED = (Promise("a", NOW + 50 * HOUR), Promise("b", NOW + 90 * HOUR), Promise("c", NOW + 9 * HOUR, burns=False))


def low(balance: str, stage: Stage, **changes: object) -> LowFacts:
    """A wallet with two running videos, one paused and one without an end."""
    facts = LowFacts(12, stage, Decimal("2.00"), wallet_state(balance, *OWED))
    return replace(facts, **changes)  # type: ignore[arg-type]


def final(number: int = 0, **changes: Any) -> FinalFacts:
    """A tracking with a gap and a counter that fell."""
    page = reading(number, status="completed")
    facts = FinalFacts(
        reading=page,
        curve=joined([page]),
        ended_at=NOW,
        is_stopped=False,
        stopped_by=None,
        cost_per_snapshot=PRICE,
        picture=PICTURE,
        file=csv_file(csv_name(video_slug(page.video)), list(csv_rows(page.video, page.snapshots))),
        problem="",
        now=NOW,
    )
    return replace(facts, **changes)


def growing_again() -> FinalFacts:
    """The second tracking of a link, which gained much on its last day."""
    counts = [Snapshot(NOW - (30 - hour) * HOUR, {Metric.VIEWS: 9_000 * hour}) for hour in range(1, 31)]
    before = tuple(Snapshot(NOW - (240 - hour) * HOUR, {Metric.VIEWS: 100 * hour}) for hour in range(1, 6))
    of = video(status="completed", started_at=NOW - 30 * HOUR, days=1)
    page = VideoReading(of, tuple(counts))
    earlier = VideoReading(replace(of, id="earlier", started_at=NOW - 240 * HOUR), before)
    return final(reading=page, curve=joined([page, earlier]))


def night(count: int) -> tuple[Deferred, ...]:
    """The findings of a night."""
    sentences = [f"{TITLES[number % 6]} did something." for number in range(count)]
    about = [(each, video(number).id, TITLES[number % 6]) for number, each in enumerate(sentences)]
    fine = Deferred(NOW, "The balance was low but is fine again: $4.50 available.")
    return (fine, *(Deferred(NOW + number * HOUR, *each) for number, each in enumerate(about)))


def alert_gallery() -> Iterator[tuple[str, Reply]]:
    """Alerts, and the cards of their settings."""
    name = "alerts.low_balance.low_balance"
    yield f"{name}: low", low_balance(low("1.80", Stage.OPEN))
    silent = wallet_state("1.80", *OWED, usage=replace(usage_of("1.80"), uncharged=None))
    yield f"{name}: not all is stated", low_balance(low("1.80", Stage.OPEN, wallet=silent))
    for stage in (Stage.OPEN, Stage.URGENT, Stage.PAUSED, Stage.CLEAR):
        yield f"{name}: no amounts, {stage.name.lower()}", low_balance(low("1.80", stage, shows_money=False))
    yield f"{name}: nothing runs out", low_balance(low("1.80", Stage.OPEN, wallet=wallet_state("1.80")))
    test = wallet_state("2.00", *OWED, is_test=True)
    yield f"{name}: 72 hours", low_balance(low("2.00", Stage.SOON, wallet=test))
    yield f"{name}: 24 hours", low_balance(low("1.00", Stage.URGENT))
    yield f"{name}: paused", low_balance(low("0.50", Stage.PAUSED))
    yield f"{name}: resolved", low_balance(low("50.00", Stage.CLEAR))
    yield "alerts.low_balance.balance_warning", balance_warning(low("1.00", Stage.URGENT))
    yield "alerts.low_balance.balance_warning: paused", balance_warning(low("0.50", Stage.PAUSED))
    yield f"{name}: after a night", low_balance(low("1.00", Stage.URGENT), night(3))
    yield f"{name}: resolved, after a night", low_balance(low("50.00", Stage.CLEAR), night(3))
    hour = Hour(NOW, 1_298_000, 52_300, 1_200, 9_000)
    for number in range(3):
        yield f"alerts.spikes.spike_card: {number}", spike_card(12, video(number), Metric.LIKES, hour)
    yield "alerts.spikes.spike_card: over", spike_card(12, video(), Metric.VIEWS, hour, is_over=True)
    later = (10_000_000, (NOW + 100 * HOUR).date())
    yield "alerts.milestones.milestone_card", milestone_card(video(), Metric.VIEWS, 1_000_000, 1_298_000, NOW, later)
    yield "alerts.milestones.milestone_card: likes", milestone_card(video(2), Metric.LIKES, 10_000, 10_001, NOW)
    yield (
        "alerts.milestones.total_card",
        total_card(replace(CAMPAIGN, name=TITLES[0][:40]), 1_000_000, 1_298_000, 12, NOW, later),
    )
    yield "alerts.milestones.total_card: one", total_card(CAMPAIGN, 10_000, 10_001, 1, NOW)
    for stage in (Stage.OPEN, Stage.URGENT, Stage.CLEAR):
        name = f"alerts.payout_budget.payout_budget: {stage.name.lower()}"
        yield name, payout_budget(12, owing(9 if stage else 1), stage)
    free = replace(owing(1), terms=replace(owing(1).terms, terms=Terms()))
    yield "alerts.payout_budget.payout_budget: removed", payout_budget(12, free, Stage.CLEAR)
    yield "alerts.deferred.deferred_summary", deferred_summary(night(6))
    yield "alerts.deferred.deferred_summary: many", deferred_summary(night(60))
    yield "alerts.deferred.deferred_summary: one", deferred_summary(night(0))
    for name, stage, changes in (
        ("paused", Stage.PAUSED, {"status": "paused"}),
        ("goes on", Stage.CLEAR, {}),
        ("failed", Stage.OVER, {"status": "error"}),
        ("deleted", Stage.OVER, {"status": "error", "is_deleted": True}),
    ):
        yield f"alerts.trouble.trouble: {name}", trouble(12, video(1, **changes), stage)
    name = "alerts.final_report.final_report"
    yield name, final_report(final())
    yield f"{name}: tracked before, still growing", final_report(growing_again())
    yield f"{name}: stopped", final_report(final(2, is_stopped=True, stopped_by=ANA))
    nothing = VideoReading(video(4, status="completed"), ())
    yield f"{name}: nothing", final_report(final(reading=nothing, picture=None, file=None, problem=REASON))
    yield from _settings()


def _settings() -> Iterator[tuple[str, Reply]]:
    usual = default_setting(1, "C0000001", ANA)
    card = SettingFacts(usual, may_configure=True, now=NOW)
    mute = replace(card, cannot_post_reason="I can't post here. Let me post in this channel.")
    name = "alerts.settings_card.alert_settings"
    yield f"{name}: cannot post", alert_settings(mute)
    every = replace(
        usual,
        kinds=frozenset(AlertKind),
        muted_until=NOW + timedelta(hours=8),
        quiet=QuietHours("Europe/Berlin", 22 * 60, 7 * 60),
    )
    off = replace(usual, is_on=False, off_reason="The channel is archived.")
    yield name, alert_settings(card)
    yield f"{name}: all", alert_settings(replace(card, setting=every))
    yield f"{name}: of a campaign", alert_settings(replace(card, campaign=TITLES[0][:40]))
    none = replace(usual, kinds=frozenset())
    yield f"{name}: of nothing", alert_settings(replace(card, setting=none))
    changed = replace(card, may_configure=False, change="Spikes: on.")
    yield f"{name}: changed, by one who may look", alert_settings(changed)
    yield f"{name}: never set", alert_settings(replace(card, setting=None))
    yield f"{name}: off", alert_settings(replace(card, setting=off))
    yield "alerts.settings_card.snoozed", snoozed(NOW)
    yield "alerts.settings_card.nothing_to_snooze", nothing_to_snooze()

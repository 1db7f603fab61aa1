"""Examples of every alert and of its settings, at every stage, with hostile words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.alerts import deferred as held
from bot.alerts import final_report_card as final_report
from bot.alerts import low_balance_card as low_balance
from bot.alerts import settings_card as alert_settings
from bot.alerts import spikes_card as spikes
from bot.alerts import trouble_card as trouble
from bot.domain.alerts import AlertKind, Stage, default_setting
from bot.domain.growth import counts_of, gained_by_day
from bot.domain.money import Promise
from bot.domain.quiet import QuietHours
from bot.domain.spikes import Hour
from bot.domain.videos import HOUR, Metric, VideoReading
from bot.messages.csv_format import csv_file, csv_name, csv_rows
from bot.reply.model import Reply
from tests.examples import ANA, NOW, PICTURE, PRICE, REASON, TITLES, reading, usage_of, video, wallet_state

OWED = (Promise("a", NOW + 50 * HOUR), Promise("b", NOW + 90 * HOUR), Promise("c", NOW + 9 * HOUR, burns=False))


def low(balance: str, stage: Stage, **changes: object) -> low_balance.LowFacts:
    """A wallet with two running videos, one paused and one that never ends."""
    facts = low_balance.LowFacts(
        setting_id=12,
        stage=stage,
        threshold=Decimal("2.00"),
        wallet=wallet_state(balance, *OWED),
        cut=tuple(video(number) for number in range(7)),
        others=2,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def final(number: int = 0, **changes: Any) -> final_report.FinalFacts:
    """A tracking with a gap and a counter that fell."""
    page = reading(number, status="completed")
    metric = Metric.LIKES if page.video.platform == "instagram" else Metric.VIEWS
    facts = final_report.FinalFacts(
        reading=page,
        metric=metric,
        ended_at=NOW,
        days=gained_by_day(counts_of(page.snapshots, metric)),
        is_stopped=False,
        stopped_by=None,
        cost_per_snapshot=PRICE,
        picture=PICTURE,
        file=csv_file(csv_name(page.video.id), list(csv_rows(page.video, page.snapshots))),
        as_of=NOW,
        problem="",
        now=NOW,
    )
    return replace(facts, **changes)


def night(count: int) -> tuple[held.Deferred, ...]:
    """What a night held back."""
    sentences = [f"{TITLES[number % 6]} did something." for number in range(count)]
    about = [(each, video(number).id, TITLES[number % 6]) for number, each in enumerate(sentences)]
    fine = held.Deferred(NOW, "The balance was low but is fine again: $4.50 available.")
    return (fine, *(held.Deferred(NOW + number * HOUR, *each) for number, each in enumerate(about)))


def alert_gallery() -> Iterator[tuple[str, Reply]]:
    """Alerts, and what is said of their settings."""
    yield "alerts.low_balance_card.low_balance: low", low_balance.low_balance(low("1.80", Stage.OPEN, cut=(), others=0))
    silent = replace(usage_of("1.80"), uncharged=None)
    yield (
        "alerts.low_balance_card.low_balance: not all is stated",
        low_balance.low_balance(low("1.80", Stage.OPEN, others=1, wallet=wallet_state("1.80", *OWED, usage=silent))),
    )
    yield (
        "alerts.low_balance_card.low_balance: 72 hours",
        low_balance.low_balance(low("2.00", Stage.SOON, wallet=wallet_state("2.00", *OWED, is_test=True))),
    )
    yield "alerts.low_balance_card.low_balance: 24 hours", low_balance.low_balance(low("1.00", Stage.URGENT))
    yield "alerts.low_balance_card.low_balance: paused", low_balance.low_balance(low("0.50", Stage.PAUSED))
    yield "alerts.low_balance_card.low_balance: resolved", low_balance.low_balance(low("50.00", Stage.CLEAR))
    yield (
        "alerts.low_balance_card.low_balance: after a night",
        low_balance.low_balance(low("1.00", Stage.URGENT), night(3)),
    )
    yield (
        "alerts.low_balance_card.low_balance: resolved, after a night",
        low_balance.low_balance(low("50.00", Stage.CLEAR), night(3)),
    )
    hour = Hour(NOW, 1_298_000, 52_300, 1_200, 9_000)
    for number in range(3):
        yield (
            f"alerts.spikes_card.spike: {number}",
            spikes.spike(spikes.SpikeFacts(12, video(number), Metric.LIKES, hour)),
        )
    yield (
        "alerts.spikes_card.spike: over",
        spikes.spike(spikes.SpikeFacts(12, video(), Metric.VIEWS, hour, is_over=True)),
    )
    yield "alerts.spikes_card.milestone", spikes.milestone(video(), Metric.VIEWS, 1_000_000, 1_298_000, NOW)
    yield "alerts.spikes_card.milestone: likes", spikes.milestone(video(2), Metric.LIKES, 10_000, 10_001, NOW)
    yield "alerts.deferred.deferred_summary", held.deferred_summary(night(6))
    yield "alerts.deferred.deferred_summary: many", held.deferred_summary(night(60))
    yield "alerts.deferred.deferred_summary: one", held.deferred_summary(night(0))
    for name, stage, changes in (
        ("paused", Stage.PAUSED, {"status": "paused"}),
        ("goes on", Stage.CLEAR, {}),
        ("failed", Stage.OVER, {"status": "error"}),
        ("deleted", Stage.OVER, {"status": "error", "is_deleted": True}),
    ):
        facts = trouble.TroubleFacts(12, video(1, **changes), stage)
        yield f"alerts.trouble_card.trouble: {name}", trouble.trouble(facts)
    yield "alerts.final_report_card.final_report", final_report.final_report(final())
    yield (
        "alerts.final_report_card.final_report: stopped",
        final_report.final_report(final(2, is_stopped=True, stopped_by=ANA)),
    )
    nothing: dict[str, Any] = {
        "reading": VideoReading(video(4, status="completed"), ()),
        "days": (),
        "picture": None,
        "file": None,
    }
    yield "alerts.final_report_card.final_report: nothing", final_report.final_report(final(**nothing, problem=REASON))
    yield from _settings()


def _settings() -> Iterator[tuple[str, Reply]]:
    usual = default_setting(1, "C0000001", ANA)
    card = alert_settings.SettingFacts(usual, "C0000001", may_configure=True, now=NOW)
    mute = replace(card, cannot_post_reason="I can't post here. Let me post in this channel.")
    yield "alerts.settings_card.alert_settings: cannot post", alert_settings.alert_settings(mute)
    every = replace(
        usual,
        kinds=frozenset(AlertKind),
        muted_until=NOW + timedelta(hours=8),
        quiet=QuietHours("Europe/Berlin", 22 * 60, 7 * 60),
    )
    off = replace(usual, is_on=False, off_reason="The channel is archived.")
    yield "alerts.settings_card.alert_settings", alert_settings.alert_settings(card)
    yield "alerts.settings_card.alert_settings: all", alert_settings.alert_settings(replace(card, setting=every))
    none = replace(usual, kinds=frozenset())
    yield "alerts.settings_card.alert_settings: of nothing", alert_settings.alert_settings(replace(card, setting=none))
    yield (
        "alerts.settings_card.alert_settings: changed, by one who may look",
        alert_settings.alert_settings(replace(card, may_configure=False, said="Spikes: on.")),
    )
    yield "alerts.settings_card.alert_settings: never set", alert_settings.alert_settings(replace(card, setting=None))
    yield "alerts.settings_card.alert_settings: off", alert_settings.alert_settings(replace(card, setting=off))
    yield "alerts.settings_card.snoozed", alert_settings.snoozed(NOW)
    yield "alerts.settings_card.nothing_to_snooze", alert_settings.nothing_to_snooze()

"""The facts of digests and their settings, for examples: hostile titles, everything at once, nothing."""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.digests import card as digest
from bot.digests import details_card as digest_details
from bot.digests import settings_card as digest_settings
from bot.digests.facts import BoardRow, DigestFacts, DigestMoney
from bot.domain.commitments import Promise
from bot.domain.digest import DigestOptions, Ranked, Section, Total, VideoChange, Window
from bot.domain.growth import Change, Coverage
from bot.domain.leaderboard import Gain, ranking
from bot.domain.schedule import Schedule
from bot.domain.videos import HOUR, Metric, RunningCount
from bot.messages.wording import linked
from bot.reply.model import Channel, Mention, Reply, text
from tests.examples import ANA, NOW, PICTURE, PRICE, REASON, TITLES, video, wallet_state

DAY = timedelta(days=1)
WINDOW = Window(NOW - DAY, NOW)
NINE = Schedule(9 * 60, "Europe/Berlin")
DELIVERY = digest.Delivery("Daily digest", NOW + DAY, ref="123456.2026-03-02")


def moved(number: int = 0, delta: int = 1_200, *, exact: bool = True, **changes: object) -> VideoChange:
    """A video that gained, over the window or over another time."""
    change = Change(delta, DAY if exact else 5 * HOUR, NOW, exact=exact, fell=number % 2 == 1)
    known = VideoChange(
        video=video(number),
        metric=Metric.LIKES if number % 5 == 2 else Metric.VIEWS,
        count=1_298_000 - number,
        counted_at=NOW,
        change=change,
        before=change,
        day=replace(change, delta=12),
        coverage=Coverage(21, 24),
        is_new=False,
        is_finished=False,
        ends_at=NOW + 5 * HOUR,
        saves=120,
        started_by=ANA if number % 2 else None,
    )
    return replace(known, **changes)  # type: ignore[arg-type]


def facts(count: int = 4, **changes: object) -> DigestFacts:
    """So many videos in every list."""
    videos = tuple(moved(number, 12_000 - number, exact=number != 1) for number in range(count))
    promises = [Promise(name, NOW + 50 * HOUR) for name in "abc"]
    known = DigestFacts(
        window=WINDOW,
        options=DigestOptions(),
        totals=(Total(Metric.VIEWS, 3, 34_567, 2, 30_000, 25_000), Total(Metric.LIKES, 1, -120, 0, 0, 0)),
        movers=tuple((each, each.change) for each in videos[:5] if each.change),
        picture=replace(PICTURE, name="movers.png"),
        new=videos,
        finished=tuple(replace(each, video=replace(each.video, status="completed")) for each in videos),
        ending=videos,
        flat=videos,
        running=RunningCount(count, count // 5),
        unread=0,
        uneven=1,
        fell=2,
        coverage=Coverage(21 * count, 24 * count),
        complete=True,
        newest_at=NOW - HOUR,
        told_until=NOW,
        recent=0,
        carry=Decimal(0),
        money=DigestMoney(wallet_state("50.00", *promises, complete=True), Decimal("4.32"), Decimal("0.18")),
        cost_per_snapshot=PRICE,
        is_test=False,
        board=board(videos),
    )
    return replace(known, **changes)  # type: ignore[arg-type]


def board(videos: tuple[VideoChange, ...], ranked: Ranked = Ranked.CREATORS) -> tuple[BoardRow, ...]:
    """A leaderboard in the order of the videos, with every kind of move."""
    gains: list[tuple[Hashable, Gain]] = [
        (number, Gain(each.change.delta)) for number, each in enumerate(videos) if each.change
    ]
    found = ranking(gains, [(0, Gain(1)), (1, Gain(3)), (2, Gain(2))])
    names = {
        Ranked.CREATORS: lambda number: text(f"@dance.{number}"),
        Ranked.VIDEOS: lambda number: text(linked(video(number), 20)),
        Ranked.PEOPLE: lambda number: text(Mention(f"U{number}", f"Ana Ng {number}")),
    }
    return tuple(BoardRow(names[ranked](each.who), each, Metric.VIEWS, has_moves=True) for each in found.standings[:5])


def short() -> DigestFacts:
    """Hardly any money, a full list, a test key, and a video without readings."""
    owed = (Promise("a", NOW + 50 * HOUR), Promise("b", NOW + 90 * HOUR, burns=False))
    poor = DigestMoney(wallet_state("0.80", *owed, open_ended=0), Decimal(), Decimal())
    return facts(2, money=poor, complete=False, is_test=True, unread=1, totals=(), movers=(), picture=None)


def nothing() -> DigestFacts:
    """Nothing is tracked."""
    none = {"totals": (), "movers": (), "picture": None, "new": (), "finished": (), "ending": (), "flat": ()}
    empty = {
        "running": RunningCount(0, 0),
        "uneven": 0,
        "fell": 0,
        "coverage": Coverage(0, 0),
        "newest_at": None,
        "money": None,
    }
    return facts(0, **none, **empty)


def setting(**changes: object) -> digest_settings.DigestSetting:
    """A daily digest at nine."""
    known = digest_settings.DigestSetting("C0000001", True, NINE, DigestOptions(), NOW + DAY, NOW)  # noqa: FBT003
    return replace(known, **changes)  # type: ignore[arg-type]


def digest_gallery() -> Iterator[tuple[str, Reply]]:
    """Digests and the messages about them."""
    post = digest.digest(facts(), DELIVERY)
    few = digest.digest(facts(3), DELIVERY)
    yield "digests.card.digest", few
    yield (
        "digests.card.digest: one flattened, one section",
        digest.digest(facts(1, options=DigestOptions(frozenset({Section.FLAT}), frozenset({"tiktok"}))), DELIVERY),
    )
    yield "digests.card.digest: 500 videos", digest.digest(facts(500), DELIVERY)
    for ranked in (Ranked.VIDEOS, Ranked.PEOPLE):
        ranks = facts(3, options=DigestOptions(ranked=ranked))
        ranks = replace(ranks, board=board(ranks.new, ranked))
        yield f"digests.card.digest: top {ranked}", digest.digest(ranks, DELIVERY)
    yield (
        "digests.card.digest: weekly",
        digest.digest(facts(2, window=Window(NOW - 7 * DAY, NOW)), replace(DELIVERY, title="Weekly digest")),
    )
    launch = facts(2, campaign="launch (archived)", options=DigestOptions(campaign_id=3))
    yield "digests.card.digest: of a campaign", digest.digest(launch, DELIVERY)
    yield "digests.details_card.digest_details: of a campaign", digest_details.digest_details(launch, DELIVERY.ref)
    few_flat = facts(6)
    ending = tuple(replace(each, day=replace(each.day, delta=400_000)) for each in few_flat.ending[:3] if each.day)
    growing = replace(few_flat, ending=ending, flat=few_flat.flat[3:])
    yield "digests.card.digest: one grows", digest.digest(replace(growing, ending=ending[:1]), DELIVERY)
    yield "digests.card.digest: some grow", digest.digest(growing, DELIVERY)
    yield "digests.details_card.digest_details: some grow", digest_details.digest_details(growing, DELIVERY.ref)
    yield "digests.card.digest: late, short of money", digest.digest(short(), replace(DELIVERY, due_at=NOW))
    yield "digests.card.digest: nothing", digest.digest(nothing(), DELIVERY)
    yield "digests.card.digest: preview", digest.digest(facts(2), digest.Delivery("Digest preview", None))
    yield "digests.details_card.digest_details", digest_details.digest_details(facts(), DELIVERY.ref)
    yield "digests.details_card.digest_details: 500 videos", digest_details.digest_details(facts(500), DELIVERY.ref)
    yield "digests.details_card.digest_details: short of money", digest_details.digest_details(short(), "")
    yield "digests.card.digest_without_key", digest.digest_without_key()
    yield "digests.card.digests_missed", digest.digests_missed(NOW, Channel("C0000001"))
    yield "digests.card.with_stopped", digest.with_stopped(few, video(1), ANA)
    yield "digests.card.with_stopped: from a menu", digest.with_stopped(post, video(), ANA)
    on = digest_settings.digest_on
    yield "digests.settings_card.digest_on", on(setting(), "", cannot_post_reason="")
    yield "digests.settings_card.digest_on: zone not typed", on(setting(), "your own", cannot_post_reason=None)
    yield (
        "digests.settings_card.digest_on: cannot post",
        on(setting(), "", cannot_post_reason="I can't post here. Let me post in this channel."),
    )
    monthly = setting(schedule=Schedule(540, "UTC", month_day=31), hides_money=True)
    notes = (digest_settings.NO_MONEY, digest_settings.NOT_SILENT)
    yield "digests.settings_card.digest_on: monthly", on(monthly, "", cannot_post_reason="", notes=notes)
    own = (digest_settings.OWN_CAMPAIGN,)
    of_campaign = setting(campaign=TITLES[0][:40], options=DigestOptions(platforms=frozenset({"tiktok"})))
    yield "digests.settings_card.digest_on: of a campaign", on(of_campaign, "", cannot_post_reason="", notes=own)
    yield "digests.settings_card.digest_off", digest_settings.digest_off(was_on=True)
    yield "digests.settings_card.digest_off: was off", digest_settings.digest_off(was_on=False)
    weekly = setting(
        channel_id="C0000002",
        schedule=Schedule(0, "UTC", frozenset({0, 3})),
        options=DigestOptions(frozenset(), frozenset({"twitter"}), skips_empty=True),
        last_at=None,
        campaign="launch",
    )
    off = setting(channel_id="C0000003", is_on=False, off_reason=REASON)
    yield "digests.settings_card.digest_status", digest_settings.digest_status(setting(), (weekly, off))
    yield "digests.settings_card.digest_status: off", digest_settings.digest_status(off, ())
    left_out = replace(weekly, last_outcome="The digest of Sun 1 Mar was skipped.")
    yield "digests.settings_card.digest_status: left out", digest_settings.digest_status(left_out, ())
    yield "digests.settings_card.digest_status: none", digest_settings.digest_status(None, ())
    yield "digests.settings_card.not_a_channel", digest_settings.not_a_channel()

"""The figures of a digest, compared with results worked out by hand."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.digests.card import board_lines
from bot.domain.caller import Person
from bot.domain.digest import DigestOptions, Ranked, Section, Window
from bot.domain.videos import HOUR, Metric
from bot.reply.model import picture_of
from bot.store.audit import Actor
from tests.digests.mirror import ANA as STARTER
from tests.digests.mirror import PRICE
from tests.examples import ANA
from tests.standins.environment import LINK

ALL = DigestOptions()
DAY = timedelta(days=1)


@pytest.fixture
def window(clock):
    """The 24 hours up to 10:30."""
    return Window(clock() - DAY, clock())


def named(videos):
    return [each.video.id for each in videos]


async def test_totals_compare_the_same_videos(mirror, charts, window):
    await mirror.video("fast", [100 * hour for hour in range(49)])  # 2,400 on each day
    await mirror.video("faster", [0] * 25 + [10 * hour for hour in range(1, 25)])  # 0, then 240
    await mirror.video("young", [1, 2, 3])
    await mirror.video("gram", [5 * hour for hour in range(49)], platform="instagram")
    facts = await mirror.facts(window, ALL, charts)
    views, likes = facts.totals
    assert (views.metric, views.videos, views.delta) == (Metric.VIEWS, 3, 2_400 + 240 + 2)
    assert (views.alike, views.alike_delta, views.alike_before) == (2, 2_640, 2_400)
    assert views.trend == Decimal("0.1")
    assert (likes.metric, likes.videos, likes.delta, likes.trend) == (Metric.LIKES, 1, 120, 0)
    assert facts.running == (4, 0)
    assert facts.uneven == 1  # the young video's change is over two hours


async def test_movers_are_ranked_across_metrics_and_drawn_by_name(mirror, charts, window):
    for number in range(7):
        await mirror.video(f"v{number}", [number * hour for hour in range(49)])
    await mirror.video("gram", [50 * hour for hour in range(49)], platform="instagram")
    facts = await mirror.facts(window, ALL, charts)
    assert [(each.video.id, change.delta) for each, change in facts.movers] == [
        *(("gram", 1_200), ("v6", 144), ("v5", 120), ("v4", 96), ("v3", 72))
    ]
    assert (await picture_of(facts.picture)).alt.startswith(
        "Views/likes in 24 h: “Gram” gained 1,200 likes, “V6” gained 144 views"
    )
    only = await mirror.facts(window, DigestOptions(platforms=frozenset({"tiktok"})), charts)
    assert (await picture_of(only.picture)).alt.startswith("Views in 24 h: “V6” gained 144")
    none = await mirror.facts(window, DigestOptions(frozenset({Section.MONEY})), charts)
    assert none.picture is None


async def test_new_and_finished_videos_are_those_noticed_in_the_window(mirror, charts, window, clock):
    old = window.start - 3 * DAY
    await mirror.video("known", range(100), known=old)
    await mirror.video("new", range(5), known=clock() - 5 * HOUR)
    await mirror.video("linked", range(100), known=clock() - HOUR)  # old, but its key was linked an hour ago
    await mirror.video("done", range(60), end=clock().replace(minute=0) - 3 * HOUR, status="completed", known=old)
    await mirror.video("stopped", range(60), end=clock() - 3 * HOUR, status="cancelled", known=old)
    await mirror.video("gone", range(60), end=window.start - 2 * HOUR, status="completed", known=old - DAY)
    facts = await mirror.facts(window, ALL, charts)
    assert named(facts.new) == ["new"]
    assert set(named(facts.finished)) == {"done", "stopped"}
    assert facts.running == (3, 0)
    assert facts.coverage.expected - facts.coverage.collected == 0


async def test_videos_ending_within_a_day_are_listed_soonest_first(mirror, charts, window):
    for hours, name in ((163, "soon"), (150, "later"), (100, "not")):
        await mirror.video(name, range(60), ago=hours)
    facts = await mirror.facts(window, ALL, charts)
    assert named(facts.ending) == ["soon", "later"]


@pytest.mark.parametrize(
    ("counts", "ago", "is_flat"),
    [
        ([1_000] * 60, 60, True),
        ([10_000] * 37 + [10_099] * 24, 60, True),  # 99 of 10,099 is less than 1 %
        ([10_000] * 37 + [10_102] * 24, 60, False),
        ([1_000] * 37 + [900] * 24, 60, True),  # it even lost views
        ([1_000] * 30, 30, False),  # too young
        ([1_000] * 36 + [None] * 6 + [1_000] * 8, 60, True),
        ([1_000] * 20 + [None] * 30 + [1_000] * 2, 60, False),  # a day ago there was no reading
        ([0] * 60, 60, True),
    ],
)
async def test_a_flattened_video_is_recognised_by_the_rule(mirror, charts, window, counts, ago, is_flat):
    await mirror.video("one", counts, ago=ago)
    await mirror.money()
    facts = await mirror.facts(window, ALL, charts)
    assert named(facts.flat) == (["one"] if is_flat else [])
    if is_flat:
        assert facts.flat[0].saves == 168 - max(ago, len(counts))  # with a snapshot at the start in some


async def test_a_large_video_with_average_gains_has_not_flattened(mirror, charts, window):
    await mirror.video("giant", [12_000_000_000 + 3_000_000 * hour for hour in range(60)])
    for number in range(4):
        await mirror.video(f"v{number}", [10_000 + number * hour for hour in range(60)])
    facts = await mirror.facts(window, ALL, charts)
    assert facts.movers[0][0].video.id == "giant"
    assert set(named(facts.flat)) == {"v0", "v1"}  # less than 1% and less than the median of 48
    only = await mirror.facts(window, DigestOptions(platforms=frozenset({"instagram"})), charts)
    assert only.flat == ()


async def test_one_large_video_alone_has_not_flattened(mirror, charts, window):
    await mirror.video("giant", [12_000_000_000 + 3_000_000 * hour for hour in range(60)])
    assert (await mirror.facts(window, ALL, charts)).flat == ()


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_video_that_failed_in_the_window_is_listed_and_counted(mirror, charts, window, clock, is_known):
    end = clock().replace(minute=0) - 3 * HOUR
    known = window.start - DAY if is_known else clock() - HOUR
    await mirror.video("broken", [10 * hour for hour in range(40)], end=end, status="error", known=known)
    await mirror.money()
    facts = await mirror.facts(window, ALL, charts)
    assert named(facts.finished) == ["broken"]
    (views,) = facts.totals
    assert (views.videos, views.delta) == (1, 210)
    assert facts.money.spent == 21 * PRICE


async def test_a_video_that_cannot_be_stopped_has_not_flattened(mirror, charts, window, clock):
    await mirror.video("done", [1_000] * 60, end=clock() - HOUR, status="completed")
    await mirror.video("ended", [1_000] * 60, ago=168)
    assert (await mirror.facts(window, ALL, charts)).flat == ()


async def test_gaps_falls_and_the_real_windows_of_changes_are_shown(mirror, charts, window):
    counts = [10 * hour for hour in range(49)]
    counts[24] = counts[30] = counts[31] = None
    await mirror.video("holes", counts)
    fallen = [10 * hour for hour in range(49)]
    fallen[40] = 5
    await mirror.video("fallen", fallen)
    await mirror.video("silent", [*range(20), *[None] * 29])
    facts = await mirror.facts(window, ALL, charts)
    assert facts.coverage.collected == 24 + 22  # since 10:30 there are 24 full hours
    assert facts.coverage.expected == 3 * 24
    assert (facts.fell, facts.unread) == (1, 1)
    changes = {each.video.id: change for each, change in facts.movers}
    assert changes["holes"].window == 25 * HOUR
    assert not changes["holes"].exact
    assert changes["fallen"].fell


async def test_a_windows_spend_is_the_cost_of_its_snapshots(mirror, charts, window, clock):
    await mirror.video("one", range(49))
    await mirror.video("two", range(4))
    assert (await mirror.facts(window, ALL, charts)).money is None
    await mirror.money("1.00")
    money = (await mirror.facts(window, ALL, charts)).money
    assert money.spent == (24 + 4) * PRICE
    assert money.wallet.usage.available == 1
    assert money.wallet.runway.empty_at == clock() + 34 * HOUR  # 66 snapshots of two videos; the 67th finds one cent
    hidden = await mirror.facts(window, DigestOptions(frozenset(Section) - {Section.MONEY}), charts)
    assert hidden.money is None


async def test_a_window_of_a_late_digest_ends_when_it_was_due(mirror, charts, window):
    await mirror.video("one", range(0, 490, 10))
    early = Window(window.start - 3 * HOUR, window.end - 3 * HOUR)
    facts = await mirror.facts(early, ALL, charts)
    assert facts.totals[0].delta == 240
    assert facts.newest_at == window.end.replace(minute=0) - 3 * HOUR


async def test_a_workspaces_digest_covers_its_own_and_outside_videos(mirror, charts, window):
    await mirror.video("mine", range(49), owner=mirror.here)
    await mirror.video("theirs", range(49), owner=mirror.there)
    await mirror.video("ours", range(49))
    mine = await mirror.facts(window, ALL, charts)
    theirs = await mirror.facts(window, ALL, charts, mirror.there)
    assert {each.video.id for each, _ in mine.movers} == {"mine", "ours"}
    assert {each.video.id for each, _ in theirs.movers} == {"theirs", "ours"}


async def test_an_uneventful_window_is_recognised(mirror, charts, window):
    assert not (await mirror.facts(window, ALL, charts)).has_news
    await mirror.video("still", [7] * 20, ago=20, known=window.start - DAY)
    facts = await mirror.facts(window, ALL, charts)
    assert facts.new == ()
    assert not facts.has_news
    assert replace(facts, unread=1).has_news


@pytest.mark.parametrize(
    ("ranked", "places"),
    [
        (Ranked.CREATORS, ["1. @ann +168 ▲1", "2. @bea +120 ▼1", "3. @cem +24"]),
        (Ranked.VIDEOS, ["1. Three +120", "2. Two +96", "3. Five +72 ▲1"]),
        (Ranked.PEOPLE, ["1. Ana +144 ▲1", "2. Bob +120 ▼1"]),
    ],
)
async def test_the_leaderboard_ranks_gains_and_shows_moves(mirror, charts, window, ranked, places):
    bob = Person("U-bob", "Bob")
    for name, before, gain, creator, person in (
        ("one", 1, 3, "@ann", STARTER),
        ("two", 1, 4, "@Ann", None),
        ("three", 9, 5, "@bea", bob),
        ("four", 0, 1, "@cem", None),
        ("five", 0, 3, "", STARTER),
    ):
        counts = [before * hour for hour in range(25)] + [24 * before + gain * hour for hour in range(1, 25)]
        owner = None if person is None else mirror.here
        await mirror.video(name, counts, creator=creator, owner=owner, person=person)
    await mirror.video("gram", [50 * hour for hour in range(49)], platform="instagram", creator="@dee")
    facts = await mirror.facts(window, DigestOptions(ranked=ranked), charts)
    title, *lines = ("".join(getattr(span, "text", "") or span.name for span in each) for each in board_lines(facts))
    assert title == f"Top {ranked}"
    assert [line.casefold() for line in lines] == [line.casefold() for line in places]
    few = DigestOptions(platforms=frozenset({"instagram"}), ranked=ranked)
    assert (await mirror.facts(window, few, charts)).board == ()
    without = DigestOptions(frozenset(Section) - {Section.LEADERBOARD}, ranked=ranked)
    assert (await mirror.facts(window, without, charts)).board == ()


async def test_a_campaigns_digest_covers_only_its_links(mirror, charts, window, clock):
    for name in ("one", "two"):
        await mirror.video(name, [5 * hour for hour in range(49)])
    campaign, _ = await mirror.store.campaigns.create(mirror.here.id, "launch", Actor(ANA, clock()))
    await mirror.store.campaigns.add(mirror.here.id, campaign.id, [("tiktok:one", LINK, "tiktok")], Actor(ANA, clock()))
    chosen = DigestOptions(campaign_id=campaign.id)
    facts = await mirror.facts(window, chosen, charts)
    assert ([each.delta for each in facts.totals], facts.running, facts.campaign) == ([120], (1, 0), "launch")
    assert facts.carry == (await mirror.facts(window, ALL, charts)).carry
    await mirror.store.campaigns.archive(mirror.here.id, campaign.id, Actor(ANA, clock()))
    assert (await mirror.facts(window, chosen, charts)).campaign == "launch (archived)"
    elsewhere = DigestOptions(campaign_id=campaign.id + 1)
    assert (await mirror.facts(window, elsewhere, charts)).totals == ()
    assert DigestOptions.from_json(chosen.to_json()) == chosen

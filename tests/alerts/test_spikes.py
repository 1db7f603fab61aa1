"""Spikes and milestones, on a mirror filled by hand with any curve."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.alerts.engine import AlertEngine
from bot.domain.alerts import AlertKind, default_setting
from bot.domain.clock import date_text
from bot.domain.events import Event, EventKind
from bot.domain.quiet import QuietHours
from bot.domain.videos import HOUR, Metric, Snapshot, VideoReading
from bot.reply.plain import plain_text
from bot.store.audit import Actor
from bot.store.events import record
from bot.store.mirror import set_owner
from tests.alerts.outbox import outbox_of
from tests.jobs.conftest import ON_EACH
from tests.standins.charts import shared_charts
from tests.store.samples import ADA, HERE, NOW, THERE, keyed, remember_page, video

HOSTILE = "<!channel> @everyone *bold* [free](https://example.com)"


class Mirror:
    """A wallet of two workspaces, whose videos grow as scripted."""

    def __init__(self, database, store, charts, clock):
        self.database, self.store, self.clock = database, store, clock
        self.engine = AlertEngine(store, charts, clock)
        self.counts = {}
        self.read = 0

    async def open(self):
        self.wallet_id = await self.store.wallets.ensure_wallet("fingerprint", NOW)
        self.here = await self.store.workspaces.ensure_workspace(HERE, self.wallet_id)
        self.there = await self.store.workspaces.ensure_workspace(THERE, self.wallet_id)

    async def wants(self, *kinds, workspace=None, channel="C1", **options):
        setting = default_setting((workspace or self.here).id, channel, ADA)
        setting = replace(setting, kinds=frozenset(kinds), **options)
        return await self.store.alerts.save(setting, self.clock())

    async def known(self, video_id, first, **facts):
        """A video with this first reading."""
        await self.store.videos.remember(self.wallet_id, keyed(video(video_id, **facts)), NOW)
        self.counts[video_id] = ([], facts)
        await self.grows(video_id, first)

    async def grows(self, video_id, *growths):
        """Add and read an hour for each growth."""
        for growth in growths:
            taken, facts = self.counts[video_id]
            taken.append((self.clock(), (taken[-1][1] if taken else 0) + growth))
            await self._read(video_id, taken, facts)

    async def _read(self, video_id, taken, facts):
        metric = Metric.LIKES if facts.get("platform") == "instagram" else Metric.VIEWS
        page = VideoReading(video(video_id, **facts), tuple(Snapshot(at, {metric: count}) for at, count in taken))
        await remember_page(self.store, self.wallet_id, page, count=taken[-1][1], now=self.clock())

    async def hours(self, video_id, *growths):
        """Let hours pass with a check in each; returns the messages."""
        found = []
        for growth in growths:
            self.clock.advance(hours=1)
            await self.grows(video_id, growth)
            found += await self.look()
        return found

    async def look(self):
        await self.engine.react_due()
        found, self.read = await outbox_of(self.database, self.read)
        return found


@pytest.fixture
def database_url(request):
    """SQLite, unless a test asks for another database's fixture."""
    return request.getfixturevalue(getattr(request, "param", "sqlite_url"))


@pytest.fixture
async def mirror(database, store, clock):
    clock.now = NOW + timedelta(minutes=5)
    async with shared_charts() as charts:
        mirror = Mirror(database, store, charts, clock)
        await mirror.open()
        yield mirror


@ON_EACH
async def test_a_spike_is_posted_once_until_it_calms_down(mirror):
    await mirror.wants(AlertKind.SPIKE)
    await mirror.known("v1", 5_000, title=HOSTILE)
    assert await mirror.hours("v1", *[100] * 10) == []
    (opened,) = await mirror.hours("v1", 5_000)
    assert opened.reply.summary == "Gained 5,000 views in an hour; usual is 100."
    assert await mirror.hours("v1", 6_000, 7_000) == []
    (over,) = await mirror.hours("v1", 200)
    assert over.edits == opened.key
    assert over.reply.summary == "Calmed down after 5,000 views in an hour."
    assert await mirror.hours("v1", *[100] * 24) == []
    (again,) = await mirror.hours("v1", 9_000)
    assert again.edits is None
    assert again.key != opened.key


@pytest.mark.parametrize("growths", [[100] * 10 + [800], [100] * 5 + [5_000], [2_000] * 10 + [5_500], [0] * 12])
async def test_growth_that_does_not_stand_out_is_no_spike(mirror, growths):
    await mirror.wants(AlertKind.SPIKE)
    await mirror.known("v1", 5_000)
    assert await mirror.hours("v1", *growths) == []


async def test_a_catch_up_after_a_gap_and_a_counter_that_fell_are_no_spikes(mirror):
    await mirror.wants(AlertKind.SPIKE)
    await mirror.known("v1", 50_000)
    await mirror.hours("v1", *[100] * 10)
    mirror.clock.advance(hours=3)
    assert await mirror.hours("v1", 20_000) == []
    assert await mirror.hours("v1", 100, -30_000, 30_000) == []


async def test_an_hour_usual_for_the_workspace_is_no_spike(mirror):
    await mirror.wants(AlertKind.SPIKE)
    names = [f"v{number}" for number in range(8)]
    for name in names:
        await mirror.known(name, 5_000)
    for growth in [100] * 10 + [5_000]:
        mirror.clock.advance(hours=1)
        for name in names:
            await mirror.grows(name, growth)
        assert await mirror.look() == []
    mirror.clock.advance(hours=1)
    for name in names[1:]:
        await mirror.grows(name, 100)
    await mirror.grows("v0", 9_000)
    assert [each.key.split(":")[3] for each in await mirror.look()] == ["v0"]


async def test_old_spikes_are_not_posted(mirror):
    await mirror.wants(AlertKind.SPIKE)
    await mirror.known("v1", 5_000)
    await mirror.hours("v1", *[100] * 10)
    mirror.clock.advance(hours=1)
    await mirror.grows("v1", 9_000)
    mirror.clock.advance(hours=4)
    assert await mirror.look() == []


@ON_EACH
async def test_each_milestone_is_posted_once_and_only_the_highest_of_several(mirror):
    await mirror.wants(AlertKind.MILESTONES)
    await mirror.known("v1", 5_000)
    (first,) = await mirror.hours("v1", 6_000)
    assert first.key == f"milestone:1:{mirror.wallet_id}:v1:10000"
    assert first.reply.summary == "Passed 10,000 views."
    assert await mirror.hours("v1", 10_000, 70_000) == []
    (second,) = await mirror.hours("v1", 2_000_000)
    assert second.key.endswith(":v1:1000000")
    assert await mirror.hours("v1", -2_050_000, 1_500_000, 1_500_000) == []


async def test_milestones_before_the_first_reading_are_not_posted(mirror):
    await mirror.wants(AlertKind.MILESTONES)
    mirror.clock.advance(hours=1)
    await mirror.known("v1", 2_000_000)
    assert await mirror.look() == []
    assert [each.key.rpartition(":")[2] for each in await mirror.hours("v1", 1_000, 9_000_000)] == ["10000000"]


async def test_a_late_first_reading_posts_milestones_since_the_start(mirror):
    await mirror.wants(AlertKind.MILESTONES)
    await mirror.store.videos.remember(mirror.wallet_id, keyed(video("v1")), NOW)
    mirror.counts["v1"] = ([(NOW + HOUR, 4_000), (NOW + 2 * HOUR, 9_000)], {})
    mirror.clock.advance(hours=3)
    await mirror.grows("v1", 3_000)
    assert [each.key.rpartition(":")[2] for each in await mirror.look()] == ["10000"]


async def test_milestones_after_a_day_without_readings_are_posted(mirror):
    await mirror.wants(AlertKind.MILESTONES)
    await mirror.known("v1", 5_000)
    await mirror.hours("v1", 100)
    mirror.clock.advance(hours=30)
    assert [each.key.rpartition(":")[2] for each in await mirror.hours("v1", 500_000)] == ["100000"]


async def test_likes_count_if_there_are_no_views(mirror):
    await mirror.wants(AlertKind.MILESTONES, AlertKind.SPIKE)
    await mirror.known("v1", 9_500, platform="instagram")
    posted = await mirror.hours("v1", *[10] * 10, 900)
    assert [each.reply.summary.partition(" in ")[0] for each in posted] == ["Passed 10,000 likes.", "Gained 900 likes"]


async def test_videos_of_another_workspace_raise_nothing_here(mirror):
    await mirror.wants(AlertKind.MILESTONES, AlertKind.SPIKE)
    await mirror.wants(AlertKind.MILESTONES, AlertKind.SPIKE, workspace=mirror.there, channel="C2")
    await mirror.known("v1", 5_000)
    async with mirror.database.writing() as connection:
        await set_owner(connection, mirror.wallet_id, "v1", (mirror.there.id, ADA))
    posted = await mirror.hours("v1", *[100] * 10, 9_000)
    assert {each.channel_id for each in posted} == {"C2"}
    assert len(posted) == 2


async def test_quiet_hours_defer_a_spike_until_their_end(mirror):
    quiet = QuietHours("UTC", 22 * 60, 7 * 60)
    await mirror.wants(AlertKind.MILESTONES, AlertKind.SPIKE, quiet=quiet)
    await mirror.known("v1", 8_000, title=HOSTILE)
    assert await mirror.hours("v1", *[100] * 11) == []  # 23:05
    assert await mirror.hours("v1", 5_000, 100) == []  # a spike and a milestone, then calm
    (summary,) = await mirror.hours("v1", *[100] * 7)
    assert summary.reply.summary == "2 alerts arrived during quiet hours."
    assert "calmed down after 5,000 views" in plain_text(summary.reply)
    assert "passed 10,000 views" in plain_text(summary.reply)
    assert await mirror.hours("v1", *[100] * 5) == []


async def test_a_spike_that_is_open_when_a_mute_ends_is_posted(mirror):
    await mirror.wants(AlertKind.MILESTONES, AlertKind.SPIKE, muted_until=NOW + timedelta(hours=13, minutes=30))
    await mirror.known("v1", 8_000)
    assert await mirror.hours("v1", *[100] * 11, 5_000, 5_100) == []
    assert [each.key.partition(":")[0] for each in await mirror.hours("v1", 5_200)] == ["spike"]
    assert ["Calmed" in each.reply.summary for each in await mirror.hours("v1", 100, 100)] == [True]


async def test_without_subscribed_channels_no_video_is_read(mirror):
    await mirror.wants(AlertKind.BALANCE)
    detail = {"taken_at": NOW.isoformat()}
    news = [Event(EventKind.SNAPSHOT_CREATED, mirror.wallet_id, f"v{n}", NOW, detail) for n in range(10_000)]
    async with mirror.database.writing() as connection:
        await record(connection, news)
    assert await mirror.look() == []
    assert await mirror.store.events.wallets() == ()


async def test_own_milestones_replace_the_defaults_and_predict_the_next(mirror):
    await mirror.wants(AlertKind.MILESTONES, milestones=(6_000, 9_000))
    await mirror.wants(AlertKind.MILESTONES, channel="C2")
    await mirror.known("v1", 5_000)
    (passed,) = await mirror.hours("v1", 1_500)
    assert passed.reply.summary == "Passed 6,000 views."
    assert "today's pace" not in plain_text(passed.reply)
    assert [each.key.partition(":v1:")[2] for each in await mirror.hours("v1", 2_000, 4_000)] == ["9000", "10000"]


async def campaign_of(mirror, *keys):
    campaign, _ = await mirror.store.campaigns.create(mirror.here.id, "launch", Actor(ADA, NOW))
    links = [(f"tiktok:{key}", f"https://www.tiktok.com/@ada/video/{key}", "tiktok") for key in keys]
    await mirror.store.campaigns.add(mirror.here.id, campaign.id, links, Actor(ADA, NOW))
    return campaign


async def test_a_campaign_passes_a_milestone_by_the_sum_of_its_videos_once(mirror):
    campaign = await campaign_of(mirror, "v1", "v2")
    await mirror.wants(AlertKind.MILESTONES)
    await mirror.wants(AlertKind.MILESTONES, workspace=mirror.there, channel="C2")
    await mirror.known("v1", 4_000)
    await mirror.known("v2", 4_000)
    assert await mirror.hours("v1", 10) == []
    (passed,) = await mirror.hours("v2", 3_000)
    assert passed.key == f"milestone:1:campaign:{campaign.id}:10000"
    assert plain_text(passed.reply).startswith("launch\nPassed 10,000 views in all.")
    assert "11,010 views of 2 videos" in plain_text(passed.reply)
    assert await mirror.hours("v2", -3_000, 3_500) == []


async def test_the_next_milestone_is_predicted_by_gains_not_by_added_videos(mirror):
    await campaign_of(mirror, "v1", "v2")
    await mirror.wants(AlertKind.MILESTONES, milestones=(9_000, 17_400))
    await mirror.known("v1", 4_000)
    assert await mirror.hours("v1", 100, 100) == []
    await mirror.known("v2", 4_700)
    (passed,) = await mirror.hours("v1", 100)
    assert passed.key.endswith(":9000")
    day = NOW + timedelta(days=3, hours=15)  # 8,400 more at 100 per hour
    assert f"17.4k on {date_text(day.date())} at today's pace." in plain_text(passed.reply)


async def test_a_channel_with_a_campaign_gets_only_its_videos_alerts(mirror):
    campaign = await campaign_of(mirror, "v1")
    await mirror.wants(AlertKind.MILESTONES, campaign_id=campaign.id)
    await mirror.known("v1", 9_000)
    await mirror.known("v2", 9_000)
    await mirror.hours("v1", 10)
    assert await mirror.hours("v2", 5_000) == []
    assert {each.key.split(":")[2] for each in await mirror.hours("v1", 5_000)} == {"campaign", str(mirror.wallet_id)}

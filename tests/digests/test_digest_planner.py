"""From a due time to one message in the outbox: once per local date, late or skipped if necessary."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, update

from bot.digests.facts import read_period
from bot.digests.planner import MAX_WAIT, SOON
from bot.domain.digest import DigestOptions
from bot.domain.schedule import Schedule
from bot.domain.videos import DAY, HOUR, Video
from bot.periodic_jobs import ClockWatch
from bot.reply.model import Picture, Tone
from bot.reply.plain import plain_text
from bot.store import Store
from bot.store.audit import Actor
from bot.store.database import Database
from bot.store.digests import Done
from bot.store.schedule_tables import digests
from tests.digests.mirror import ANA
from tests.digests.outbox import queued, rows
from tests.standins.environment import button

NINE = Schedule(9 * 60, "UTC")
ALL = DigestOptions()
QUARTER = timedelta(minutes=15)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def period(reply):
    """The window of a digest, from its Details button."""
    window = read_period(button(reply, "Details").arguments["period"])
    return window.start, window.end


@pytest.fixture
async def on(mirror):
    """A digest at nine, set up at 10:30 on 2 March, with a growing video."""
    await mirror.video("one", range(0, 490, 10))
    await mirror.money()
    return await mirror.subscribe(NINE, ALL)


async def read(mirror, hours):
    """Read the video's page up to so many hours after the digest was set up."""
    end = at("2026-03-02 10:00") + hours * HOUR
    await mirror.video("one", range(0, 490 + 10 * hours, 10), end=end)


async def found(mirror):
    return await mirror.store.digests.find(mirror.here.id, "C-general")


async def test_one_message_is_posted_when_due_and_none_before(mirror, clock, charts, database, on):
    planner = mirror.planner(charts)
    clock.now = at("2026-03-03 08:59:59")
    assert await planner.plan_due() == 0
    clock.now = at("2026-03-03 09:00:00")
    await read(mirror, 23)
    assert await planner.plan_due() == 1
    assert await planner.plan_due() == 0
    (row,) = await rows(database)
    assert (row.key, row.channel_id, row.owner_id) == (f"digest:{on.id}:2026-03-03", "C-general", ANA.id)
    assert row.expires_at == clock.now + 12 * HOUR
    after = await found(mirror)
    assert (after.next.date, after.next.at) == (date(2026, 3, 4), at("2026-03-04 09:00"))
    assert (after.last_date, after.last_window_end) == (date(2026, 3, 3), at("2026-03-03 09:00"))
    reply = await queued(database, row.key)
    assert reply.title == "Daily digest"
    assert "Next: Wed 4 Mar, 09:00 UTC" in plain_text(reply)
    assert "late" not in plain_text(reply)
    assert any(isinstance(part, Picture) for part in reply.parts)


async def test_the_digest_after_one_that_ran_out_of_readings_goes_on_from_its_last_one(
    mirror, clock, charts, database, on
):
    planner, gained = mirror.planner(charts), []
    for day, hours in ((3, 23), (4, 35), (5, 70), (6, 94)):
        clock.now = at(f"2026-03-0{day} 09:00")
        await read(mirror, hours)
        assert await planner.plan_due() == 1
        reply = await queued(database, f"digest:{on.id}:2026-03-0{day}")
        gained.append(int(re.search(r"\+([\d,]+) views", plain_text(reply))[1].replace(",", "")))
    assert gained[1:] == [120, 350, 240]


async def test_a_due_digest_of_an_archived_campaign_is_posted_once_with_a_note(mirror, clock, charts, database):
    campaigns = mirror.store.campaigns
    campaign, _ = await campaigns.create(mirror.here.id, "launch", Actor(ANA, clock()))
    video = await mirror.video("one", range(0, 490, 10))
    await mirror.video("two", range(0, 4900, 100))
    await mirror.money()
    await campaigns.add(mirror.here.id, campaign.id, [("tiktok:one", video.link, "tiktok")], Actor(ANA, clock()))
    on = await mirror.subscribe(NINE, DigestOptions(campaign_id=campaign.id))
    clock.now = at("2026-03-03 09:00")
    await read(mirror, 23)
    await campaigns.archive(mirror.here.id, campaign.id, Actor(ANA, clock()))
    first, second = mirror.planner(charts), mirror.planner(charts)
    assert sum(await asyncio.gather(first.plan_due(), second.plan_due())) == 1
    assert await first.plan_due() == 0
    ((key, reply),) = (await queued(database)).items()
    assert (key, reply.title) == (f"digest:{on.id}:2026-03-03", "Daily digest · launch (archived)")
    assert "+240 views" in reply.summary


@pytest.fixture
async def overslept(mirror, clock, charts, on):
    """A planner at nine, if nothing was read since the evening before, and the key of its digest."""
    await mirror.store.wallets.mark_swept(mirror.wallet_id, clock(), complete=True)
    clock.now = at("2026-03-03 09:00:00")
    return mirror.planner(charts, max_wait=MAX_WAIT), f"digest:{on.id}:2026-03-03"


def days_of(rows):
    """The dates of digests, from their keys."""
    return [row.key.rpartition(":")[2] for row in rows]


async def test_a_digest_waits_for_readings_in_progress(mirror, clock, database, overslept):
    planner, key = overslept
    assert (await planner.plan_due(), await rows(database)) == (0, [])
    clock.now += SOON
    await mirror.video("one", range(0, 715, 10), end=at("2026-03-03 09:00"))
    assert await planner.plan_due() == 1
    assert "+240 views" in (await queued(database, key)).summary


async def test_a_digest_waits_for_videos_found_after_its_time(mirror, clock, database, overslept):
    planner, key = overslept
    await mirror.video("one", range(0, 715, 10), end=at("2026-03-03 09:00"))
    clock.now += SOON
    link, began = "https://www.tiktok.com/@a/video/two", clock.now - 30 * HOUR
    found = Video("two", link, "tiktok", "monitoring", started_at=began)
    await mirror.store.videos.remember(mirror.wallet_id, [(found, "tiktok:two")], clock())
    assert (await planner.plan_due(), await rows(database)) == (0, [])
    clock.now += MAX_WAIT
    assert await planner.plan_due() == 1
    assert [row.key for row in await rows(database)] == [key]


async def test_a_digest_waits_for_its_readings_only_so_long(clock, database, overslept):
    planner, key = overslept
    for wait, planned in ((timedelta(), 0), (MAX_WAIT - SOON, 0), (SOON, 1)):
        clock.now += wait
        assert await planner.plan_due() == planned
    assert "late" not in plain_text(await queued(database, key))


async def test_a_digest_does_not_wait_during_an_outage_of_the_api(mirror, clock, database, overslept):
    planner, key = overslept
    await mirror.store.polling.failed(mirror.wallet_id, clock.now + HOUR, 1, "away")
    assert await planner.plan_due() == 1
    assert [row.key for row in await rows(database)] == [key]


async def test_a_late_digest_is_posted_once_and_marked(mirror, clock, charts, database, on):
    clock.now = at("2026-03-03 09:00") + QUARTER
    planner = mirror.planner(charts)
    await mirror.subscribe(Schedule(9 * 60 + 1, "UTC"), ALL, "C-other")
    clock.now += timedelta(minutes=3)
    assert await planner.plan_due() == 1
    reply = await queued(database, f"digest:{on.id}:2026-03-03")
    assert "Posted late: due Tue 3 Mar, 09:00 UTC." in plain_text(reply)
    assert reply.tone is Tone.WARNING
    assert (await found(mirror)).next.at == at("2026-03-04 09:00")


async def test_a_digest_older_than_half_its_period_is_skipped_and_its_owner_notified(
    mirror, clock, charts, database, on
):
    clock.now = at("2026-03-06 10:00")  # three were missed; that of the 6th is an hour late
    assert await mirror.planner(charts).plan_due() == 2
    messages = await queued(database)
    assert list(messages) == [f"told:digest:{on.id}:2026-03-03", f"digest:{on.id}:2026-03-06"]
    told, posted = messages.values()
    assert "due Tue 3 Mar, 09:00 UTC was skipped" in told.summary
    assert (await rows(database))[0].person_id == ANA.id
    assert period(posted) == (at("2026-03-05 09:00"), at("2026-03-06 09:00"))
    assert (await found(mirror)).next.at == at("2026-03-07 09:00")


async def test_after_a_skipped_digest_the_next_covers_its_period_too(mirror, clock, charts, database, on):
    planner = mirror.planner(charts)
    clock.now = at("2026-03-03 09:00")
    await read(mirror, 23)
    await planner.plan_due()
    clock.now = at("2026-03-05 22:00")
    await planner.plan_due()
    assert (await found(mirror)).last_outcome.startswith("The digest of Wed 4 Mar was skipped")
    clock.now = at("2026-03-06 09:00")
    await planner.plan_due()
    reply = await queued(database, f"digest:{on.id}:2026-03-06")
    assert period(reply) == (at("2026-03-03 09:00"), at("2026-03-06 09:00"))
    assert (await found(mirror)).last_outcome == ""


@pytest.mark.usefixtures("on")
async def test_late_snapshots_are_in_the_next_digest_and_every_hour_in_one(mirror, clock, charts, database):
    planner = mirror.planner(charts)
    for hours, now in ((23, "03 09:00"), (41, "04 09:00"), (71, "05 09:00"), (95, "06 09:00")):  # none from 3:00 on
        clock.now = at(f"2026-03-{now}")
        await read(mirror, hours)
        assert await planner.plan_due() == 1
    replies = list((await queued(database)).values())
    assert [reply.summary for reply in replies[1:]] == [
        "+180 views in 24 h, read up to Wed 4 Mar, 03:00 UTC.",
        "+300 views in 30 h. The video that also ran before gained as much.",
        "+240 views in 24 h. The video that also ran the day before gained as much.",
    ]
    assert period(replies[2]) == (at("2026-03-04 03:01:30"), at("2026-03-05 09:00"))
    # A snapshot taken at 09:00 cannot be read by then, so it is in the next digest.
    assert "At least $0.28 spent, $50.00 available (as of Mon 2 Mar, 10:30 UTC)" in plain_text(replies[1])
    assert "Test key: $0.44 spent, $50.00 available (as of Mon 2 Mar, 10:30 UTC)" in plain_text(replies[2])


async def test_a_weekly_digest_is_posted_on_its_weekday(mirror, clock, charts, database):
    await mirror.subscribe(Schedule(9 * 60, "UTC", frozenset({0})), ALL)
    planner = mirror.planner(charts)
    for _ in range(21):
        clock.advance(hours=24)
        await planner.plan_due()
    posted = await rows(database)
    assert days_of(posted) == ["2026-03-09", "2026-03-16", "2026-03-23"]
    assert (await queued(database, posted[0].key)).title == "Weekly digest"


async def test_unequal_periods_are_covered_whole_and_skipped_after_half_of_the_next(mirror, clock, charts, database):
    await mirror.subscribe(Schedule(540, "UTC", frozenset({0, 3})), ALL)
    planner = mirror.planner(charts)
    for now in (
        "2026-03-05 10:00",
        "2026-03-10 20:59",  # a day and a half after Monday's: half of the time to Thursday's
        "2026-03-15 09:00",  # more than two days after Thursday's
        "2026-03-16 09:00",
    ):
        clock.now = at(now)
        assert await planner.plan_due() == 1
    posted = await rows(database)
    assert days_of(posted) == ["2026-03-05", "2026-03-09", "2026-03-12", "2026-03-16"]
    assert (posted[2].person_id, posted[1].expires_at) == (ANA.id, at("2026-03-10 21:00"))
    assert (await found(mirror)).next.at == at("2026-03-19 09:00")


@pytest.mark.parametrize(
    ("zone", "minute", "start", "dates", "hours"),
    [
        ("Europe/Berlin", 150, "2026-10-24 12:00", ["2026-10-25", "2026-10-26"], ["00:30", "01:30"]),
        ("Europe/Berlin", 150, "2026-03-28 12:00", ["2026-03-29", "2026-03-30"], ["01:30", "00:30"]),
        ("Africa/Cairo", 0, "2026-04-23 12:00", ["2026-04-24", "2026-04-25"], ["22:00", "21:00"]),
        ("America/Nuuk", 23 * 60 + 30, "2026-03-28 12:00", ["2026-03-28", "2026-03-29"], ["01:30", "00:30"]),
    ],
)
async def test_days_with_a_clock_change_have_one_digest(
    mirror, clock, charts, database, zone, minute, start, dates, hours
):
    clock.now = at(start)
    await mirror.subscribe(Schedule(minute, zone), ALL)
    planner = mirror.planner(charts)
    for _ in range(46 * 2):
        clock.advance(minutes=30)
        await planner.plan_due()
    posted = await rows(database)
    assert days_of(posted) == dates
    assert [f"{row.created_at:%H:%M}" for row in posted] == hours


@pytest.mark.usefixtures("on")
async def test_changing_the_hour_repeats_no_date(mirror, clock, charts, database):
    planner = mirror.planner(charts)
    clock.now = at("2026-03-03 09:00")
    await planner.plan_due()
    await mirror.subscribe(Schedule(18 * 60, "UTC"), ALL)
    clock.now = at("2026-03-03 18:00")
    assert await planner.plan_due() == 0
    await mirror.store.digests.switch_off(mirror.here.id, "C-general")
    await mirror.subscribe(Schedule(19 * 60, "Pacific/Honolulu"), ALL)
    assert (await found(mirror)).next.date == date(2026, 3, 4)
    clock.now = at("2026-03-05 05:00")
    assert await planner.plan_due() == 1
    assert days_of(await rows(database)) == ["2026-03-03", "2026-03-04"]


@pytest.mark.usefixtures("on")
async def test_a_digest_turned_off_posts_nothing_more(mirror, clock, charts):
    assert await mirror.store.digests.switch_off(mirror.here.id, "C-general")
    assert not await mirror.store.digests.switch_off(mirror.here.id, "C-general")
    clock.now = at("2026-03-03 09:00")
    assert await mirror.planner(charts).plan_due() == 0


async def test_an_empty_digest_is_skipped_only_if_the_channel_wants_that(mirror, clock, charts, database):
    skipping = replace(ALL, skips_empty=True)
    await mirror.subscribe(NINE, skipping)
    await mirror.subscribe(NINE, ALL, "C-other")
    clock.now = at("2026-03-03 09:00")
    assert await mirror.planner(charts).plan_due() == 2
    (row,) = await rows(database)
    assert row.channel_id == "C-other"
    assert (await queued(database, row.key)).summary.startswith("Nothing was tracked in the last 24 h.")
    assert (await found(mirror)).last_outcome == "Nothing was posted on Tue 3 Mar: there was nothing to report."


async def test_a_channel_without_a_key_is_notified_once(mirror, clock, charts, database, on):
    planner = mirror.planner(charts, default_key=None)
    for day in ("03", "04", "05"):
        clock.now = at(f"2026-03-{day} 09:00")
        assert await planner.plan_due() == 1
    (row,) = await rows(database)
    assert row.key == f"digest:{on.id}:no-key"
    assert "/connect" in (await queued(database, row.key)).summary
    clock.now = at("2026-03-06 09:00")
    await mirror.planner(charts).plan_due()
    assert len(await rows(database)) == 2


async def test_new_rules_of_a_time_zone_apply_at_the_next_start(mirror, clock, charts, database, on):
    wrong = replace(on, next=replace(on.next, at=on.next.at + HOUR))
    async with database.writing() as connection:
        await connection.execute(update(digests).values(next_due_at=wrong.next.at))
    clock.now = at("2026-03-03 09:00")
    await ClockWatch(mirror.store, clock).run()
    assert await mirror.planner(charts).plan_due() == 1


@pytest.mark.usefixtures("on")
@pytest.mark.parametrize(("ahead", "due"), [(30, "2026-03-03 09:00"), (0, "2026-03-04 09:00")])
async def test_only_digests_posted_by_a_clock_far_ahead_are_due_again(mirror, clock, charts, ahead, due):
    clock.now = at("2026-03-03 09:00") + ahead * DAY
    assert await mirror.planner(charts).plan_due()
    clock.now = at("2026-03-02 21:00")
    await ClockWatch(mirror.store, clock).run()
    assert (await found(mirror)).next.at == at(due)


@pytest.mark.usefixtures("on")
async def test_many_channels_and_campaigns_share_one_reading_and_one_picture(mirror, clock, charts, database):
    for number in range(30):
        await mirror.subscribe(NINE, ALL, f"C-{number}")
    for number in range(3):
        campaign, _ = await mirror.store.campaigns.create(mirror.here.id, f"launch {number}", Actor(ANA, clock()))
        await mirror.subscribe(NINE, DigestOptions(campaign_id=campaign.id), f"C-launch-{number}")
    clock.now = at("2026-03-03 09:00")
    looks = []

    def note(*call):
        looks.append("FROM snapshots" in call[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert await mirror.planner(charts).plan_due() == 34
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert sum(looks) == 1
    replies = (await queued(database)).values()
    assert len({part.png for reply in replies for part in reply.parts if isinstance(part, Picture)}) == 1


@pytest.mark.usefixtures("on")
async def test_simultaneous_planners_write_each_digest_once(mirror, clock, charts, database, database_url):
    for number in range(60):
        await mirror.subscribe(NINE, ALL, f"C-{number}")
    clock.now = at("2026-03-03 09:00")
    others = [Database(database_url) for _ in range(3)]
    try:
        planners = [replace(mirror, store=Store(each)).planner(charts) for each in others]
        planned = await asyncio.gather(*(planner.plan_due() for planner in planners))
    finally:
        for each in others:
            await each.close()
    assert sum(planned) == 61
    assert len(await rows(database)) == 61


@pytest.mark.usefixtures("on")
async def test_an_unwritten_digest_is_made_again_once_its_lease_expires(mirror, clock, charts, database):
    clock.now = at("2026-03-03 09:00")
    (claim,) = await mirror.store.digests.claim(clock(), 10)  # and killed
    planner = mirror.planner(charts)
    assert await planner.plan_due() == 0
    clock.advance(minutes=2)
    assert await planner.plan_due() == 1
    assert len(await rows(database)) == 1
    assert await mirror.store.digests.finish({claim: Done(claim.subscription.next)}, clock()) == 0


@pytest.mark.usefixtures("on")
async def test_a_failing_digest_delays_no_other(mirror, clock, charts, database, caplog):
    await mirror.subscribe(NINE, ALL, "C-other")
    async with database.writing() as connection:
        lost = update(digests).where(digests.c.channel_id == "C-general")
        await connection.execute(lost.values(zone="Mars/Phobos"))
    clock.now = at("2026-03-03 09:00")
    assert await mirror.planner(charts).plan_due() == 1
    assert [row.channel_id for row in await rows(database)] == ["C-other"]
    assert "planning a digest failed" in caplog.text


async def test_workspaces_with_one_key_see_nothing_of_each_others_digests(mirror, clock, charts, database):
    await mirror.video("mine", range(49), owner=mirror.here)
    await mirror.video("theirs", range(49), owner=mirror.there)
    ours = await mirror.subscribe(NINE, ALL, "C-here")
    others = await mirror.subscribe(NINE, ALL, "C-there", mirror.there)
    clock.now = at("2026-03-03 09:00")
    await mirror.planner(charts).plan_due()
    here, there = [await queued(database, f"digest:{each.id}:2026-03-03") for each in (ours, others)]
    assert "Mine" in plain_text(here)
    assert "Theirs" not in plain_text(here)
    assert "Theirs" in plain_text(there)
    assert "Mine" not in plain_text(there)

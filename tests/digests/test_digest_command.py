"""What /digest replies and changes, and the buttons of a digest."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from adapters.console.app import ConsoleOptions
from bot.commands.forms import form_for
from bot.commands.registry import by_name
from bot.digests.planner import DigestPlanner
from bot.digests.settings_card import digest_status
from bot.domain.digest import DigestOptions, Ranked, Section
from bot.domain.schedule import Schedule
from bot.domain.videos import HOUR, Metric, Snapshot, VideoReading
from bot.domain.zones import zone_names
from bot.reply.call import Call
from bot.reply.model import Reply, Tone
from bot.reply.plain import plain_text
from bot.store.database import Database
from bot.store.outbox import Message, enqueue
from bot.store.schedule_tables import outbox
from tests import digest_examples
from tests.digests.outbox import queued
from tests.standins.environment import (
    ANA,
    BEN,
    EVE,
    LINK,
    LOOKER,
    PAGE,
    STOP,
    TRACK,
    YOUTUBE,
    button,
    environment_of,
    labels,
    rows,
    steady,
)

DIGEST = by_name()["digest"]


async def test_the_reply_shows_the_next_delivery_in_local_time_and_utc(env):
    reply = await env.say("/digest on 09:00 Europe/Berlin")
    assert reply.tone is Tone.SUCCESS
    assert "daily at 09:00 (Europe/Berlin)" in reply.summary
    assert "Next: Tue 3 Mar, 09:00 (08:00 UTC)." in reply.summary
    assert "add me" in plain_text(reply)
    assert "add me" not in plain_text(await env.say("/digest on 9:00 UTC", replace(ANA, cannot_post_reason="")))
    blocked = await env.say("/digest on 9:00 UTC", replace(ANA, cannot_post_reason="Let me write here."))
    assert blocked.tone is Tone.WARNING
    assert "Let me write here." in plain_text(blocked)
    assert "A digest is set up here: daily at 09:00 (UTC)" in blocked.summary


async def test_a_digest_covers_the_channels_campaign_unless_another_or_all_is_typed(env):
    await env.start(LINK)
    await env.start(YOUTUBE)
    await env.say(f"/campaign new launch {LINK}")
    await env.say("/campaign new spring")
    await env.say("/campaign launch here")
    env.clock.advance(hours=3)
    await env.say("/videos")
    preview = await env.say("/digest now")
    assert preview.title == "Digest preview · launch"
    on = plain_text(await env.say("/digest on 09:00 Europe/Berlin"))
    assert "campaign launch" in on
    assert "It's this channel's campaign." in on
    status = await env.say("/digest")
    assert "campaign launch" in plain_text(status)
    assert button(status, "Change").arguments["campaign"] == "launch"
    await env.say("/digest on 10:00")
    assert "campaign launch" in plain_text(await env.say("/digest"))
    await env.say("/campaign launch archive")
    assert "campaign launch (archived)" in plain_text(await env.say("/digest"))
    details = await env.press(await env.say("/digest now"), "Details")
    assert details.title == "Digest details · launch (archived)"
    assert "1 running" in details.summary
    assert (await env.say("/digest now in spring")).title == "Digest preview · spring"
    assert "campaign" not in plain_text(await env.say("/digest on 10:00 in all"))
    assert (await env.say("/digest now")).title == "Digest preview"
    assert "2 running" in (await env.press(await env.say("/digest now"), "Details")).summary
    refused = await env.say("/digest on 10:00 in summer")
    assert "There's no campaign called “summer”. Campaigns: spring." in refused.summary
    form = form_for(DIGEST, button(await env.say("/campaign launch"), "Digest…").arguments)
    assert form["campaign"] == "launch"


async def test_a_console_without_a_scheduler_explains_who_posts(env):
    for line in ("/digest on 9:00 UTC", "/alerts on"):
        alone = plain_text(await env.say(line, ConsoleOptions(admin=True).caller))
        assert "This console can't post cards, digests or alerts" in alone
        assert "comes here" not in alone
        beside = plain_text(await env.say(line, ConsoleOptions(admin=True, posts=True).caller))
        assert "contentstats-bot run" not in beside


async def test_a_time_skipped_by_the_clock_change_is_explained(env):
    env.clock.now = env.clock.now.replace(month=3, day=28, hour=12)
    reply = await env.say("/digest on 02:30 Europe/Berlin")
    assert "Sun 29 Mar, 03:30 (01:30 UTC)" in reply.summary
    assert "skips 02:30 that day" in reply.summary


async def test_the_default_time_zone_is_the_persons_then_the_last_one_then_utc(env):
    assert "UTC, because I don't know yours" in (await env.say("/digest on 9:00")).summary
    assert "(Asia/Tokyo)" in (await env.say("/digest on 9:00 Tokyo")).summary
    last = await env.say("/digest on 9:00", BEN)
    assert "(Asia/Tokyo)" in last.summary
    assert "last used in this workspace" in last.summary
    own = await env.say("/digest on 9:00", replace(ANA, channel_id="C-third", zone="America/Chicago"))
    assert "(America/Chicago)" in own.summary
    assert "your own" in own.summary
    kept = await env.say("/digest on 10:00")
    assert "(Asia/Tokyo)" in kept.summary


async def test_settings_that_are_not_typed_stay(env):
    await env.say("/digest on 09:00 Europe/Berlin friday movers skip")
    reply = await env.say("/digest on 10:00")
    assert "every Friday at 10:00 (Europe/Berlin)" in reply.summary
    assert "Shows: totals, movers\nSkipped: when there's nothing to report" in plain_text(reply)
    reply = await env.say("/digest daily everything")
    assert "daily at 10:00" in reply.summary
    assert "Shows:" not in plain_text(reply)


async def test_a_digest_is_posted_on_the_named_days(env):
    lines = {
        "mon,thu": ("every Monday and Thursday at 09:00 (UTC). Next: Thu 5 Mar, 09:00.", "mon thu"),
        "weekdays": ("on weekdays at 09:00 (UTC). Next: Tue 3 Mar, 09:00.", "weekdays"),
        "monthly": ("on the 1st of each month at 09:00 (UTC). Next: Wed 1 Apr, 09:00.", "monthly"),
        "22nd": ("on the 22nd of each month at 09:00 (UTC). Next: Sun 22 Mar, 09:00.", "22nd"),
        "last": ("on the last day of each month at 09:00 (UTC). Next: Tue 31 Mar, 09:00.", "last"),
    }
    for typed, (words, every) in lines.items():
        reply = await env.say(f"/digest on 9:00 UTC {typed}")
        assert words in reply.summary
        call = button(reply, "Change")
        assert call.arguments["every"] == every
        assert (await env.run(replace(call, arguments={**call.arguments, "asks": ""}))).summary == reply.summary


async def test_a_silent_digest_needs_a_chat_with_silent_posts(env):
    reply = await env.say("/digest on 9:00 UTC silent", replace(ANA, takes_silent_posts=True))
    assert "Silent: notifies nobody" in plain_text(reply)
    assert (await env.say("/digest now")).is_silent
    loud = plain_text(await env.say("/digest on 9:00 UTC silent"))
    assert "Posts can't be silent in this chat" in loud
    assert "Silent:" not in loud


async def test_off_keeps_the_settings_and_mentions_whether_it_was_on(env):
    assert "This channel has no digest" in (await env.say("/digest off")).summary
    await env.say("/digest on 09:00 Europe/Berlin")
    assert "C-general daily at 09:00 (Europe/Berlin)" in plain_text(await env.bot.run("home", {}, ANA))
    assert "Next digest: Tue 3 Mar, 08:00 UTC" in plain_text(await env.run(Call("status.details")))
    assert "No more digests here" in (await env.say("/digest off")).summary
    assert "is off" in (await env.say("/digest status")).summary
    assert "(Europe/Berlin)" in (await env.say("/digest on 9:30")).summary


async def test_status_shows_this_channel_and_the_others(env):
    await env.say("/digest on 09:00 UTC")
    await env.say("/digest on 09:00 UTC mon", BEN)
    reply = await env.say("/digest")
    assert "daily at 09:00 (UTC)" in reply.summary
    assert rows(reply, "Other channels") == [["C-random", "every Monday at 09:00 (UTC)", "Mon 9 Mar, 09:00 UTC"]]
    assert labels(reply) == ["Change", "Turn off", "Preview"]
    assert "This channel has no digest" in (await env.say("/digest", EVE)).summary
    assert "C-general" not in plain_text(await env.say("/digest", EVE))


async def test_people_who_may_only_look_can_preview_but_not_change_a_digest(env):
    for line in ("/digest on 09:00 UTC", "/digest off", "/digest 09:00"):
        assert "Only admins can change that" in (await env.say(line, LOOKER)).summary
    assert (await env.say("/digest now", LOOKER)).title == "Digest preview"
    assert (await env.say("/digest status", LOOKER)).title == "Digest"


@pytest.mark.parametrize("where", [{"is_direct": True}, {"channel_id": ""}])
async def test_a_digest_belongs_to_a_channel(env, where):
    reply = await env.say("/digest on 09:00 UTC", replace(ANA, **where))
    assert "Type /digest on 09:00 Europe/Berlin in the channel" in reply.summary
    assert "This channel has no digest" in (await env.say("/digest status")).summary


async def test_a_preview_changes_nothing_and_needs_neither_a_page_nor_the_api(env):
    await env.start(LINK)
    await env.say("/digest on 09:00 UTC")
    before = await env.say("/digest status")
    posts = env.posts(TRACK)
    reply = await env.say("/digest now")
    assert reply.title == "Digest preview"
    assert "New: TikTok video" in plain_text(reply)
    assert env.posts(PAGE) == 0
    assert (env.posts(TRACK), env.posts(STOP)) == (posts, 0)
    assert await env.say("/digest status") == before
    env.sandbox.faults.add("503", times=None)
    env.clock.advance(hours=1)
    assert (await env.say("/digest now")).title == "Digest preview"


async def test_a_preview_reads_unread_pages(env):
    env.track(LINK)
    env.clock.advance(hours=30)
    preview = await env.say("/digest now")
    assert "no new numbers" not in preview.summary
    assert "views" in preview.summary
    assert env.posts(PAGE) == 1


async def test_details_cover_the_digests_own_period(env):
    await env.start(LINK)
    env.clock.advance(hours=30)
    preview = await env.say("/digest now")
    call = button(preview, "Details")
    gained = preview.summary.partition(" ")[0]
    env.clock.advance(hours=5)
    details = await env.run(call)
    assert f"Views: {gained} from 1 video" in plain_text(details)
    assert rows(details, "Top movers: 1 video")[0][1] == f"{gained} views"
    assert gained not in plain_text(await env.run(call, EVE))
    for wrong in ("x", "0-69a5e000", "69a5e000-69a5e000", "69a5e000", "1-" + "f" * 30):
        reply = await env.run(replace(call, arguments={"period": wrong}))
        assert "I can't find that digest any more" in reply.summary


@pytest.mark.parametrize("count", [1, 3])
async def test_the_digests_button_stops_a_flattened_video_and_updates_the_post(
    sandbox, clock, sqlite_url, charts, count
):
    async with environment_of(sandbox, clock, sqlite_url) as env:
        for link in steady(count):
            await env.start(link, 30)
        await env.say("/digest on 09:00 UTC")
        database = Database(sqlite_url)
        async with env.store() as (store, wallet_id):
            await _flatten(store, wallet_id)
            clock.now = clock.now.replace(day=7, hour=9, minute=0)
            subscription = (await store.digests.of_workspace(1))[0]
            await store.digests.switch_on(
                await store.workspaces.by_id(1), "C-general", Schedule(541, "UTC"), DigestOptions(), ANA.person, clock()
            )
            clock.advance(minutes=1)
            await DigestPlanner(store, env.bot.accounts, charts, clock).plan_due()
        key = f"digest:{subscription.id}:{date(2026, 3, 7)}"
        post = await queued(database, key)
        details = await env.press(post, "Details", BEN)
        assert rows(details, f"Flattened: {count} video{'s' * (count > 1)}")[0][1:] == [
            "±0 in 24 h",
            "stopping saves up to $9.02",
        ]
        flattened = next(part for part in details.parts if getattr(part, "caption", "").startswith("Flattened"))
        call = flattened.items[0].button.call
        question = await env.run(call, BEN)
        assert question.title == "Stop this tracking?"
        stopped = await env.press(question, "Stop tracking", BEN)
        assert stopped.title == "Stopped"
        changed = await queued(database, f"{key}:stopped:{call.arguments['video']}")
        assert "Ben stopped " in plain_text(changed)
        assert call.arguments["video"] not in str(changed.actions)
        again = await env.run(call, BEN)
        assert "nothing to stop" in again.summary
        await env.press(question, "Stop tracking", BEN)
        assert len(await queued(database)) == 2
        await database.close()


async def _flatten(store, wallet_id):
    """Give every video of the mirror four days of equal counts."""
    for stored in await store.videos.running(wallet_id):
        start = stored.video.started_at
        taken = tuple(Snapshot(start + hour * HOUR, {Metric.VIEWS: 1_000}) for hour in range(4 * 24 + 22))
        await store.videos.remember_reading(
            wallet_id,
            VideoReading(stored.video, taken),
            stored.key,
            main_count=1_000,
            change_24h=0,
            now=start + timedelta(minutes=1),
        )


def test_options_are_stored_and_read():
    flat = DigestOptions(frozenset({Section.FLAT}), frozenset({"tiktok"}), skips_empty=True)
    for options in (DigestOptions(), flat, DigestOptions(ranked=Ranked.PEOPLE)):
        assert DigestOptions.from_json(options.to_json()) == options
    assert DigestOptions.from_json({"sections": ["flat", "horoscope"]}).sections == {Section.FLAT}
    assert DigestOptions.from_json({}) == DigestOptions()


async def test_another_workspaces_digest_or_one_whose_body_was_deleted_is_not_edited(env):
    async def change(posted):
        async with env.store() as (store, _):
            return await store.digests.change_posted(1, posted, "stopped:x", lambda reply: reply, env.clock())

    assert not await change("1.2026-03-07")
    await env.start(LINK)
    stored = (await env.bot.suggest("stop", "video", "", ANA))[0]
    reply = await env.bot.run("stop.confirm", {"video": stored.value, "post": "7.2026-03-07"}, ANA)
    assert reply.title == "Stopped"
    database = Database(env.database_url)
    async with database.writing() as connection:
        await enqueue(connection, Message("digest:7:2026-03-07", 1, "C1", Reply("Up.")), env.clock())
        await connection.execute(update(outbox).values(payload=""))
    await database.close()
    assert not await change("7.2026-03-07")


def test_the_change_button_fits_every_time_zone():
    for zone in zone_names():
        here = digest_examples.setting(schedule=Schedule(1439, zone, frozenset(range(6))))
        change = next(each for each in digest_status(here, ()).actions if each.label == "Change")
        assert change.call.fits
        assert Call.decode(change.call.encode()).arguments["zone"] == zone


async def test_a_shared_channels_digest_omits_money_unless_a_manager_allows_it(env):
    shared = replace(ANA, is_shared=True)
    on = await env.say("/digest on 09:00 UTC", shared)
    assert "spend and balance are left out" in plain_text(on)
    await env.start()
    env.clock.advance(hours=3)
    assert "$" not in plain_text(await env.say("/digest now", shared))
    changed = await env.say("/digest on 10:00 UTC skip", shared)
    assert "spend and balance are left out" in plain_text(changed)
    reply = await env.say("/digest on 09:00 UTC movers money", shared)
    assert "left out" not in plain_text(reply)
    assert "$" in plain_text(await env.say("/digest now", shared))
    assert "left out" not in plain_text(await env.say("/digest on 10:00 UTC", shared))

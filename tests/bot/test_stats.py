"""The card of one video: exact, fresh, and clear about gaps, falls and metrics that a platform lacks."""

import re

import pytest

from bot.domain.growth import exact_count, short_change, signed_count
from bot.reply.call import Call
from bot.reply.model import Picture, Tone
from bot.reply.plain import plain_text
from tests.standins.environment import BEN, INSTAGRAM, LINK, PAGE, TWITTER, YOUTUBE, labels, rows


def tiktok(word):
    return f"https://www.tiktok.com/@{word}/video/7301234567890123456"


@pytest.fixture
def stats(env):
    """The card of a video that was started outside the bot some hours ago."""

    async def show(link, hours, days=7):
        (tracking,) = env.track(link, days=days)
        env.clock.advance(hours=hours)
        return await env.say(f"/stats {link}"), tracking.video.growth

    return show


async def test_every_metric_is_exact_with_its_change_in_an_hour_and_a_day(stats, env):
    reply, growth = await stats(LINK, 48)
    details = await env.press(reply, "Details")
    now, hour, day = growth.counts(48), growth.counts(47), growth.counts(24)
    for row, metric in zip(rows(details), ("views", "likes", "comments", "shares", "saves"), strict=True):
        changes = [signed_count(now[metric] - before[metric]) for before in (hour, day)]
        assert row == [metric, exact_count(now[metric]), *changes]
    gained = (signed_count(now["views"] - base["views"]) for base in (day, hour))
    assert reply.summary == "{} views · {} in 24 h · {} last hour.".format(exact_count(now["views"]), *gained)


async def test_the_card_is_short_and_its_details_have_creator_and_cost(stats, env):
    reply, growth = await stats(LINK, 48)
    assert reply.title.startswith("Street food in Osaka")
    assert f"TikTok ({LINK}), ends in 5 d. As of Wed 4 Mar, 10:30 UTC (under 1 min ago)." in plain_text(reply)
    assert labels(reply) == ["Refresh", "Gains", "Details", "Post here", "Compare", "Export", "Stop"]
    said = plain_text(await env.press(reply, "Details"))
    assert "Started: outside this bot" in said
    assert "Creator: steady" in said
    assert "Tracked: since Mon 2 Mar, 10:30 UTC until Mon 9 Mar, 10:30 UTC" in said
    price = 48 * 15 / (growth.counts(48)["views"] - growth.counts(1)["views"])
    assert re.search(rf"% engagement · \${price:.2f}\d? per 1,000 new views · 48 of 48 snapshots\.", said)
    (picture,) = [part for part in reply.parts if isinstance(part, Picture)]
    assert picture.png.startswith(b"\x89PNG")
    assert "Views grew" in picture.alt


async def test_details_have_the_starter_and_an_end_that_does_not_depend_on_when_the_api_was_read(env):
    await env.start(LINK, 3, BEN)
    for minutes in (0, 55, 7):
        env.clock.advance(minutes=minutes)
        await env.say("/videos")
        details = plain_text(await env.run(Call("stats.details", {"video": LINK})))
        assert "until Thu 5 Mar, 10:30 UTC" in details
        assert "Started by: Ben" in details
    gains = await env.run(Call("stats.gains", {"video": LINK}))
    assert gains.summary == "No gain yet: it takes two snapshots, an hour apart."


async def test_gains_are_per_hour_and_per_utc_day_in_a_sentence_and_a_chart(stats, env):
    card, growth = await stats(LINK, 48)
    reply = await env.press(card, "Gains")
    views = [growth.counts(hour)["views"] for hour in range(1, 49)]
    today, hour, yesterday = (short_change(views[to] - views[since]) for to, since in ((47, 36), (47, 46), (36, 12)))
    assert reply.summary == f"{today} views today · {hour} last hour · best day Tue 3 Mar with {yesterday}."
    (picture,) = [part for part in reply.parts if isinstance(part, Picture)]
    assert picture.name == "street-food-in-osaka-you-have-to-try-views-gained-47-hours.png"
    assert "views in the hour to 10:30 UTC on 4 Mar" in picture.alt
    assert labels(reply) == ["Refresh", "Stats", "Post here"]


async def test_instagram_shows_likes_with_an_explanation(stats, env):
    reply, growth = await stats(INSTAGRAM, 30)
    assert plain_text(await env.press(reply, "Refresh")) == plain_text(reply)
    assert f"{exact_count(growth.counts(30)['likes'])} likes · +" in reply.summary
    assert "Instagram shows no views." in plain_text(reply)
    details = await env.press(reply, "Details")
    assert [row[0] for row in rows(details)] == ["likes", "comments", "saves"]
    assert details.summary == "30 of 30 snapshots."


@pytest.mark.parametrize(
    ("link", "metrics"),
    [(YOUTUBE, ["views", "likes", "comments"]), (TWITTER, ["views", "likes", "replies", "reposts"])],
)
async def test_each_platform_shows_its_metrics_under_its_own_names(stats, env, link, metrics):
    reply, _ = await stats(link, 30)
    assert [row[0] for row in rows(await env.press(reply, "Details"))] == metrics


async def test_gaps_and_the_real_windows_of_changes_are_shown(stats, env):
    reply, growth = await stats(tiktok("gaps"), 34)
    collected = sum(not growth.misses(hour) for hour in range(1, 35))
    assert f"{collected} of 34 snapshots." in plain_text(reply)
    details = await env.press(reply, "Details")
    assert "The longest gap is 3 hours." in plain_text(details)
    views = rows(details)[0]
    assert reply.summary.endswith(f" · {views[2]}.")
    assert views[2] == f"{signed_count(growth.counts(34)['views'] - growth.counts(30)['views'])} in 4 h"
    assert " in " not in views[3]


async def test_a_counter_that_fell_is_marked(stats, env):
    reply, growth = await stats(tiktok("corrected"), 14)
    assert growth.counts(12)["views"] < growth.counts(11)["views"]
    assert "▼ The platform removed counts." in plain_text(reply)
    details = await env.press(reply, "Details")
    assert ["▼" in cell for cell in rows(details)[0][2:]] == [False, True]
    assert "▼ The platform removed counts once; the largest drop is from " in plain_text(details)


async def test_a_deleted_video_is_marked_and_keeps_its_numbers(stats, env):
    reply, growth = await stats(tiktok("deleted"), 30)
    assert reply.tone is Tone.WARNING
    assert "error (deleted)" in plain_text(reply)
    assert exact_count(growth.counts(20)["views"]) in reply.summary
    assert "was deleted from its platform; collected data is kept" in plain_text(await env.press(reply, "Details"))
    assert "Stop" not in labels(reply)


async def test_a_video_without_snapshots_has_an_explanation_and_no_chart(stats):
    reply, _ = await stats(LINK, 0)
    assert reply.summary == "No views yet. The first snapshot arrives within an hour of the start."
    assert not any(isinstance(part, Picture) for part in reply.parts)


async def test_a_finished_video_can_be_looked_at_but_not_stopped(stats):
    reply, _ = await stats(LINK, 30, days=1)
    assert " in its last 23 h." in reply.summary
    assert "completed. Final numbers from Tue 3 Mar, 10:30 UTC." in plain_text(reply)
    assert labels(reply) == ["Refresh", "Gains", "Details", "Post here", "Compare", "Export"]


async def test_unknown_values_of_the_api_are_shown_unchanged(env):
    (tracking,) = env.track(LINK)
    await env.say("/videos completed")
    page = {
        "id": tracking.id,
        "video_link": LINK,
        "platform": "newtube",
        "status": "resting",
        "mood": "<!channel> good",
        "snapshots": [{"snapshot_time": "2026-03-02T10:00:00Z", "likes": "12", "views": None}],
    }
    env.sandbox.faults.add("200", PAGE, body=page)
    reply = await env.say(f"/stats {tracking.id}")
    assert reply.summary == "12 likes."
    assert f"newtube ({LINK}), resting." in plain_text(reply)
    assert "mood: <!channel> good" in plain_text(await env.press(reply, "Details"))
    assert "Stop" in labels(reply)  # a state that nobody documented may still spend

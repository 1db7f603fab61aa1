"""The ranking of gains on an account that the sandbox lets grow."""

import pytest

from bot.domain.growth import short_change, short_count
from bot.domain.videos import HOUR
from bot.reply.model import Picture, Tone
from bot.reply.plain import plain_text
from tests.standins.environment import BEN, INSTAGRAM, LINK, labels, rows


@pytest.fixture
async def films(env):
    """Six videos of three creators, started a day apart, and one on Instagram; all were read."""
    world, key, films = env.sandbox.world, env.sandbox.key, {}
    for number, creator in enumerate(("viral", "steady", "steady", "flat", "ann", "ann")):
        link = f"https://www.tiktok.com/@{creator}/video/730123456789012345{number}"
        films[link] = world.track(key, link, 7).video
        env.clock.advance(hours=24)
    films[INSTAGRAM] = world.track(key, INSTAGRAM, 7).video
    env.clock.advance(hours=3)
    await env.say("/videos")
    return films


async def test_videos_are_ranked_by_gains_in_the_window_not_by_totals(env, films):
    reply = await env.say("/leaderboard videos 24 hours")
    shown = [int(row[1].replace(",", "")) for row in rows(reply)]
    gained = []
    for number, film in list(enumerate(films.values()))[:3]:  # none of these has missing hours
        age = 24 * (6 - number) + 3
        gained.append(film.growth.counts(age)["views"] - film.growth.counts(age - 24)["views"])
    assert (shown, set(gained) <= set(shown)) == (sorted(shown, reverse=True), True)
    assert short_change(max(gained)) in reply.summary
    assert "Likes gained" in plain_text(reply)
    assert any(isinstance(part, Picture) for part in reply.parts)


async def test_a_handle_on_two_platforms_is_shown_with_its_platform(env):
    links = [
        f"https://{site}/1697304622749012399" for site in ("www.tiktok.com/@twin/video", "twitter.com/twin/status")
    ]
    env.track(*links)
    env.clock.advance(hours=30)
    await env.say("/videos")
    await env.say(f"/campaign new launch {' '.join(links)}")
    for line in ("/leaderboard creators", "/campaign launch", "/digest now"):
        shown = plain_text(await env.say(line))
        assert ("@twin (TikTok)" in shown, "@twin (X)" in shown) == (True, True), shown


async def test_yesterday_is_the_day_from_midnight_to_midnight(env):
    env.track(LINK)
    env.clock.advance(hours=50)  # from 10:30 on Monday to 12:30 on Wednesday
    await env.say("/videos")
    (film,) = (each.video for each in env.sandbox.world.account(env.sandbox.key).trackings.values())
    first, last = (film.growth.counts(film.age_in_hours(env.clock() - hours * HOUR))["views"] for hours in (37, 13))
    reply = await env.say("/leaderboard yesterday")
    assert rows(reply)[0][1] == f"+{last - first:,}"
    assert "yesterday" in reply.summary
    assert "Days begin at midnight, UTC" in plain_text(reply)


@pytest.mark.usefixtures("films")
async def test_every_rank_is_on_some_page(env):
    reply = await env.press(await env.say("/leaderboard"), "Full ranking")
    assert [row[0][:2] for row in rows(reply)] == ["1.", "2.", "3.", "4.", "5.", "6."]
    assert not any(isinstance(part, Picture) for part in reply.parts)


@pytest.mark.parametrize(
    ("typed", "title", "words"),
    [
        ("creators this week", "Top creators", "@steady"),
        ("top creators in 7 days", "Top creators", "2 videos"),
        ("creators in the last 7 days", "Top creators", "in 7 days"),
        ("last 24 hours", "Top videos", "in 24 h"),
        ("instagram today", "Top videos on Instagram", "likes today"),
        ("since start", "Top videos", "since tracking began"),
        ("people", "Top people", "Nobody started a video here"),
        ("youtube", "Top videos on YouTube", "there's nothing to rank"),
    ],
)
@pytest.mark.usefixtures("films")
async def test_the_leaderboard_can_be_requested_in_words(env, typed, title, words):
    reply = await env.say(f"/leaderboard {typed}")
    assert (reply.title, reply.tone) == (title, Tone.INFO)
    assert words in plain_text(reply)


async def test_at_an_hour_all_are_compared_at_the_same_age(env, films):
    reply = await env.say("/leaderboard at hour 48")
    old = [film for link, film in list(films.items())[:5] if link != INSTAGRAM]
    best = max(film.growth.counts(48)["views"] for film in old)
    assert f"leads with {short_count(best)} views at hour 48." in reply.summary
    assert "2 younger than that" in plain_text(reply)
    (picture,) = (part for part in reply.parts if isinstance(part, Picture))
    assert "Views at hour 48 of tracking: “" in picture.alt
    assert f" had {best:,}" in picture.alt


@pytest.mark.usefixtures("films")
async def test_a_shared_card_leaves_out_the_sharers_own_rank(env):
    await env.start("https://www.tiktok.com/@flat/video/7301234567890123499")
    env.clock.advance(hours=1)
    await env.say("/videos")
    reply = await env.say("/leaderboard 24 hours")
    assert "Your best" in plain_text(reply)
    await env.press(reply, "Post here")
    async with env.store() as (store, _):
        (message,) = await store.outbox.claim(env.clock(), ("console",), 9, places={}, each=9)
    assert "Your best" not in plain_text(message.reply)
    assert "Your best" in plain_text(await env.press(message.reply, "Open"))


async def test_people_are_ranked_by_what_they_started(env):
    await env.start("https://www.tiktok.com/@viral/video/7301234567890123451")
    await env.start("https://www.tiktok.com/@flat/video/7301234567890123452", caller=BEN)
    env.clock.advance(hours=5)
    await env.say("/videos")
    reply = await env.say("/leaderboard people", BEN)
    assert [row[0].split(". ")[0] for row in rows(reply)] == ["1", "2"]
    assert "Top videos" in labels(reply)


async def test_a_campaign_limits_it_to_its_videos(env, films):
    await env.say("/campaign new Spring launch")
    assert "no videos yet" in (await env.say("/leaderboard in spring launch")).summary
    await env.say(f"/campaign add {' '.join([*films][:2])} to spring launch")
    named = await env.say("/leaderboard spring launch 24 hours videos")
    assert (named.title, len(rows(named))) == ("Top videos in Spring launch", 2)
    await env.say("/campaign spring launch here")
    own = await env.say("/leaderboard creators today")
    assert (own.title, len(rows(own))) == ("Top creators in Spring launch", 2)
    assert "Only this channel's campaign." in plain_text(own)
    assert (await env.press(own, "Top videos")).title == "Top videos in Spring launch"
    assert (await env.say("/leaderboard creators all")).title == "Top creators"


async def test_a_link_tracked_again_keeps_its_metric_and_who_started_it(env):
    await env.press(await env.say(f"/track {INSTAGRAM} 1"), "Track 1")
    env.clock.advance(hours=25)
    await env.say("/videos")
    env.track(INSTAGRAM)
    await env.say("/videos")
    reply = await env.say("/leaderboard people 7 days")
    assert "likes in 7 days" in reply.summary
    assert "1 video" in plain_text(reply)


async def test_a_tracking_that_ended_within_the_window_has_no_hours_missing(env):
    env.track("https://www.tiktok.com/@steady/video/7301234567890123456", days=1)
    env.clock.advance(hours=40)
    await env.say("/videos")
    card = plain_text(await env.say("/leaderboard 7 days"))
    assert "Views gained" in card
    assert "hours missing" not in card


@pytest.mark.parametrize(
    ("typed", "words"),
    {
        **dict.fromkeys(("30 days", "48h", "two weeks", "a month", "last week"), "I rank by today"),
        "top 10": "I show five places",
        "nonsense": "“nonsense”",
    }.items(),
)
async def test_an_unknown_period_or_word_is_named_and_never_read_as_an_hour_of_tracking(env, typed, words):
    reply = await env.say(f"/leaderboard {typed}")
    assert reply.tone is Tone.PROBLEM
    assert words in reply.summary

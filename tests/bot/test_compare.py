"""Several videos at the same age, by the metric that all of them have."""

from datetime import timedelta

import pytest

from bot.domain.growth import exact_count
from bot.reply.call import Call
from bot.reply.model import Picture, Select, Tone
from bot.reply.plain import plain_text
from tests.standins.environment import ANA, INSTAGRAM, LINK, PAGE, TWITTER, YOUTUBE, listed_ids, rows


@pytest.fixture
def start(env):
    """Start videos some hours apart; returns their real growth."""

    def begin(*links, apart=5):
        films = []
        for link in links:
            films += env.track(link)
            env.clock.advance(hours=apart)
        return films

    return begin


async def test_two_videos_are_compared_at_the_last_hour_of_both(env, start):
    old, new = start(LINK, YOUTUBE, apart=10)
    reply = await env.say(f"/compare {LINK} {YOUTUBE}")
    grown = [each.video.growth for each in (old, new)]
    table = rows(reply)
    assert [row[1] for row in table] == [exact_count(growth.counts(10)["views"]) for growth in grown]
    assert [row[2] for row in table] == [
        exact_count(grown[0].counts(20)["views"]),
        exact_count(grown[1].counts(10)["views"]),
    ]
    best = max((growth.counts(10)["views"], each.video.title) for growth, each in zip(grown, (old, new), strict=True))
    assert reply.summary == f"At hour 10 since tracking began, {best[1]} leads with {exact_count(best[0])} views."
    (picture,) = [part for part in reply.parts if isinstance(part, Picture)]
    assert "at hour 10" in picture.alt


async def test_five_videos_are_compared_by_their_common_metric(env, start):
    links = (LINK, YOUTUBE, INSTAGRAM, TWITTER, "https://www.tiktok.com/@flat/video/7301234567890120001")
    start(*links)
    reply = await env.say(f"/compare {' '.join(links)}")
    assert [row[0][0] for row in rows(reply)] == list("12345")
    assert "Compared by likes, the first metric they all have" in plain_text(reply)


async def test_text_and_picture_name_the_leader_at_the_last_common_hour(env):
    """A video has a gap at the last hour of the other, and leads only there."""
    pages = {}
    for title, link, counts in (
        ("Tango", LINK, {1: 5, 19: 9_600, 30: 9_900}),
        ("Sierra", YOUTUBE, {1: 7, 19: 400, 25: 420}),
    ):
        (tracking,) = env.track(link)
        taken = ((tracking.started_at + timedelta(hours=hour), str(views)) for hour, views in counts.items())
        pages[link] = {
            "id": tracking.id,
            "video_link": link,
            "platform": "tiktok",
            "status": "monitoring",
            "current_metadata": {"title": title},
            "snapshots": [{"snapshot_time": at.isoformat(), "views": views} for at, views in taken],
        }
    env.clock.advance(hours=30)
    for link, page in pages.items():
        env.sandbox.faults.add("200", PAGE, body=page)
        await env.say(f"/stats {link}")
    reply = await env.say(f"/compare {LINK} {YOUTUBE}")
    assert reply.summary == "At hour 19 since tracking began, Tango leads with 9,600 views."
    assert [row[1] for row in rows(reply)] == ["9,600", "400"]
    (picture,) = [part for part in reply.parts if isinstance(part, Picture)]
    assert picture.alt.startswith(
        "“Tango” leads at hour 19 since tracking began, the last that all have: “Tango” 9,600 views"
    )


async def test_a_video_without_the_latest_hour_is_compared_at_its_last_one(env, start):
    links = [f"https://www.tiktok.com/@gaps/video/{7301234567890120000 + number}" for number in (1, 2)]
    films = start(*links, apart=0)
    env.clock.advance(hours=9)
    reply = await env.say(f"/compare {' '.join(links)}")
    assert [row[1] for row in rows(reply)] == [exact_count(each.video.growth.counts(6)["views"]) for each in films]


async def test_a_video_without_snapshots_is_named(env, start):
    start(LINK, YOUTUBE, apart=0)
    reply = await env.say(f"/compare {LINK} {YOUTUBE}")
    assert reply.tone is Tone.WARNING
    assert "no metric in common yet" in reply.summary
    env.clock.advance(hours=5)
    env.track(INSTAGRAM)
    reply = await env.say(f"/compare {LINK} {INSTAGRAM}")
    assert rows(reply)[1][1:] == ["–", "–", "–"]
    assert ": no snapshot yet · Instagram" in plain_text(reply)


async def test_an_ambiguous_title_offers_choices_and_keeps_the_other_video(env, start):
    films = start(LINK, "https://www.tiktok.com/@steady/video/7301234567890120002", YOUTUBE, apart=2)
    reply = await env.say(f"/compare steady {YOUTUBE}")
    (select,) = reply.actions
    assert reply.summary == "3 videos match “steady”. Which one do you mean?"
    chosen = await env.run(Call(select.call.command, {**select.call.arguments, select.argument: films[1].id}))
    assert listed_ids(chosen) == [films[2].id, films[1].id]


async def test_two_ambiguous_titles_are_chosen_one_after_the_other(env, start):
    films = start(
        LINK,
        "https://www.tiktok.com/@steady/video/7301234567890120002",
        "https://www.youtube.com/watch?v=viral_cats1",
        apart=2,
    )
    start("https://www.tiktok.com/@viral/video/7301234567890120009", apart=2)
    first = await env.say("/compare steady vs viral")
    (select,) = first.actions
    second = await env.run(Call(select.call.command, {**select.call.arguments, select.argument: films[0].id}))
    assert second.summary == "2 videos match “viral”. Which one do you mean?"
    (select,) = second.actions
    reply = await env.run(Call(select.call.command, {**select.call.arguments, select.argument: films[2].id}))
    assert listed_ids(reply) == [films[0].id, films[2].id]


async def test_a_choice_too_long_for_a_button_asks_for_more_words(env, start):
    start(LINK, "https://www.tiktok.com/@steady/video/7301234567890120002", YOUTUBE, TWITTER, INSTAGRAM, apart=1)
    reply = await env.say(f"/compare steady {YOUTUBE} {TWITTER} {INSTAGRAM}")
    assert reply.tone is Tone.PROBLEM
    assert "“steady” matches several videos" in reply.summary
    assert "Type more of the title" in reply.summary


async def test_a_video_alone_or_an_unknown_one_is_not_compared(env, start):
    start(LINK)
    itself = await env.say(f"/compare {LINK} tiktok.com/@steady/video/7301234567890123456")
    assert "all name the same video" in itself.summary
    offer = await env.press(await env.say(f"/stats {LINK}"), "Compare")
    assert "There's no other video to compare" in offer.summary
    unknown = (await env.say("/compare steady, hotl, bravo")).summary
    assert unknown == "No video here matches “hotl” or “bravo”. /videos lists your videos; /track starts a new one."


async def test_the_button_offers_the_other_videos_and_compares(env, start):
    one, two = start(LINK, YOUTUBE)
    card = await env.say(f"/stats {LINK}")
    offer = await env.press(card, "Compare")
    (select,) = offer.actions
    assert isinstance(select, Select)
    assert [option.value for option in select.options] == [two.id]
    call = select.call
    reply = await env.bot.run(call.command, {**call.arguments, select.argument: two.id}, ANA)
    assert "At hour 5 since tracking began" in reply.summary
    assert one.id in listed_ids(reply)


async def test_ambiguous_words_for_the_button_ask_again(env, start):
    start(LINK, YOUTUBE)
    for arguments in ({"video": "steady"}, {"video": LINK, "other": "steady"}):
        reply = await env.bot.run("compare.with", arguments, ANA)
        assert "Which one do you mean?" in reply.summary


async def test_stale_numbers_of_one_are_marked(env, start):
    start(LINK, YOUTUBE)
    line = f"/compare {LINK} {YOUTUBE}"
    await env.say(line)
    env.clock.advance(hours=2)
    env.sandbox.faults.add("404", PAGE)
    reply = await env.say(line)
    assert reply.tone is Tone.WARNING
    assert "doesn't have that video" in plain_text(reply)

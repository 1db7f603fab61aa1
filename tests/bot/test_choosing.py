"""`<video>`: an id, a link in any spelling or part of a title; a picker if ambiguous; suggestions while typing."""

import pytest

from adapters.sandbox.platform_videos import TITLES
from bot.commands.parse import parse
from bot.commands.registry import by_name
from bot.domain.videos import Video
from bot.reply.call import Call
from bot.reply.model import Select, Tone
from bot.reply.plain import plain_text
from tests.standins.environment import ANA, LIST, button


def link(number, word="steady"):
    return f"https://www.tiktok.com/@{word}/video/{7301234567890000000 + number}"


@pytest.fixture
def tracked(env):
    """The ids of running videos with these titles, stored by one list."""
    return {word: env.track(link(number, f"{word}.steady"))[0].id for number, word in enumerate(TITLES)}


async def remember(env, *videos):
    """Store these videos, as a list of the account would."""
    await env.say("/videos")
    async with env.store() as (store, wallet_id):
        await store.videos.remember(wallet_id, [(each, f"tiktok:{each.id}") for each in videos], env.clock())


def titled(*titles):
    return [
        Video(f"v{number}", link(number), "tiktok", "monitoring", title=title) for number, title in enumerate(titles)
    ]


@pytest.mark.parametrize(
    "words",
    [
        "{id}",
        link(1, "recipe.steady"),
        "tiktok.com/@recipe.steady/video/7301234567890000001?_r=1",
        "<https://m.tiktok.com/v/7301234567890000001.html|a video>",
        "One-pan",
        "ONE-PAN PASTA",
        '"one-pan pasta that my grandmother"',
        "recipe.steady",
        "7301234567890000001",
        "\u200bOne-pan\u202e",
    ],
)
async def test_one_video_is_found_by_its_id_any_spelling_of_its_link_or_part_of_its_title(env, tracked, words):
    reply = await env.say(f"/stats {words.format(id=tracked['recipe'])}")
    assert reply.title == TITLES["recipe"]


@pytest.mark.parametrize("command", ["stats", "export"])
async def test_a_misspelled_title_offers_the_nearest_video_but_never_to_stop_it(env, tracked, command):
    offer = await env.say(f"/{command} stret food")
    assert offer.summary == "No video here matches “stret food”. Did you mean this one?"
    assert button(offer, TITLES["emoji"][:20]) == Call(command, {"video": tracked["emoji"]})
    refused = await env.say("/stop stret food")
    assert "No video here matches" in refused.summary
    assert TITLES["emoji"][:20] not in plain_text(refused)


async def test_several_matches_become_a_choice_for_the_same_command(env, tracked):
    reply = await env.say("/stop steady")
    assert reply.tone is Tone.WARNING
    assert f"{len(tracked)} videos match. Which one do you mean?" in reply.summary
    (select,) = reply.actions
    assert isinstance(select, Select)
    assert {option.value for option in select.options} == set(tracked.values())
    chosen = await env.run(Call(select.call.command, {select.argument: tracked["emoji"]}))
    assert chosen.title == "Stop this tracking?"
    assert "Street food" in plain_text(chosen)


async def test_an_exact_title_wins_over_longer_titles_that_contain_it(env):
    await remember(env, *titled("Film 1", *(f"Film 1{number}" for number in range(14)), "Twins", "twins"))
    assert "Film 1" in plain_text(await env.say("/stop film 1"))
    twins = await env.say("/stop TWINS")
    assert "2 videos match" in twins.summary
    assert len({option.label.casefold() for option in twins.actions[0].options}) == 2
    many = await env.say("/stop film")
    assert "10 videos match" in many.summary
    assert "There are more" in many.summary
    assert len(many.actions[0].options) == 10


ODD_TITLES = (
    "🔥 street food 👩\u200d🍳❤️ {} you HAVE to try", "It's \"midnight train\" {} isn't it",
    "“thrift haul” ‘{}’ don’t stop believin’", "„Was für ein Tag“ – «{}» Folge", "「東京夜景」{}、散步！",
    "\u202bהסרטון הכי מצחיק\u202c {} أفضل قهوة", "ra\u0301i\u0308n lo\u0323fi {} s\u200by\u2060nth\ufeff",
    "<b>tiny house</b> {} <i> &amp; desk", "budget | {} | ramen", "one, {}, two & three and four",
    "`desk` ```{}``` *bold* _it_ ~no~ #fyp @someone", f"{'very ' * 60}long {{}} {'title ' * 60}",
    "see example.com/x {} www.example.org 7 days", "Ｆｕｌｌ ｗｉｄｔｈ {} ①② 𝓯𝓪𝓷𝓬𝔂", "'{}",
    "the video of {} please for /track --x", "lines\n{}\tof   text",
)  # fmt: skip


async def test_odd_titles_are_found_as_typed_and_by_either_half(env):
    marks = [f"n{number:03}x" for number in range(len(ODD_TITLES))]
    titles = [title.format(mark) for title, mark in zip(ODD_TITLES, marks, strict=True)]
    await remember(env, *titled(*titles))
    async with env.store() as (store, wallet_id):
        workspace = await store.workspaces.ensure_workspace(ANA.workspace, wallet_id)
        for mark, title in zip(marks, titles, strict=True):
            end = title.index(mark) + len(mark)
            halves = (title, title[:end], title[title.index(mark) :])
            other = marks[0] if mark != marks[0] else marks[1]
            lines = [("stats", half) for half in halves] + [("compare", f"{half} vs {other}") for half in halves]
            for command, line in [*lines, ("compare", f'"{title}" vs "{other}"')]:
                words = parse(by_name()[command], line).video
                assert isinstance(words, str) or len(words) == 2, line
                (found,) = await store.videos.search(workspace, words if isinstance(words, str) else words[0], 5)
                assert found.video.title == title, line


@pytest.mark.parametrize(
    ("title", "creator", "typed"),
    [
        ('It\'s "only" a test', "", 'It\'s "only" a test'),
        ('"Hi"there, (you) | me vs them', "", '"Hi"there, (you) | me vs them'),
        ("Don’t stop believin’", "", "Don't stop"),
        ("Crème brûlée – part 2", "", "creme brulee - part 2"),
        ("Watch this: youtu.be/dQw4w9WgXcQ !", "", "Watch this: youtu.be/dQw4w9WgXcQ !"),
        ("A title that is far too long for any list, so it is shown without its end", "", "A title that is far…"),
        ("A <b>bold</b> title, 7 days", "", "A <b>bold</b> title, 7 days"),
        ("", "bravo", "@bravo"),
        ("", "", "TikTok video by @steady (…000099)"),
    ],
)
async def test_a_title_copied_from_anywhere_finds_its_video(env, title, creator, typed):
    shown = Video("v1", link(99), "tiktok", "monitoring", title=title, creator=creator)
    other = Video("v2", link(1, "other"), "tiktok", "monitoring", title="bravo to all of it")
    await remember(env, shown, other)
    for line in (f"/stop {typed}", f"/export {typed}"):
        reply = await env.say(line)
        assert "No video here matches" not in reply.summary
        assert "match. Which one" not in reply.summary


@pytest.mark.usefixtures("tracked")
async def test_a_line_with_a_link_is_about_that_link(env):
    reply = await env.say(f"/stats the pasta one {link(1, 'recipe.steady')} please")
    assert reply.title == TITLES["recipe"]
    assert "one value for video; 2 were given" in (await env.say(f"/stats {link(1)} {link(2)}")).summary


async def test_of_a_links_trackings_the_running_or_newest_one_counts(env):
    old = env.track(link(1), days=1)[0].id
    env.clock.advance(days=2)
    new = env.track(link(1), days=1)[0].id
    assert f"'video': '{new}'" in str(await env.say(f"/stats {link(1)}"))
    env.clock.advance(days=2)
    reply = str(await env.say(f"/stats {link(1)}"))
    assert f"'video': '{new}'" in reply
    assert old not in reply


async def test_a_video_just_started_elsewhere_is_found_by_another_look(env):
    await env.say("/videos")
    env.clock.advance(minutes=6)
    env.track(link(1, "recipe"))
    assert (await env.say("/stats one-pan")).title == TITLES["recipe"]
    assert env.posts(LIST) == 2


@pytest.mark.usefixtures("tracked")
@pytest.mark.parametrize("words", ["nothing", "00000000-0000-0000-0000-000000000000", "%", "_", "\\", "'"])
async def test_without_a_match_the_reply_suggests_where_to_look(env, words):
    reply = await env.say(f"/stats {words}")
    assert reply.tone is Tone.PROBLEM
    assert reply.summary == f"No video here matches “{words}”. /videos lists your videos; /track starts a new one."


async def test_suggestions_come_only_from_the_store(env, tracked):
    await env.say("/videos")
    before = len(env.sandbox.requests)
    env.sandbox.faults.add("500", times=None)
    found = await env.bot.suggest("stats", "video", "one-pan", ANA)
    assert [(option.label, option.value) for option in found] == [
        ("One-pan pasta that my grandmother would not approve of · TikTok, running", tracked["recipe"])
    ]
    assert len(env.sandbox.requests) == before


@pytest.mark.parametrize(
    ("command", "argument", "typed", "values"),
    [
        ("videos", "platform", "t", ["tiktok", "twitter"]),
        ("videos", "platform", " TIK", ["tiktok"]),
        ("videos", "status", "", ["monitoring", "completed", "paused", "error", "cancelled"]),
        ("videos", "sort", "x", []),
        ("videos", "by", "m", ["mine"]),
        ("videos", "by", "@nobody", []),
        ("help", "command", "st", ["stats", "stop", "status"]),
        ("digest", "time", "17", ["17:00"]),
        ("digest", "time", "9 uhr", ["09:00"]),
        ("digest", "time", "midday", ["12:00"]),
        ("digest", "zone", "London time", ["Europe/London"]),
        ("digest", "zone", "Atlantis", []),
        ("track", "link", "https", []),
        ("track", "days", "1", []),
        ("videos", "page", "1", []),
        ("stats", "nothing", "1", []),
        ("nothing", "video", "1", []),
        ("track.start", "batch", "", []),
    ],
)
async def test_suggestions_match_the_typed_text(env, command, argument, typed, values):
    assert [option.value for option in await env.bot.suggest(command, argument, typed, ANA)] == values


async def test_creators_are_suggested_once_by_handle_in_any_case(env):
    for number, handle in enumerate(("Viral.Recipe", "Viral.Recipe", "vivid")):
        env.track(f"https://www.tiktok.com/@{handle}/video/730123456789012345{number}", days=1)
    await env.say("/videos")
    names = [option.value for option in await env.bot.suggest("videos", "by", "@VI", ANA)]
    assert sorted(names) == ["@Viral.Recipe", "@vivid"]
    assert len(await env.bot.suggest("stats", "video", "@viral", ANA)) == 2

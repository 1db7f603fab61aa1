"""/campaign: created, filled, changed and shown by typed words; invalid input is explained."""

import asyncio
from dataclasses import replace

import pytest

from bot.commands.campaign_words import read_words
from bot.domain.caller import Permission, Person, Role
from bot.reply.call import Call
from bot.reply.model import Tone
from bot.reply.plain import plain_text
from tests.standins.environment import ANA, EVE, LINK, YOUTUBE, rows

BO = replace(ANA, person=Person("U-bo", "Bo"), role=Role.GUEST, permissions=frozenset({Permission.LOOK}))
WORDS = {
    "": {},
    "list": {},
    "spring launch": {"campaign": "spring launch"},
    "new spring launch budget 50": {"action": "new", "name": "spring launch", "dollars": "50"},
    "spring launch new budget 50": {"action": "new", "name": "spring launch", "dollars": "50"},
    "launch archive please": {"action": "archive", "campaign": "launch"},
    "create a campaign called launch": {"action": "new", "name": "launch"},
    "new launch start 1 dec end 2026-12-31": {
        "action": "new",
        "name": "launch",
        "start": "1 dec",
        "end": "2026-12-31",
    },
    f"new launch {LINK} budget 20": {"action": "new", "name": "launch", "videos": LINK, "dollars": "20"},
    f"new launch {LINK} cat": {"action": "new", "name": "launch", "videos": f"{LINK} cat"},
    "new launch budget ten and from 1 dec to dec 24": {
        "action": "new", "name": "launch", "dollars": "10", "start": "1 dec", "end": "dec 24",
    },
    "new launch budget -5": {"action": "new", "name": "launch", "dollars": "-5"},
    "launch budget 20 usd": {"action": "budget", "campaign": "launch", "dollars": "20 usd"},
    f"add {LINK} {YOUTUBE} to spring launch": {
        "action": "add",
        "campaign": "spring launch",
        "videos": f"{LINK} {YOUTUBE}",
    },
    f"add launch {LINK}": {"action": "add", "campaign": "launch", "videos": LINK},
    'launch add "cat on a piano"': {"action": "add", "campaign": "launch", "videos": '"cat on a piano"'},
    "remove cat on a piano from launch": {"action": "remove", "campaign": "launch", "videos": "cat on a piano"},
    "rename launch to spring launch": {"action": "rename", "campaign": "launch", "name": "spring launch"},
    "launch rename spring": {"action": "rename", "campaign": "launch", "name": "spring"},
    '"budget here" archive': {"action": "archive", "campaign": "budget here"},
    "budget 50 for launch": {"action": "budget", "campaign": "launch", "dollars": "50"},
    "launch budget off": {"action": "budget", "campaign": "launch", "dollars": "off"},
    "launch until 31 dec": {"action": "dates", "campaign": "launch", "end": "31 dec"},
    "here launch": {"action": "here", "campaign": "launch"},
    "here off": {"action": "off"},
}  # fmt: skip


@pytest.mark.parametrize("typed", WORDS)
def test_arguments_are_read_in_either_order(typed):
    assert read_words(typed) == WORDS[typed]


async def test_a_campaign_is_created_filled_changed_and_archived(env):
    env.track(LINK)
    await env.say("/videos")
    created = await env.say("/campaign new Spring Launch budget 50")
    assert "Campaign created. $50.00 tracking budget." in created.summary
    assert "were not changed. $50.00" in (await env.say("/campaign new spring launch budget 70")).summary
    added = await env.say(f"/campaign add {LINK} {YOUTUBE} to spring launch")
    assert added.summary == "2 videos added. 1 isn't tracked yet; /track starts that."
    again = await env.say(f"/campaign SPRING LAUNCH add {LINK} https://example.com/nothing")
    assert "Nothing was added. 1 was in it already. 1 problem below." in again.summary
    assert [row[0] for row in rows(again)] == ["https://example.com/nothing"]
    assert "There's already" not in (await env.say("/campaign spring launch rename Launch")).summary
    (row,) = rows(await env.say("/campaign"))
    assert row[0] == "Launch"
    assert row[3] == "2"
    assert "removed" in (await env.say(f"/campaign launch remove {YOUTUBE}")).summary
    assert "remove <link> from" in (await env.say("/campaign launch remove")).summary
    assert "Not removed" in plain_text(await env.say("/campaign launch remove zebra"))
    assert (await env.say("/campaign launch")).title == "Launch"
    assert "Archived with everything" in (await env.say("/campaign archive launch")).summary
    assert "isn't archived" not in (await env.say("/campaign archived")).summary
    assert "archived. Restore it first" in (await env.say(f"/campaign launch add {LINK}")).summary
    assert "Restored." in (await env.say("/campaign launch restore")).summary
    outcomes = [each.outcome for each in await env.audit()]
    assert outcomes[:3] == [
        "Campaign Launch: restored",
        "Campaign Launch: archived",
        "Removed 1 video from campaign Launch",
    ]
    assert "Campaign Spring Launch: renamed to Launch" in outcomes


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/campaign new here", "word that commands use"),
        ("/campaign new 2026", "at least one word or emoji"),
        ("/campaign new launch budget 0", "more than $0"),
        ("/campaign new launch budget -5", "can't read “-5” as an amount"),
        ("/campaign new launch budget 10000000", "9,999,999 at most"),
        ("/campaign new launch budget 1.000,50 €", "Amounts are in US dollars"),
        ("/campaign delete launch", "Campaigns aren't deleted"),
        ("/campaign launch archive next week", "archive takes nothing else, not “week”"),
        ("/campaign launch here budget 60", "here takes nothing else, not “budget 60”"),
        ("/campaign launch restore tomorrow", "restore takes nothing else"),
        ("/campaign launch", "There's no campaign called “launch”. There are none yet"),
        ("/campaign add cat to launch", "There's no campaign called “launch”"),
        ("/campaign new launch start 31 feb", "I don't read “31 feb” as a date"),
    ],
)
async def test_invalid_changes_are_refused_with_the_next_step(env, line, words):
    refused = await env.say(line)
    assert (refused.tone, words in refused.summary) == (Tone.PROBLEM, True), refused.summary


async def test_the_list_and_the_card_show_the_name_as_typed_and_the_same_figures(env):
    links = [f"https://www.tiktok.com/@viral/video/730123456789012345{number}" for number in range(3)]
    for link, days in zip(links, (1, 3, 5), strict=True):
        env.track(link, days=days)
    env.clock.advance(hours=40)
    await env.say("/videos")
    await env.say("/campaign new *bold* <!channel> 🚀")
    await env.say(f"/campaign *BOLD* <!channel> 🚀 add {' '.join(links)}")
    ((name, views, day, _, *_),) = rows(await env.say("/campaign"))
    card = await env.say("/campaign *bold* <!channel> 🚀")
    assert card.title == name == "*bold* <!channel> 🚀"
    assert views in card.summary
    assert day in card.summary


async def test_simultaneous_creation_makes_one_campaign_and_needs_permission(env):
    both = await asyncio.gather(env.say("/campaign new launch"), env.say("/campaign new LAUNCH"))
    assert sorted(each.summary.partition(".")[0] for each in both) == [
        "Campaign created",
        "This campaign already exists, so no second one was created",
    ]
    assert "can't fill them" in (await env.say(f"/campaign launch add {LINK}", BO)).summary
    assert "Only admins" in (await env.say("/campaign launch archive", BO)).summary
    assert "no campaign called" in (await env.say("/campaign launch", EVE)).summary
    assert rows(await env.say("/campaign", BO))[0][0].casefold() == "launch"


async def test_500_videos_join_in_one_line_with_a_row_for_each_problem(env):
    await env.say("/campaign new launch")
    links = [f"https://www.tiktok.com/@ada/video/73012345678901{number:05d}" for number in range(498)]
    answer = await env.say(
        f"/campaign add {' '.join([*links, links[0], 'https://x.com/a', 'https://vimeo.com/1'])} to launch"
    )
    assert answer.summary == "498 videos added. 498 aren't tracked yet; /track starts that. 2 problems below."
    assert [row[0] for row in rows(answer)] == ["https://x.com/a", "https://vimeo.com/1"]


async def test_a_form_takes_links_on_several_lines_and_titles_with_commas(env):
    await env.say("/campaign new launch")
    given = {"action": "add", "campaign": "launch"}
    links = await env.run(Call("campaign", {**given, "videos": f"{LINK}\n\n{YOUTUBE}\n"}))
    assert links.summary.startswith("2 videos added.")
    titles = await env.run(Call("campaign", {**given, "videos": "no such cat, nor this"}))
    assert [row[0] for row in rows(titles)] == ["no such cat", "nor this"]


async def test_a_channels_own_campaign_lasts_until_it_ends(env):
    await env.say("/campaign new launch")
    assert "now the channel's campaign" in (await env.say("/campaign launch here")).summary
    added = await env.say(f"/campaign add {LINK}")
    assert "This is the channel's own campaign." in added.summary
    assert [each.value for each in await env.bot.suggest("campaign", "campaign", "LAU", ANA)] == ["launch"]
    assert "launch is no longer this channel's own" in (await env.say("/campaign here off")).summary
    assert "no campaign of its own" in (await env.say("/campaign off")).summary
    assert "Which campaign?" in plain_text(await env.say(f"/campaign add {LINK}"))


async def test_a_video_joins_when_its_tracking_starts_and_only_then(env):
    await env.say("/campaign new spring launch")
    card = await env.say(f"/track {LINK} in SPRING launch 3")
    assert card.summary.endswith("Goes into campaign spring launch.")
    assert rows(await env.say("/campaign"))[0][3] == "0"
    await env.press(card, "Track 3 days")
    assert rows(await env.say("/campaign"))[0][3] == "1"
    again = await env.say(f"/track {LINK} {YOUTUBE} in spring launch")
    assert "Goes into campaign spring launch." in again.summary
    await env.press(again, "Cancel")
    assert rows(await env.say("/campaign"))[0][3] == "1"


async def test_a_video_that_runs_already_joins_and_nothing_is_spent(env):
    await env.start(LINK)
    await env.say("/campaign new launch")
    assert "Nothing was spent. Added to campaign launch." in (await env.say(f"/track {LINK} in launch")).summary
    assert "It's already in campaign launch." in (await env.say(f"/track {LINK} in launch")).summary
    assert env.trackings() == 1


async def test_the_card_of_an_offer_changes_the_campaign_in_place(env):
    for name in ("spring", "autumn"):
        await env.say(f"/campaign new {name}")
    await env.say("/campaign spring here")
    card = await env.say(f"/track {LINK}")
    assert card.summary.endswith("Goes into campaign spring, this channel's own.")
    card = await env.press(card, "Into autumn")
    assert card.summary.endswith("Goes into campaign autumn.")
    card = await env.press(card, "Into no campaign")
    assert "campaign" not in card.summary
    card = await env.press(card, "Into autumn")
    await env.press(card, "Track 7 days")
    assert {row[0]: row[3] for row in rows(await env.say("/campaign"))} == {"autumn": "1", "spring": "0"}
    assert "campaign" not in (await env.say(f"/track {YOUTUBE} in no campaign")).summary


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"/track {LINK} in nothing", "There's no campaign called “nothing”"),
        (f"/track {LINK} in old", "Campaign old is archived"),
        (f"/track {LINK} in 3 days", "not later"),
    ],
)
async def test_a_start_in_an_unknown_campaign_spends_nothing(env, line, words):
    await env.say("/campaign new old")
    await env.say("/campaign archive old")
    assert words in (await env.say(line)).summary


async def test_lists_money_and_files_are_about_a_campaign(env):
    for link in (LINK, YOUTUBE):
        await env.start(link)
    await env.say(f"/campaign new launch {LINK} budget 50")
    env.clock.advance(hours=3)
    for line in ("/videos in launch", "/videos launch", "/videos tiktok in LAUNCH views"):
        listed = await env.say(line)
        assert "in campaign launch" in listed.summary
        assert len(rows(listed)) == 1
    assert (await env.say("/videos youtube launch")).summary == "No YouTube videos in campaign launch."
    exported = await env.say("/export all in launch")
    assert "of 1 video of campaign launch" in exported.summary
    assert (await env.say("/export launch")).summary == exported.summary
    money = await env.say("/usage launch")
    assert "what was started in it costs up to $0.00 · $50.00 of its $50.00 budget left" in money.summary
    assert "There's no campaign called “spring”. Campaigns: launch." in (await env.say("/usage spring")).summary


async def test_a_budget_below_its_use_is_set_and_explained(env):
    await env.say("/campaign new launch budget 50")
    card = await env.say(f"/track {LINK} 7 in launch")
    await env.press(card, "Track 7 days")
    lowered = await env.say("/campaign launch budget 1")
    assert lowered.tone is Tone.WARNING
    assert "Starts in it come to $2.52, so nothing more can be started; what runs goes on. $1.00" in lowered.summary
    assert (await env.say("/campaign launch budget 10")).summary == "Saved. $10.00 tracking budget."


async def test_look_ups_use_the_channels_own_campaign_unless_all_is_typed(env):
    await env.say("/campaign new launch")
    await env.say("/campaign launch here")
    await env.press(await env.say(f"/track {LINK} 7"), "Track 7 days")
    await env.press(await env.say(f"/track {YOUTUBE} 7 in none"), "Track 7 days")
    assert (await env.say("/videos")).summary.startswith("1 video in campaign launch, this channel's own")
    assert (await env.say("/videos all")).summary.startswith("2 videos, newest first")
    assert (
        "hat was started in it costs up to $2.52. This is the channel's own campaign"
        in (await env.say("/usage")).summary
    )
    assert (await env.say("/usage all")).title == "Wallet"
    details = plain_text(await env.press(await env.say("/usage all"), "Details"))
    assert "launch" in details

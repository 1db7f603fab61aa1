"""/allowance log: who did what, when, at what cost and with what outcome, as a card and as a file."""

import csv
import io
from dataclasses import replace

import pytest

from bot.domain.caller import Permission, Person
from bot.reply.model import Tone
from bot.reply.plain import plain_text
from bot.reply.spool import opened
from tests.standins.environment import ANA, BEN, EVE, LINK, YOUTUBE, labels, rows

LOOKING = replace(ANA, permissions=frozenset({Permission.LOOK}))
TRIED = ("track", "digest", "alerts", "allowance", "campaign", "stop")
FORMULA = replace(ANA, person=Person("U-calc", "=cmd|' /C calc'!A0"))


async def test_every_start_stop_refusal_and_setting_is_listed_and_filtered(env):
    env.sandbox.world.track(env.sandbox.key, YOUTUBE, 7)
    await env.say("/videos")
    env.clock.advance(minutes=5)
    await env.start(LINK, 7)
    await env.press(await env.say(f"/stop {LINK}"), "Stop")
    late = await env.say(f"/track {LINK} 7", BEN)
    await env.say("/allowance everyone 1")
    assert "monthly allowance" in (await env.press(late, "Track 7", BEN)).summary
    for line in ("/digest on 09:00 UTC", "/digest off", "/digest off", "/alerts milestones on"):
        await env.say(line)
    listed = rows(await env.say("/allowance log"))
    assert [row[0].partition(":")[0] for row in listed] == [
        *("Setting", "Setting", "Setting", "Refused", "Allowance", "Stop", "Setting", "Start", "Start")
    ]
    refused, start, outside = listed[3], listed[7], listed[8]
    assert refused[1:4] == ["Ben", "–", "1 video, $2.52: over their $1.00 monthly allowance"]
    assert start[1:4] == ["Ana", "$2.52", "tracking"]
    assert outside[1] == "Outside the bot"
    for words, count in {"starts": 2, "stops": 1, "refusals": 1, "@U-ben": 1, "settings @U-ana": 5}.items():
        assert len(rows(await env.say(f"/allowance log {words}"))) == count, words
    empty = await env.say("/allowance log approvals")
    assert "Nothing of that kind" in empty.summary


async def test_a_press_for_several_videos_that_a_limit_stops_is_one_entry(env):
    card = await env.say(f"/track {LINK} {YOUTUBE} 7")
    await env.say("/allowance everyone 1")
    await env.press(card, "Track 7")
    found = [each.outcome for each in await env.audit(without=()) if each.action == "refused"]
    assert found == ["2 videos, $5.04: over their $1.00 monthly allowance"]
    assert env.posts() == 0


async def test_what_somebody_tried_who_may_not_is_one_entry_an_hour_for_each_command(env):
    guest = replace(LOOKING, person=Person("U-gus", "Gus"))
    await env.start()
    card = await env.say(f"/track {YOUTUBE} 7")
    for _ in range(3):
        for line in (
            f"/track {LINK} 7",
            "/digest on 09:00",
            "/alerts on",
            "/allowance everyone 50",
            "/campaign new launch",
        ):
            assert (await env.say(line, guest)).tone is Tone.PROBLEM
        assert (await env.say(f"/stop {LINK}", guest)).tone is Tone.PROBLEM
        await env.say("/connect", guest)
        await env.say("/videos", guest)
        assert "Only the person who asked" in (await env.press(card, "Track 7", BEN)).summary
    refused = [each for each in await env.audit(without=()) if each.action == "refused"]
    tried = {("Ben", "C-random", "not allowed: /track")}
    tried |= {("Gus", "C-general", f"not allowed: /{each}") for each in TRIED}
    assert {(each.person.name, each.channel_id, each.outcome) for each in refused} == tried
    assert len(refused) == len(tried)
    env.clock.advance(hours=1)
    await env.say("/alerts on", guest)
    assert len([each for each in await env.audit(without=()) if each.outcome == "not allowed: /alerts"]) == 2
    abroad = replace(guest, permissions=frozenset())
    await env.say("/alerts on", abroad)
    assert len(rows(await env.say("/allowance log refusals"))) == len(tried) + 1


async def test_ten_entries_a_page_and_a_file_of_all_that_no_spreadsheet_computes(env):
    for dollars in range(1, 26):
        await env.say(f"/allowance everyone {dollars}", FORMULA)
    page = await env.say("/allowance log")
    for expected in (["Next", "CSV"], ["Previous", "Next", "CSV"], ["Previous", "CSV"]):
        assert labels(page)[: len(expected)] == expected
        assert len(rows(page)) == (10 if "Next" in expected else 5)
        file = (await env.press(page, "CSV")).files[0]
        page = await env.press(page, "Next") if "Next" in expected else page
    assert page.summary == "Entries 21 to 25, newest first."
    entries = list(csv.DictReader(io.StringIO(opened(file.content).read().decode("utf-8-sig"))))
    assert len(entries) == 25
    assert {each["person"][:2] for each in entries} == {"'="}
    assert (await env.say("/allowance log csv")).files[0].content.size == file.content.size


@pytest.mark.parametrize("words", ["yesterday", "starts stops", "<@&77|Editors>", "@U-ana @U-ben"])
async def test_a_word_that_filters_nothing_is_named(env, words):
    reply = await env.say(f"/allowance log {words}")
    assert (reply.tone, "/allowance log" in plain_text(reply)) == (Tone.PROBLEM, True)


async def test_only_managers_read_it_and_only_their_own_workspaces(env):
    await env.start(LINK, 7)
    assert "Only admins" in (await env.say("/allowance log", LOOKING)).summary
    page = await env.say("/allowance log", EVE)
    assert "steady" not in plain_text(page)
    assert "Only admins" in (await env.run(_of(await env.say("/allowance log")), LOOKING)).summary


def _of(reply):
    return next(action.call for action in reply.actions if getattr(action, "label", "") == "CSV")

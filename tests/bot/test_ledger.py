"""/allowance log: who did what, when, at what cost and with what outcome, as a card and a file."""

import csv
import io
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import insert

from bot.commands.registry import COMMANDS
from bot.domain.caller import Permission, Person
from bot.reply.call import Call
from bot.reply.model import Reply, Tone
from bot.reply.plain import plain_text
from bot.reply.spool import opened
from bot.store.database import Database
from bot.store.outbox import Message
from bot.store.schedule_tables import alert_states
from tests.standins.environment import ANA, BEN, EVE, LINK, LOOKER, YOUTUBE, button, environment_of, labels, rows

TRIED = ("track", "digest", "alerts", "allowance", "campaign", "stop")
LAUNCH, ABOVE = "/campaign new launch", ("/allowance approval above 1",)
FORMULA = replace(ANA, person=Person("U-calc", "=cmd|' /C calc'!A0"))


async def test_every_start_stop_refusal_and_setting_is_listed_and_filtered(env):
    env.track(YOUTUBE)
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
    assert refused[1:4] == ["Ben in C-random", "–", "1 video, $2.52: over their $1.00 monthly allowance"]
    assert start[1:4] == ["Ana in C-general", "$2.52", "tracking"]
    assert outside[1] == "Outside the bot"
    for words, count in {"starts": 2, "stops": 1, "refusals": 1, "@U-ben": 1, "settings @U-ana": 5}.items():
        assert len(rows(await env.say(f"/allowance log {words}"))) == count, words
    empty = await env.say("/allowance log approvals")
    assert "Nothing of that kind" in empty.summary


CHANGES = {
    "track.start": (("/alerts on", f"/track {LINK} 7", "Track 7"), "track", "tracking"),
    "stop.confirm": ((f"start {LINK}", f"/stop {LINK}", "Stop"), "stop", "completed"),
    "approval.ask": ((*ABOVE, f"/track {LINK} 7", "Ask"), "approval", "pending: 7 days, up to $2.52"),
    "approval.decide": (
        (*ABOVE, f"/track {LINK} 7", "Ask", "/allowance approval", "Ana", "Ben declines"), "approval",
        "declined: 7 days, up to $2.52",
    ),
    "allowance": (("/allowance everyone 5",), "allowance", "Allowance of everyone: $5.00 a month"),
    "allowance: confirm": (
        ("/allowance here confirm above 5",), "allowance", "Allowance of channel C-general: confirm",
    ),
    "allowance: off": (
        ("/allowance everyone 5", "/allowance everyone off"), "allowance", "Allowance of everyone: removed",
    ),
    "allowance: zone": (("/allowance zone Berlin",), "allowance", "Months begin in Europe/Berlin"),
    "allowance: money": (("/allowance money managers",), "allowance", "Money is shown to managers"),
    "allowance: approval": (("/allowance approval by @bo",), "approval", "Approver added: @bo"),
    "campaign": ((LAUNCH,), "campaign", "Created campaign launch"),
    "campaign: add": ((f"start {LINK}", LAUNCH, f"/campaign launch add {LINK}"), "campaign", "Added 1 video"),
    "campaign: budget": ((LAUNCH, "/campaign launch budget 5"), "campaign", "Campaign launch: budget set"),
    "campaign: rename": ((LAUNCH, "/campaign launch rename go"), "campaign", "Campaign launch: renamed"),
    "campaign: archive": ((LAUNCH, "/campaign launch archive"), "campaign", "Campaign launch: archived"),
    "campaign: here": ((LAUNCH, "/campaign launch here"), "campaign", "Channel is about launch"),
    "payout": ((LAUNCH, "/payout launch terms tiktok 1"), "payout", "Terms of campaign launch"),
    "payout.paid": (("final", Call("payout.paid", {"campaign": "launch", "creator": "@steady"})), "payout", "Marked $"),
    "payout.unpaid": (("final", "/payout launch paid @steady", "Undo"), "payout", "Marked $"),
    "digest": (
        ("/alerts on", "/digest on 09:00 UTC movers tiktok skip"), "setting",
        "digest daily at 09:00 (UTC); shows: totals, movers; only: TikTok; skipped: when there's nothing to report",
    ),
    "digest: off": (("/alerts on", "/digest on 09:00 UTC", "/digest off"), "setting", "digest off"),
    "alerts": (("/alerts balance 10",), "setting", "alerts: Low balance: alerts below $10.00"),
    "alerts.snooze": (
        ("/alerts on", "low", Call("alerts.snooze", {"setting": "1", "alert": "balance"})), "setting", "alerts: one",
    ),
    "outbox.retry": (("dead", "/status", "Retry"), "setting", "1 failed message posted again"),
    "previews": ((Call("previews", {"on": "yes"}),), "setting", "link previews on"),
    "connect": (("key",), "setting", "API key linked (a test key)"),
    "disconnect.confirm": (
        ("/disconnect", "Disconnect and delete"), "setting", "API key and everything stored deleted",
    ),
}  # fmt: skip
"""The steps to each change, of which the last makes it, and the entry that it leaves."""
NO_CHANGE = {
    *("track", "stop", "disconnect", "track.on", "track.again", "allowance.log", "approval.show"),
    *("track.cancel", "alerts.set"),
}
"""Cards that lead to a change, a dropped offer, and a button's alias of /alerts."""


def test_every_command_with_a_permission_is_listed_as_audited_or_unchanging():
    needed = {each.name for each in COMMANDS if each.need is not Permission.LOOK or each.is_setting}
    assert needed == {name for name in CHANGES if ":" not in name} - {"campaign"} | NO_CHANGE


@pytest.mark.parametrize("name", CHANGES)
async def test_each_change_leaves_one_entry_with_person_place_and_outcome(sandbox, clock, sqlite_url, name):
    async with environment_of(sandbox, clock, sqlite_url, secret_keys=SecretStr("0123456789abcdef" * 2)) as env:
        await _leaves_one_entry(env, name)


async def _leaves_one_entry(env, name):
    steps, action, outcome = CHANGES[name]
    reply, who, before = None, ANA, 0
    for step in steps:
        before = 0 if name == "disconnect.confirm" else len(await env.audit(without=()))
        match step:
            case Call():
                reply = await env.run(step)
            case "key":
                reply = await env.run(Call("connect", {"key": env.sandbox.key}))
            case "Ben declines":
                who, reply = BEN, await env.press(reply, "Decline", BEN)
            case "dead" | "low" | "final":
                await globals()[f"_{step}"](env)
            case _ if step.startswith("start "):
                reply = await env.start(step.removeprefix("start "))
            case _ if step.startswith("/"):
                reply = await env.say(step)
            case "Ask":
                call = button(reply, step)
                reply = await env.run(Call(call.command, {**call.arguments, "why": "x"}))
            case _:
                reply = await env.press(reply, step)
    entries = await env.audit(without=())
    new, place = entries[: len(entries) - before], who.channel_id if name != "approval.decide" else ANA.channel_id
    assert [(each.action, each.person, each.channel_id) for each in new] == [(action, who.person, place)], reply
    assert new[0].outcome.startswith(outcome), new[0].outcome
    assert (new[0].cost is not None) is (name == "track.start")


async def _dead(env):
    await env.say("/status")
    async with env.store() as (store, _):
        await store.outbox.add(Message("a", 1, "C-general", Reply("Hello.")), env.clock())
        (one,) = await store.outbox.claim(env.clock(), ["console"], 1, places={}, each=1)
        await store.outbox.dead(one, "The channel is archived.", env.clock())


async def _low(env):
    database = Database(env.database_url)
    known = {"setting_id": 1, "subject": "balance", "state": "LOW", "episode": 1, "detail": {}}
    await database.write(insert(alert_states).values(known))
    await database.close()


async def _final(env):
    env.track(LINK, days=1)
    await env.say(f"/campaign new launch {LINK}")
    await env.say("/payout launch terms tiktok 1, from zero, final after 1 day")
    env.clock.advance(hours=30)
    await env.say(f"/stats {LINK}")


async def test_a_refused_press_for_several_videos_is_one_entry(env):
    card = await env.say(f"/track {LINK} {YOUTUBE} 7")
    await env.say("/allowance everyone 1")
    await env.press(card, "Track 7")
    found = [each.outcome for each in await env.audit(without=()) if each.action == "refused"]
    assert found == ["2 videos, $5.04: over their $1.00 monthly allowance"]
    assert env.posts() == 0


async def test_denied_attempts_are_one_entry_per_hour_and_command(env):
    guest = replace(LOOKER, person=Person("U-gus", "Gus"))
    await env.start()
    card = await env.say(f"/track {YOUTUBE} 7")
    settings = ("/digest on 09:00", "/alerts on", "/allowance everyone 50", LAUNCH)
    for _ in range(3):
        for line in (f"/track {LINK} 7", *settings):
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


async def test_the_log_has_ten_entries_per_page_and_a_file_without_formulas(env):
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
async def test_an_unknown_filter_is_named(env, words):
    reply = await env.say(f"/allowance log {words}")
    assert (reply.tone, "/allowance log" in plain_text(reply)) == (Tone.PROBLEM, True)


async def test_only_managers_see_the_log_of_their_own_workspace(env):
    await env.start(LINK, 7)
    assert "Only admins" in (await env.say("/allowance log", LOOKER)).summary
    assert "steady" not in plain_text(await env.say("/allowance log", EVE))
    assert "Only admins" in (await env.press(await env.say("/allowance log"), "CSV", LOOKER)).summary

"""Every name, spelling and mistake gets a reply, and never a traceback."""

import logging
import sqlite3

import pytest

from bot.app import Bot
from bot.commands.registry import COMMANDS
from bot.reply.call import Call
from bot.reply.model import Tone
from bot.reply.plain import plain_text
from tests.standins.environment import ANA, LINK, YOUTUBE, environment_of, labels

BAD_INPUT = [
    "/track",
    f"/track {LINK} 31",
    f"/track {LINK} abc",
    "/track 7",
    "/track cats",
    "/track https://example.com/video/1",
    "/track https://www.tiktok.com/@user",
    "/track javascript:alert(1)",
    "/track https://user:password@www.tiktok.com/@a/video/1",
    "/track " + "x" * 10_000,
    f"/track {LINK}{'9' * 10_000}",
    f"/track {LINK[:-1]}{'9' * 1_900}",
    f"/track {LINK} {'y' * 3_000}",
    "/track \u202e\u200b\u2066",
    "/track <!channel> *bold* @everyone",
    "/track \x00\x1b[2J",
    "/stats",
    "/stats nothing like it",
    "/stats <!channel> `code` [free](https://example.com)",
    "/stats https://example.com",
    "/stats %_%",
    "/stats '; DROP TABLE videos; --",
    "/stats \ud800",
    "/stop no such video",
    "/compare one",
    "/compare a b c d e f",
    "/compare a a",
    "/videos facebook",
    "/videos tiktok youtube",
    "/usage zebra",
    "/export no such video",
    "/status x",
    "/help nonsense",
    "/nonsense",
    "/" + "z" * 10_000,
    "/",
    "",
    "/track.start",
    "/track.start batch days",
    "/contentstats nonsense",
]


@pytest.mark.parametrize("line", BAD_INPUT, ids=lambda line: ascii(line[:40]))
async def test_bad_input_is_explained_and_spends_nothing(env, line, caplog):
    with caplog.at_level(logging.ERROR):
        reply = await env.say(line)
    assert caplog.records == []
    assert reply.tone in {Tone.PROBLEM, Tone.WARNING}
    assert reply.summary.endswith(".") or "https://" in reply.summary
    assert len(reply.summary) < 500
    advised = ("/", "Paste", "Please", "one of", "whole number", "different ones", "Send", "shorten")
    assert any(word in plain_text(reply) for word in advised), plain_text(reply)
    assert env.posts() == 0
    assert not any(label.startswith("Track ") for label in labels(reply))


async def test_malformed_input_gets_the_usage_and_a_working_example_but_not_after_a_button(env):
    said = plain_text(await env.say(f"/track {LINK} 31"))
    assert "Usage: /track <link> [link …] [days]" in said
    assert "Example: /track https://www.tiktok.com/@demo/video/7301234567890123456 7" in said
    reply = await env.run(Call("track.start", {"batch": "x", "days": "99"}))
    assert "Usage" not in plain_text(reply)
    assert "whole number from 1 to 30" in reply.summary


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (Call("track.start", {"batch": "gone", "days": "7"}), "can't find that offer any more"),
        (Call("track.cancel", {"batch": "gone"}), "can't find that offer any more"),
        (Call("track.check", {"batch": "gone"}), "can't find that offer any more"),
        (Call("stop.confirm", {"video": "gone"}), "can't find that video any more, so nothing was stopped"),
        (Call("stats", {"video": "gone"}), "No video here matches"),
        (Call("removed.last.year", {"x": "y"}), "There's no command"),
    ],
)
async def test_an_outdated_button_explains_the_next_step(env, call, words):
    reply = await env.run(call)
    assert reply.tone is Tone.PROBLEM
    assert words in reply.summary
    assert "/" in reply.summary


@pytest.mark.parametrize(
    "line",
    ["/usage", "usage", "/USAGE", "  usage", "/contentstats usage", "/ContentStats /Usage", "contentstats \n usage"],
)
async def test_every_spelling_of_a_command_reaches_it(env, line):
    name, _, arguments = line.strip().partition(" ")
    assert (await env.bot.run(name, arguments, ANA)).title == "Wallet"


@pytest.mark.parametrize("line", ["/contentstats", "/contentstats   ", "/contentstats help", "/help"])
async def test_the_umbrella_command_alone_shows_help(env, line):
    assert (await env.say(line)).title == "What I can do"
    assert (await env.bot.run("contentstats", f"track\n{LINK}\n7", ANA)).title == "Track this video?"


async def test_an_unknown_command_names_the_nearest(env):
    assert (await env.say("/usag")).summary == "There's no command /usag. Did you mean /usage?"
    assert (await env.say("/xyzzy")).summary == "There's no command /xyzzy. /help lists all commands."
    assert (await env.say("/contentstats vidoes")).summary.startswith(
        "There's no command /vidoes. Did you mean /videos?"
    )


async def test_the_docs_of_every_command_are_one_help_away(env):
    for command in Bot.commands:
        reply = await env.say(f"/help {command.name}")
        assert (reply.title == f"/{command.name}") is command.listed


async def test_without_a_key_every_command_explains_what_is_missing(sandbox, clock, sqlite_url):
    async with environment_of(sandbox, clock, sqlite_url, contentstats_api_key=None) as env:
        for line in (f"/track {LINK}", "/videos", "/stats x", "/compare a b", "/stop x", "/usage", "/export"):
            reply = await env.say(line)
            assert reply.tone is Tone.PROBLEM
            assert "CONTENTSTATS_API_KEY" in reply.summary
        assert "CONTENTSTATS_API_KEY" in (await env.say("/status")).summary
        assert (await env.say("/help")).tone is Tone.INFO
        assert await env.bot.suggest("stats", "video", "", ANA) == ()
    assert sandbox.requests == ()


async def test_an_internal_error_has_a_reference_that_is_also_logged(env, sqlite_url, caplog):
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as database:
        database.execute("UPDATE wallets SET usage_at = '2026-03-02 10:30:00', balance = 'a lot'")
    with caplog.at_level(logging.ERROR):
        reply = await env.say("/usage")
    assert reply.tone is Tone.PROBLEM
    (record,) = caplog.records
    assert record.reference in reply.summary
    assert "a lot" not in plain_text(reply)
    assert (await env.say("/help")).tone is Tone.INFO


async def test_an_outage_of_the_database_is_reported_and_survived(sandbox, clock, postgres, postgres_url):
    async with environment_of(sandbox, clock, postgres_url) as env:
        card = await env.say(f"/track {LINK} 7")
        name = postgres_url.rpartition("/")[2]
        postgres._sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        postgres.disconnect(name)
        reply = await env.press(card, "Track 7")
        assert reply.tone is Tone.PROBLEM
        assert "database isn't responding" in reply.summary
        assert "the tracking may be running. Check /videos before you try again." in reply.summary
        assert "Try again in a minute." in (await env.say("/usage")).summary
        assert await env.bot.suggest("stats", "video", "", ANA) == ()
        assert env.posts() == 0
        postgres._sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        assert (await env.press(card, "Track 7")).tone is Tone.SUCCESS


async def test_no_reply_contains_a_key(env):
    body = {"error": f"the key {env.sandbox.key} is bad"}
    for status in ("400", "401", "500"):
        env.sandbox.faults.add(status, times=None, body=body)
        for line in (f"/track {LINK}", "/usage", "/status", "/videos"):
            assert env.sandbox.key not in plain_text(await env.say(line))
        env.sandbox.faults.clear()


HALF = "a\ud83db"
"""With half of a surrogate pair, which is valid in JSON but not in any database."""


async def test_half_a_character_breaks_no_command(env):
    await env.start()
    lines = [HALF, f"{HALF} vs {HALF}", f"https://x.com/{HALF}/status/1988637243979237148 7", f"on {HALF}", f'"{HALF}"']
    for command in COMMANDS:
        names = [each.name for each in command.arguments]
        for given in [*({name: HALF} for name in names), dict.fromkeys(names, HALF), {HALF: HALF}, *lines]:
            reply = await env.bot.run(command.name, given, ANA)
            said = plain_text(reply) + "".join(each.call.encode() for each in reply.actions if hasattr(each, "call"))
            assert said.encode(), (command.name, given)
            assert "went wrong" not in said, (command.name, given)
        for name in names:
            await env.bot.suggest(command.name, name, HALF, ANA)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (f"{LINK} 5 dollars", "$5.00 buys 13 days ($4.68): /track <link> 13"),
        (f"$5 {LINK} {YOUTUBE}", "$5.00 buys 6 days for each video ($4.32)"),
        (f"{LINK} $0.20", "$0.20 is less than one day costs ($0.36)"),
        (f"{LINK} 1,000 dollars", "$1,000.00 buys 30 days ($10.80)"),
    ],
)
async def test_a_sum_of_money_is_answered_with_the_days_that_it_buys(env, typed, answer):
    reply = await env.say(f"/track {typed}")
    assert reply.tone is Tone.PROBLEM
    assert answer in reply.summary
    assert not any(label.startswith("Track") for label in labels(reply))

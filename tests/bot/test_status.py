"""/status: working and failing parts, even if nothing works."""

from dataclasses import replace

from pydantic import SecretStr

from bot.app import VERSION
from bot.doctor import checks
from bot.reply.call import Call
from bot.reply.model import Reply, Tone
from bot.reply.plain import plain_text
from bot.store.outbox import Message
from tests.standins.environment import ANA, LINK, LOOKER, environment_of, settings_of


async def shown(env, reply, *facts):
    """Check that the details of a card have these facts."""
    said = plain_text(await env.press(reply, "Details"))
    assert [fact for fact in facts if fact not in said] == []


async def test_a_working_bot_shows_its_facts(env):
    await env.say("/videos")
    reply = await env.say("/status")
    assert (reply.summary, reply.parts, reply.tone) == ("Everything is working.", (), Tone.SUCCESS)
    await shown(env, reply, f"Version {VERSION}, with a test key.", "ContentStats: responding", "Unclear requests: 0")
    await shown(env, reply, "Wallet last read: under 1 min ago", "Videos last listed: under 1 min ago")


async def test_jobs_that_never_ran_show_never_and_an_unclear_request_is_counted(env):
    env.sandbox.faults.add("500", times=None)
    reply = await env.say("/status")
    assert reply.tone is Tone.WARNING
    assert "ContentStats isn't answering properly: ContentStats has a problem on its end" in reply.summary
    said = plain_text(await env.press(reply, "Details"))
    assert "Wallet last read: never" in said
    assert "Videos last listed: never" in said
    env.sandbox.faults.clear()
    env.sandbox.faults.add("reset", "POST /videos/track")
    await env.start(LINK)
    reply = await env.say("/status")
    assert reply.tone is Tone.WARNING
    assert reply.summary.startswith("1 request to track may or may not have started")


async def test_a_scheduler_of_this_process_runs_however_fast_its_clock_is(env):
    await env.say("/digest on 09:00 UTC")
    assert "no scheduler runs" in (await env.say("/status")).summary
    env.bot.scheduler({}, speed=720)
    reply = await env.say("/status")
    assert (reply.summary, reply.tone) == ("Everything is working.", Tone.SUCCESS)


async def test_each_process_is_shown_with_its_problem(env):
    await env.bot.report({"slack": "", "discord": "Discord doesn't accept DISCORD_TOKEN.", "scheduler": ""})
    reply = await env.say("/status")
    assert (reply.summary, reply.tone) == ("Discord is down: Discord doesn't accept DISCORD_TOKEN.", Tone.WARNING)
    await shown(env, reply, "Slack commands: running", "Discord commands: Discord doesn't accept", "Scheduler: running")
    guest = replace(ANA, workspace=replace(ANA.workspace, is_operators=False))
    assert "Discord" not in plain_text(await env.run(Call("status.details"), guest))


async def test_a_digest_without_a_scheduler_is_a_problem(env):
    assert "Scheduler: never ran" in plain_text(await env.run(Call("status.details")))
    await env.bot.report({"scheduler": ""})
    await env.say("/digest on 9am Europe/Berlin")
    assert (await env.say("/status")).summary == "Everything is working."
    env.clock.advance(hours=3)
    reply = await env.say("/status")
    assert reply.summary.startswith("No digests or alerts are posted, because no scheduler runs.")
    assert "Scheduler: not running, last seen 3 h ago" in plain_text(await env.press(reply, "Details"))
    assert reply.tone is Tone.WARNING


async def test_help_lists_every_command_and_explains_each(env):
    said = plain_text(await env.say("/help"))
    for command in env.bot.commands:
        assert (f"/{command.name}" in said) is command.listed
    said = plain_text(await env.say("/help track"))
    assert "<link> [link …]: the video" in said
    assert "Who can use it: Everyone who may spend here." in said
    for name in ("digest", "alerts"):
        said = plain_text(await env.say(f"/help {name}"))
        assert "Everyone can look; admins can change it." in said
    assert "There's no command /nonsense." in (await env.say("/help nonsense")).summary


async def test_the_doctor_finds_no_problem(sandbox, sqlite_url):
    found = await checks(settings_of(sandbox, sqlite_url))
    assert [(check.name, check.ok) for check in found] == [("Database", True), ("ContentStats", True), ("Charts", True)]
    assert "test key, $100.00 available" in found[1].detail


async def test_the_doctor_names_problems_and_spends_nothing(sandbox, clock, sqlite_url, tmp_path):
    sandbox.faults.add("401", times=None)
    _, api, _ = await checks(settings_of(sandbox, sqlite_url))
    assert not api.ok
    assert "doesn't accept the API key" in api.detail
    _, api, _ = await checks(settings_of(sandbox, sqlite_url, contentstats_api_key=SecretStr(f"cs_live_{'x' * 501}")))
    assert "The ContentStats API key is empty or has invalid characters" in api.detail
    _, api, _ = await checks(settings_of(sandbox, sqlite_url, contentstats_api_key=None))
    assert "CONTENTSTATS_API_KEY isn't set" in api.detail
    found = await checks(settings_of(sandbox, f"sqlite:///{tmp_path}/missing/bot.db"))
    assert not found[0].ok
    assert "CONTENTSTATS" not in found[0].detail
    assert sandbox.calls("POST /videos/track") == ()
    async with environment_of(sandbox, clock, sqlite_url) as env:
        assert env.trackings() == 0


async def test_undelivered_messages_are_shown_with_the_reason_and_can_be_posted_again(env):
    await env.say("/status")
    async with env.store() as (store, _):
        for key, channel in (("a", "C-general"), ("b", "C-random"), ("c", "C-random")):
            await store.outbox.add(Message(key, 1, channel, Reply("Hello.")), env.clock())
        one, two = await store.outbox.claim(env.clock(), ["console"], 2, places={}, each=2)
        await store.outbox.dead(one, "The channel is archived.", env.clock())
        await store.outbox.sent({two: "m1"}, env.clock())
        reply = await env.say("/status")
        assert (reply.summary, reply.tone) == ("1 message couldn't be posted in the last seven days.", Tone.WARNING)
        await shown(env, reply, "Messages waiting: 1, the oldest for under 1 min", "Last posted: under 1 min ago")
        await shown(env, reply, "The channel is archived.")
        assert (await env.press(reply, "Retry", LOOKER)).tone is Tone.PROBLEM
        again = await env.press(reply, "Retry")
        assert again.summary.startswith("I'm posting 1 message again now.")
        claimed = await store.outbox.claim(env.clock(), ["console"], 3, places={}, each=3)
        assert [(each.key, each.attempts, each.is_repeat) for each in claimed] == [("a", 1, False), ("c", 1, False)]
    assert "No messages failed recently" in (await env.press(reply, "Retry")).summary

"""Real processes, killed between a call and its response, and racing each other."""

import asyncio
import os
import sys
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

import adapters
from bot.domain.clock import utc_now
from bot.reply.model import Tone
from tests.standins.environment import LINK, SAME_LINK, TRACK, HandClock, environment_of, outbox_states, sandbox_of


@pytest.fixture
async def sandbox():
    """Other processes use the real time, so this sandbox does too."""
    async with sandbox_of(utc_now) as running:
        yield running


@pytest.fixture
def console(sandbox, tmp_path):
    """Start `contentstats-bot console` as a process that answers lines from its input."""

    @asynccontextmanager
    async def start(database_url, *arguments):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "adapters",
            "console",
            *arguments,
            cwd=tmp_path,
            env=os.environ
            | {
                "PYTHONPATH": str(Path(adapters.__file__).parents[1]),
                "CONTENTSTATS_BASE_URL": sandbox.url,
                "CONTENTSTATS_API_KEY": sandbox.key,
                "DATABASE_URL": database_url,
            },
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()

    return start


@pytest.fixture
def killed(console, sandbox):
    """Confirm a tracking in a process, and kill it while it waits for the API's response."""

    async def run(database_url, fault):
        sandbox.faults.add(fault, TRACK, seconds=60)
        async with console(database_url, "-c", f"/track {LINK} 7", "--admin", "--yes") as process:
            async with asyncio.timeout(30):
                while not sandbox.calls(TRACK):  # noqa: ASYNC110 - a call of another process can only be watched for
                    await asyncio.sleep(0.02)
            process.kill()
            assert await process.wait() == -9

    return run


@pytest.fixture
def talk(console):
    """The replies of a new process to these lines."""

    async def run(database_url, *lines):
        async with console(database_url, "--admin") as process:
            out, _ = await process.communicate("\n".join(lines).encode())
            return out.decode()

    return run


async def test_a_start_interrupted_after_its_effect_is_found_by_the_next_process(killed, talk, sandbox, database_url):
    await killed(database_url, "effect-then-hang")
    said = await talk(database_url, "/status", f"/track {SAME_LINK} 7", "/usage")
    assert "may or may not have started" not in said
    assert "is already being tracked (running). Nothing was spent." in said
    assert "Started by: you" in said
    assert len(sandbox.calls(TRACK)) == 1
    assert len(sandbox.world.account(sandbox.key).trackings) == 1
    reported = {"unclear:1": "withdrawn", "settled:1": "pending", "settled:1:asker": "pending"}
    assert await outbox_states(database_url) == reported


async def test_a_start_interrupted_before_its_effect_is_never_sent_again_by_itself(killed, talk, sandbox, sqlite_url):
    await killed(sqlite_url, "hang")
    said = await talk(sqlite_url, "/status", f"/track {SAME_LINK} 7")
    assert "1 request to track may or may not have started" in said
    assert "start it or charge for it twice" in said
    later = HandClock()
    later.now = utc_now() + timedelta(hours=1, minutes=3)
    for _ in range(3):
        async with environment_of(sandbox, later, sqlite_url) as env:
            status = await env.say("/status")
    assert status.tone is Tone.SUCCESS
    assert len(sandbox.calls(TRACK)) == 1
    assert sandbox.world.account(sandbox.key).trackings == {}


async def test_two_processes_that_confirm_at_once_start_one_tracking(console, sandbox, postgres_url):
    sandbox.faults.add("slow", TRACK, times=None, seconds=0.5)
    options = ("--admin", "--yes", "--user")
    async with (
        console(postgres_url, "-c", f"/track {LINK} 7", *options, "ana") as one,
        console(postgres_url, "-c", f"/track {SAME_LINK} 7", *options, "ben") as two,
    ):
        said = [out.decode() for out, _ in await asyncio.gather(one.communicate(), two.communicate())]
    assert len(sandbox.calls(TRACK)) == 1
    assert len(sandbox.world.account(sandbox.key).trackings) == 1
    assert sum("Everyone sees:" in each for each in said) == 1, said


class Killed(BaseException):
    """The end of a process in the middle of its work."""


class Dying:
    """Ends this process for the database before one commit: that one and all later ones fail."""

    def __init__(self):
        self.left = sys.maxsize

    @property
    def is_dead(self):
        return self.left < 0

    def __call__(self, _connection):
        self.left -= 1
        if self.is_dead:
            raise Killed


async def test_a_kill_before_any_commit_of_a_start_leaves_at_most_one_recorded_call(database_url):
    await _killed_before_each_commit(database_url, lambda env, _, card: env.press(card, "Track 7"))


async def test_a_kill_before_any_commit_of_a_typed_start_leaves_at_most_one_call(sqlite_url):
    await _killed_before_each_commit(sqlite_url, lambda env, link, _: env.say(f"/track {link} 7", is_typed=True))


async def _killed_before_each_commit(database_url, start):
    clock, dying = HandClock(), Dying()
    event.listen(Engine, "commit", dying)
    try:
        async with sandbox_of(clock) as sandbox:
            trackings, calls, is_whole, link = 0, 0, False, ""
            for survived in count():
                async with environment_of(sandbox, clock, database_url) as env:
                    if link:  # left by the previous process
                        clock.advance(minutes=5)
                        await env.say("/status")
                        after = await env.say(f"/track {link} 7")
                        started = env.trackings() - trackings
                        assert env.posts() - calls == started <= 1, survived
                        recorded = [
                            each for each in await env.audit() if (each.link, each.outcome) == (link, "tracking")
                        ]
                        assert len(recorded) == started, survived
                        assert ("already being tracked" in after.summary) == bool(started), survived
                    if is_whole:
                        break
                    trackings, calls = env.trackings(), env.posts()
                    link = f"https://www.tiktok.com/@steady/video/{7301234567890120000 + survived}"
                    await env.say("/allowance everyone confirm above 5")
                    card = await env.say(f"/track {link} 7")
                    dying.left = survived
                    with suppress(Killed):
                        await start(env, link, card)
                    is_whole = not dying.is_dead
                dying.left = sys.maxsize
            assert survived > 4, "a start commits before its call, after it, and for what it reports"
    finally:
        event.remove(Engine, "commit", dying)

"""Guarantees of every platform's pacing: limits are kept and nearly used up, and a wait that is too long is refused."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.pacing import Busy
from adapters.discord.limits import Limits as DiscordLimits
from adapters.discord.limits import RestResponse
from adapters.slack.api import POST
from adapters.slack.api import Limits as SlackLimits
from tests.posters.virtual_time import VirtualTime, most_within

PATIENT = 10_000.0


class Slack:
    """One workspace's posts, each to another channel."""

    per_second = 5

    def __init__(self, time):
        self._limits = SlackLimits(time, time.sleep)
        self._channels = 0

    async def admit(self, deadline=PATIENT):
        self._channels += 1
        await self._limits.admit("T1", POST, deadline, f"C{self._channels}")

    def stop(self, seconds):
        self._limits.stop("T1", POST, seconds)


class Discord:
    """All posts of the bot."""

    per_second = 50

    def __init__(self, time):
        self._limits = DiscordLimits(now=time, sleep=time.sleep)

    async def admit(self, deadline=PATIENT):
        await self._limits.admit(deadline)

    def stop(self, seconds):
        headers = {"Via": "1.1 google", "X-RateLimit-Scope": "global"}
        self._limits.learn(RestResponse(429, headers, {"retry_after": seconds, "global": True}), "C1")


on_each = pytest.mark.parametrize("platform", [Slack, Discord], ids=["slack", "discord"])


@pytest.fixture
def time():
    return VirtualTime()


@pytest.fixture
def pacing(time, platform):
    return platform(time)


async def admitted(pacing, time, moments):
    await pacing.admit()
    moments.append(time.now)


@on_each
async def test_many_posts_get_nearly_the_full_rate_and_never_exceed_it(pacing, time):
    count, moments = 40 * pacing.per_second, []
    await time.run(*(admitted(pacing, time, moments) for _ in range(count)))
    assert most_within(1, moments) <= pacing.per_second
    assert (count - 1) / (moments[-1] - moments[0]) >= 0.98 * pacing.per_second


@on_each
async def test_a_caller_with_a_shorter_deadline_is_refused_at_once(pacing, time):
    waiting = [asyncio.ensure_future(pacing.admit()) for _ in range(4 * pacing.per_second)]
    await time.settle()
    before = time.now
    with pytest.raises(Busy) as raised:
        await pacing.admit(1)
    assert (time.now, raised.value.seconds) == (before, pytest.approx(4, abs=0.2))
    await time.run(*waiting)
    await time.run(pacing.admit(1))


@on_each
async def test_cancelled_waits_delay_nobody(pacing, time):
    waiting = [asyncio.ensure_future(pacing.admit()) for _ in range(pacing.per_second)]
    await time.settle()
    for task in waiting:
        task.cancel()
    await time.run(pacing.admit())
    assert time.now - 1_000 < 1.1


@on_each
async def test_a_429_also_pauses_waiting_calls(pacing, time):
    moments = []
    waiting = [asyncio.ensure_future(admitted(pacing, time, moments)) for _ in range(20)]
    await time.settle()
    pacing.stop(5)
    await time.run(*waiting)
    assert len([moment for moment in moments if moment < 1_005 - 0.01]) == 1
    assert most_within(1, moments[1:]) <= pacing.per_second
    pacing.stop(60)
    with pytest.raises(Busy):
        await pacing.admit(10)


@on_each
@settings(deadline=None, max_examples=15)
@given(st.lists(st.floats(0, 3), min_size=1, max_size=120))
def test_no_order_of_posts_exceeds_the_limit_per_second(platform, delays):
    async def play():
        time, posted = VirtualTime(), []
        pacing = platform(time)

        async def post(after):
            await time.sleep(after)
            await pacing.admit()
            posted.append(time.now)

        await time.run(*map(post, delays))
        return posted

    posted = asyncio.run(play())
    assert len(posted) == len(delays)
    assert most_within(1, posted) <= platform.per_second

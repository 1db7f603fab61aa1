import asyncio

import pytest

from adapters.discord.limits import (
    CLOUDFLARE_BAN,
    GLOBAL,
    INVALID_SECONDS,
    LEAD,
    MAX_INVALID,
    MAX_STOP,
    SAFETY_MARGIN,
    Busy,
    Limits,
    RestResponse,
)
from tests.posters.virtual_time import VirtualTime, most_within

PATIENT = 10_000.0
OWN = {"Via": "1.1 google"}


def limited(seconds, scope="user"):
    headers = {**OWN, "X-RateLimit-Scope": scope}
    return RestResponse(429, headers, {"message": "…", "retry_after": seconds, "global": scope == "global"})


@pytest.fixture
def time():
    return VirtualTime()


@pytest.fixture
def limits(time):
    return Limits(now=time, sleep=time.sleep)


async def test_two_processes_share_one_limit(store):
    now, waits, all_wait = [1_000.0], [], asyncio.Event()

    async def nap(seconds):
        waits.append(seconds)
        if len(waits) == 20:
            now[0] += 100
            all_wait.set()
        await all_wait.wait()

    one, other = (Limits(store.rates, lambda: now[0], nap, lambda: now[0]) for _ in range(2))
    await asyncio.gather(*(limits.admit(PATIENT) for _ in range(10) for limits in (one, other)))
    assert sorted(waits) == pytest.approx([LEAD + turn * SAFETY_MARGIN / GLOBAL for turn in range(20)])


async def test_a_wall_clock_that_is_set_back_delays_nobody(store, time):
    wall = [1_800_000_000.0]
    limits = Limits(store.rates, time, time.sleep, lambda: wall[0])

    async def admitted():
        admitting = asyncio.ensure_future(limits.admit(1))
        while not admitting.done():
            await time.advance(0.01)
            await asyncio.sleep(0.001)
        return admitting.result()

    await admitted()
    wall[0] -= 3_600
    await admitted()


async def test_posts_queued_while_the_process_was_busy_are_not_sent_at_once(limits, time):
    moments = []

    async def go():
        await limits.admit(PATIENT)
        moments.append(time.now)

    waiting = [asyncio.ensure_future(go()) for _ in range(200)]
    await time.advance(1)
    time.now += 2  # the loop was blocked
    await time.run(*waiting)
    assert most_within(1, moments) <= 50


async def test_a_429_of_one_channel_pauses_that_channel(limits, time):
    limits.learn(limited(30), "C1")
    with pytest.raises(Busy) as told:
        limits.check("C1")
    assert told.value.seconds == pytest.approx(30)
    limits.check("C2")
    await limits.admit(0)
    await time.advance(30)
    limits.check("C1")


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (RestResponse(429, {}, {}), CLOUDFLARE_BAN),
        (RestResponse(429, {"Retry-After": "7"}, {}), CLOUDFLARE_BAN),
        (RestResponse(429, {"Retry-After": "900"}, {}), 900),
        (RestResponse(429, {"Retry-After": "never"}, {}), CLOUDFLARE_BAN),
        (limited(10**9, "global"), MAX_STOP),
        (limited(float("nan"), "global"), CLOUDFLARE_BAN),
        (limited("soon", "global"), CLOUDFLARE_BAN),
        (limited(-3, "global"), 0.05),
    ],
)
async def test_any_429_leads_to_a_sane_wait(limits, answer, seconds):
    limits.learn(answer, "C1")
    with pytest.raises(Busy) as told:
        await limits.admit(0)
    assert told.value.seconds == pytest.approx(seconds)


async def test_too_many_errors_pause_everything_long_before_a_ban(limits, time):
    for number in range(MAX_INVALID):
        limits.learn(RestResponse((401, 403)[number % 2], OWN, {}), "C1")
        limits.learn(limited(0.05, "shared"), "C2")
        limits.learn(RestResponse(404, OWN, {}), "C3")
        await time.advance(0.01)
    with pytest.raises(Busy):
        await limits.admit(10)
    await time.advance(INVALID_SECONDS)
    await limits.admit(0)

import asyncio
import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.pacing import Busy
from adapters.slack.api import POST, Limits
from tests.posters.virtual_time import VirtualTime, most_within

PATIENT = 10_000.0
MAX_GATES = 200


@pytest.fixture
def time():
    return VirtualTime()


@pytest.fixture
def limits(time):
    return Limits(time, time.sleep)


async def moments_of(limits, time, calls):
    """When each call was allowed; calls are (workspace, method, channel) in order of arrival."""
    moments = []

    async def go(workspace, method, channel):
        await limits.admit(workspace, method, PATIENT, channel)
        moments.append((time.now, workspace, channel))

    await time.run(*(go(*call) for call in calls))
    return moments


async def test_a_channel_takes_a_small_burst_and_then_one_message_a_second(limits, time):
    moments = [each[0] - 1000 for each in await moments_of(limits, time, [("T1", POST, "C1")] * 6)]
    assert moments == pytest.approx([0, 0.202, 1.01, 2.02, 3.03, 4.04], abs=0.01)


async def test_workspaces_do_not_wait_for_each_other(limits, time):
    calls = [(f"T{team}", POST, f"C{n}") for team in range(5) for n in range(30)]
    moments = await moments_of(limits, time, calls)
    assert moments[-1][0] - 1000 == pytest.approx(29 * 0.202, abs=0.1)


async def test_a_busy_channel_holds_up_no_other(limits, time):
    crowd = [("T1", POST, "C-busy")] * 30
    moments = await moments_of(limits, time, [*crowd, ("T1", POST, "C-quiet")])
    (quiet,) = [moment for moment, _, channel in moments if channel == "C-quiet"]
    assert quiet - 1000 < 1


async def test_calls_are_served_in_order_of_arrival(limits, time):
    calls = [("T1", POST, f"C{n}") for n in range(20)]
    assert [channel for _, _, channel in await moments_of(limits, time, calls)] == [call[2] for call in calls]


@pytest.mark.parametrize(("method", "most"), [("chat.update", 50), ("users.info", 100)])
async def test_no_minute_exceeds_a_methods_tier(limits, time, method, most):
    moments = [each[0] for each in await moments_of(limits, time, [("T1", method, "")] * 300)]
    assert most_within(60, moments) <= most
    assert moments[most // 6 - 1] == moments[0]


async def test_a_caller_with_a_shorter_deadline_is_refused_at_once(limits, time):
    await time.run(*(limits.admit("T1", POST, PATIENT, "C1") for _ in range(2)))
    before = time.now
    with pytest.raises(Busy) as told:
        await limits.admit("T1", POST, 0.5, "C1")
    assert (time.now, told.value.seconds) == (before, pytest.approx(0.808, abs=0.01))
    await time.run(limits.admit("T1", POST, 0.9, "C1"))


async def test_a_429_pauses_only_that_method_in_that_workspace(limits, time):
    limits.stop("T1", POST, 30)
    for workspace, method, channel in (("T2", POST, "C2"), ("T1", "chat.update", "")):
        await limits.admit(workspace, method, 0, channel)
    with pytest.raises(Busy) as told:
        await limits.admit("T1", POST, 10, "C1")
    assert told.value.seconds == pytest.approx(30)
    moments = await moments_of(limits, time, [("T1", POST, "C1"), ("T1", POST, "C2")])
    assert moments[0][0] - 1000 == pytest.approx(30, abs=0.01)


async def test_a_429_also_refuses_waiting_calls_with_a_shorter_deadline(limits, time):
    await time.run(*(limits.admit("T1", POST, PATIENT, "C1") for _ in range(2)))
    patient = asyncio.ensure_future(limits.admit("T1", POST, PATIENT, "C1"))
    hasty = asyncio.ensure_future(limits.admit("T1", POST, 5, "C2"))
    await time.settle()
    start = time.now
    limits.stop("T1", POST, 20)
    await time.advance(10)
    with pytest.raises(Busy):
        await hasty
    assert not patient.done()
    await time.run(patient)
    assert time.now - start >= 20 - 0.01


async def test_each_429_slows_a_workspace_down_and_it_recovers_with_time(limits, time):
    async def pace():
        began = time.now
        await moments_of(limits, time, [("T1", POST, f"C{n}") for n in range(26)])
        return 25 / (time.now - began)

    limits.stop("T1", POST, 1)
    limits.stop("T1", POST, 1)  # of a call that was under way with the first
    await time.advance(2)
    assert await pace() == pytest.approx(5 * 0.8, abs=0.1)
    limits.stop("T1", POST, 1)
    await time.advance(2)
    assert await pace() == pytest.approx(5 * 0.64, abs=0.15)
    await time.advance(600)
    assert await pace() == pytest.approx(5, abs=0.2)


async def test_a_wait_is_capped_at_an_hour(limits, time):
    limits.stop("T1", POST, 10**9)
    await time.run(limits.admit("T1", POST, PATIENT, "C1"))
    assert time.now - 1000 == pytest.approx(3_600, abs=0.01)


async def test_quiet_channels_are_forgotten(time, monkeypatch):
    monkeypatch.setattr("adapters.slack.api.MAX_GATES", MAX_GATES)
    limits = Limits(time, time.sleep)
    for batch in range(6):
        for number in range(MAX_GATES // 2):
            await limits.admit(f"T{batch}-{number}", POST, 0, "C1")
        await time.advance(10)
    gates = sum(type(each).__name__ == "_Gate" for each in gc.get_objects())
    assert gates <= 2 * MAX_GATES


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.floats(0, 5), st.sampled_from(["T1", "T2"]), st.sampled_from(["C1", "C2", "C3"])),
        min_size=1,
        max_size=25,
    )
)
def test_no_order_of_calls_exceeds_a_limit(calls):
    async def play():
        time = VirtualTime()
        limits = Limits(time, time.sleep)
        gone = []

        async def go(after, workspace, channel):
            await time.sleep(after)
            await limits.admit(workspace, POST, PATIENT, channel)
            gone.append((time.now, workspace, channel))

        await time.run(*(go(*call) for call in calls))
        return gone

    gone = asyncio.run(play())
    assert len(gone) == len(calls)
    for workspace in {each[1] for each in gone}:
        assert most_within(1, [moment for moment, team, _ in gone if team == workspace]) <= 5
    for place in {each[1:] for each in gone}:
        assert most_within(1, [moment for moment, *where in gone if tuple(where) == place]) <= 2

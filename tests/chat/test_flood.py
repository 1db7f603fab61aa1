"""Floods: identical running commands share a reply, a flood slows only its sender, and memory is bounded."""

import asyncio
from collections import Counter
from dataclasses import replace

from adapters.chat.pacing import MAX_WAIT, PACE, REPEATED_WITHIN, FloodControl
from bot.reply.model import Reply, Tone, text
from tests.standins.environment import ANA, BEN, EVE


class Seconds:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.now += seconds


async def test_twenty_identical_running_commands_share_one_reply():
    floods, runs = FloodControl(), Counter()

    def running(command, caller=ANA):
        async def run():
            runs[command, caller.person.name] += 1
            await asyncio.sleep(0)
            return Reply(command)

        return floods.once(caller, command, run)

    replies = await asyncio.gather(*(running("videos") for _ in range(20)), running("usage"), running("videos", EVE))
    assert [each.summary for each in replies] == [*["videos"] * 20, "usage", "videos"]
    assert runs == {("videos", "Ana"): 1, ("usage", "Ana"): 1, ("videos", "Eve"): 1}
    await running("videos")
    assert runs["videos", "Ana"] == 2


async def test_an_offer_is_reused_for_some_seconds_unless_the_person_does_something_else():
    seconds, made = Seconds(), []
    floods = FloodControl(seconds, seconds.sleep)

    async def offer(tone=Tone.INFO):
        assert await floods.admit(ANA, None) is None
        made.append(Reply(f"offer {len(made)}", tone=tone, public_line=text("started"), announces=("key",)))
        return made[-1]

    async def typed(caller=ANA, line="track x 7"):
        return await floods.once(caller, line, offer, offers=True)

    first = await typed()
    repeated = [await typed() for _ in range(20)]
    assert {each.summary for each in repeated} == {first.summary}
    assert {(each.public_line, each.announces) for each in repeated} == {((), ())}, "one public line a start"
    assert (await typed(replace(ANA, channel_id="C-other"))).summary == "offer 1"
    assert (await typed()).summary == "offer 2"
    await floods.admit(ANA, None)  # a button, or another command
    assert (await typed()).summary == "offer 3"
    seconds.now += REPEATED_WITHIN
    assert (await typed()).summary == "offer 4"
    failed = await floods.once(ANA, "track y", lambda: offer(Tone.PROBLEM), offers=True)
    assert (await typed(line="track y")).summary != failed.summary


async def test_a_failed_command_can_be_run_again():
    floods = FloodControl()

    async def fail():
        raise ValueError

    async def answer():
        return Reply("done")

    failed = await asyncio.gather(floods.once(ANA, "videos", fail), return_exceptions=True)
    assert isinstance(failed[0], ValueError)
    assert (await floods.once(ANA, "videos", answer)).summary == "done"


async def test_a_flood_slows_only_its_sender_with_one_notice():
    seconds, notices = Seconds(), []
    floods = FloodControl(seconds, seconds.sleep, max_people=2)

    async def notice(reply):
        notices.append(reply.summary)

    assert [await floods.admit(ANA, notice) for _ in range(PACE.burst)] == [None] * PACE.burst
    assert (seconds.now, notices) == (0, [])
    waiting = await asyncio.gather(*(floods.admit(ANA, notice) for _ in range(100)))
    refusals = [each.summary for each in waiting if each is not None]
    assert 60 <= len(refusals) <= 75
    assert refusals[0] == "You've sent too many commands at once, so nothing was done. Try again in a minute."
    assert MAX_WAIT - 5 <= seconds.now <= MAX_WAIT + 1
    assert len(notices) == 1
    before = seconds.now
    assert await floods.admit(BEN, notice) is None
    assert await floods.admit(EVE, notice) is None
    assert (seconds.now, len(notices)) == (before, 1)
    seconds.now += 200
    assert [await floods.admit(ANA, notice) for _ in range(PACE.burst)] == [None] * PACE.burst
    await floods.admit(ANA, notice)
    assert len(notices) == 2

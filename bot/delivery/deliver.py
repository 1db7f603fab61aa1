"""Delivers outbox messages: claims them, posts them through their workspace's poster, and stores the outcome.

It knows no platform. Posters pace themselves and report whether a message was posted, never will be, may be retried, or
is unclear. An unclear one is posted again: a doubled message is bad, a lost one is worse. While a platform fails in a
workspace, a circuit breaker lets only an occasional probe message through.
"""

import asyncio
import logging
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.delivery.poster import ChannelPoster, ChannelRef, Delivery, Later, Posted, Rejected, Unclear
from bot.domain.clock import Clock
from bot.domain.errors import DatabaseUnavailable
from bot.reply.call import SHARE
from bot.reply.model import Channel, Field, Fields, Note, Reply, Time, Tone, text
from bot.reply.text import cut
from bot.store import Store
from bot.store.outbox import Outbox
from bot.store.outbox_claims import Claimed

logger = logging.getLogger(__name__)
T = TypeVar("T")

SLOTS = 200
"""Messages that one process posts at a time."""
CLAIM_INTERVAL = 0.25
"""Seconds between two claims while messages are being posted."""
POST_TIMEOUT = 35.0
"""Maximum seconds for a post, its wait for the rate limit included."""
START_TIMEOUT = 5.0
"""Seconds after the claim within which a post must begin; together with `POST_TIMEOUT` less than the lease."""
GIVE_UP_AFTER = timedelta(hours=24)
FIRST_BACKOFF = 2.0
LONGEST_BACKOFF = 300.0
DIRECT_RETRY_DELAY = timedelta(minutes=1)
"""Delay before asking again for a person's direct channel; it doubles each time."""
DIRECT_ATTEMPTS = 8
"""Attempts to get a direct channel, over about two hours, since the chat may be at fault."""
MOST_SHOWN = 60
"""Maximum characters of a message's title in a report about it."""
LATE = timedelta(minutes=15)
"""Age in the outbox from which a message is marked as posted late."""
WRITE_RETRY_DELAY = 1.0
"""Seconds before an outcome is written again while the database is unavailable."""
NO_DIRECT_CHANNEL, FAULT = "no_direct_channel", "fault"
"""Reasons that concern a single message: others of its workspace are posted as usual."""


class Deliverer:
    """Delivers for the chats that it has posters for. Any number of processes may run one.

    `counts` counts post results by chat and outcome.
    """

    def __init__(
        self,
        store: Store,
        posters: Mapping[str, ChannelPoster],
        clock: Clock,
        counts: Counter[tuple[str, str]] | None = None,
    ) -> None:
        self._outbox = store.outbox
        self._posters = posters
        self._clock = clock
        self._counts = Counter[tuple[str, str]]() if counts is None else counts
        self._acknowledgements = Acknowledgements(store.outbox, clock)
        self._breakers = CircuitBreakers()
        self._under_way: dict[int, int] = {}
        self._is_ending = False

    async def deliver_due(self) -> int:
        """Post until nothing is due; returns the number of attempts. Safe in many processes, once at a time in each."""
        attempts = 0
        running: set[asyncio.Task[None]] = set()
        try:
            while True:
                began = time.monotonic()
                for message in await self._claim():
                    self._under_way[message.id] = message.workspace_id
                    running.add(asyncio.create_task(self._deliver(message, began)))
                if not running:
                    return attempts
                done, running = await asyncio.wait(running, timeout=CLAIM_INTERVAL)
                attempts += len(done)
                for task in done:
                    task.result()
        except asyncio.CancelledError:
            for task in running:
                task.cancel()
            raise
        finally:
            if running:  # claimed messages are finished, whatever happened to the others
                await asyncio.wait(running)

    def stop(self) -> None:
        """Claim nothing more: `deliver_due` returns when the running posts have ended."""
        self._is_ending = True

    async def _claim(self) -> tuple[Claimed, ...]:
        most = SLOTS - len(self._under_way)
        if self._is_ending or most <= 0:
            return ()
        now = self._clock()
        here = Counter(self._under_way.values())
        places = {each: self._breakers.capacity(each, now) - here[each] for each in {*here, *self._breakers.known()}}
        under_way = tuple(self._under_way)
        return await self._outbox.claim(now, tuple(self._posters), most, places=places, each=AT_ONCE, without=under_way)

    async def _deliver(self, message: Claimed, began: float) -> None:
        try:
            now = self._clock()
            if message.reply is None:
                await self._give_up(message, "the stored message can't be read any more.")
            elif message.expires_at is not None and message.expires_at <= now:
                await self._give_up(message, "it couldn't be posted before it expired.")
            elif now - message.tried_at >= GIVE_UP_AFTER:
                await self._give_up(message, "the chat refused every attempt for a day.")
            elif time.monotonic() - began > START_TIMEOUT:  # the process was paused, and the lease may soon be over
                await write_with_retry(lambda: self._outbox.retry_later(message, now, "paused"))
            else:
                await self._settle(message, message.reply, await self._post(message, message.reply))
        finally:
            del self._under_way[message.id]

    async def _post(self, message: Claimed, reply: Reply) -> Delivery:
        poster = self._posters[message.chat]
        channel = ChannelRef(
            message.chat, message.external_id, message.channel_id, message.thread_id, message.replies_to
        )
        try:
            async with asyncio.timeout(POST_TIMEOUT):
                if not message.channel_id:
                    direct = await poster.direct(message.external_id, message.person_id or "")
                    if direct is None:
                        return Later(DIRECT_RETRY_DELAY * 2 ** (message.attempts - 1), NO_DIRECT_CHANNEL)
                    channel = direct
                if message.edits is not None:
                    delivery = await poster.edit(channel, message.edits, reply)
                else:
                    is_late = self._clock() - message.created_at > LATE
                    shown = with_late_note(reply, message.created_at) if is_late else reply
                    delivery = await poster.post(channel, shown, message.key)
                self._counts[message.chat, type(delivery).__name__.lower()] += 1
                return delivery
        except TimeoutError:
            return Unclear("timeout")
        except Exception:  # a message that can't be rendered must not block the others
            logger.exception("posting a message failed", extra={"key": message.key})
            return Unclear(FAULT)

    async def _settle(self, message: Claimed, reply: Reply, delivery: Delivery) -> None:
        now = self._clock()
        match delivery:
            case Posted(message_id):
                await self._acknowledgements.keep(message, message_id)
                await self._answered(message)
            case Later(reason=reason) if reason == NO_DIRECT_CHANNEL and message.attempts >= DIRECT_ATTEMPTS:
                await self._give_up(message, "the chat doesn't allow direct messages to this person.")
            case Later(after, reason):
                if reason != NO_DIRECT_CHANNEL:
                    self._breakers.failed(message.workspace_id, now, after)
                at = now + max(after, _backoff(message.attempts))
                await write_with_retry(lambda: self._outbox.retry_later(message, at, reason))
            case Unclear(reason):
                if reason != FAULT:
                    self._breakers.failed(message.workspace_id, now)
                at = now + self._soon(message)
                await write_with_retry(lambda: self._outbox.unclear(message, at, reason))
            case Rejected() if message.edits is not None:
                await write_with_retry(lambda: self._outbox.repost(message, now))
                await self._answered(message)
            case Rejected(sentence=sentence, is_message=True):
                await self._give_up(message, sentence)
                await self._answered(message)
            case Rejected(sentence=sentence):
                # The person who shared a card expects it. The notice that settings are off covers everything else.
                is_awaited = message.key.startswith(f"{SHARE}:")
                notice = given_up(message.channel_id, _name(reply), sentence) if is_awaited else None
                closed = channel_closed(message.channel_id, _name(reply), sentence)
                await write_with_retry(lambda: self._outbox.dead(message, sentence, now, notice, closed=closed))
                await self._answered(message)
        level = logging.WARNING if isinstance(delivery, Rejected) else logging.INFO
        about = {"key": message.key, "outcome": type(delivery).__name__.lower(), "attempts": message.attempts}
        logger.log(level, "delivery", extra=about | {"reason": getattr(delivery, "reason", "")})

    async def _give_up(self, message: Claimed, why: str) -> None:
        now = self._clock()
        notice = given_up(message.channel_id, _name(message.reply), why)
        await write_with_retry(lambda: self._outbox.dead(message, why, now, notice))
        logger.warning("message is dead: no further attempts", extra={"key": message.key, "reason": why})

    async def _answered(self, message: Claimed) -> None:
        if self._breakers.answered(message.workspace_id):
            await self._outbox.expedite(message.workspace_id, self._clock())

    def _soon(self, message: Claimed) -> timedelta:
        """Delay before an unclear message is reposted: within the platform's deduplication window, if it has one."""
        known_for = self._posters[message.chat].dedup_window
        backoff = _backoff(message.attempts)
        return min(backoff, known_for / 2) if known_for else backoff


def _backoff(attempts: int) -> timedelta:
    """Full jitter: any time up to a bound that doubles with each attempt."""
    bound = min(FIRST_BACKOFF * 2.0 ** min(attempts - 1, 16), LONGEST_BACKOFF)
    return timedelta(seconds=random.uniform(0, bound))


def _name(reply: Reply | None) -> str:
    return "" if reply is None else reply.title or reply.summary


def channel_closed(channel_id: str, message: str, reason: str) -> Reply:
    """Notice to those who set up a digest or alerts in a channel that is now closed. `reason` says what to do."""
    return Reply(
        f"I can't post in a channel any more: {reason}",
        title="Turned off",
        parts=(
            Fields((Field("Channel", text(Channel(channel_id))), Field("Not posted", text(message)))),
            Note(text("Its digest and alerts are off. Use /digest and /alerts there to turn them back on.")),
        ),
        tone=Tone.PROBLEM,
    )


def with_late_note(reply: Reply, since: datetime) -> Reply:
    """Add a note to a message that is posted long after it was written."""
    note = Note(text("Posted late. Figures are as of ", Time(since), "."))
    return replace(reply, parts=(*reply.parts, note))


def given_up(channel_id: str, message: str, reason: str) -> Reply:
    """Notice to the owner of a message that couldn't be posted. Its channel's settings stay on."""
    return Reply(
        f"I couldn't post a message: {reason}",
        title="Not posted",
        parts=(
            Fields(
                (
                    Field("Channel", text(Channel(channel_id) if channel_id else "direct message")),
                    Field("Message", text(cut(message, MOST_SHOWN))),
                )
            ),
            Note(text("Later messages are posted as usual.")),
        ),
        tone=Tone.WARNING,
    )


class Acknowledgements:
    """Stores which messages were posted, in batches: those of one process that collect while a write is running."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock
        self._turn = asyncio.Lock()
        self._arrived: dict[Claimed, str] = {}

    async def keep(self, message: Claimed, message_id: str) -> None:
        """Store that a message was posted, waiting for as long as the database is unavailable."""
        self._arrived[message] = message_id
        async with self._turn:
            if message not in self._arrived:  # an earlier turn has written this one too
                return
            arrived, self._arrived = self._arrived, {}
            try:
                lost = await write_with_retry(lambda: self._outbox.sent(arrived, self._clock()))
            except BaseException:
                self._arrived |= arrived  # for the next turn
                raise
            if keys := [each.key for each in arrived if each.id in lost]:
                logger.warning("messages were posted after their lease ended and may be doubled", extra={"keys": keys})


async def write_with_retry(write: Callable[[], Awaitable[T]]) -> T:
    """Write an outcome, retrying while the database is unavailable: otherwise the message would be posted again."""
    while True:
        try:
            return await write()
        except DatabaseUnavailable:
            await asyncio.sleep(WRITE_RETRY_DELAY)


AT_ONCE = 16
"""Messages of one workspace posted at a time; pacing is the poster's job, and other workspaces need slots too."""
TRIPS = 3
"""Failures in a row that open the breaker: then, after a pause, one probe message at a time is sent."""
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(seconds=30)
"""The pause doubles up to this; a longer wait that the platform asks for is kept."""


@dataclass(slots=True)
class _Breaker:
    failures: int = 0
    probes: int = 0
    since: datetime | None = None
    until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether nothing may be sent. A pause that starts in the future is ignored: the clock was set back."""
        return self.since is not None and self.until is not None and self.since <= now < self.until


class CircuitBreakers:
    """One circuit breaker per workspace, by workspace id."""

    def __init__(self) -> None:
        self._by_workspace: defaultdict[int, _Breaker] = defaultdict(_Breaker)

    def capacity(self, workspace_id: int, now: datetime) -> int:
        """How many messages of a workspace may be under way at once."""
        breaker = self._by_workspace.get(workspace_id)
        if breaker is None or breaker.failures < TRIPS:
            return AT_ONCE
        return 0 if breaker.is_open(now) else 1

    def known(self) -> tuple[int, ...]:
        """Workspaces whose last call failed."""
        return tuple(self._by_workspace)

    def answered(self, workspace_id: int) -> bool:
        """Note that the platform answered; returns True if the breaker had held messages back."""
        breaker = self._by_workspace.pop(workspace_id, None)
        return breaker is not None and breaker.failures >= TRIPS

    def failed(self, workspace_id: int, now: datetime, wait: timedelta = timedelta()) -> None:
        """Note that the platform didn't answer, or asked to `wait`."""
        breaker = self._by_workspace[workspace_id]
        breaker.failures += 1
        if breaker.failures < TRIPS or breaker.is_open(now):  # already opened by a failure of the same batch
            return
        pause = min(FIRST_PAUSE * 2**breaker.probes, LONGEST_PAUSE) * random.uniform(0.5, 1)
        breaker.probes = min(breaker.probes + 1, 8)
        breaker.since, breaker.until = now, now + max(pause, wait)

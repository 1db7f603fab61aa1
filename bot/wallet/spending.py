"""Starts trackings: the only code that spends money. A request is committed, sent once, then settled by listing.

The API has no idempotency key: the same POST twice bills twice. So nothing here ever repeats one. An unclear outcome is
looked up in the account's list, and counts as not started only after a quiet time and several complete lists without
it. The quiet time follows from how long the starts of the last days took to appear in the list; a video that appears
within a day is recorded after all.

Messages about a request are written in the transaction that records what they report. They are due a little later and
withdrawn once the reply with the same news has arrived, so the person is notified even if the process ends in between.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.contentstats.client import ContentStatsClient
from bot.contentstats.rate_limit import Sleep
from bot.domain.clock import Clock
from bot.domain.errors import ContentStatsError, NotEnoughBalance, OutcomeUnclear
from bot.domain.links import canonical_key
from bot.domain.tracking import UNDER_WAY, RequestState, StartTerms, TrackRequest, quiet_time
from bot.domain.videos import Video, VideoList
from bot.messages.tracking import Result, announcement, outcome_card
from bot.store import Store
from bot.store.outbox import Message, News
from bot.store.spend_guard import Expired, NotProposed, Refused, Submitted
from bot.wallet.mirror import Mirror

logger = logging.getLogger(__name__)

CLEAN_LOOKS = 3
"""Complete lists after the quiet time that must all lack the link before the request counts as not started."""
BETWEEN_LOOKS = timedelta(minutes=1)
"""Minimum time between two lists that count: three clicks in a second count once."""
CLOCK_SKEW = timedelta(days=1)
"""How far another clock, the API's included, may be off before its times are ignored."""
LOOKS_APART = timedelta(seconds=30)
"""Minimum time between the look-ups that unrelated commands trigger, per wallet."""
SENDING_AT_ONCE = 3
"""Presses that one process handles at a time, so that a POST soon follows its list; the rest wait in turn."""
LISTED_WITHIN = timedelta(seconds=15)
"""Maximum age of the account's list when a POST is sent; it is requested after the press in any case."""
REPLY_WITHIN = timedelta(minutes=2)
"""Time that a reply may take to arrive after its last request has ended."""
NOW = timedelta(0)
"""Delay of the report if nobody waits for the outcome."""
LOOK_AFTER = (0.5, 1.5, 3.0)
"""Seconds to wait before each of the look-ups that directly follow an unclear response."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of one request: its present state, its video if there is one, and the refusal or error otherwise.

    `is_news` is True if this call found out that the tracking was started.
    """

    request: TrackRequest
    video: Video | None = None
    refusal: Refused | None = None
    error: ContentStatsError | None = None
    is_news: bool = False


class Spending:
    """Starts one wallet's trackings. Safe from many tasks and many processes at once.

    `speed` is how fast the clock runs; replies take real time to arrive.
    """

    def __init__(
        self,
        client: ContentStatsClient,
        store: Store,
        mirror: Mirror,
        wallet_id: int,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        speed: float = 1.0,
    ) -> None:
        self._client = client
        self._store = store
        self._mirror = mirror
        self._wallet_id = wallet_id
        self._clock = clock
        self._sleep = sleep
        self._speed = speed
        self._sending = asyncio.Semaphore(SENDING_AT_ONCE)

    async def start(self, requests: Sequence[TrackRequest], terms: StartTerms) -> tuple[Outcome, ...]:
        """Start each request once, one after the other.

        The account is listed after this call and within `LISTED_WITHIN` before each POST, so that a tracking started
        elsewhere isn't started again; presses that wait together share a list. Raises ContentStatsError if the first
        list fails; nothing is spent then. After the first refusal for lack of balance, the rest isn't sent.
        """
        pressed = await self._mirror.lists.begun()
        async with self._sending:
            await self._mirror.lists.ensure(LISTED_WITHIN, pressed)
            outcomes: list[Outcome] = []
            within = self._reply_time(len(requests))
            for request in requests:
                broke = any(isinstance(outcome.error, NotEnoughBalance) for outcome in outcomes)
                start = self._drop(request) if broke else self._start(request, pressed, terms, within)
                outcomes.append(await start)
            return tuple(outcomes)

    @property
    def is_crowded(self) -> bool:
        """Whether presses wait for each other."""
        return self._sending.locked()

    async def settle(self, request: TrackRequest) -> Outcome:
        """Look once for what an unclear request started. Never sends; safe to repeat; stays unclear in doubt."""
        if request.wallet_id != self._wallet_id:
            return Outcome(request)  # sent with another key, so this account's list proves nothing
        try:
            listing = await self._mirror.lists.read()
        except ContentStatsError as error:
            return Outcome(request, error=error)
        return await self._settle(request, listing, self._reply_time(1))

    def _reply_time(self, requests: int) -> timedelta:
        """How long after a submission the reply to a press with this many requests arrives at the latest."""
        return (REPLY_WITHIN + requests * UNDER_WAY) * self._speed

    async def settle_all(self, apart: timedelta | None = None) -> None:
        """Look up every request that a crash or an unclear response left open; unresolved ones stay stored.

        Nobody may be waiting for a reply any more, so the outbox reports the outcome to the asker, and a start to its
        channel. With `apart`, does nothing if any process did the same within that time.
        """
        now = self._clock()
        waiting = await self._store.tracking.unsettled(self._wallet_id, now)
        if not waiting:
            return
        # This lease is never released: it expires when the next look-up is allowed.
        if apart is not None and await self._store.leases.take(f"settle:{self._wallet_id}", now, apart) is None:
            return
        await self._look(waiting)

    async def look(self) -> None:
        """Look up every request that the list may have news of, and measure how long starts take to appear in it."""
        await self._look(await self._store.tracking.awaited(self._wallet_id, self._clock()))

    async def _look(self, requests: Sequence[TrackRequest]) -> None:
        asked = self._clock()
        try:
            listing = await self._mirror.lists.read()
        except ContentStatsError as error:
            logger.warning("looking up unclear requests failed: %s", error)
            return
        for request in requests:
            if request.state is not RequestState.TRACKING:
                within = self._reply_time(1) if request.is_under_way(asked) else NOW
                outcome = await self._settle(request, listing, within)
                logger.info("request looked up", extra={"request": request.id, "state": outcome.request.state})
        ids = frozenset(row.id for row in listing.videos)
        await self._store.tracking.note_list(self._wallet_id, ids, asked, is_complete=listing.is_complete)

    async def _settle(self, request: TrackRequest, listing: VideoList, within: timedelta) -> Outcome:
        """Settle a request with a list. The outbox reports the outcome if no reply does so `within` that time."""
        found = await self._started_by(request, listing.videos)
        if found is not None:
            return await self._started(request, found, within, is_listed=True)
        if request.submitted_at is None or request.state is RequestState.FAILED:
            return Outcome(request)
        if not await self._proves_absence(request, listing):
            return Outcome(request)
        now = self._clock()
        quiet = quiet_time(await self._store.tracking.slowest(self._wallet_id, now))
        if now - request.submitted_at < quiet + request.clean_looks * BETWEEN_LOOKS:
            return Outcome(request)
        if await self._store.tracking.count_look(request.id) < CLEAN_LOOKS:
            return Outcome(request)
        absent = "it isn't in your account, so it wasn't started and costs nothing. Send /track to try again."
        return Outcome(await self._failed(request, absent, within))

    async def _proves_absence(self, request: TrackRequest, listing: VideoList) -> bool:
        """Whether a list without the request's video proves that it wasn't started.

        It doesn't if running videos may be hidden, if one has an unreadable link, or if the list lacks a video of the
        platform that is known to run: then it isn't the whole account.
        """
        readable = all(canonical_key(row.link) is not None for row in listing.videos if row.is_running)
        listed = {row.id for row in listing.videos}
        running = await self._store.videos.running(self._wallet_id)
        same = {stored.video.id for stored in running if stored.video.platform == request.platform}
        return listing.is_complete and readable and same <= listed

    async def _start(self, request: TrackRequest, pressed: int, terms: StartTerms, within: timedelta) -> Outcome:
        """Start one request. The outbox reports its outcome if no reply does so `within` that time."""
        if request.wallet_id != self._wallet_id:
            return Outcome(request, refusal=Expired(request))  # the card showed another account's balance
        try:
            listed = await self._mirror.lists.ensure(LISTED_WITHIN, pressed)
        except ContentStatsError as error:
            return Outcome(request, error=error)
        now = self._clock()
        result = await self._store.tracking.submit(
            request.id,
            terms,
            now,
            lambda submitted: unclear(submitted, now + within),
            may_run=request.platform in listed.hidden_platforms,
        )
        if isinstance(result, Submitted):
            return await self._send(result.request, terms.days, within)
        return Outcome(result.request if isinstance(result, NotProposed) else request, refusal=result)

    async def _send(self, request: TrackRequest, days: int, within: timedelta) -> Outcome:
        """Send the only POST of a submitted request. If cancelled here, it stays submitted and is looked up later."""
        try:
            video = await self._client.track(request.link, days)
        except OutcomeUnclear as error:
            unknown = await self._store.tracking.mark_unknown(request.id, str(error), self._clock())
            return await self._look_soon(unknown, error)
        except ContentStatsError as error:
            return Outcome(await self._failed(request, str(error), within), error=error)
        return await self._started(request, video, within)

    async def _failed(self, request: TrackRequest, why: str, within: timedelta) -> TrackRequest:
        now = self._clock()
        return await self._store.tracking.mark_failed(
            request.id, why, now, lambda failed: settled(failed, None, now + within)
        )

    async def _started(
        self, request: TrackRequest, video: Video, within: timedelta, *, is_listed: bool = False
    ) -> Outcome:
        """Record a started video, with the fields that the API's short response lacks."""
        started_at = video.started_at or request.submitted_at
        whole = replace(video, days=request.days if video.days is None else video.days, started_at=started_at)
        now = self._clock()
        started, is_news = await self._store.tracking.mark_tracking(
            request.id, whole, now, lambda started: settled(started, whole, now + within), is_listed=is_listed
        )
        return Outcome(started, whole if started.video_id == video.id else None, is_news=is_news)

    async def _look_soon(self, request: TrackRequest, error: OutcomeUnclear) -> Outcome:
        outcome = Outcome(request, error=error)
        for seconds in LOOK_AFTER:
            await self._sleep(seconds)
            outcome = await self.settle(request)
            if outcome.request.state is not RequestState.UNKNOWN:
                break
        return outcome

    async def _drop(self, request: TrackRequest) -> Outcome:
        words = "it wasn't sent, because the balance didn't cover the link before it."
        return Outcome(await self._store.tracking.drop(request.id, words))

    async def _started_by(self, request: TrackRequest, rows: Sequence[Video]) -> Video | None:
        """Find the listed video that this request started: same link and length, running or new since it was submitted.

        No tracking of the link was running at that time, whatever the order by another machine's clock.
        """
        known = await self._store.videos.by_key(self._wallet_id, request.key)
        submitted_at = request.submitted_at or request.proposed_at
        before = {stored.video.id for stored in known if stored.first_seen_at <= submitted_at}
        mine = [row for row in rows if canonical_key(row.link) == request.key and row.days in {None, request.days}]
        taken = await self._store.tracking.taken([row.id for row in mine]) if mine else frozenset[str]()
        for row in mine:
            if row.id in taken:
                continue
            is_recent = row.started_at is None or row.started_at > submitted_at - CLOCK_SKEW
            if row.is_running or (row.id not in before and is_recent):
                return row
        return None


def report_keys(request: TrackRequest) -> tuple[str, ...]:
    """Keys of the messages that report a request's state to the asker; a replaced message comes first."""
    unclear = f"unclear:{request.id}"
    match request.state:
        case RequestState.TRACKING:
            return unclear, f"settled:{request.id}:asker"
        case RequestState.FAILED:
            return unclear, f"settled:{request.id}:failed"
        case _:
            return (unclear,)


def public_key(request: TrackRequest) -> str:
    """Key of the public line about a start in its channel."""
    return f"settled:{request.id}"


def unclear(request: TrackRequest, due_at: datetime) -> News:
    """Notice to the asker of a submitted request: its outcome isn't known yet."""
    return News((_report(replace(request, state=RequestState.UNKNOWN), None, due_at),))


def settled(request: TrackRequest, video: Video | None, due_at: datetime) -> News:
    """The outcome for the asker, and the public line if the start was requested in a channel."""
    report, replaced = _report(request, video, due_at), report_keys(request)[:-1]
    if request.state is not RequestState.TRACKING or not request.channel_id:
        return News((report,), replaced)
    line = Message(
        public_key(request),
        request.workspace_id,
        request.channel_id,
        announcement(Result(request, video)),
        owner_id=request.person.id,
        due_at=due_at,
    )
    return News((line, report), replaced)


def _report(request: TrackRequest, video: Video | None, due_at: datetime) -> Message:
    card = outcome_card((Result(request, video, request.outcome),))
    key = report_keys(request)[-1]
    return Message(key, request.workspace_id, "", card, person_id=request.person.id, due_at=due_at)

"""Mirror of one account in the store, refreshed from the API as seldom as freshness allows.

A video's page is read at most once an hour for everybody, in all processes on the same database. While the API is down,
the last known data is returned with its time and the reason.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.contentstats.client import MOST_IN_ONE_CALL, ContentStatsClient
from bot.contentstats.rate_limit import Sleep
from bot.domain.clock import Clock
from bot.domain.curves import Curve
from bot.domain.curves import joined as joined_curve
from bot.domain.errors import AccessDenied, ContentStatsError, InvalidRequest, VideoNotFound
from bot.domain.growth import main_metric, recent_change, stopped_at
from bot.domain.links import canonical_key
from bot.domain.money import Usage
from bot.domain.poll_times import in_its_time, joined, with_possible_start
from bot.domain.videos import DAY, HOUR, Snapshot, Video, VideoList, VideoReading
from bot.store import Store
from bot.store.videos import StoredVideo, TrackingRead
from bot.store.wallets import StoredWallet
from bot.store.workspaces import Workspace
from bot.wallet.listing import AccountLists, SingleFlight

T = TypeVar("T")

USAGE_AGE = timedelta(seconds=60)
LIST_AGE = timedelta(minutes=5)
LONG_LIST_AGE = HOUR
"""The same for an account that takes ten calls or more to list; running videos are also read hourly from their
pages."""
READ_LEASE = timedelta(seconds=30)
"""How long one process may hold a page before another reads it; longer than the client's time-outs."""
READER_PAUSE = 0.25
READER_POLLS = 20
"""How often, with that many seconds in between, to check whether another process has finished reading a page."""
MOST_UNREAD = 15
"""Unread pages that one question reads: about what a free plan's key allows while a person waits."""


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A value with the time at which it was true; `problem` says why there is no newer one, else it is empty."""

    value: T
    as_of: datetime
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Page(Dated[VideoReading]):
    """A video's page as of the time it was read; `seen_at` is when the API last reported the video's status."""

    seen_at: datetime = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class CurvePage(Dated[Curve]):
    """A link's curve at the time it was read; `current` is the tracking it is shown under, `seen_at` as in `Page`."""

    current: StoredVideo = field(kw_only=True)
    seen_at: datetime = field(kw_only=True)


class Mirror:
    """One wallet's mirror. Safe to use from many tasks at once."""

    def __init__(
        self, client: ContentStatsClient, store: Store, wallet_id: int, clock: Clock, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._sleep = sleep
        self._client = client
        self._store = store
        self._wallet_id = wallet_id
        self._clock = clock
        self._usages: SingleFlight[tuple[timedelta, bool], Dated[Usage]] = SingleFlight()
        self._sweeps: SingleFlight[str, Dated[bool]] = SingleFlight()
        self._pages: SingleFlight[str, Page] = SingleFlight()
        self.lists = AccountLists(client, store, wallet_id, self.remember, clock, sleep)

    async def usage(self, max_age: timedelta = USAGE_AGE, *, is_needed: bool = True) -> Dated[Usage]:
        """The wallet's usage, at most `max_age` old unless the API is down. Raises its error if none was ever known.

        A first one that `is_needed` waits for the rate limit as long as `ContentStatsClient.retry_while_limited` does.
        """
        return await self._usages.run((max_age, is_needed), lambda: self._usage(max_age, is_needed=is_needed))

    async def sweep(self) -> Dated[bool]:
        """Refresh the list of videos. The value is True if every video of the account was seen."""
        return await self._sweeps.run("sweep", self._sweep)

    async def fresh(self, stored: StoredWallet) -> tuple[Dated[Usage], Dated[bool]] | None:
        """What `usage` and `sweep` would return for a stored wallet; None if either would ask the API."""
        now, usage, as_of, sweep = self._clock(), stored.usage, stored.usage_at, stored.sweep
        if usage is None or as_of is None or now - as_of >= USAGE_AGE:
            return None
        if sweep is None or not await self._is_current(sweep.at, now):
            return None
        return Dated(usage, as_of), Dated(sweep.complete, sweep.at)

    async def page(self, stored: StoredVideo) -> Page:
        """One video with its snapshots, read from the API at most once an hour."""
        return await self._pages.run(stored.video.id, lambda: self._page(stored))

    async def curve(self, stored: StoredVideo, workspace: Workspace) -> CurvePage:
        """One curve of all trackings of a video's link that the workspace may see, each read as `page` does."""
        found = await self.curve_by_id(stored.video.id, workspace)
        return found or await self._curve((TrackingRead(stored, ()),))

    async def curve_by_id(self, video_id: str, workspace: Workspace) -> CurvePage | None:
        """As `curve`; None if the workspace sees no video with this id."""
        found = await self._store.videos.trackings_read(workspace, video_id)
        return await self._curve(found) if found else None

    async def _curve(self, found: Sequence[TrackingRead]) -> CurvePage:
        now, mine = self._clock(), [each.stored for each in found]
        if any(is_stale(each, now) for each in mine):
            pages = await asyncio.gather(*map(self.page, mine))
        else:
            pages = [_page_of(*each) for each in found]
        curve = joined_curve(page.value for page in pages)
        (current,) = (each for each in zip(mine, pages, strict=True) if each[0].video.id == curve.video.id)
        problem = next((page.problem for page in (current[1], *pages) if page.problem), "")
        return CurvePage(curve, current[1].as_of, problem, current=current[0], seen_at=current[1].seen_at)

    async def read_unread(self, videos: Sequence[StoredVideo]) -> int:
        """Read due pages that were never read, at most `MOST_UNREAD`; returns how many are left.

        Takes no longer than one page may: pages that the rate limit delays beyond that are left too.
        """
        now = self._clock()
        unread = [each for each in videos if each.read_at is None and each.due_at is not None and each.due_at <= now]
        pages = await asyncio.gather(*(self.page(stored) for stored in unread[:MOST_UNREAD]))
        return len(unread) - sum(not page.problem for page in pages)

    async def is_long(self) -> bool:
        """Whether the account is known to hold more videos than one call lists."""
        return await self._store.videos.are_many(self._wallet_id, MOST_IN_ONE_CALL)

    async def read_usage(self) -> Usage:
        """Fetch the usage now. Raises ContentStatsError."""
        asked = self._clock()
        usage = await self._client.usage()
        await self._store.wallets.save_usage(self._wallet_id, usage, asked)
        return usage

    async def read_list(self) -> VideoList:
        """List the whole account now and store the result. Raises ContentStatsError."""
        return await self.lists.read(unneeded=frozenset())

    async def read_page(self, stored: StoredVideo) -> bool:
        """Read a video's page now; returns False if another process is reading it, or has read it within the hour.

        Raises ContentStatsError.
        """
        now, video_id = self._clock(), stored.video.id
        if not await self._store.videos.claim_read(self._wallet_id, video_id, now, now - HOUR, READ_LEASE):
            return False
        try:
            reading = in_its_time(await self._client.read_video(video_id), now)
        except ContentStatsError:
            await self._store.videos.release_read(self._wallet_id, video_id)
            raise
        if len(reading.snapshots) < stored.snapshot_count:
            known = await self._store.videos.snapshots(self._wallet_id, video_id)
            reading = replace(reading, snapshots=joined(known, reading.snapshots))
        await self._keep(reading, stored.key, now)
        return True

    async def read_unlisted(self, video_id: str) -> None:
        """Read the page of a video that no list showed, if the account has one with this id.

        Raises ContentStatsError.
        """
        if await self._store.videos.several(self._wallet_id, [video_id]):
            return  # known, as another workspace's
        now = self._clock()
        try:
            reading = in_its_time(await self._client.read_video(video_id), now)
        except (VideoNotFound, AccessDenied, InvalidRequest):
            return
        await self._keep(reading, reading.video.link, now)

    async def remember(self, videos: Sequence[Video], asked: datetime | None = None) -> None:
        """Store videos as the API reported them at the time `asked`; now by default."""
        now = self._clock()
        possible = (with_possible_start(video, now) for video in videos)
        keyed = [(video, canonical_key(video.link) or video.link) for video in possible]
        await self._store.videos.remember(self._wallet_id, keyed, asked or now)

    async def current(self, stored: StoredVideo) -> StoredVideo:
        """The video's current row in the mirror."""
        same_link = await self._store.videos.by_key(self._wallet_id, stored.key)
        return next((each for each in same_link if each.video.id == stored.video.id), stored)

    async def aclose(self) -> None:
        """Cancel running reads."""
        await self.lists.aclose()
        for flights in (self._usages, self._sweeps, self._pages):
            await flights.aclose()

    async def _keep(self, reading: VideoReading, key: str, now: datetime) -> None:
        """Store a video's page under its canonical link, or under `key` if its link can't be parsed."""
        metric = main_metric(reading.video.platform, reading.snapshots)
        counts = [count for each in reading.snapshots if (count := each.counts.get(metric)) is not None]
        day = None if stopped_at(reading.snapshots, metric) else recent_change(reading.snapshots, metric, DAY)
        await self._store.videos.remember_reading(
            self._wallet_id,
            reading,
            canonical_key(reading.video.link) or key,
            main_count=counts[-1] if counts else None,
            change_24h=day.delta if day else None,
            change_since=day.until - day.window if day else None,
            now=now,
        )

    async def _usage(self, max_age: timedelta, *, is_needed: bool) -> Dated[Usage]:
        known = await self._store.wallets.usage(self._wallet_id)
        now = self._clock()
        if known is not None and now - known[1] < max_age:
            return Dated(known[0], known[1])
        try:
            if known is None and is_needed:
                return Dated(await self._client.retry_while_limited(self.read_usage), now)
            return Dated(await self.read_usage(), now)
        except ContentStatsError as error:
            if known is None:
                raise
            return Dated(known[0], known[1], str(error))

    async def _sweep(self) -> Dated[bool]:
        known = await self._store.wallets.swept(self._wallet_id)
        now = self._clock()
        if known is not None and await self._is_current(known.at, now):
            return Dated(known.complete, known.at)
        try:
            return Dated((await self.read_list()).is_complete, now)
        except ContentStatsError as error:
            if known is None:
                raise
            return Dated(known.complete, known.at, str(error))

    async def _is_current(self, listed_at: datetime, now: datetime) -> bool:
        age = now - listed_at
        return age < LIST_AGE or (age < LONG_LIST_AGE and await self.is_long())

    async def _page(self, stored: StoredVideo) -> Page:
        problem, current = "", stored
        if is_stale(stored, self._clock()):
            try:
                if not await self.read_page(stored):
                    await self._wait_for_reader(stored)
            except ContentStatsError as error:
                problem = str(error)
            current = await self.current(stored)
        return _page_of(current, await self._store.videos.snapshots(self._wallet_id, stored.video.id), problem)

    async def _wait_for_reader(self, stored: StoredVideo) -> None:
        for _ in range(READER_POLLS):
            if (await self.current(stored)).read_at != stored.read_at:
                return
            await self._sleep(READER_PAUSE)


def _page_of(stored: StoredVideo, snapshots: tuple[Snapshot, ...], problem: str = "") -> Page:
    """The page of a video as the mirror has it."""
    reading = VideoReading(stored.video, snapshots, stored.unread_rows)
    return Page(reading, stored.read_at or stored.seen_at, problem, seen_at=stored.seen_at)


def is_stale(stored: StoredVideo, now: datetime) -> bool:
    """Whether a page may have news for a person who asks: while its video runs, an hour after it was read.

    An ended video is read once after its end, and again when more may have been added since (`due_at`).
    """
    if stored.read_at is None:
        return True
    if stored.video.is_running:
        return now - stored.read_at > HOUR
    return stored.due_at is not None and stored.due_at <= now


async def stored_curve(store: Store, trackings: Sequence[StoredVideo]) -> Curve:
    """The curve of a link's trackings from the mirror alone, without a call of the API."""
    read = store.videos.snapshots
    return joined_curve(
        [VideoReading(each.video, await read(each.wallet_id, each.video.id), each.unread_rows) for each in trackings]
    )

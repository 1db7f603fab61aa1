"""Lists an account, once for everybody who can share the list, in every process on the database.

`GET /videos` returns at most 100 rows and has filters but no cursor, so a larger account is listed in parts. Lists are
numbered when they begin: a list with a higher number than the newest one begun at some moment was requested after that
moment, whatever any clock shows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from bot.contentstats.client import ContentStatsClient
from bot.contentstats.rate_limit import Sleep
from bot.domain.clock import Clock
from bot.domain.links import canonical_key
from bot.domain.videos import FINISHED, Video, VideoList, VideoPlatform, VideoStatus
from bot.store import Store
from bot.store.wallets import Listed

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
LIST_LEASE = timedelta(seconds=15)
"""Time for which a process holds the lease on a list before another process makes its own."""
READER_PAUSE = 0.25
READER_POLLS = int(LIST_LEASE.total_seconds() / READER_PAUSE)
"""Maximum number of checks, each after that pause in seconds, whether another process has finished its list."""

Remember = Callable[[Sequence[Video], datetime], Coroutine[Any, Any, None]]
"""Stores the videos of a list, with the time at which it was requested."""


@dataclass(frozen=True, slots=True)
class AccountVideos:
    """The account's videos according to the lists. `is_whole` is True if one call returned every video.

    `is_complete` is False if a list was full, so that rows may be missing; `hidden_platforms` are the platforms of
    which a running video may be missing.
    """

    videos: tuple[Video, ...]
    is_complete: bool
    is_whole: bool = False
    hidden_platforms: frozenset[str] = frozenset()


class AccountLists:
    """The lists of one account. Safe for concurrent use by several tasks."""

    def __init__(
        self, client: ContentStatsClient, store: Store, wallet_id: int, remember: Remember, clock: Clock, sleep: Sleep
    ) -> None:
        self._client = client
        self._wallets = store.wallets
        self._wallet_id = wallet_id
        self._remember = remember
        self._clock = clock
        self._sleep = sleep
        self._own: SingleFlight[str, tuple[int, VideoList]] = SingleFlight()
        self._shared: SingleFlight[str, Listed] = SingleFlight()

    async def begun(self) -> int:
        """The number of the latest list that any process began: a list with a higher number is newer than this call."""
        return await self._wallets.lists_begun(self._wallet_id)

    async def ensure(self, max_age: timedelta, after: int = 0) -> Listed:
        """Make sure that the mirror has a list not older than `max_age` and with a higher number than `after`.

        Any process may have made it. A list that takes longer than `max_age` counts if it began with this call or
        later. Waits in the queue while the key is rate-limited. Raises ContentStatsError.
        """
        known = await self._wallets.listed(self._wallet_id)
        if known is not None:
            if known.number > after and self._clock() - known.at < max_age:
                return known
            after = max(after, known.number)
        while (found := await self._shared.run("shared", lambda: self._by_any_process(after))).number <= after:
            pass
        return found

    async def read(self, unneeded: AbstractSet[str] = FINISHED) -> VideoList:
        """List the account's videos; everybody who calls before the list begins shares it.

        Videos with an `unneeded` status may be missing. The list is complete if no other video can be missing. Raises
        ContentStatsError.
        """
        after = await self.begun()
        key = ",".join(sorted(unneeded))
        while (found := await self._own.run(key, lambda: self._numbered(unneeded)))[0] <= after:
            pass
        return found[1]

    async def aclose(self) -> None:
        """Cancel running lists."""
        for flights in (self._own, self._shared):
            await flights.aclose()

    async def _by_any_process(self, after: int) -> Listed:
        """Wait for a list with a higher number than `after`; makes it unless another process does within its lease."""
        for _ in range(READER_POLLS):
            known = await self._wallets.listed(self._wallet_id)
            if known is not None and known.number > after:
                return known
            number = await self._wallets.claim_list(self._wallet_id, after, self._clock(), LIST_LEASE)
            if number is not None:
                break
            await self._sleep(READER_PAUSE)
        else:
            number = await self._wallets.begin_list(self._wallet_id)
        try:
            return (await self._client.retry_while_limited(lambda: self._list(number, FINISHED)))[0]
        except BaseException:
            await self._wallets.release_list(self._wallet_id)
            raise

    async def _numbered(self, unneeded: AbstractSet[str]) -> tuple[int, VideoList]:
        number = await self._wallets.begin_list(self._wallet_id)
        listed, videos = await self._list(number, unneeded)
        return listed.number, VideoList(videos.videos, videos.is_complete)

    async def _list(self, number: int, unneeded: AbstractSet[str]) -> tuple[Listed, AccountVideos]:
        asked = self._clock()
        found = await list_account(self._client, unneeded)
        await self._remember(found.videos, asked)
        await self._wallets.finish_list(self._wallet_id, number, asked, found.hidden_platforms)
        if found.is_whole or not unneeded:
            await self._wallets.mark_swept(self._wallet_id, asked, complete=found.is_complete)
        return Listed(number, asked, found.hidden_platforms), found


async def list_account(client: ContentStatsClient, unneeded: AbstractSet[str]) -> AccountVideos:
    """List the account's videos: in one call if they fit, otherwise by status and, if still too many, by platform.

    Videos with an `unneeded` status may be missing from a complete list. Raises ContentStatsError.
    """
    whole = await client.list_videos()
    lists, full = [whole], set[tuple[str, str]]()
    if not whole.is_complete:
        for status in dict.fromkeys((*VideoStatus, *(video.status for video in whole.videos))):
            if status in unneeded:
                continue
            lists.append(part := await client.list_videos(status=status))
            if part.is_complete:
                continue
            for platform in dict.fromkeys((*VideoPlatform, *(video.platform for video in part.videos))):
                lists.append(part := await client.list_videos(platform=platform, status=status))
                if not part.is_complete:
                    full.add((platform, status))
    videos = tuple({video.id: video for each in lists for video in each.videos}.values())
    hidden = {platform for platform, status in full if status not in FINISHED} | _unreadable(videos)
    return AccountVideos(videos, not full, whole.is_complete, frozenset(hidden))


def _unreadable(videos: Sequence[Video]) -> AbstractSet[str]:
    """Platforms of running videos whose link doesn't identify the video: any of them may be the one looked for."""
    strange = {video.platform for video in videos if video.is_running and canonical_key(video.link) is None}
    return strange & set(VideoPlatform) if "" not in strange else set(VideoPlatform)


class SingleFlight(Generic[K, T]):
    """Shares running work by key. A cancelled caller leaves the work to the others; `aclose` cancels what is left."""

    def __init__(self) -> None:
        self._flights: dict[K, asyncio.Task[T]] = {}

    async def run(self, key: K, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work`, or join equal work that is already running; every caller gets its result or error."""
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.create_task(_awaited(work))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(flight)

    async def aclose(self) -> None:
        """Cancel all running work and wait for it to end."""
        flights = tuple(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    def _landed(self, key: K, flight: asyncio.Task[T]) -> None:
        del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # retrieved, so that asyncio doesn't log the error of work whose callers are all gone


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    return await work()

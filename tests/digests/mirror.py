"""A mirror filled by hand: videos with known counts, so that a digest's figures can be worked out."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from bot.contentstats.client import ContentStatsClient, key_fingerprint
from bot.digests.gather import digest_facts, gather, scope_of
from bot.digests.planner import DigestPlanner
from bot.domain.caller import Person, WorkspaceRef
from bot.domain.growth import change, main_metric
from bot.domain.money import Usage
from bot.domain.tracking import StartTerms
from bot.domain.videos import HOUR, Metric, Snapshot, Video, VideoReading
from bot.store import Store
from bot.store.workspaces import Workspace
from bot.wallet.accounts import Accounts
from tests.standins.environment import HandClock

PRICE = Decimal("0.015")
ANA = Person("U-ana", "Ana")
HERE = WorkspaceRef("console", "acme", "Acme")
THERE = WorkspaceRef("console", "rival", "Rival")
URL, API_KEY = "http://127.0.0.1:9", "cs_test_nobody_listens"


@dataclass(frozen=True, slots=True)
class MirrorOf:
    """The mirror of one wallet, and the two workspaces that share its key."""

    store: Store
    clock: HandClock
    wallet_id: int
    here: Workspace
    there: Workspace

    @classmethod
    async def new(cls, store: Store, clock: HandClock) -> Self:
        wallet_id = await store.wallets.ensure_wallet(key_fingerprint(URL, API_KEY), clock())
        here = await store.workspaces.ensure_workspace(HERE, wallet_id)
        there = await store.workspaces.ensure_workspace(THERE, wallet_id)
        return cls(store, clock, wallet_id, here, there)

    async def video(
        self,
        name: str,
        counts: Sequence[int | None],
        *,
        ago: float | None = None,
        end: datetime | None = None,
        known: datetime | None = None,
        owner: Workspace | None = None,
        person: Person | None = None,
        status: str = "monitoring",
        **facts: Any,
    ) -> Video:
        """A video with hourly snapshots, the newest at `end`; None is a missing one.

        `ago` is how many hours before `end` it began, by default with the first count; `known` is since when the bot
        knows it, by default since it began; `owner` is the workspace that started it, by default none, and `person` who
        started it there.
        """
        end = end or self.clock().replace(minute=0, second=0, microsecond=0)
        platform = facts.pop("platform", "tiktok")
        metric = Metric.LIKES if platform == "instagram" else Metric.VIEWS
        started = end - (len(counts) - 1 if ago is None else ago) * HOUR
        shown = Video(
            name,
            f"https://www.tiktok.com/@a/video/{name}",
            platform,
            "monitoring",
            title=name.capitalize(),
            started_at=started,
            days=7,
            **facts,
        )
        if owner is not None:
            await self._started_by(owner, shown, person or ANA)
        remember = self.store.videos.remember
        key = f"{platform}:{name}"
        await remember(self.wallet_id, [(shown, key)], known or started)
        first = end - (len(counts) - 1) * HOUR
        taken = tuple(
            Snapshot(first + hour * HOUR, {metric: count}) for hour, count in enumerate(counts) if count is not None
        )
        day = change(taken, metric, timedelta(days=1))
        await self.store.videos.remember_reading(
            self.wallet_id,
            VideoReading(shown, taken),
            key,
            main_count=taken[-1].counts[metric] if taken else None,
            change_24h=day.delta if day and day.exact else None,
            now=max(end, known or started),
        )
        assert not taken or main_metric(platform, taken) is metric
        if status != "monitoring":
            await remember(
                self.wallet_id, [(replace(shown, status=status), f"{platform}:{name}")], max(end, known or end)
            )
        return shown

    async def money(self, balance: str = "50.00", at: datetime | None = None) -> None:
        """Store the wallet's usage and a list of its videos."""
        usage = Usage(Decimal(balance), Decimal(0), Decimal(0), PRICE, 0)
        await self.store.wallets.save_usage(self.wallet_id, usage, at or self.clock())
        await self.store.wallets.mark_swept(self.wallet_id, at or self.clock(), complete=True)

    async def subscribe(
        self, schedule: Any, options: Any, channel: str = "C-general", workspace: Workspace | None = None
    ) -> Any:
        """Turn a digest on."""
        return await self.store.digests.switch_on(workspace or self.here, channel, schedule, options, ANA, self.clock())

    async def facts(self, window: Any, options: Any, charts: Any, workspace: Workspace | None = None) -> Any:
        """The facts of a digest."""
        of = workspace or self.here
        sight = await gather(self.store, of, window, is_test=False)
        return digest_facts(sight, options, charts, await scope_of(self.store, of, options))

    def planner(self, charts: Any, *, default_key: str = API_KEY, max_wait: timedelta = timedelta()) -> DigestPlanner:
        """A planner, as in another process; its API serves nobody."""

        def connect(key: str) -> ContentStatsClient:
            return ContentStatsClient(URL, key, self.store.rates)

        accounts = Accounts(
            self.store, self.clock, asyncio.sleep, base_url=URL, default_key=default_key, connect=connect
        )
        return DigestPlanner(self.store, accounts, charts, self.clock, max_wait)

    async def _started_by(self, owner: Workspace, shown: Video, person: Person) -> None:
        """Let a person request the video in the workspace, so that it becomes its own."""
        now = self.clock()
        items = [(f"{shown.platform}:{shown.id}", shown.link, shown.platform)]
        propose = self.store.tracking.propose
        (request,) = await propose(owner, "C-general", person, shown.id, items, PRICE, now, now + HOUR)
        await self.store.tracking.submit(request.id, StartTerms(person, 7, Decimal(1), Decimal(1000)), now)
        await self.store.tracking.mark_tracking(request.id, shown, shown.started_at or now)

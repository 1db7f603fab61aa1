"""The wallet: one API key's client, its rows in the store, and what is built on the two."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Self

from bot.contentstats.client import ContentStatsClient
from bot.contentstats.rate_limit import Sleep
from bot.contentstats.short_links import ShortLinks
from bot.domain.clock import Clock
from bot.domain.errors import ContentStatsError
from bot.domain.links import ShortLink
from bot.domain.money import Usage
from bot.store import Store
from bot.wallet.backfill import Backfill
from bot.wallet.mirror import Dated, Mirror
from bot.wallet.spending import LOOKS_APART, Spending
from bot.wallet.stopping import Stopping
from bot.wallet.sync import TURN_WITHIN, WalletSync

SHORT_LINK_AGE = timedelta(days=30)
"""How long a short link is taken to lead where it led."""
PRICE_AGE = timedelta(hours=1)
"""How old a price may be that is only worked with, not offered."""
PROBE_AGE = timedelta(seconds=5)
"""How old an answer may be to prove that the API answers now."""


class Wallet:
    """One API key's account. `id` is its row in the store; `is_test` says that the key charges nothing."""

    def __init__(
        self,
        client: ContentStatsClient,
        short_links: ShortLinks,
        store: Store,
        wallet_id: int,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.id = wallet_id
        self.is_test = client.is_test
        self.store = store
        self.mirror = Mirror(client, store, wallet_id, clock, sleep)
        self.spending = Spending(client, store, self.mirror, wallet_id, clock, sleep)
        self.stopping = Stopping(client, self.mirror)
        self.watch = WalletSync(client, store, wallet_id, clock, sleep)
        behind = Mirror(client.in_background(TURN_WITHIN), store, wallet_id, clock, sleep)
        self.backfill = Backfill(behind, clock, sleep)
        self._client = client
        self._short_links = short_links
        self._clock = clock

    async def __aenter__(self) -> Self:
        """Settle what a crash left unclear: by looking, never by sending."""
        await self.spending.settle_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the reads under way, then the connections."""
        await self.backfill.aclose()
        await self.mirror.aclose()
        await self._client.aclose()

    @property
    def line(self) -> float | None:
        """About how many seconds people wait for their turn now; 0 if nobody knows, None if nobody stands in line."""
        return self._client.line or (0.0 if self.spending.is_crowded else None)

    async def sweep(self) -> Dated[bool]:
        """Bring the list of videos up to date, and now and then every request whose outcome is open."""
        swept = await self.mirror.sweep()
        await self.spending.settle_all(LOOKS_APART)
        return swept

    async def price(self) -> Decimal | None:
        """Dollars a snapshot; None where the API never said and does not say now."""
        try:
            return (await self.mirror.usage(PRICE_AGE)).value.cost_per_snapshot
        except ContentStatsError:
            return None

    async def follow(self, link: ShortLink) -> str:
        """Where a short link leads, asked once in 30 days; LinkError where it cannot be told safely."""
        now = self._clock()
        known = await self.store.short_links.remembered(link.url, now - SHORT_LINK_AGE)
        if known is not None:
            return known
        target = await self._short_links.follow(link.url)
        await self.store.short_links.remember(link.url, target, now)
        return target

    async def probe(self) -> Dated[Usage | None]:
        """Whether the API answers now: its wallet, or what was last known of it with the problem."""
        try:
            found = await self.mirror.usage(max_age=PROBE_AGE)
        except ContentStatsError as error:
            return Dated(None, self._clock(), str(error))
        return Dated(found.value, found.as_of, found.problem)

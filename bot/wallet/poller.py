"""Polls every wallet that is due, in any number of processes; a wallet that fails backs off.

`bot.wallet.sync` knows what a wallet needs; this module decides which process does it, and when to retry a failure.
"""

import asyncio
import logging
import random
from datetime import datetime, timedelta

from bot.domain.clock import Clock
from bot.domain.errors import ContentStatsError, KeyRejected, NotConfigured, RateLimited
from bot.metrics import Metrics
from bot.store import Store
from bot.store.wallets import LONGEST_BACKOFF, Polled
from bot.wallet.accounts import Accounts
from bot.wallet.sync import SyncStep, WalletSync

logger = logging.getLogger(__name__)

AT_ONCE = 8
"""Wallets that one process polls at once."""
LEASE = timedelta(minutes=3)
"""Lease of a wallet, longer than any turn; it expires if the process dies."""
FIRST_BACKOFF = timedelta(seconds=10)
SERVICE_BACKOFF = timedelta(minutes=5)
"""The longest backoff while the API doesn't answer; with a refused key it is an hour."""
KEY_BACKOFF = timedelta(minutes=10)
STEP_BACKOFF = timedelta(minutes=1)
"""Delay before a failed step is tried again if other steps succeeded."""


class Poller:
    """Keeps the mirrors fresh. Any number of processes may run one."""

    def __init__(self, accounts: Accounts, store: Store, clock: Clock, metrics: Metrics) -> None:
        self._accounts = accounts
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._places = asyncio.Semaphore(AT_ONCE)
        self._step_backoffs: dict[tuple[int, SyncStep], datetime] = {}
        self._is_ending = False

    async def poll_due(self) -> int:
        """Poll what is due; returns how many things were read. Safe to cancel anywhere: finished reads are kept."""
        wallets = await self._store.polling.due(self._clock())
        results = await asyncio.gather(*map(self._poll, wallets), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result  # raised last: one wallet's failure must not stop the others
        return sum(result for result in results if isinstance(result, int))

    def stop(self) -> None:
        """Start nothing more; running work is finished."""
        self._is_ending = True

    async def _poll(self, wallet_id: int) -> int:
        """Poll one wallet unless another process has its lease. A failure doesn't affect other wallets."""
        name = f"poll:{wallet_id}"
        async with self._places:
            if self._is_ending:
                return 0
            token = await self._store.leases.take(name, self._clock(), LEASE)
            if token is None:
                return 0
            try:
                return await self._turn(wallet_id)
            finally:
                await self._store.leases.release(name, token)

    async def _turn(self, wallet_id: int) -> int:
        now = self._clock()
        state = await self._store.polling.state(wallet_id)
        if state.next_at is not None and now < state.next_at:
            return 0  # another process has just polled it
        try:
            wallet = await self._accounts.wallet(wallet_id)
            done = await self._steps(wallet_id, wallet.watch, state)
        except (ContentStatsError, NotConfigured) as error:
            await self._rest(wallet_id, state, error)
            return 0
        self._metrics.backlog[wallet_id] = await wallet.watch.backlog()
        await self._store.polling.record_success(wallet_id, self._clock(), await self._next(wallet_id, wallet.watch))
        return done

    async def _steps(self, wallet_id: int, watch: WalletSync, state: Polled) -> int:
        """Run every due step. Raises the first error if nothing was read, or any of a wallet that failed before."""
        done: int = 0
        failed: dict[SyncStep, ContentStatsError] = {}
        due = await watch.due_times()
        lag = (self._clock() - due[SyncStep.PAGES]).total_seconds() if SyncStep.PAGES in due else 0.0
        self._metrics.lag[wallet_id] = max(lag, 0.0)
        for step in SyncStep:
            now = self._clock()
            if self._is_ending or step not in due or now < self._due(wallet_id, step, due[step]):
                continue
            try:
                done += await watch.run_step(step, is_probe=state.failures > 0)
            except ContentStatsError as error:
                if isinstance(error, RateLimited) and not error.is_from_server:
                    break  # commands go first; the next tick continues
                if state.failures or isinstance(error, KeyRejected | RateLimited):
                    raise
                logger.warning("polling failed: %s", error, extra={"wallet": wallet_id, "step": step})
                failed[step] = error
        if failed and not done:
            raise next(iter(failed.values()))
        for step in failed:  # others succeeded, so only this step waits
            self._step_backoffs[wallet_id, step] = self._clock() + STEP_BACKOFF
        return done

    def _due(self, wallet_id: int, step: SyncStep, at: datetime) -> datetime:
        backoff_until = self._step_backoffs.get((wallet_id, step), at)
        return max(at, min(backoff_until, self._clock() + STEP_BACKOFF))  # the clock may have been set back

    async def _next(self, wallet_id: int, watch: WalletSync) -> datetime:
        """When the wallet is due again: at the next tick if something is left."""
        return min(self._due(wallet_id, step, at) for step, at in (await watch.due_times()).items())

    async def _rest(self, wallet_id: int, state: Polled, error: ContentStatsError | NotConfigured) -> None:
        """Back off after a failure, the longer the more failures there were in a row."""
        failures, now = state.failures + 1, self._clock()
        is_refused = isinstance(error, KeyRejected | NotConfigured)
        first, longest = (KEY_BACKOFF, LONGEST_BACKOFF) if is_refused else (FIRST_BACKOFF, SERVICE_BACKOFF)
        rest = min(first * 2 ** min(failures - 1, 10), longest) * random.uniform(0.5, 1)
        until = max(now + rest, error.retry_at) if isinstance(error, RateLimited) else now + rest
        level = logging.WARNING if failures == 1 else logging.INFO
        logger.log(
            level, "polling a wallet failed; backing off: %s", error, extra={"wallet": wallet_id, "failures": failures}
        )
        await self._store.polling.failed(wallet_id, until, failures, str(error))

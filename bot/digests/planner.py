"""Plans due digests: turns a row whose time has come into an outbox message and the row's next time.

Posts nothing and never calls the API: the mirror is used as it is, and the digest states how fresh it was. If the
poller is about to read the numbers, for example after downtime, the digest may wait for it.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfoNotFoundError

from bot.charts.charts import Charts
from bot.digests.card import Delivery, digest, digest_title, digest_without_key, digests_missed
from bot.digests.facts import DigestFacts
from bot.digests.gather import DigestInput, digest_facts, gather, scope_of
from bot.domain.clock import Clock, date_text
from bot.domain.digest import DigestOptions, Window, window_of
from bot.domain.errors import DatabaseUnavailable
from bot.reply.model import Channel, Reply, picture_of
from bot.reply.text import batches
from bot.store import Store
from bot.store.digests import Claim, Done, Subscription
from bot.store.outbox import Message
from bot.wallet.accounts import Accounts
from bot.wallet.wallet import Wallet

logger = logging.getLogger(__name__)

BATCH = 200
"""Digests claimed at a time; few enough to be finished within their lease."""
AT_ONCE = 4
"""Workspaces planned concurrently, so that one is read while another's picture is drawn."""
WRITTEN_TOGETHER = 50
"""Digests written in one transaction; rendering this many doesn't block other tasks for long."""
MOST_KEPT = 256
"""Contents kept for the next batch of the same run."""
LATE_AFTER = timedelta(minutes=15)
MAX_WAIT = timedelta(minutes=10)
"""Maximum time that a digest waits for its numbers."""
SOON = timedelta(seconds=10)
"""Delay before a waiting digest is checked again."""
NO_KEY = "This workspace has no API key, so there was nothing to report."


class _Content(NamedTuple):
    """What determines a digest's numbers: equal contents are built once."""

    workspace_id: int
    window: Window
    counted: int | None
    carry: Decimal
    options: DigestOptions


class DigestPlanner:
    """Plans due digests. Safe in any number of processes at once, and to kill at any time.

    `max_wait` is how long a digest may wait for its numbers: zero if nobody polls. A digest is marked late from
    `late_after` on.
    """

    def __init__(
        self,
        store: Store,
        accounts: Accounts,
        charts: Charts,
        clock: Clock,
        max_wait: timedelta = timedelta(),
        late_after: timedelta = LATE_AFTER,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._charts = charts
        self._clock = clock
        self._max_wait = max_wait
        self._late_after = late_after
        self._waiting: dict[_Content, datetime] = {}

    async def plan_due(self) -> int:
        """Plan every digest that is due now; returns how many.

        A failed one is logged and keeps its lease: it is due again when that expires.
        """
        known: dict[_Content, DigestFacts | None] = {}
        planned, oldest = 0, self._clock() - 2 * self._max_wait
        self._waiting = {content: since for content, since in self._waiting.items() if since > oldest}
        while claims := await self._store.digests.claim(self._clock(), BATCH):
            if len(known) > MOST_KEPT:
                known.clear()
            planned += await self._plan(claims, known)
        return planned

    async def _plan(self, claims: Iterable[Claim], known: dict[_Content, DigestFacts | None]) -> int:
        """Plan these claims, a few workspaces at once; each is read once for all its contents."""
        alike: dict[int, dict[_Content | None, list[Claim]]] = defaultdict(lambda: defaultdict(list))
        for claim in claims:
            try:
                content = None if self._is_too_old(claim.subscription) else _content(claim.subscription)
            except ZoneInfoNotFoundError:
                logger.exception("planning a digest failed", extra={"digest": claim.subscription.id})
            else:
                alike[claim.subscription.workspace_id][content].append(claim)
        planned = 0
        for some in batches(list(alike.values()), AT_ONCE):
            planned += sum(await asyncio.gather(*(self._plan_workspace(contents, known) for contents in some)))
        return planned

    async def _plan_workspace(
        self, contents: Mapping[_Content | None, Sequence[Claim]], known: dict[_Content, DigestFacts | None]
    ) -> int:
        read: dict[Window, DigestInput] = {}
        return sum([await self._plan_claims(content, claims, known, read) for content, claims in contents.items()])

    async def _plan_claims(
        self,
        content: _Content | None,
        claims: Sequence[Claim],
        known: dict[_Content, DigestFacts | None],
        read: dict[Window, DigestInput],
    ) -> int:
        """Plan the claims that share a content; without one, those that are too late."""
        if content is not None and content not in known:
            await self._gather(content, known, read)
            if content not in known:
                await self._put_off(content, claims)
                return 0
        become = _left_out if content is None else partial(_done, facts=known[content], late_after=self._late_after)
        planned = 0
        for some in batches(claims, WRITTEN_TOGETHER):
            planned += await self._store.digests.finish(self._made(some, become), self._clock())
        return planned

    def _made(self, claims: Iterable[Claim], become: Callable[[Subscription, datetime], Done]) -> dict[Claim, Done]:
        """The result for each claim; a failed one doesn't affect the others."""
        made = {}
        for claim in claims:
            try:
                made[claim] = become(claim.subscription, self._clock())
            except Exception:
                logger.exception("planning a digest failed", extra={"digest": claim.subscription.id})
        return made

    async def _put_off(self, content: _Content, claims: Iterable[Claim]) -> None:
        """Check again soon if the numbers are being read; if they can't be had, when the lease expires."""
        if content in self._waiting:
            for claim in claims:
                await self._store.digests.postpone(claim, self._clock() + SOON)

    async def _gather(
        self, content: _Content, known: dict[_Content, DigestFacts | None], read: dict[Window, DigestInput]
    ) -> None:
        """Add the facts of a content to `known`: None without an API key, nothing if that failed.

        `read` holds what was gathered for its workspace, by window.
        """
        try:
            account = await self._accounts.stored(content.workspace_id)
            if account is None or account.wallet is None:
                known[content] = None
                return
            if self._max_wait and await self._waits(account.wallet, content):
                return
            if content.window not in read:
                is_test = account.wallet.is_test
                read[content.window] = await gather(self._store, account.workspace, content.window, is_test=is_test)
            scope = await scope_of(self._store, account.workspace, content.options)
            before = (content.counted, content.carry)
            facts = digest_facts(read[content.window], content.options, self._charts, scope, before)
            known[content] = replace(facts, picture=await picture_of(facts.picture))
        except DatabaseUnavailable:
            raise
        except Exception:  # as above
            logger.exception("building a digest failed", extra={"workspace": content.workspace_id})

    async def _waits(self, wallet: Wallet, content: _Content) -> bool:
        """Whether the numbers are just being read; a digest before that would be out of date."""
        now = self._clock()
        since = self._waiting.get(content, now)
        if timedelta() <= now - since < self._max_wait and await wallet.watch.is_catching_up(content.window.end):
            self._waiting[content] = since
            return True
        self._waiting.pop(content, None)
        return False

    def _is_too_old(self, subscription: Subscription) -> bool:
        return self._clock() > subscription.schedule.useful_until(subscription.next.date)


def _content(subscription: Subscription) -> _Content:
    window = window_of(
        subscription.schedule,
        subscription.next,
        subscription.last_window_end,
        subscription.last_reported,
    )
    goes_on = window.start == subscription.last_window_end
    counted = subscription.last_recent if goes_on else None
    carry = subscription.last_carry if goes_on else None
    return _Content(subscription.workspace_id, window, counted, carry or Decimal(0), subscription.shown)


def _done(subscription: Subscription, now: datetime, *, facts: DigestFacts | None, late_after: timedelta) -> Done:
    """The planned occurrence, or a skipped one if there is nothing to report and the channel wants that."""
    schedule, due = subscription.schedule, subscription.next
    upcoming = schedule.next_after(due.at, due.date)
    if facts is None:
        told = _message(subscription, "no-key", digest_without_key())
        return Done(upcoming, (told,), outcome=NO_KEY)
    done = Done(upcoming, (), facts.told_until, facts.recent, facts.carry, reported=facts.reported)
    if subscription.options.skips_empty and not facts.has_news:
        outcome = f"Nothing was posted on {date_text(due.date)}: there was nothing to report."
        return replace(done, outcome=outcome)
    ref = f"{subscription.id}.{due.date}"
    late = due.at if now - due.at > late_after else None
    delivery = Delivery(digest_title(schedule), upcoming.at, late, ref)
    message = _message(subscription, f"{due.date}", digest(facts, delivery))
    return replace(done, messages=(message,))


def _message(subscription: Subscription, name: str, reply: Reply) -> Message:
    """The message for the channel; it expires when half of the time to the next one has passed."""
    return Message(
        key=f"digest:{subscription.id}:{name}",
        workspace_id=subscription.workspace_id,
        channel_id=subscription.channel_id,
        reply=reply,
        owner_id=subscription.set_by.id,
        expires_at=subscription.schedule.useful_until(subscription.next.date),
    )


def _left_out(subscription: Subscription, now: datetime) -> Done:
    """Skip an occurrence that is too late: its owner is notified, and the next one is the first that can be on time."""
    schedule, due = subscription.schedule, subscription.next
    told = Message(
        key=f"told:digest:{subscription.id}:{due.date}",
        workspace_id=subscription.workspace_id,
        channel_id="",
        reply=digests_missed(due.at, Channel(subscription.channel_id)),
        person_id=subscription.set_by.id,
    )
    outcome = f"The digest of {date_text(due.date)} was skipped because the bot was offline for too long."
    upcoming = schedule.next_after(due.at, due.date)
    while now > schedule.useful_until(upcoming.date):
        upcoming = schedule.next_after(upcoming.at, upcoming.date)
    return Done(upcoming, (told,), outcome=outcome)

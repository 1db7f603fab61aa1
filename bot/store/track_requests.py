"""Track requests: what was proposed, submitted and started, for whom and at what price.

Every change of state is a compare-and-set in one committed transaction, so of two callers one wins and the other learns
that it lost. Nothing here calls the API: `submit` is committed before the call, and one of the `mark_` methods after
it.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.caller import Person
from bot.domain.tracking import (
    ENDED,
    MEASURED_FOR,
    MOST_OFFERS,
    REVISITED_FOR,
    UNDER_WAY,
    RequestState,
    StartTerms,
    TrackRequest,
)
from bot.domain.videos import Video
from bot.store import audit, campaigns, mirror
from bot.store.approvals import approvals
from bot.store.database import Aggregate, insert_into
from bot.store.outbox import News, write_news
from bot.store.spend_guard import Refused, Submitted, refusal
from bot.store.tables import IS_IN_FLIGHT, track_requests
from bot.store.types import read, values
from bot.store.wallets import lock_wallet, poll_by
from bot.store.workspaces import Workspace

Report: TypeAlias = Callable[[TrackRequest], News]
"""Builds the messages about a changed request; committed together with the change."""


def no_news(_: TrackRequest) -> News:
    """Default report: no messages."""
    return News(())


FIRST_LOOK = timedelta(minutes=1)
"""Delay after a start before the account is listed, to measure how long the start takes to appear."""
LATE = "It appeared in your account only after it was reported as not started."
IS_GIVEN_UP = (track_requests.c.state == RequestState.FAILED) & track_requests.c.submitted_at.is_not(None)
IS_PROPOSED = track_requests.c.state == RequestState.PROPOSED


class TrackRequests(Aggregate):
    """The `track_requests` table."""

    async def propose(
        self,
        workspace: Workspace,
        channel_id: str,
        person: Person,
        batch: str,
        items: Sequence[tuple[str, str, str]],
        price: Decimal,
        now: datetime,
        expires_at: datetime,
        campaign_id: int | None = None,
        parent_id: str = "",
    ) -> tuple[TrackRequest, ...]:
        """Store a proposal, each item being `(key, link, platform)`; repeating a batch adds nothing.

        The person's oldest offers end if too many are open, except those waiting for approval. `price` is the dollars
        per snapshot shown to the person. The videos join the campaign, if one is given, once they are tracked.
        """
        requests = (
            TrackRequest(
                id=0,
                batch=batch,
                workspace_id=workspace.id,
                wallet_id=workspace.wallet_id,
                channel_id=channel_id,
                person=person,
                key=key,
                link=link,
                platform=platform,
                price=price,
                state=RequestState.PROPOSED,
                proposed_at=now,
                expires_at=expires_at,
                campaign_id=campaign_id,
                parent_id=parent_id,
            )
            for key, link, platform in items
        )
        rows = [values(each, "id") for each in requests]
        async with self._database.writing() as connection:
            await lock_wallet(connection, workspace.wallet_id)
            await connection.execute(insert_into(track_requests, connection).on_conflict_do_nothing(), rows)
            await _end_oldest(connection, workspace.id, person.id, now)
            return await _requests(connection, _batch(workspace.id, batch))

    async def batch(self, workspace_id: int, token: str) -> tuple[TrackRequest, ...]:
        """The requests behind one confirm button, in the order typed; empty if unknown here."""
        async with self._database.reading() as connection:
            return await _requests(connection, _batch(workspace_id, token))

    async def submit(
        self,
        request_id: int,
        terms: StartTerms,
        now: datetime,
        report: Report = no_news,
        *,
        may_run: bool = False,
    ) -> Submitted | Refused:
        """Decide, for all processes, whether this request may be sent now; the decision is committed on return.

        `may_run`: the video may be tracked although no list shows it. After `Submitted`, and only then, the caller
        sends the request: once.
        """
        async with self._database.writing() as connection:
            twin = await refusal(connection, request_id, terms, now, may_run=may_run)
            if not isinstance(twin, int):
                return twin
            submitted = {
                "state": RequestState.SUBMITTED,
                "days": terms.days,
                "cost": terms.cost,
                "submitted_at": now,
                "twin": twin,
            }
            request, _ = await _move(connection, request_id, IS_PROPOSED, submitted)
            await write_news(connection, report(request), now)
            return Submitted(request)

    async def mark_tracking(
        self, request_id: int, video: Video, now: datetime, report: Report = no_news, *, is_listed: bool = False
    ) -> tuple[TrackRequest, bool]:
        """Record that the API started the video: it becomes the workspace's own, with its cost. Safe to repeat.

        Returns the request, and whether this call recorded it and wrote its report. A request given up as absent counts
        as started after all if the API shows it; it costs more than was confirmed if the API reports that. A video
        found in a list (`is_listed`) may belong to another request: then nothing changes.
        """
        started: dict[str, Any] = {"state": RequestState.TRACKING, "video_id": video.id, "outcome": "", "ended_at": now}
        async with self._database.writing() as connection:
            (before,) = await _requests(connection, track_requests.c.id == request_id)
            await lock_wallet(connection, before.wallet_id)
            if is_listed and await _is_anothers(connection, before, video.id, now):
                return before, False
            if is_listed:
                started |= {"listed_at": now, "outcome": LATE if before.state is RequestState.FAILED else ""}
            confirmed = before.cost
            if video.estimated_cost is not None and (confirmed is None or video.estimated_cost > confirmed):
                started["cost"] = video.estimated_cost
            request, moved = await _move(connection, request_id, IS_IN_FLIGHT | IS_GIVEN_UP, started)
            if moved:
                await mirror.remember(connection, request.wallet_id, [(video, request.key)], now)
                if request.campaign_id is not None:
                    item = (request.key, request.link, request.platform)
                    await campaigns.join_if_kept(
                        connection, request.workspace_id, request.campaign_id, item, request.person, now
                    )
                owner = (request.workspace_id, request.person)
                await mirror.set_owner(connection, request.wallet_id, video.id, owner)
                await audit.write_track(connection, request, now)
                await write_news(connection, report(request), now)
                await poll_by(connection, request.wallet_id, now + FIRST_LOOK)
            return request, moved

    async def mark_failed(self, request_id: int, outcome: str, now: datetime, report: Report = no_news) -> TrackRequest:
        """Record that a submitted request certainly started nothing. Returns its present state, changed or not."""
        async with self._database.writing() as connection:
            (before,) = await _requests(connection, track_requests.c.id == request_id)
            await lock_wallet(connection, before.wallet_id)
            failed = {"state": RequestState.FAILED, "outcome": outcome, "ended_at": now}
            request, moved = await _move(connection, request_id, IS_IN_FLIGHT, failed)
            if moved:
                await audit.write_track(connection, request, now)
                await write_news(connection, report(request), now)
            return request

    async def mark_unknown(self, request_id: int, outcome: str, now: datetime) -> TrackRequest:
        """Record that the outcome of a submitted request is unclear. Returns its present state, changed or not."""
        async with self._database.writing() as connection:
            (before,) = await _requests(connection, track_requests.c.id == request_id)
            await lock_wallet(
                connection, before.wallet_id
            )  # the wallet before the request, as everywhere: otherwise a deadlock is possible
            unclear = {"state": RequestState.UNKNOWN, "outcome": outcome}
            is_submitted = track_requests.c.state == RequestState.SUBMITTED
            request, moved = await _move(connection, request_id, is_submitted, unclear)
            if moved:
                await audit.write_track(connection, request, now)
                await poll_by(connection, request.wallet_id, now)  # so that it is looked up automatically
            return request

    async def drop(self, request_id: int, outcome: str) -> TrackRequest:
        """Give up a request that was never submitted. Returns its present state: a submitted one is left alone."""
        async with self._database.writing() as connection:
            dropped = {"state": RequestState.FAILED, "outcome": outcome}
            request, _ = await _move(connection, request_id, IS_PROPOSED, dropped)
            return request

    async def choose_campaign(self, workspace_id: int, batch: str, campaign_id: int | None) -> bool:
        """Move a proposed offer to another campaign or to none; one being started is left alone.

        Returns False without changes if approval was asked for the offer.
        """
        this = _batch(workspace_id, batch)
        wallet = select(track_requests.c.wallet_id).where(this).limit(1)
        async with self._database.writing() as connection:
            await lock_wallet(connection, (await connection.execute(wallet)).scalar_one())
            asked = (approvals.c.workspace_id == workspace_id) & (approvals.c.batch == batch)
            if await connection.scalar(select(approvals.c.id).where(asked).limit(1)) is not None:
                return False
            proposed = update(track_requests).where(this, IS_PROPOSED)
            await connection.execute(proposed.values(campaign_id=campaign_id))
            return True

    async def lower_price(self, workspace_id: int, batch: str, price: Decimal) -> None:
        """Store the snapshot price now shown, if it is lower, so that a later rise isn't accepted unseen."""
        dearer = _batch(workspace_id, batch) & (track_requests.c.price > price)
        await self._database.write(update(track_requests).where(dearer, IS_PROPOSED).values(price=price))

    async def cancel(self, workspace_id: int, batch: str, person_id: str) -> tuple[TrackRequest, ...]:
        """Give up a person's unsubmitted proposal; returns the batch in its present state."""
        mine = _batch(workspace_id, batch) & (track_requests.c.person_id == person_id)
        dropped = update(track_requests).where(mine, IS_PROPOSED)
        async with self._database.writing() as connection:
            await connection.execute(dropped.values(state=RequestState.FAILED, outcome="cancelled"))
            return await _requests(connection, _batch(workspace_id, batch))

    async def count_look(self, request_id: int) -> int:
        """Count one more complete list without the video; returns how many there were."""
        look = update(track_requests).where(track_requests.c.id == request_id)
        counted = look.values(clean_looks=track_requests.c.clean_looks + 1).returning(track_requests.c.clean_looks)
        async with self._database.writing() as connection:
            return int((await connection.execute(counted)).scalar_one())

    async def unsettled(self, wallet_id: int, submitted_before: datetime) -> tuple[TrackRequest, ...]:
        """Requests to look up: unclear ones, and those submitted before a time without a recorded response."""
        old = (track_requests.c.state == RequestState.UNKNOWN) | (track_requests.c.submitted_at < submitted_before)
        async with self._database.reading() as connection:
            return await _requests(connection, _in_flight(wallet_id) & old)

    async def awaited(self, wallet_id: int, now: datetime) -> tuple[TrackRequest, ...]:
        """Requests about which the account's list may have news.

        Unclear ones, those given up as absent within a day, and those started within a day that no list has shown yet.
        """
        lately = now - REVISITED_FOR
        revisited = IS_GIVEN_UP & (track_requests.c.clean_looks > 0) & (track_requests.c.ended_at > lately)
        mine = track_requests.c.wallet_id == wallet_id
        async with self._database.reading() as connection:
            in_flight = await _requests(connection, _in_flight(wallet_id))
            ended = mine & (track_requests.c.submitted_at > lately - REVISITED_FOR - MEASURED_FOR)
            unlisted = _unlisted(wallet_id, lately)
            return *in_flight, *await _requests(connection, unlisted), *await _requests(connection, ended & revisited)

    async def note_list(self, wallet_id: int, ids: Collection[str], asked: datetime, *, is_complete: bool) -> None:
        """Record which starts of the last day a list shows and, if it is complete, which it lacks."""
        async with self._database.writing() as connection:
            for request in await _requests(connection, _unlisted(wallet_id, asked - REVISITED_FOR)):
                this = update(track_requests).where(track_requests.c.id == request.id)
                if request.video_id in ids:
                    await connection.execute(this.values(listed_at=asked))
                elif is_complete and request.submitted_at is not None and request.submitted_at < asked:
                    await connection.execute(this.values(missed_at=asked))
            if is_complete:
                missed = _in_flight(wallet_id) & (track_requests.c.submitted_at < asked)
                await connection.execute(update(track_requests).where(missed).values(missed_at=asked))

    async def slowest(self, wallet_id: int, now: datetime) -> timedelta | None:
        """The longest time that a recent start took to appear in a list; None if none was measured.

        A start that the first list showed counts as zero; one that none has shown yet counts for as long as it was
        missing.
        """
        made = track_requests.c
        lately = (made.wallet_id == wallet_id) & (made.submitted_at > now - MEASURED_FOR)
        started = lately & (made.state == RequestState.TRACKING)
        missed = select(made.submitted_at, made.missed_at, made.listed_at).where(started, made.missed_at.is_not(None))
        async with self._database.reading() as connection:
            late = [(listed or missed) - sent for sent, missed, listed in await connection.execute(missed)]
            listed = select(made.id).where(started, made.listed_at.is_not(None)).limit(1)
            if not late and await connection.scalar(listed) is None:
                return None
            return max(late, default=timedelta(0))

    async def taken(self, ids: Collection[str]) -> frozenset[str]:
        """Those of these videos that a request is known to have started."""
        query = select(track_requests.c.video_id).where(track_requests.c.video_id.in_(list(ids)))
        return frozenset(await self._database.scalars(query))

    async def in_flight(self, wallet_id: int, key: str) -> TrackRequest | None:
        """The newest request, of any workspace, that may be starting this link now."""
        async with self._database.reading() as connection:
            found = await _requests(connection, _in_flight(wallet_id) & (track_requests.c.key == key))
        return max(found, key=lambda each: each.submitted_at or each.proposed_at, default=None)


def _batch(workspace_id: int, token: str) -> ColumnElement[bool]:
    return (track_requests.c.workspace_id == workspace_id) & (track_requests.c.batch == token)


async def _end_oldest(connection: AsyncConnection, workspace_id: int, person_id: str, now: datetime) -> None:
    """End all but the newest open offers of a person. Within the caller's transaction."""
    here = (track_requests.c.workspace_id == workspace_id) & (track_requests.c.person_id == person_id)
    asked = select(approvals.c.batch).where(approvals.c.workspace_id == workspace_id)
    is_open = here & IS_PROPOSED & (track_requests.c.expires_at > now) & track_requests.c.batch.not_in(asked)
    newest = func.max(track_requests.c.id).desc()
    open_now = select(track_requests.c.batch).where(is_open).group_by(track_requests.c.batch).order_by(newest)
    ended = list(await connection.scalars(open_now))[MOST_OFFERS:]
    if ended:
        this = update(track_requests).where(is_open, track_requests.c.batch.in_(ended))
        await connection.execute(this.values(state=RequestState.FAILED, outcome=ENDED))


async def _is_anothers(connection: AsyncConnection, request: TrackRequest, video_id: str, now: datetime) -> bool:
    """Whether a listed video was started by another request, or may be by an earlier one for the same link.

    A request that may still get the API's response goes first. Of those that lost theirs with their process, the
    oldest.
    """
    others = track_requests.c.id != request.id
    same = (track_requests.c.wallet_id == request.wallet_id) & (track_requests.c.key == request.key)
    is_under_way = track_requests.c.submitted_at > now - UNDER_WAY
    comes_first = is_under_way | (track_requests.c.id < request.id)
    first: ColumnElement[bool] = (track_requests.c.state == RequestState.SUBMITTED) & comes_first
    if request.state is RequestState.FAILED:
        first = IS_IN_FLIGHT
    for where in (track_requests.c.video_id == video_id, same & first):
        if await connection.scalar(select(track_requests.c.id).where(others, where).limit(1)) is not None:
            return True
    return False


def _unlisted(wallet_id: int, since: datetime) -> ColumnElement[bool]:
    """Condition for requests that started a video since a time and that no list has shown yet."""
    mine = (track_requests.c.wallet_id == wallet_id) & (track_requests.c.submitted_at > since)
    return mine & (track_requests.c.state == RequestState.TRACKING) & track_requests.c.listed_at.is_(None)


def _in_flight(wallet_id: int) -> ColumnElement[bool]:
    return (track_requests.c.wallet_id == wallet_id) & IS_IN_FLIGHT


async def _requests(connection: AsyncConnection, where: ColumnElement[bool]) -> tuple[TrackRequest, ...]:
    rows = await connection.execute(select(track_requests).where(where).order_by(track_requests.c.id))
    return tuple(read(TrackRequest, row) for row in rows)


async def _move(
    connection: AsyncConnection, request_id: int, allowed: ColumnElement[bool], changes: dict[str, Any]
) -> tuple[TrackRequest, bool]:
    """Change a request if its state allows; returns it, and whether this call changed it."""
    this = track_requests.c.id == request_id
    moved = update(track_requests).where(this, allowed).values(changes)
    row: Row[Any] | None = (await connection.execute(moved.returning(track_requests))).one_or_none()
    if row is not None:
        return read(TrackRequest, row), True
    return (await _requests(connection, this))[0], False

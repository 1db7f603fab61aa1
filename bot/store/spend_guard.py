"""Spend guard: decides whether a track request may be sent, so that two clicks never cost twice."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.allowances import Limit, Spender, broken, fixed
from bot.domain.errors import SpendingRefused
from bot.domain.tracking import REVISITED_FOR, RequestState, StartTerms, TrackRequest
from bot.store.allowances import limits
from bot.store.approvals import is_approved, needed_above
from bot.store.stored_video import StoredVideo, from_row
from bot.store.tables import IS_IN_FLIGHT, track_requests, videos, workspaces
from bot.store.types import read
from bot.store.wallets import lock_wallet


@dataclass(frozen=True, slots=True)
class Submitted:
    """The request may be sent now, once."""

    request: TrackRequest


@dataclass(frozen=True, slots=True)
class NotYours:
    """Somebody else made this request."""

    request: TrackRequest


@dataclass(frozen=True, slots=True)
class NotProposed:
    """The request was used, cancelled or dropped before; `request` is its present state."""

    request: TrackRequest


@dataclass(frozen=True, slots=True)
class Expired:
    """The proposal has expired, or the workspace has changed its API key since."""

    request: TrackRequest


@dataclass(frozen=True, slots=True)
class AlreadyRunning:
    """The wallet tracks this link already; the video may be another workspace's, which nobody here may see."""

    video: StoredVideo


@dataclass(frozen=True, slots=True)
class InFlight:
    """Another request, possibly of another workspace, may be starting this link right now."""

    request: TrackRequest


@dataclass(frozen=True, slots=True)
class Unclear:
    """An earlier start of this link is still unclear: the person has to confirm a second one."""

    request: TrackRequest


@dataclass(frozen=True, slots=True)
class LimitReached:
    """The cost exceeds a spending limit."""

    limit: Limit


@dataclass(frozen=True, slots=True)
class NeedsApproval:
    """A press for more than `above` dollars needs a second person's approval."""

    above: Decimal


@dataclass(frozen=True, slots=True)
class MayRun:
    """The API may omit this link's running tracking from its lists: the person has to confirm again."""

    request: TrackRequest


Refused: TypeAlias = (
    NotYours | NotProposed | Expired | AlreadyRunning | InFlight | Unclear | LimitReached | NeedsApproval | MayRun
)


async def refusal(
    connection: AsyncConnection,
    request_id: int,
    terms: StartTerms,
    now: datetime,
    *,
    may_run: bool,
) -> Refused | int:
    """Decide on a request: why it must not be sent, or the id of the unclear start that it ignores, 0 for none.

    Locks the wallet until the transaction ends, so that the decision stays valid. `may_run` is as for
    `TrackRequests.submit`. Raises SpendingRefused if the workspace was deleted with its requests.
    """
    this = select(track_requests).where(track_requests.c.id == request_id)
    wallet_id = await connection.scalar(this.with_only_columns(track_requests.c.wallet_id))
    if wallet_id is not None:
        await lock_wallet(connection, wallet_id)
    row = (await connection.execute(this)).one_or_none()
    if row is None:
        raise SpendingRefused("This workspace's data was deleted, so nothing was spent. Send /track again.")
    request = read(TrackRequest, row)
    if request.person.id != terms.person.id:
        return NotYours(request)
    if request.state is not RequestState.PROPOSED:
        return NotProposed(request)
    wallet_now = select(workspaces.c.wallet_id).where(workspaces.c.id == request.workspace_id)
    if now >= request.expires_at or await connection.scalar(wallet_now) != request.wallet_id:
        return Expired(request)
    twin = await _clash(connection, request, now, terms.despite)
    if not isinstance(twin, int):
        return twin
    if may_run and not terms.is_sure:
        return MayRun(request)
    return await _over_limit(connection, request, terms, now) or twin


async def _over_limit(
    connection: AsyncConnection, request: TrackRequest, terms: StartTerms, now: datetime
) -> LimitReached | NeedsApproval | None:
    """The limit or approval rule that blocks a start; None if there is none."""
    spender = Spender(terms.person.id, terms.roles, request.channel_id, request.campaign_id, request.parent_id)
    binding = await connection.run_sync(limits, request.workspace_id, spender, now, terms.cap)
    approved = await is_approved(connection, request, terms.days, terms.cost)
    reached = broken(fixed(binding) if approved else binding, terms.cost)
    if reached is not None:
        return LimitReached(reached)
    above = None if approved else await needed_above(connection, request, terms.cost)
    return None if above is None else NeedsApproval(above)


async def _clash(
    connection: AsyncConnection, request: TrackRequest, now: datetime, despite: int
) -> AlreadyRunning | InFlight | Unclear | int:
    """What already tracks the link or may; else the id of the accepted unclear start, 0 for none."""
    running = select(videos).where(
        videos.c.wallet_id == request.wallet_id, videos.c.key == request.key, videos.c.is_running
    )
    video = (await connection.execute(running.limit(1))).one_or_none()
    if video is not None:
        return AlreadyRunning(from_row(video))
    twin = await _possible_duplicate(connection, request, now)
    if twin is None:
        return 0
    if twin.is_under_way(now) or twin.workspace_id != request.workspace_id:
        return InFlight(twin)
    return twin.id if await _is_accepted(connection, twin, despite) else Unclear(twin)


async def _possible_duplicate(connection: AsyncConnection, request: TrackRequest, now: datetime) -> TrackRequest | None:
    """The newest request that may still start the link and that no later request was sent in spite of.

    Other keys of this workspace count too: they may belong to the same account, and a sent request may still take
    effect.
    """
    accepted = select(track_requests.c.twin).where(IS_IN_FLIGHT)
    lately = track_requests.c.submitted_at > now - REVISITED_FOR
    here = track_requests.c.workspace_id == request.workspace_id
    for mine in (track_requests.c.wallet_id == request.wallet_id, here & lately):
        pending = select(track_requests).where(mine, track_requests.c.key == request.key, IS_IN_FLIGHT)
        newest = (
            pending.where(track_requests.c.id.not_in(accepted)).order_by(track_requests.c.submitted_at.desc()).limit(1)
        )
        other = (await connection.execute(newest)).one_or_none()
        if other is not None:
            return read(TrackRequest, other)
    return None


async def _is_accepted(connection: AsyncConnection, twin: TrackRequest, despite: int) -> bool:
    """Whether a person who was shown the request `despite` also knew of an unclear one.

    It is that one, or it is of another link and was submitted before: a press may cover several links.
    """
    shown = select(track_requests.c.key, track_requests.c.submitted_at).where(track_requests.c.id == despite)
    found = (await connection.execute(shown)).one_or_none()
    if found is None or found.submitted_at is None or twin.submitted_at is None:
        return False
    return twin.id == despite or (found.key != twin.key and twin.submitted_at <= found.submitted_at)

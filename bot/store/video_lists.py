"""Statements for lists and searches of videos, with filters and sort orders.

They read index ranges in order and stop early, so the first page costs the same in any account. A range holds the
videos of one owner, platform and status (a counter of `video_counts`), or of one owner.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, bindparam, case, func, literal, select, union_all

from bot.domain.folding import folded
from bot.domain.videos import FINISHED, VideoStatus, is_running_status
from bot.store.spending_tables import campaign_links
from bot.store.stored_video import owners_seen_by, values_seen_by
from bot.store.tables import HAS_HANDLE, IS_UNREAD_HISTORY, videos
from bot.store.types import CountOrNone
from bot.store.workspaces import Workspace

SEARCHED = 1_000
"""How many of the workspace's videos, and of those started outside the bot, a search scans."""

_ESCAPE = "/"


class Sort(StrEnum):
    """Sort orders of lists. Unknown values come last.

    In `CHANGE_24H` and `SLOWEST` ended videos follow the running ones: their last day is over.
    """

    NEWEST = "newest"
    COUNT = "count"
    CHANGE_24H = "change_24h"
    ENDING = "ending"
    COST = "cost"
    LOWEST = "lowest"
    SLOWEST = "slowest"


_UNKNOWN = literal(None, CountOrNone)
"""What is stored for an unknown count: less than any count."""
INDEXED = frozenset({Sort.NEWEST, Sort.COUNT, Sort.CHANGE_24H, Sort.ENDING})
"""Orders that an index keeps."""
_ORDERS = {
    Sort.NEWEST: (videos.c.newest_at.desc(), videos.c.video_id.desc()),
    Sort.COUNT: (videos.c.main_count.desc(), videos.c.video_id.desc()),
    Sort.CHANGE_24H: (videos.c.change_24h.desc(), videos.c.video_id.desc()),
    Sort.ENDING: (videos.c.ends_at.asc(), videos.c.video_id.asc()),
    Sort.COST: (videos.c.snapshot_count.desc(), videos.c.video_id.desc()),  # every snapshot costs the same
    Sort.LOWEST: (videos.c.main_count <= _UNKNOWN, videos.c.main_count.asc(), videos.c.video_id.asc()),
    Sort.SLOWEST: (videos.c.change_24h <= _UNKNOWN, videos.c.change_24h.asc(), videos.c.video_id.asc()),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of a workspace's videos; empty ones match all.

    `handles` are folded, of any platform; `started_by` is a person's id in the chat; `campaign_id` belongs to the same
    workspace.
    """

    platform: str | None = None
    status: str | None = None
    handles: tuple[str, ...] = ()
    started_by: str = ""
    campaign_id: int | None = None

    @property
    def are_counted(self) -> bool:
        """Whether `video_counts` has the number of matching videos."""
        return not (self.handles or self.started_by or self.campaign_id)

    @property
    def given(self) -> frozenset[str]:
        """The names of the filters that are set; `running` stands for the status of every running state."""
        names = frozenset(each.name for each in fields(self) if getattr(self, each.name))
        return names - {"status"} | {"running"} if self.status == VideoStatus.MONITORING else names


EVERY_VIDEO = Filters()
"""Filters that match every video."""


def fits_status(status: str, wanted: str | None) -> bool:
    """Whether a status matches; `monitoring` stands for every running state."""
    if wanted == VideoStatus.MONITORING:
        return is_running_status(status)
    return wanted in {None, status}


def values_of(workspace: Workspace, filters: Filters) -> dict[str, Any]:
    """The parameters of the filtered statements, which are cached per set of filters."""
    given = {each.name: getattr(filters, each.name) for each in fields(filters)}
    return given | values_seen_by(workspace)


def _conditions(given: frozenset[str], *, by_owner: bool = True) -> Iterator[ColumnElement[bool] | TextClause]:
    """Conditions for the videos that a workspace may see and that match the set filters.

    Without `by_owner`, another condition is selective, so the owner is compared in a way that keeps its index from
    being used.
    """
    yield videos.c.wallet_id == bindparam("wallet")
    owner = videos.c.owner_id if by_owner and "campaign_id" not in given else videos.c.owner_id + 0
    yield owner.in_(owners_seen_by(bindparam("workspace")))
    if "platform" in given:
        yield videos.c.platform == bindparam("platform")
    if "status" in given:
        yield videos.c.status == bindparam("status")
    if "running" in given:
        yield videos.c.status.not_in([*FINISHED, VideoStatus.PAUSED])
    if "handles" in given:
        yield videos.c.handle.in_(bindparam("handles", expanding=True))
        yield HAS_HANDLE  # for the index
    if "campaign_id" in given:
        within = campaign_links.c.campaign_id == bindparam("campaign_id")
        yield videos.c.key.in_(select(campaign_links.c.key).where(within))
    if "started_by" in given:
        yield (videos.c.owner_id == bindparam("workspace")) & (videos.c.started_by_id == bindparam("started_by"))


@cache
def unread_statement(given: frozenset[str]) -> Select[Any]:
    """Count of matching finished videos whose pages aren't read yet. Parameters: `values_of`."""
    conditions = _conditions(given, by_owner=False)
    return select(func.count()).where(*conditions, IS_UNREAD_HISTORY).select_from(videos)


@cache
def narrow_statement(given: frozenset[str], sort: Sort) -> Select[Any]:
    """The matching videos in order, each row with two counts over all pages: `total` and `unread`.

    Parameters: `offset`, `limit`, and those of `values_of`.
    """
    conditions, order, this = tuple(_conditions(given)), order_of(sort), videos.c.wallet_id == bindparam("wallet")
    total = select(func.count()).where(*conditions).select_from(videos)
    counts = (each.correlate(None).scalar_subquery() for each in (total, unread_statement(given)))
    first = select(videos.c.video_id).where(*conditions).order_by(*order)
    listed = first.offset(bindparam("offset")).limit(bindparam("limit"))
    page = select(videos, *map(ColumnElement.label, counts, ("total", "unread")))
    return page.where(this, videos.c.video_id.in_(listed)).order_by(*order)


@cache
def handle_statement(given: frozenset[str] = frozenset({"handles"})) -> Select[Any]:
    """The handle of one matching video."""
    return select(videos.c.handle).where(*_conditions(given)).limit(1)


@cache
def sums_statement(given: frozenset[str]) -> Select[Any]:
    """Per metric: the number of matching links, their total and 24 h gain, by each link's newest tracking."""
    unknown = literal(None, CountOrNone)
    link = func.coalesce(func.nullif(videos.c.key, ""), videos.c.video_id)
    newest = func.row_number().over(partition_by=link, order_by=videos.c.newest_at.desc())
    columns = (videos.c.main_metric, videos.c.main_count, videos.c.change_24h, videos.c.is_running)
    each = select(*columns, newest.label("place")).where(*_conditions(given)).subquery().c
    gained = func.sum(case((each.is_running & (each.change_24h > unknown), each.change_24h)))
    counted = (each.place == 1) & each.main_metric.is_not(None) & (each.main_count > unknown)
    summed = select(each.main_metric, func.count(), func.sum(each.main_count), gained)
    return summed.where(counted).group_by(each.main_metric)


@cache
def page_statement(sort: Sort, ranges: int) -> Select[Any]:
    """The videos of several ranges, in order. Cached, because building the statement takes longer than running it.

    Parameters: `wallet`, `offset`, `limit`, `end` (the sum of both), and for each range, counted from 0, `owner_0`,
    `platform_0` and `status_0`.
    """
    found_first = (
        select(videos.c.video_id)
        .where(
            videos.c.wallet_id == bindparam("wallet"),
            videos.c.owner_id == bindparam(f"owner_{number}"),
            videos.c.platform == bindparam(f"platform_{number}"),
            videos.c.status == bindparam(f"status_{number}"),
        )
        .order_by(*_ORDERS[sort])
        .limit(bindparam("end"))
        .subquery()
        for number in range(ranges)
    )
    first = union_all(*map(select, found_first))
    found = select(videos).where(videos.c.wallet_id == bindparam("wallet"), videos.c.video_id.in_(first))
    # A range has one status, so only the order across ranges depends on whether videos run.
    return found.order_by(*order_of(sort)).offset(bindparam("offset")).limit(bindparam("limit"))


def order_of(sort: Sort) -> tuple[ColumnElement[Any], ...]:
    """The ORDER BY of a sort order; running videos come first when sorted by growth."""
    running_first = (videos.c.is_running.desc(),) if sort in {Sort.CHANGE_24H, Sort.SLOWEST} else ()
    return (*running_first, *_ORDERS[sort])


@cache
def search_statement(*columns: str, is_typed: bool = True) -> Select[Any]:
    """The videos that contain the typed text: those with exactly that title first, then running ones, then newest.

    Every video if nothing `is_typed`. Cached, as above. Parameters: `wallet`, `workspace`, `limit`, and those of
    `patterns_of`.
    """
    owners: tuple[Any, ...] = owners_seen_by(bindparam("workspace"))
    ranges = (
        select(videos.c.video_id, videos.c.search_text, videos.c.is_running, videos.c.newest_at)
        .where(videos.c.wallet_id == bindparam("wallet"), videos.c.owner_id == owner)
        .order_by(videos.c.is_running.desc(), videos.c.newest_at.desc(), videos.c.video_id.desc())
        .limit(SEARCHED if is_typed else bindparam("limit"))
        .subquery()
        for owner in owners
    )
    recent = union_all(*map(select, ranges)).subquery().c
    found, shown = select(recent.video_id), select(*(videos.c[name] for name in columns)) if columns else select(videos)
    if is_typed:
        found = found.where(recent.search_text.like(bindparam("within"), escape=_ESCAPE)).order_by(
            _titled(recent.search_text)
        )
        shown = shown.order_by(_titled(videos.c.search_text))
    first = found.order_by(recent.is_running.desc(), recent.newest_at.desc(), recent.video_id.desc())
    listed = shown.where(
        videos.c.wallet_id == bindparam("wallet"), videos.c.video_id.in_(first.limit(bindparam("limit")))
    )
    return listed.order_by(videos.c.is_running.desc(), videos.c.newest_at.desc(), videos.c.video_id.desc())


def _titled(search_text: ColumnElement[str]) -> ColumnElement[Any]:
    """Sort key that puts videos with exactly the typed title first."""
    return search_text.like(bindparam("titled"), escape=_ESCAPE).desc()


def patterns_of(typed: str) -> dict[str, str]:
    """LIKE patterns for texts that contain the typed words, and for titles equal to them, in any case.

    An ellipsis at the end may come from a title that was shown shortened.
    """
    words = folded(typed)
    for sign in (_ESCAPE, "%", "_"):
        words = words.replace(sign, _ESCAPE + sign)
    return {"within": f"%{words.removesuffix('...').rstrip()}%", "titled": f"{words}\n%"}

"""The statements behind lists and searches of videos: which ones, in which order.

They read ranges of an index in order and stop early, so the first page costs the same in any account.
A range holds the videos of one owner, platform and status (a counter of `video_counts`), or of one owner.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, bindparam, case, func, literal, select, union_all

from bot.domain.folding import folded
from bot.domain.videos import FINISHED, VideoStatus, is_running_status
from bot.store.campaign_tables import campaign_links
from bot.store.stored_video import owners_seen_by
from bot.store.tables import HAS_HANDLE, IS_UNREAD_HISTORY, videos
from bot.store.types import CountOrNone
from bot.store.workspaces import Workspace

SEARCHED = 1_000
"""How many videos of the workspace, and how many started outside the bot, a search looks through."""

_ESCAPE = "/"


class Sort(StrEnum):
    """The orders in which videos are listed. Unknown values come last, in `CHANGE_24H` last of the running ones.

    There, ended videos follow the running ones: their last day is over.
    """

    NEWEST = "newest"
    COUNT = "count"
    CHANGE_24H = "change_24h"
    ENDING = "ending"
    COST = "cost"


_ORDERS = {
    Sort.NEWEST: (videos.c.newest_at.desc(), videos.c.video_id.desc()),
    Sort.COUNT: (videos.c.main_count.desc(), videos.c.video_id.desc()),
    Sort.CHANGE_24H: (videos.c.change_24h.desc(), videos.c.video_id.desc()),
    Sort.ENDING: (videos.c.ends_at.asc(), videos.c.video_id.asc()),
    Sort.COST: (videos.c.snapshot_count.desc(), videos.c.video_id.desc()),  # every snapshot costs the same
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which of a workspace's videos a list shows; a filter that is empty leaves none out.

    `handles` are folded, of any platform; `started_by` is a person's id in the chat; `campaign_id` is of a campaign of
    the same workspace.
    """

    platform: str | None = None
    status: str | None = None
    handles: tuple[str, ...] = ()
    started_by: str = ""
    campaign_id: int | None = None

    @property
    def are_counted(self) -> bool:
        """Whether `video_counts` says how many videos these leave."""
        return not (self.handles or self.started_by or self.campaign_id)

    @property
    def given(self) -> frozenset[str]:
        """The names of those that aren't empty; `running` stands for the status of every state that runs."""
        names = frozenset(each.name for each in fields(self) if getattr(self, each.name))
        return names - {"status"} | {"running"} if self.status == VideoStatus.MONITORING else names


EVERY_VIDEO = Filters()
"""The filters of a list that leaves no video out."""


def fits_status(status: str, wanted: str | None) -> bool:
    """Whether a status is the wanted one; `monitoring` stands for every state that runs."""
    if wanted == VideoStatus.MONITORING:
        return is_running_status(status)
    return wanted in {None, status}


def values_of(workspace: Workspace, filters: Filters) -> dict[str, Any]:
    """The values of the statements about filters, which are built once for all that have the same ones given."""
    given = {each.name: getattr(filters, each.name) for each in fields(filters)}
    return given | {"wallet": workspace.wallet_id, "workspace": workspace.id}


def _conditions(given: frozenset[str], *, by_owner: bool = True) -> Iterator[ColumnElement[bool] | TextClause]:
    """The conditions on the videos that a workspace may see and that filters leave, of which these are given.

    Not `by_owner`: another condition leaves few rows, so the owner is compared in a way that no index helps with.
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
    """How many finished videos that filters leave are not read yet. Its values are those of `values_of`."""
    conditions = _conditions(given, by_owner=False)
    return select(func.count()).where(*conditions, IS_UNREAD_HISTORY).select_from(videos)


@cache
def narrow_statement(given: frozenset[str], sort: Sort) -> Select[Any]:
    """The videos that filters leave, in order, each row with two counts over all pages: `total` and `unread`.

    Its values are `offset`, `limit`, and those of `values_of`.
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
    """The handle of a video that filters leave."""
    return select(videos.c.handle).where(*_conditions(given)).limit(1)


@cache
def sums_statement(given: frozenset[str]) -> Select[Any]:
    """By metric, how many links filters leave, what these count and gained in 24 h, by each link's newest tracking."""
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
    """The videos of a number of ranges, in order. Cached, because building it takes longer than running it.

    Its values are `wallet`, `offset`, `limit`, `end` (the two together), and for each range, counted from 0, `owner_0`,
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
    # A range holds one status, so only the order across ranges depends on what runs.
    return found.order_by(*order_of(sort)).offset(bindparam("offset")).limit(bindparam("limit"))


def order_of(sort: Sort) -> tuple[ColumnElement[Any], ...]:
    """What to order videos by, running ones first if their growth is what counts."""
    running_first = (videos.c.is_running.desc(),) if sort is Sort.CHANGE_24H else ()
    return (*running_first, *_ORDERS[sort])


@cache
def search_statement() -> Select[Any]:
    """The videos that hold what was typed: those of just that title first, then running ones, then newest.

    Cached, as above. Its values are `wallet`, `workspace`, `limit`, and those of `patterns_of`.
    """
    owners: tuple[Any, ...] = owners_seen_by(bindparam("workspace"))
    ranges = (
        select(videos.c.video_id, videos.c.search_text, videos.c.is_running, videos.c.newest_at)
        .where(videos.c.wallet_id == bindparam("wallet"), videos.c.owner_id == owner)
        .order_by(videos.c.is_running.desc(), videos.c.newest_at.desc(), videos.c.video_id.desc())
        .limit(SEARCHED)
        .subquery()
        for owner in owners
    )
    recent = union_all(*map(select, ranges)).subquery().c
    found = select(recent.video_id).where(recent.search_text.like(bindparam("within"), escape=_ESCAPE))
    named, also_named = (
        text.like(bindparam("titled"), escape=_ESCAPE).desc() for text in (recent.search_text, videos.c.search_text)
    )
    first = found.order_by(named, recent.is_running.desc(), recent.newest_at.desc(), recent.video_id.desc())
    listed = select(videos).where(
        videos.c.wallet_id == bindparam("wallet"), videos.c.video_id.in_(first.limit(bindparam("limit")))
    )
    return listed.order_by(also_named, videos.c.is_running.desc(), videos.c.newest_at.desc(), videos.c.video_id.desc())


def patterns_of(typed: str) -> dict[str, str]:
    """LIKE patterns for texts that contain the typed words, and for titles that are exactly these, in any case.

    An ellipsis at the end may be that of a title which was shown shortened.
    """
    words = folded(typed)
    for sign in (_ESCAPE, "%", "_"):
        words = words.replace(sign, _ESCAPE + sign)
    return {"within": f"%{words.removesuffix('...').rstrip()}%", "titled": f"{words}\n%"}

"""The statements behind lists of videos: each reads ranges of an index in their order and leaves every one early.

So the first page costs the same in any account. A range holds the videos of one owner, platform and status (a cell of
`video_counts`), or of one owner.
"""

from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, literal, select, union_all

from bot.domain.folding import folded
from bot.store.tables import NOBODY, videos

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


_ORDERS = {
    Sort.NEWEST: (videos.c.newest_at.desc(), videos.c.video_id.desc()),
    Sort.COUNT: (videos.c.main_count.desc(), videos.c.video_id.desc()),
    Sort.CHANGE_24H: (videos.c.change_24h.desc(), videos.c.video_id.desc()),
    Sort.ENDING: (videos.c.ends_at.asc(), videos.c.video_id.asc()),
}


@cache
def page(sort: Sort, cells: int) -> Select[Any]:
    """The videos of a number of cells, in order; kept, because putting it together takes longer than running it.

    Its values are `wallet`, `offset`, `limit`, `end` (the two together), and for each cell, counted from 0, `owner_0`,
    `platform_0` and `status_0`.
    """
    ranges = (
        select(videos.c.video_id)
        .where(
            videos.c.wallet_id == bindparam("wallet"),
            videos.c.owner_id == bindparam(f"owner_{cell}"),
            videos.c.platform == bindparam(f"platform_{cell}"),
            videos.c.status == bindparam(f"status_{cell}"),
        )
        .order_by(*_ORDERS[sort])
        .limit(bindparam("end"))
        .subquery()
        for cell in range(cells)
    )
    first = union_all(*map(select, ranges))
    found = select(videos).where(videos.c.wallet_id == bindparam("wallet"), videos.c.video_id.in_(first))
    # A cell holds one status, so only the order across cells has to look at it.
    running_first = (videos.c.is_running.desc(),) if sort is Sort.CHANGE_24H else ()
    return found.order_by(*running_first, *_ORDERS[sort]).offset(bindparam("offset")).limit(bindparam("limit"))


@cache
def search() -> Select[Any]:
    """The videos that hold what was typed: those of just that title first, then running ones, then newest.

    Kept, as above. Its values are `wallet`, `workspace`, `limit`, and `held` and `titled`, which `patterns` gives.
    """
    ranges = (
        select(videos.c.video_id, videos.c.search_text, videos.c.is_running, videos.c.newest_at)
        .where(videos.c.wallet_id == bindparam("wallet"), videos.c.owner_id == owner)
        .order_by(videos.c.is_running.desc(), videos.c.newest_at.desc(), videos.c.video_id.desc())
        .limit(SEARCHED)
        .subquery()
        for owner in (literal(NOBODY), bindparam("workspace"))
    )
    recent = union_all(*map(select, ranges)).subquery().c
    held = select(recent.video_id).where(recent.search_text.like(bindparam("held"), escape=_ESCAPE))
    named, also_named = (
        text.like(bindparam("titled"), escape=_ESCAPE).desc() for text in (recent.search_text, videos.c.search_text)
    )
    first = held.order_by(named, recent.is_running.desc(), recent.newest_at.desc(), recent.video_id.desc())
    found = select(videos).where(
        videos.c.wallet_id == bindparam("wallet"), videos.c.video_id.in_(first.limit(bindparam("limit")))
    )
    return found.order_by(also_named, videos.c.is_running.desc(), videos.c.newest_at.desc(), videos.c.video_id.desc())


def patterns(typed: str) -> dict[str, str]:
    """What stands in the texts that hold this, and in those that begin with it as their whole title, in any case.

    An ellipsis at the end may be that of a title which was shown shortened.
    """
    words = folded(typed)
    for sign in (_ESCAPE, "%", "_"):
        words = words.replace(sign, _ESCAPE + sign)
    return {"held": f"%{words.removesuffix('...').rstrip()}%", "titled": f"{words}\n%"}

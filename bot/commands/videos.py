"""/videos: the list, ten a page."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.domain.videos import VideoPlatform, VideoStatus
from bot.messages.counted import Counted
from bot.messages.videos import Listing, video_list
from bot.reply.model import Reply
from bot.store.videos import Sort, StoredVideo
from bot.wallet.mirror import is_stale

PAGE_SIZE = 10
_PLATFORMS = tuple(VideoPlatform)
_STATUSES = tuple(VideoStatus)
_SORTS = tuple(Sort)


@dataclass(frozen=True, slots=True)
class Videos:
    """Which videos, in which order, which page."""

    platform: str | None = argument(
        Kind.CHOICE,
        "only this platform",
        default=None,
        choices=_PLATFORMS,
        aliases=(("x", "twitter"), ("yt", "youtube"), ("ig", "instagram"), ("insta", "instagram"), ("tt", "tiktok")),
    )
    status: str | None = argument(
        Kind.CHOICE,
        "only this status",
        default=None,
        choices=_STATUSES,
        aliases=(("running", "monitoring"), ("finished", "completed"), ("ended", "completed")),
    )
    sort: str = argument(
        Kind.CHOICE,
        "the order",
        default=Sort.NEWEST,
        choices=_SORTS,
        aliases=(
            ("views", "count"),
            ("likes", "count"),
            ("top", "count"),
            ("change", "change_24h"),
            ("growth", "change_24h"),
            ("all", "newest"),
        ),
        vague=("all",),
    )
    page: int = argument(Kind.NUMBER, "the page", default=1, minimum=1, maximum=1_000_000, listed=False)


async def videos(context: Context, args: Videos) -> Reply:
    """One page of the list; the videos on it are read anew where they are older than an hour."""
    swept = await context.wallet.sweep()
    rows, total = await _page(context, args)
    last = max((total + PAGE_SIZE - 1) // PAGE_SIZE, 1)
    if args.page > last:
        args = replace(args, page=last)
        rows, total = await _page(context, args)
    problems = await _refresh(context, rows)
    if problems is not None:
        rows, total = await _page(context, args)
    return video_list(
        Listing(
            videos=tuple(counted(each) for each in rows),
            total=total,
            complete=swept.value,
            platform=args.platform,
            status=args.status,
            sort=args.sort,
            page=args.page,
            pages=last,
            first=(args.page - 1) * PAGE_SIZE + 1,
            as_of=swept.as_of,
            problem=swept.problem or problems or "",
            now=context.clock(),
        )
    )


def counted(stored: StoredVideo) -> Counted:
    """A mirrored video as lists and previews show it."""
    return Counted(stored.video, stored.main_metric, stored.main_count, stored.change_24h, stored.last_snapshot_at)


async def _page(context: Context, args: Videos) -> tuple[tuple[StoredVideo, ...], int]:
    offset = (args.page - 1) * PAGE_SIZE
    return await context.store.videos.page(
        context.workspace, args.platform, args.status, Sort(args.sort), offset, PAGE_SIZE
    )


async def _refresh(context: Context, rows: Sequence[StoredVideo]) -> str | None:
    """Read the stale ones among these; the first problem in words, "" for none, None where nothing was stale."""
    stale = [stored for stored in rows if is_stale(stored, context.clock())]
    if not stale:
        return None
    pages = await asyncio.gather(*(context.wallet.mirror.page(stored) for stored in stale))
    return next((page.problem for page in pages if page.problem), "")

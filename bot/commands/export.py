"""/export: the snapshots as a CSV file."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.commands.choosing import choose
from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.domain.videos import Metric, Snapshot, Video
from bot.messages.export import exported, nothing_to_export
from bot.reply.call import Call
from bot.reply.model import File, Reply
from bot.store.videos import Sort

ALL = "all"
PAGE = 100
HEADER = ("video_id", "platform", "link", "title", "creator", "status", "snapshot_time", *Metric)
_FORMULA = re.compile(r"[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class Export:
    """The video to export, or all of them."""

    video: str = argument(Kind.VIDEO, "the video's title, link or id, or all", default=ALL, suggested=True)


async def export(context: Context, args: Export) -> Reply:
    """The file: of one video read anew where it is older than an hour, of all as they are in the mirror."""
    if args.video.casefold() == ALL:
        return await _all(context)
    stored = await choose(context, args.video, Call("export"), "video")
    if isinstance(stored, Reply):
        return stored
    page = await context.wallet.mirror.page(stored)
    if not page.value.snapshots:
        return nothing_to_export(page.problem)
    rows = list(_rows(page.value.video, page.value.snapshots))
    return exported(_file(f"contentstats-{_slug(stored.video.id)}.csv", rows), 1, len(rows), page.as_of, page.problem)


async def _all(context: Context) -> Reply:
    swept = await context.wallet.sweep()
    rows: list[tuple[str, ...]] = []
    count = offset = 0
    total = 1
    while offset < total:
        page, total = await context.store.videos.page(context.workspace, None, None, Sort.NEWEST, offset, PAGE)
        for stored in page:
            taken = await context.store.videos.snapshots(context.wallet.id, stored.video.id)
            rows += _rows(stored.video, taken)
            count += bool(taken)
        offset += PAGE
    if not rows:
        return nothing_to_export(swept.problem)
    return exported(_file("contentstats-all.csv", rows), count, len(rows), swept.as_of, swept.problem)


def _rows(video: Video, snapshots: tuple[Snapshot, ...]) -> Iterator[tuple[str, ...]]:
    facts = (video.id, video.platform, video.link, video.title, video.creator, video.status)
    safe = tuple(_inert(fact) for fact in facts)
    for snapshot in snapshots:
        counts = (str(snapshot.counts[metric]) if metric in snapshot.counts else "" for metric in Metric)
        yield (*safe, snapshot.taken_at.isoformat(), *counts)


def _inert(words: str) -> str:
    """Foreign words that no spreadsheet takes for a formula (OWASP, CSV injection: a leading apostrophe)."""
    return f"'{words}" if _FORMULA.match(words) else words


def _file(name: str, rows: list[tuple[str, ...]]) -> File:
    table = io.StringIO()
    csv.writer(table).writerows((HEADER, *rows))
    content = table.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that titles are UTF-8
    return File(name, content, "text/csv", f"{len(rows):,} snapshots")


def _slug(video_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", video_id)[:40]

"""Snapshots as a CSV file that no spreadsheet takes for anything but data."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

from bot.domain.videos import Metric, Snapshot, Video
from bot.reply.model import File

HEADER = ("video_id", "platform", "link", "title", "creator", "status", "snapshot_time", *Metric)
_FORMULA = re.compile(r"[=+\-@\t\r]")


def csv_rows(video: Video, snapshots: Iterable[Snapshot]) -> Iterator[tuple[str, ...]]:
    """A row a snapshot."""
    facts = (video.id, video.platform, video.link, video.title, video.creator, video.status)
    safe = tuple(_inert(fact) for fact in facts)
    for snapshot in snapshots:
        counts = (str(snapshot.counts[metric]) if metric in snapshot.counts else "" for metric in Metric)
        yield (*safe, snapshot.taken_at.isoformat(), *counts)


def csv_file(name: str, rows: list[tuple[str, ...]]) -> File:
    """The rows under their header. The name ends in .csv."""
    table = io.StringIO()
    csv.writer(table).writerows((HEADER, *rows))
    content = table.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that titles are UTF-8
    return File(name, content, "text/csv", f"{len(rows):,} snapshots")


def csv_name(video_id: str) -> str:
    """What the file of one video is called."""
    slug = re.sub(r"[^A-Za-z0-9_-]+", "-", video_id)[:40]
    return f"contentstats-{slug}.csv"


def _inert(words: str) -> str:
    """Foreign words that no spreadsheet takes for a formula (OWASP, CSV injection: a leading apostrophe)."""
    return f"'{words}" if _FORMULA.match(words) else words

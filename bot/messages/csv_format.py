"""CSV export of snapshots, safe to open in any spreadsheet: no cell is read as a formula."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from bot.domain.links import creator_name
from bot.domain.videos import Metric, Snapshot, Video
from bot.reply.model import File
from bot.store.readings import LinkReadings

_NAME = 24
"""Letters of a name in a file name: as much as a phone shows on a line."""
HEADER = ("video_id", "platform", "link", "title", "creator", "status", "snapshot_time", *Metric)
SPANS = {"24h": timedelta(days=1), "7d": timedelta(days=7)}
"""How far back a summary compares each counter."""
SUMMARY_HEADER = (
    *("link", "platform", "title", "creator", "status", "trackings", "snapshots", "first_snapshot", "last_snapshot"),
    *(name for metric in Metric for name in (metric, *(f"{metric}_gained_{span}" for span in SPANS))),
)
_DELIMITERS = r";|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
"""Characters that end a cell in some program. A comma isn't one: text with commas is quoted (RFC 4180)."""
_SKIPPED = r"\s\"\u201c-\u201f\uff02\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
"""Characters that programs skip at the start of a cell: white space, quotes, invisible characters."""
_TRIGGERS = r"=+\-@\u2212\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a-\u207c\u208a-\u208c"
"""Characters that start a formula, full-width and small forms included."""
_FORMULA = re.compile(f"(^|[{_DELIMITERS}])([{_SKIPPED}]*)([{_TRIGGERS}])")


def csv_rows(video: Video, snapshots: Iterable[Snapshot]) -> Iterator[tuple[str, ...]]:
    """One row per snapshot."""
    facts = (video.id, video.platform, video.link, video.title, video.creator, video.status)
    safe = tuple(inert(fact) for fact in facts)
    for snapshot in snapshots:
        counts = (str(snapshot.counts[metric]) if metric in snapshot.counts else "" for metric in Metric)
        yield (*safe, snapshot.taken_at.isoformat(), *counts)


def summary_moments(now: datetime) -> tuple[datetime, ...]:
    """Times at which links must be read for `summary_rows`: now, and each of `SPANS` before."""
    return (now, *(now - span for span in SPANS.values()))


def summary_rows(links: Iterable[LinkReadings]) -> Iterator[tuple[str, ...]]:
    """One row per link with a reading: its last counts and gains; a gain is empty if the link wasn't read back then."""
    for link in links:
        video, last, first = link.newest.video, link.at[0], link.first
        if last is None or first is None:
            continue
        facts = map(inert, (video.link, video.platform, video.title, video.creator, video.status))
        snapshots = sum(each.snapshot_count for each in link.trackings)
        sizes = (str(len(link.trackings)), str(snapshots), first.taken_at.isoformat(), last.taken_at.isoformat())
        yield (*facts, *sizes, *(cell for metric in Metric for cell in _counts(link, metric)))


def _counts(link: LinkReadings, metric: Metric) -> Iterator[str]:
    """The last count of a metric and its gain since each earlier reading; empty if one is unknown."""
    stated = (link.stating(metric, place) for place in range(len(link.at)))
    last, *before = (None if each is None else each.counts[metric] for each in stated)
    yield "" if last is None else str(last)
    for count in before:
        yield "" if last is None or count is None else str(last - count)


def csv_file(name: str, rows: Sequence[tuple[str, ...]], header: Sequence[str] = HEADER, of: str = "snapshot") -> File:
    """The rows under their header. The name ends in .csv."""
    return File(name, head(header) + encoded(rows), "text/csv", f"one row per {of}")


def csv_name(name: str) -> str:
    """File name for some videos."""
    return f"contentstats-{slug(name) or 'videos'}.csv"


def slug(name: str) -> str:
    """A name for a part of a file name; empty if it has no ASCII letters."""
    return re.sub(r"[^\w-]+", "-", name, flags=re.ASCII)[:_NAME].strip("-")


def video_slug(video: Video) -> str:
    """A video for a part of a file name: its title, or its platform and creator if that has no ASCII letters."""
    creator = creator_name(video.link, video.creator)
    return slug(video.title) or slug(f"{video.platform} {creator or video.id}")


def inert(words: str) -> str:
    """Make foreign text inert, so that no spreadsheet finds a formula in it, whichever delimiter it uses.

    An apostrophe goes before each character that would start one (OWASP, CSV injection).
    """
    return _FORMULA.sub(r"\1\2'\3", words)


def head(header: Sequence[str] = HEADER) -> bytes:
    """The header after a byte order mark, which makes spreadsheets read UTF-8."""
    return codecs.BOM_UTF8 + encoded([tuple(header)])


def encoded(rows: Iterable[tuple[str, ...]]) -> bytes:
    """Rows encoded as CSV."""
    table = io.StringIO()
    csv.writer(table).writerows(rows)
    return table.getvalue().encode(errors="replace")  # replaces lone surrogates

"""Snapshots as CSV in which no spreadsheet finds anything but data."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from bot.domain.videos import Metric, Snapshot, Video
from bot.reply.model import File

HEADER = ("video_id", "platform", "link", "title", "creator", "status", "snapshot_time", *Metric)
_DELIMITERS = r";|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
"""What ends a cell in some program's view. A comma ends none of ours: such text is quoted (RFC 4180)."""
_SKIPPED = r"\s\"\u201c-\u201f\uff02\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
"""What programs drop before they look at a cell: white space, quotes, characters that nobody sees."""
_TRIGGERS = r"=+\-@\u2212\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a-\u207c\u208a-\u208c"
"""What begins a formula, full-width and small forms included."""
_FORMULA = re.compile(f"(^|[{_DELIMITERS}])([{_SKIPPED}]*)([{_TRIGGERS}])")


def csv_rows(video: Video, snapshots: Iterable[Snapshot]) -> Iterator[tuple[str, ...]]:
    """A row a snapshot."""
    facts = (video.id, video.platform, video.link, video.title, video.creator, video.status)
    safe = tuple(inert(fact) for fact in facts)
    for snapshot in snapshots:
        counts = (str(snapshot.counts[metric]) if metric in snapshot.counts else "" for metric in Metric)
        yield (*safe, snapshot.taken_at.isoformat(), *counts)


def csv_file(name: str, rows: Sequence[tuple[str, ...]]) -> File:
    """The rows under their header. The name ends in .csv."""
    return File(name, head() + encoded(rows), "text/csv", f"{len(rows):,} snapshots")


def csv_name(name: str) -> str:
    """What the file of a video, by its id, or of a campaign, by its name, is called."""
    slug = re.sub(r"[^\w-]+", "-", name, flags=re.ASCII)[:40]
    return f"contentstats-{slug}.csv"


def inert(words: str) -> str:
    """Foreign words in which no spreadsheet finds a formula, whichever delimiter it splits them by.

    An apostrophe goes before whatever would begin one (OWASP, CSV injection).
    """
    return _FORMULA.sub(r"\1\2'\3", words)


def head() -> bytes:
    """The header after a mark that tells spreadsheets that titles are UTF-8."""
    return codecs.BOM_UTF8 + encoded([HEADER])


def encoded(rows: Iterable[tuple[str, ...]]) -> bytes:
    """Rows as they stand in a file."""
    table = io.StringIO()
    csv.writer(table).writerows(rows)
    return table.getvalue().encode(errors="replace")  # half a surrogate pair is no character

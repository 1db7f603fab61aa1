"""Replies of an export: the file, the progress of reading, and what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.growth import ago
from bot.domain.videos import Video
from bot.messages.campaign import Into
from bot.messages.wording import FULL_LISTS, linked, plural
from bot.reply.call import Call
from bot.reply.model import Button, Column, File, Item, LargeFile, Listing, Note, Part, Plain, Reply, Time, Tone, text

MOST_ROWS = 20
"""Maximum number of videos listed as missing or incomplete."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """Videos missing from a file: never read and why, not read again and why, and those without a snapshot.

    `hides_more`: the API may not list all videos of the account.
    """

    missing: tuple[tuple[Video, str], ...] = ()
    older: tuple[tuple[Video, str], ...] = ()
    empty: tuple[Video, ...] = ()
    hides_more: bool = False


def exported(
    files: tuple[File | LargeFile, ...],
    videos: int,
    snapshots: int,
    as_of: datetime,
    problem: str,
    lacking: Lacking = Lacking(),
    into: Into | None = None,
) -> Reply:
    """The files, how fresh they are, and the missing videos with the reasons.

    A summary file has one row per video and no `snapshots`.
    """
    age = text("As of ", Time(as_of), ".")
    place = "" if len(files) == 1 else f" in {len(files)} files"
    missing = f" {plural(len(lacking.missing), 'video')} couldn't be read." if lacking.missing else ""
    whose = "" if into is None else f" of {into.name}"
    rows = f"{plural(snapshots, 'snapshot')} of " if snapshots else ""
    return Reply(
        f"{rows}{plural(videos, 'video')}{whose}{place}.{missing}",
        title="Export",
        parts=(*_lacking(lacking), Note((*age, Plain(f" Couldn't refresh: {problem}")) if problem else age)),
        files=files,
        tone=Tone.WARNING if problem or lacking.missing or lacking.older else Tone.SUCCESS,
    )


def reading(read: int, total: int, spent: timedelta, again: Call) -> Reply:
    """Progress, while pages are read before the file can be written."""
    left = f", about {ago(spent / read * (total - read))} left" if read else ""
    return Reply(
        f"Reading first: {read:,} of {plural(total, 'video')} done{left}.",
        title="Export",
        parts=(Note(text("I keep reading in the background. Press the button once that's done.")),),
        actions=(Button("Get the file", again),),
    )


def nothing_to_export(problem: str, lacking: Lacking = Lacking()) -> Reply:
    """Reply if no snapshot is known, because there is none or it couldn't be read."""
    sentence = (
        f"{plural(len(lacking.missing), 'video')} couldn't be read, so there's nothing to export."
        if lacking.missing
        else "There's no snapshot to export yet. The first arrives within an hour of starting."
    )
    videos = Button("My videos", Call("videos"))
    return Reply(
        f"{sentence} {problem}".strip(),
        title="Export",
        parts=tuple(_lacking(lacking)),
        actions=(videos,),
        tone=Tone.WARNING,
    )


def _lacking(lacking: Lacking) -> Iterator[Part]:
    """The videos that are missing or incomplete, each with the reason."""
    found = [
        *((video, f"not in the file: {reason}") for video, reason in lacking.missing),
        *((video, f"without the newest snapshots: {reason}") for video, reason in lacking.older),
        *((video, "no snapshot yet") for video in lacking.empty),
    ]
    items = tuple(Item(text(linked(video)), (text(why),), text(why)) for video, why in found[:MOST_ROWS])
    if items:
        yield Listing("Missing or incomplete", (Column("Video"), Column("Why")), items)
    if len(found) > MOST_ROWS:
        yield Note(text(f"{len(found) - MOST_ROWS:,} more are missing or incomplete."))
    if lacking.hides_more:
        yield Note(text(FULL_LISTS))

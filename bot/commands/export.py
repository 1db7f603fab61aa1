"""/export: the snapshots as a CSV file."""

from dataclasses import dataclass
from datetime import datetime

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.commands.find_video import choose
from bot.messages.csv_format import csv_file, csv_name, csv_rows
from bot.messages.export import Lacking, exported, nothing_to_export, reading
from bot.reply.call import Call
from bot.reply.model import Reply
from bot.store.videos import StoredVideo
from bot.wallet.backfill import Progress
from bot.wallet.mirror import Dated

ALL = "all"


@dataclass(frozen=True, slots=True)
class Export:
    """The video to export, or all of them."""

    video: str = argument(Kind.VIDEO, "the video's title, link or id, or all", default=ALL, suggested=True)


async def export(context: Context, args: Export) -> Reply:
    """The file. Of all videos: how far the reading is, while pages that the mirror lacks are still to be read."""
    if args.video.casefold() == ALL:
        return await _all(context)
    stored = await choose(context, args.video, Call("export"), "video")
    if isinstance(stored, Reply):
        return stored
    page = await context.wallet.mirror.curve(stored, context.workspace)
    if not page.value.parts:
        return nothing_to_export(page.problem)
    rows = [row for video, taken in page.value.runs for row in csv_rows(video, taken)]
    return exported((csv_file(csv_name(stored.video.id), rows),), 1, len(rows), page.as_of, page.problem)


async def _all(context: Context) -> Reply:
    swept = await context.wallet.sweep()
    progress = await context.wallet.backfill.read(context.workspace.id, await context.exports.videos(context.workspace))
    if not progress.is_over:
        return reading(progress.read, progress.total, context.clock() - progress.since)
    whole = await context.exports.of_all(context.workspace)
    lacking = _lacking(whole.videos, progress)
    if not whole.files:
        return nothing_to_export(swept.problem, lacking)
    count = sum(each.snapshot_count > 0 for each in whole.videos)
    return exported(whole.files, count, whole.snapshots, _as_of(whole.videos, swept), swept.problem, lacking)


def _lacking(videos: tuple[StoredVideo, ...], progress: Progress) -> Lacking:
    """What could not be had, by video; one that was listed while the file was written is read for the next one."""
    failed = progress.failed
    return Lacking(
        missing=tuple(
            (each.video, failed.get(each.video.id, "It is being read just now. Export again in a minute."))
            for each in videos
            if each.read_at is None
        ),
        older=tuple(
            (each.video, failed[each.video.id])
            for each in videos
            if each.read_at is not None and each.video.id in failed
        ),
        empty=tuple(each.video for each in videos if each.read_at is not None and not each.snapshot_count),
    )


def _as_of(videos: tuple[StoredVideo, ...], swept: Dated[bool]) -> datetime:
    """The oldest reading among the running videos: what has ended does not age."""
    return min((each.read_at for each in videos if each.read_at and each.video.is_running), default=swept.as_of)

"""/export: the snapshots as a CSV file."""

from dataclasses import dataclass

from bot.commands.choosing import choose
from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.messages.export import exported, nothing_to_export
from bot.reply.call import Call
from bot.reply.model import Reply
from bot.reports.exports import csv_file, csv_name, csv_rows
from bot.store.videos import Sort, StoredVideo

ALL = "all"
PAGE = 100


@dataclass(frozen=True, slots=True)
class Export:
    """The video to export, or all of them."""

    video: str = argument(Kind.VIDEO, "the video's title, link or id, or all", default=ALL, suggested=True)


async def export(context: Context, args: Export) -> Reply:
    """The file: of one video read anew where it is older than an hour, of all as they are in the mirror.

    What nobody has read yet is read for it, as far as there is time.
    """
    if args.video.casefold() == ALL:
        return await _all(context)
    stored = await choose(context, args.video, Call("export"), "video")
    if isinstance(stored, Reply):
        return stored
    page = await context.wallet.mirror.page(stored)
    if not page.value.snapshots:
        return nothing_to_export(page.problem)
    rows = list(csv_rows(page.value.video, page.value.snapshots))
    return exported(csv_file(csv_name(stored.video.id), rows), 1, len(rows), page.as_of, page.problem)


async def _all(context: Context) -> Reply:
    swept = await context.wallet.sweep()
    videos = await _videos(context)
    unread = await context.wallet.mirror.read_unread(videos)
    rows: list[tuple[str, ...]] = []
    count = 0
    for stored in await _videos(context) if any(each.read_at is None for each in videos) else videos:
        taken = await context.store.videos.snapshots(context.wallet.id, stored.video.id)
        rows += csv_rows(stored.video, taken)
        count += bool(taken)
    if not rows:
        return nothing_to_export(swept.problem, unread)
    return exported(csv_file("contentstats-all.csv", rows), count, len(rows), swept.as_of, swept.problem, unread)


async def _videos(context: Context) -> list[StoredVideo]:
    """All that the workspace may see, newest first."""
    found: list[StoredVideo] = []
    while True:
        page, total = await context.store.videos.page(context.workspace, None, None, Sort.NEWEST, len(found), PAGE)
        found += page
        if not page or len(found) >= total:
            return found

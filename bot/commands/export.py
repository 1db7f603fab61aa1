"""/export: the snapshots as a CSV file."""

from dataclasses import dataclass
from datetime import datetime

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.commands.find_video import choose
from bot.messages.campaign import Into, campaign_value
from bot.messages.csv_format import csv_file, csv_name, csv_rows
from bot.messages.export import Lacking, exported, nothing_to_export, reading
from bot.reply.call import Call
from bot.reply.model import Reply
from bot.store.videos import Filters, StoredVideo
from bot.wallet.backfill import Progress
from bot.wallet.mirror import Dated

ALL = "all"


@dataclass(frozen=True, slots=True)
class Export:
    """The video to export, or all of them, or all of a campaign."""

    video: str = argument(Kind.VIDEO, "the video's title, link or id, or all", default=ALL, suggested=True)
    campaign: str = argument(Kind.CAMPAIGN, "all videos of this campaign", default="", suggested=True)


async def export(context: Context, args: Export) -> Reply:
    """The file. Of all videos: how far the reading is, while pages that the mirror lacks are still to be read."""
    named = args.campaign
    if not named and args.video.casefold() != ALL:
        known = await context.store.campaigns.named(context.workspace.id, args.video)
        named = "" if known is None else known.name
    if named or args.video.casefold() == ALL:
        return await _all(context, named)
    stored = await choose(context, args.video, Call("export"), "video")
    if isinstance(stored, Reply):
        return stored
    page = await context.wallet.mirror.curve(stored, context.workspace)
    if not page.value.parts:
        return nothing_to_export(page.problem)
    rows = [row for video, taken in page.value.runs for row in csv_rows(video, taken)]
    return exported((csv_file(csv_name(stored.video.id), rows),), 1, len(rows), page.as_of, page.problem)


async def _all(context: Context, named: str) -> Reply:
    campaign, workspace = await context.campaign(named), context.workspace
    into = None if campaign is None else Into(campaign, is_own=not named)
    filters = Filters(campaign_id=campaign.id if campaign else None)
    swept = await context.wallet.sweep()
    whose = (workspace.id, filters.campaign_id)
    progress = await context.wallet.backfill.read(whose, await context.exports.videos(workspace, filters))
    if not progress.is_over:
        again = Call("export.all", {"campaign": campaign_value(campaign) if campaign else ALL})
        return reading(progress.read, progress.total, context.clock() - progress.since, again)
    whole = await context.exports.of_all(workspace, filters, csv_name(campaign.name if campaign else ALL))
    lacking = _lacking(whole.videos, progress)
    if not whole.files:
        return nothing_to_export(swept.problem, lacking)
    count = sum(each.snapshot_count > 0 for each in whole.videos)
    return exported(whole.files, count, whole.snapshots, _as_of(whole.videos, swept), swept.problem, lacking, into)


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

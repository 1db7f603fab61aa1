"""/export: the snapshots, or a summary of one row per video, as a CSV file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.commands.find_video import choose
from bot.domain.payout_terms import SITES
from bot.messages.campaign import Into, campaign_value
from bot.messages.csv_format import (
    SUMMARY_HEADER,
    csv_file,
    csv_name,
    csv_rows,
    summary_moments,
    summary_rows,
    video_slug,
)
from bot.messages.export import Lacking, exported, nothing_to_export, reading
from bot.reply.call import Call
from bot.reply.model import File, Reply
from bot.store.videos import Filters, StoredVideo
from bot.wallet.backfill import Progress
from bot.wallet.mirror import Dated

ALL, SNAPSHOTS, SUMMARY = "all", "snapshots", "summary"
AT_ONCE = 2_000
"""Links read at a time for a summary."""


@dataclass(frozen=True, slots=True)
class Export:
    """The video to export, or all of them, of a platform or of a campaign; and one row per snapshot or per video."""

    video: str = argument(Kind.VIDEO, "a title, link, id, platform or all", default=ALL, suggested=True)
    campaign: str = argument(Kind.CAMPAIGN, "all videos of this campaign", default="", suggested=True)
    rows: str = argument(
        Kind.CHOICE,
        "a row per snapshot, or a summary with a row per video",
        default=SNAPSHOTS,
        choices=(SNAPSHOTS, SUMMARY),
        labels=((SNAPSHOTS, "A row per snapshot"), (SUMMARY, "Summary: a row per video")),
    )


async def export(context: Context, args: Export) -> Reply:
    """Return the file. For several videos: the progress, while pages that the mirror lacks are still being read."""
    named, platform = args.campaign, SITES.get(args.video.casefold())
    if not named and args.video.casefold() != ALL and platform is None:
        known = await context.store.campaigns.named(context.workspace.id, args.video)
        named = "" if known is None else known.name
    if named or args.video.casefold() == ALL or platform is not None:
        return await _all(context, named, platform, args.rows)
    stored = await choose(context, args.video, Call("export", _given(rows=args.rows)), "video")
    if isinstance(stored, Reply):
        return stored
    page = await context.wallet.mirror.curve(stored, context.workspace)
    if not page.value.parts:
        return nothing_to_export(page.problem)
    if args.rows == SUMMARY:
        file = _summary_file(await _summary(context, (stored,)), video_slug(stored.video))
        return exported((file,), 1, 0, page.as_of, page.problem)
    rows = [row for video, taken in page.value.runs for row in csv_rows(video, taken)]
    return exported((csv_file(csv_name(video_slug(stored.video)), rows),), 1, len(rows), page.as_of, page.problem)


async def _all(context: Context, named: str, platform: str | None, rows: str) -> Reply:
    campaign, workspace = await context.campaign(named), context.workspace
    into = None if campaign is None else Into(campaign, is_own=not named)
    filters = Filters(platform=platform, campaign_id=campaign.id if campaign else None)
    swept = await context.wallet.sweep()
    hides_more = campaign is None and not swept.value
    whose = (workspace.id, filters)
    progress = await context.wallet.backfill.read(whose, await context.exports.videos(workspace, filters))
    if not progress.is_over:
        again = _given(video=platform or ALL, campaign=campaign_value(campaign) if campaign else ALL, rows=rows)
        return reading(progress.read, progress.total, context.clock() - progress.since, Call("export.all", again))
    name = "-".join(filter(None, (campaign.name if campaign else "", platform))) or ALL
    if rows == SUMMARY:
        videos = await context.exports.videos(workspace, filters)
        found, lacking = await _summary(context, videos), _lacking(videos, progress, hides_more=hides_more)
        if not found:
            return nothing_to_export(swept.problem, lacking)
        files = (_summary_file(found, name),)
        return exported(files, len(found), 0, _as_of(videos, swept), swept.problem, lacking, into)
    whole = await context.exports.of_all(workspace, filters, csv_name(name))
    lacking = _lacking(whole.videos, progress, hides_more=hides_more)
    if not whole.files:
        return nothing_to_export(swept.problem, lacking)
    count = sum(each.snapshot_count > 0 for each in whole.videos)
    return exported(whole.files, count, whole.snapshots, _as_of(whole.videos, swept), swept.problem, lacking, into)


def _given(**values: str) -> dict[str, str]:
    """A button's arguments, without defaults."""
    usual = {"video": ALL, "rows": SNAPSHOTS}
    return {name: value for name, value in values.items() if value != usual.get(name)}


async def _summary(context: Context, videos: Sequence[StoredVideo]) -> list[tuple[str, ...]]:
    """A summary row per link of these videos, in their order."""
    places = {each.curve_key: place for place, each in enumerate(reversed(videos))}
    keys, moments = list(dict.fromkeys(each.key for each in videos)), summary_moments(context.clock())
    rows: list[tuple[str, ...]] = []
    for start in range(0, len(keys), AT_ONCE):
        found = await context.store.readings.at(context.workspace, moments, keys[start : start + AT_ONCE])
        wanted = [link for link in found if link.key in places]
        rows += summary_rows(sorted(wanted, key=lambda link: places[link.key], reverse=True))
    return rows


def _summary_file(rows: Sequence[tuple[str, ...]], name: str) -> File:
    return csv_file(csv_name(f"summary-{name}"), rows, SUMMARY_HEADER, "video")


def _lacking(videos: tuple[StoredVideo, ...], progress: Progress, *, hides_more: bool) -> Lacking:
    """What the file lacks, by video. A video listed while the file was being written is read for the next one."""
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
        hides_more=hides_more,
    )


def _as_of(videos: tuple[StoredVideo, ...], swept: Dated[bool]) -> datetime:
    """The oldest reading among running videos; ended ones don't go stale."""
    return min((each.read_at for each in videos if each.read_at and each.video.is_running), default=swept.as_of)

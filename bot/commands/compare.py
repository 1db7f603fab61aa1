"""/compare: up to five videos at the same hour since tracking began."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.charts.specs import Comparison, Line
from bot.commands.choosing import choose, fitting
from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.domain.errors import UsageError
from bot.domain.growth import aligned
from bot.domain.videos import Metric, VideoReading
from bot.messages.compare import Compared, compare_with, comparison, shared_metric
from bot.messages.wording import name_of, video_options
from bot.reply.call import Call
from bot.reply.model import Picture, Reply
from bot.store.videos import Sort, StoredVideo

MOST_OPTIONS = 25
LABELS = "ABCDE"


@dataclass(frozen=True, slots=True)
class Compare:
    """Two to five videos."""

    video: tuple[str, ...] = argument(
        Kind.VIDEO, "a video's title in quotes, link or id", many=5, fewest=2, suggested=True
    )


@dataclass(frozen=True, slots=True)
class CompareWith:
    """One video's id, and the other's once it is chosen."""

    video: str = argument(Kind.VIDEO, "the video's id", listed=False)
    other: str = argument(Kind.VIDEO, "the other video's id", default="", listed=False)


async def compare(context: Context, args: Compare) -> Reply:
    """The table and the chart."""
    chosen: list[StoredVideo] = []
    for words in args.video:
        found = await fitting(context, words)
        if len(found) > 1:
            names = "; ".join(name_of(each.video) for each in found[:3])
            msg = f"“{words[:60]}” fits several videos: {names}. Give a longer part of the title, a link or an id."
            raise UsageError(msg)
        chosen += found
    distinct = tuple({each.video.id: each for each in chosen}.values())
    if len(distinct) < 2:
        raise UsageError("These words all name the same video. A comparison needs two different ones.")
    return await _compare(context, distinct)


async def choose_other(context: Context, args: CompareWith) -> Reply:
    """The comparison with the other video, or the choice of it."""
    stored = await choose(context, args.video, Call("compare.with"), "video")
    if isinstance(stored, Reply):
        return stored
    if args.other:
        other = await choose(context, args.other, Call("compare.with", {"video": stored.video.id}), "other")
        return other if isinstance(other, Reply) else await _compare(context, (stored, other))
    page, _ = await context.store.videos.page(context.workspace, None, None, Sort.NEWEST, 0, MOST_OPTIONS + 1)
    others = [each for each in page if each.video.id != stored.video.id][:MOST_OPTIONS]
    return compare_with(stored.video, video_options(each.video for each in others))


async def _compare(context: Context, chosen: Sequence[StoredVideo]) -> Reply:
    pages = await asyncio.gather(*(context.wallet.mirror.page(stored) for stored in chosen))
    readings = tuple(page.value for page in pages)
    metric = shared_metric(readings)
    compared = tuple(
        Compared(label, page.value, page.as_of, page.problem) for label, page in zip(LABELS, pages, strict=False)
    )
    picture = await _picture(context, compared, metric) if metric else None
    return comparison(compared, metric, picture, context.clock())


async def _picture(context: Context, compared: Sequence[Compared], metric: Metric) -> Picture | None:
    lines = tuple(line for each in compared if (line := _line(each.label, each.reading, metric)) is not None)
    chart = await context.charts.draw(Comparison(metric.value, lines)) if lines else None
    return Picture("comparison.png", chart.png, chart.alt) if chart else None


def _line(label: str, reading: VideoReading, metric: Metric) -> Line[float] | None:
    series = aligned(reading.snapshots, metric, reading.video.started_at)
    return Line.hourly(label, series) if series else None

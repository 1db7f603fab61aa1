"""/compare: up to five videos at the same hour since tracking began."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.charts.specs import Comparison, Line
from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.commands.find_video import MOST_CHOICES, choose, fitting
from bot.domain.curves import Curve
from bot.domain.errors import NotFound, UsageError
from bot.domain.growth import aligned
from bot.domain.videos import Metric
from bot.messages.compare import Compared, compare_with, comparison, shared_metric
from bot.messages.problems import pick_match
from bot.messages.wording import name_of, shortened, video_options
from bot.reply.call import Call
from bot.reply.model import Drawing, Reply
from bot.store.videos import Filters, Sort, StoredVideo

MOST_OPTIONS = 25
ENOUGH = 8
"""Characters of an id that a search needs: a button has no room for three whole ids."""
LABELS = "12345"


@dataclass(frozen=True, slots=True)
class Compare:
    """Two to five videos."""

    video: tuple[str, ...] = argument(
        Kind.VIDEO, "a video's title in quotes, link or id", many=5, fewest=2, suggested=True
    )


@dataclass(frozen=True, slots=True)
class CompareWith:
    """The other videos of a comparison by id or title, and the one chosen from a list."""

    video: tuple[str, ...] = argument(Kind.VIDEO, "the ids or titles of the other videos", many=4, listed=False)
    other: str = argument(Kind.VIDEO, "the chosen video's id", default="", listed=False)


async def compare(context: Context, args: Compare) -> Reply:
    """Show the table and chart, or a picker if one of the titles matches several videos."""
    found: dict[str, tuple[StoredVideo, ...]] = {}
    unknown = []
    for words in dict.fromkeys(args.video):
        try:
            found[words] = await fitting(context, words)
        except NotFound:
            unknown.append(f"“{shortened(words)}”")
    if unknown:
        raise NotFound(
            f"No video here matches {' or '.join(unknown)}. /videos lists your videos; /track starts a new one."
        )
    for words, several in found.items():
        if len(several) > 1:
            others = {other: each for other, each in found.items() if other != words}
            return _video_picker(words, several, others)
    distinct = tuple({each.curve_key: each for (each,) in found.values()}.values())
    if len(distinct) < 2:
        raise UsageError("These all name the same video. A comparison needs two different videos.")
    return await _compare(context, distinct)


async def choose_other(context: Context, args: CompareWith) -> Reply:
    """Show the comparison with the chosen video, or a picker for it."""
    if args.other:
        return await compare(context, Compare((*args.video, args.other)))
    stored = await choose(context, args.video[0], Call("compare.with"), "video")
    if isinstance(stored, Reply):
        return stored
    page, _ = await context.store.videos.page(context.workspace, Filters(), Sort.NEWEST, 0, MOST_OPTIONS + 1)
    others = [each for each in page if each.video.id != stored.video.id][:MOST_OPTIONS]
    return compare_with(stored.video, video_options(each.video for each in others))


def _video_picker(words: str, several: Sequence[StoredVideo], others: Mapping[str, Sequence[StoredVideo]]) -> Reply:
    """A picker for the video that some words mean. The others go along, by id if they are known."""
    quoted = (
        '"' + other.replace('"', "") + '"' if len(each) > 1 else each[0].video.id for other, each in others.items()
    )
    known = " ".join(quoted)
    call = Call("compare.with", {"video": known, "other": ""})
    if known and call.fits:
        options = video_options(each.video for each in several[:MOST_CHOICES])
        return pick_match(call, "other", options, more=len(several) > MOST_CHOICES, words=words)
    names = "; ".join(name_of(each.video) for each in several[:3])
    msg = f"“{shortened(words)}” matches several videos: {names}. Type more of the title, a link or an id."
    raise UsageError(msg)


async def _compare(context: Context, chosen: Sequence[StoredVideo]) -> Reply:
    mirror = context.wallet.mirror
    pages = await asyncio.gather(*(mirror.curve(stored, context.workspace) for stored in chosen))
    readings = tuple(page.value.reading for page in pages)
    metric = shared_metric(readings)
    compared = tuple(
        Compared(label, page.value, page.as_of, page.problem) for label, page in zip(LABELS, pages, strict=False)
    )
    picture = _picture(context, compared, metric) if metric else None
    card = comparison(compared, metric, picture, context.clock())
    ids = [page.value.video.id for page in pages]
    short = list(dict.fromkeys(id_[:ENOUGH] for id_ in ids))
    named = short if len(ids) > 2 and len(short) == len(ids) else ids
    return replace(card, shared_as=Call("compare", {"video": " ".join(named)}))


def _picture(context: Context, compared: Sequence[Compared], metric: Metric) -> Drawing | None:
    lines = tuple(line for each in compared if (line := _line(each.curve, metric)) is not None)
    until = max((each.reading.snapshots[-1].taken_at for each in compared if each.reading.snapshots), default=None)
    return context.charts.picture(Comparison(metric.value, until, lines) if lines and until else None)


def _line(curve: Curve, metric: Metric) -> Line[float] | None:
    series = aligned(curve.reading.snapshots, metric, curve.started_at)
    return Line.hourly(name_of(curve.video), series) if series else None

"""/stats: one video, its growth and a chart; the details have every metric, its price and its dates."""

from dataclasses import dataclass, replace

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.commands.find_video import ID, choose
from bot.messages.stats import VideoFacts, gains_card, gains_of, growth_picture, video_details, video_stats
from bot.reply.call import Call
from bot.reply.model import Reply
from bot.wallet.mirror import CurvePage


@dataclass(frozen=True, slots=True)
class Stats:
    """The video to show."""

    video: str = argument(Kind.VIDEO, "the video's title, link or id", suggested=True)


async def stats(context: Context, args: Stats) -> Reply:
    """Show one video's card, read from the API at most once an hour."""
    facts = await _facts(context, args, "stats")
    if isinstance(facts, Reply):
        return facts
    card = video_stats(facts, growth_picture(context.charts, facts.reading))
    return replace(card, shared_as=Call("stats", {"video": facts.reading.video.id}))


async def stats_details(context: Context, args: Stats) -> Reply:
    """Show every metric with its changes; engagement, price, dates, creator, gaps."""
    facts = await _facts(context, args, "stats.details")
    if isinstance(facts, Reply):
        return facts
    details = video_details(replace(facts, cost_per_snapshot=await context.price()))
    return replace(details, shared_as=Call("stats.details", {"video": facts.reading.video.id}))


async def gains(context: Context, args: Stats) -> Reply:
    """Show what one video gains per hour and per day."""
    facts = await _facts(context, args, "stats.gains")
    if isinstance(facts, Reply):
        return facts
    found = gains_of(facts.reading)
    return gains_card(facts, found, context.charts.picture(found))


async def _facts(context: Context, args: Stats, command: str) -> VideoFacts | Reply:
    """The facts about the video that the words mean, without its price, or a picker for several."""
    page = await _by_id(context, args.video)
    if page is None:
        stored = await choose(context, args.video, Call(command), "video")
        if isinstance(stored, Reply):
            return stored
        page = await context.wallet.mirror.curve(stored, context.workspace)
    context.seen[page.current.video.id] = page.current
    return VideoFacts(
        curve=page.value,
        started_by=page.current.started_by,
        started_here=page.current.workspace_id is not None,
        cost_per_snapshot=None,
        as_of=page.as_of,
        seen_at=page.seen_at,
        problem=page.problem,
        now=context.clock(),
    )


async def _by_id(context: Context, typed: str) -> CurvePage | None:
    """The page of the video with this id, which buttons and choices name; None for any other words."""
    if context.account is None or not ID.fullmatch(typed):
        return None
    return await context.account.mirror.curve_by_id(typed, context.workspace)

"""/stats: one video, every metric, its growth and its price."""

from dataclasses import dataclass

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.commands.find_video import choose
from bot.messages.pictures import growth_picture
from bot.messages.stats import VideoFacts, video_stats
from bot.reply.call import Call
from bot.reply.model import Reply


@dataclass(frozen=True, slots=True)
class Stats:
    """The video to look at."""

    video: str = argument(Kind.VIDEO, "the video's title, link or id", suggested=True)


async def stats(context: Context, args: Stats) -> Reply:
    """The card of one video, read from the API at most once an hour."""
    stored = await choose(context, args.video, Call("stats"), "video")
    if isinstance(stored, Reply):
        return stored
    page = await context.wallet.mirror.page(stored)
    return video_stats(
        VideoFacts(
            reading=page.value,
            started_by=stored.started_by,
            started_here=stored.workspace_id is not None,
            cost_per_snapshot=await context.wallet.price(),
            picture=growth_picture(context.charts, page.value),
            as_of=page.as_of,
            seen_at=page.seen_at,
            problem=page.problem,
            now=context.clock(),
        )
    )

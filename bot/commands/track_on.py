"""Track on: the offer to track a video again that still grew when its tracking ended, or is about to end."""

from dataclasses import dataclass

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.commands.track import track
from bot.commands.track_arguments import Track
from bot.domain.errors import NotFound
from bot.domain.money import ends_at
from bot.messages.wording import still_running
from bot.reply.model import Reply


@dataclass(frozen=True, slots=True)
class TrackOn:
    """The tracking that ended, by id."""

    video: str = argument(Kind.VIDEO, "the video's id", listed=False)


async def track_on(context: Context, args: TrackOn) -> Reply:
    """The consequence card of the video's link, as /track has it; when to ask again while a tracking of it runs."""
    stored = await context.store.videos.find(context.workspace, args.video)
    if stored is None:
        raise NotFound("I don't know this video any more. Send /track with its link.")
    end = ends_at(stored.video, stored.seen_at)
    if stored.video.is_running and end is not None and end > context.clock():
        return still_running(stored.video, end, context.clock())
    return await track(context, Track((stored.video.link,)))

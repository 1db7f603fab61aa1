"""/stop: shows what stopping would save, then stops on a press and updates the digest that offered it."""

from dataclasses import dataclass

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.commands.find_video import choose
from bot.digests.card import with_stopped
from bot.domain.caller import Permission
from bot.domain.commitments import remaining_snapshots
from bot.domain.errors import ContentStatsError, NotFound
from bot.domain.videos import Video
from bot.messages.stopping import already_over, stop_question, stopped
from bot.reply.call import Call
from bot.reply.model import Reply
from bot.store.audit import Action
from bot.store.videos import StoredVideo

_POSTS = ("digest", "alerts")
"""Commands for automatic posts, which people also want to stop."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The video to stop."""

    video: str = argument(Kind.VIDEO, "the video's title, link or id", suggested=True)
    post: str = argument(Kind.WORD, "the digest that offered it", default="", listed=False)


@dataclass(frozen=True, slots=True)
class ConfirmStop:
    """The id of the video to stop."""

    video: str = argument(Kind.VIDEO, "the video's id", listed=False)
    post: str = argument(Kind.WORD, "the digest that offered it", default="", listed=False)


async def ask_to_stop(context: Context, args: Stop) -> Reply:
    """Show what stopping saves; nothing is stopped before the button is pressed."""
    carried = {"post": args.post} if args.post else {}
    try:
        stored = await choose(context, args.video, Call("stop", carried), "video")
    except NotFound as error:
        meant = {each for each in _POSTS if each[:5] in args.video.casefold()}
        raise NotFound(str(error), f"/{meant.pop()} off") if len(meant) == 1 else error from None
    if isinstance(stored, Reply):
        return stored
    if not stored.video.is_running:
        return already_over(stored.video)
    _check(context, stored)
    left = remaining_snapshots(stored.observation, context.clock())
    return stop_question(stored.video, left, await context.price(), carried)


async def stop(context: Context, args: ConfirmStop) -> Reply:
    """Stop the video and record who did it."""
    stored = await _exactly(context, args.video)
    if not stored.video.is_running:
        return already_over(stored.video)
    _check(context, stored)
    left = remaining_snapshots(stored.observation, context.clock())
    try:
        video, is_news = await context.wallet.stopping.stop(stored)
    except ContentStatsError as error:
        await context.write_down(Action.STOP, str(error), stored.video.link, stored.video.id)
        raise
    if args.post:
        await _update_digest(context, args.post, video)
    if not is_news:
        return already_over(video)
    await context.write_down(Action.STOP, video.status, video.link, video.id)
    same_link = await context.store.videos.by_key(context.wallet.id, stored.key)
    mine = (each.video for each in same_link if each.is_visible_to(context.workspace.id))
    others = tuple(each for each in mine if each.is_running and each.id != video.id)
    return stopped(video, left, await context.price(), context.caller.person, others)


def _check(context: Context, stored: StoredVideo) -> None:
    """Raise NotAllowed unless the caller started the video or may stop any."""
    is_own = stored.started_by is not None and stored.started_by.id == context.caller.person.id
    if not is_own:
        context.require(Permission.STOP_ANY)


async def _exactly(context: Context, video_id: str) -> StoredVideo:
    """The video with exactly this id: another account's button must not stop a video that merely matches."""
    find = context.store.videos.find
    stored = await find(context.workspace, video_id)
    if stored is None:
        await context.wallet.sweep()
        stored = await find(context.workspace, video_id)
    if stored is None:
        raise NotFound("I can't find that video any more, so nothing was stopped. /videos lists your videos.")
    return stored


async def _update_digest(context: Context, post: str, video: Video) -> None:
    person = context.caller.person
    await context.store.digests.change_posted(
        context.workspace.id,
        post,
        f"stopped:{video.id}",
        lambda reply: with_stopped(reply, video, person),
        context.clock(),
    )

"""The offer to track on, and its answer while the video is still tracked."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.clock import moment_text
from bot.domain.videos import Video
from bot.messages.wording import name_of, shortened
from bot.reply.call import Call
from bot.reply.model import Action, Button, Menu, MenuOption, Reply

MOST_OFFERED = 10


def track_on_call(video: Video) -> Call:
    """The call that opens the consequence card for a video's link; it spends nothing."""
    return Call("track.on", {"video": video.id})


def track_on_offer(videos: Sequence[Video]) -> tuple[Action, ...]:
    """A button for the one video, or a menu of several; none without any."""
    if len(videos) == 1:
        return (Button("Track on", track_on_call(videos[0])),)
    options = (MenuOption(shortened(name_of(each)), track_on_call(each)) for each in videos[:MOST_OFFERED])
    return (Menu("Track on…", tuple(options)),) if videos else ()


def still_running(video: Video, end: datetime, now: datetime) -> Reply:
    """A start now would pay for the same hours twice."""
    return Reply(
        f"{name_of(video)} is still being tracked until {moment_text(end, now)}. Press Track on after that, so that "
        "no hour is paid for twice.",
        actions=(Button("Stats", Call("stats", {"video": video.id})), Button("Track on", track_on_call(video))),
    )

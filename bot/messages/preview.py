"""A tracked video in short, beside a link that somebody posted."""

from datetime import datetime

from bot.domain.growth import exact_count, main_metric, metric_name, signed_count
from bot.domain.videos import Video
from bot.messages.wording import name_of, platform_name, status_word
from bot.reply.call import Call
from bot.reply.model import Button, Note, Reply, Time, Tone, text


def preview(video: Video, count: int | None, change: int | None, last_snapshot_at: datetime | None) -> Reply:
    """One line and a button; `count` and `change` (24 h) are of the platform's main metric."""
    unit = metric_name(video.platform, main_metric(video.platform, ()))
    numbers = "no snapshot yet" if count is None else f"{exact_count(count)} {unit}"
    moved = "" if change is None else f", {signed_count(change)} in 24 h"
    age = () if last_snapshot_at is None else (Note(text("As of ", Time(last_snapshot_at), ".")),)
    return Reply(
        f"{name_of(video)} on {platform_name(video.platform)}, {status_word(video)}: {numbers}{moved}.",
        parts=age,
        actions=(Button("Stats", Call("stats", {"video": video.id})),),
    )


def previews_set(*, on: bool) -> Reply:
    """The switch was turned."""
    words = "A link to a tracked video now shows its numbers." if on else "Links are left alone from now on."
    return Reply(words, tone=Tone.SUCCESS)

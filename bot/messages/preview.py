"""A tracked video in short, beside a link that somebody posted."""

from bot.domain.growth import signed_count
from bot.messages.video_count import VideoCount, change_window, count_words
from bot.messages.wording import introduced
from bot.reply.call import Call
from bot.reply.model import Button, Note, Reply, Time, Tone, text


def preview(counted: VideoCount) -> Reply:
    """One line and a button."""
    video, last = counted.video, counted.counted_at
    numbers = "no snapshot yet" if counted.count is None else count_words(counted)
    change = counted.change_24h
    moved = "" if change is None else f", {signed_count(change)} in {change_window(counted)}"
    age = () if last is None else (Note(text("As of ", Time(last), ".")),)
    return Reply(
        f"{introduced(video)}: {numbers}{moved}.",
        parts=age,
        actions=(Button("Stats", Call("stats", {"video": video.id})),),
    )


def previews_set(*, on: bool) -> Reply:
    """The switch was turned."""
    words = (
        "A link to a tracked video now shows its numbers." if on else "Links to tracked videos no longer show numbers."
    )
    return Reply(words, tone=Tone.SUCCESS)

"""What is said of an unclear request that was settled when nobody waited for it: to its asker, and to the channel."""

from datetime import datetime, timedelta

from bot.domain.tracking import RequestState, TrackRequest
from bot.domain.videos import Video
from bot.messages.tracking import Result, announcement, outcome_card
from bot.store.outbox import Message

WORTH_SAYING = timedelta(days=1)


def settled(request: TrackRequest, video: Video | None, now: datetime) -> tuple[Message, ...]:
    """The messages, each said once for ever: the asker's, and the public line of a start that a channel asked for."""
    result = Result(request, video, request.outcome)
    until, key = now + WORTH_SAYING, f"settled:{request.id}"
    asker = Message(
        f"{key}:asker", request.workspace_id, "", outcome_card((result,)), person_id=request.person.id, expires_at=until
    )
    if request.state is not RequestState.TRACKING or not request.channel_id:
        return (asker,)
    public = Message(key, request.workspace_id, request.channel_id, announcement(result), expires_at=until)
    return (public, asker)

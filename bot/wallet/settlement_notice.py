"""Messages about a request, written in the transaction that records what they report.

They are due a little later and withdrawn once the reply with the same news has arrived, so a process that ends in
between leaves nobody uninformed.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.tracking import UNDER_WAY, RequestState, TrackRequest
from bot.domain.videos import Video
from bot.messages.tracking import Result, announcement, outcome_card
from bot.store.outbox import Message, News

REPLY_WITHIN = timedelta(minutes=2)
"""How long a reply may take to arrive once its last request has ended."""


def reply_time(requests: int) -> timedelta:
    """How long after a submission the reply to a press for so many requests arrives at the latest."""
    return REPLY_WITHIN + requests * UNDER_WAY


def report_keys(request: TrackRequest) -> tuple[str, ...]:
    """The keys of the messages that report to the asker how a request stands; one that it replaces comes first."""
    unclear = f"unclear:{request.id}"
    match request.state:
        case RequestState.TRACKING:
            return unclear, f"settled:{request.id}:asker"
        case RequestState.FAILED:
            return unclear, f"settled:{request.id}:failed"
        case _:
            return (unclear,)


def public_key(request: TrackRequest) -> str:
    """The key of the public line that a start leaves in its channel."""
    return f"settled:{request.id}"


def unclear(request: TrackRequest, due_at: datetime) -> News:
    """For the asker of a submitted request: its outcome is not known yet."""
    return News((_report(replace(request, state=RequestState.UNKNOWN), None, due_at),))


def settled(request: TrackRequest, video: Video | None, due_at: datetime) -> News:
    """The outcome for the asker, and the public line of a start that was asked for in a channel."""
    report, replaced = _report(request, video, due_at), report_keys(request)[:-1]
    if request.state is not RequestState.TRACKING or not request.channel_id:
        return News((report,), replaced)
    line = Message(
        public_key(request),
        request.workspace_id,
        request.channel_id,
        announcement(Result(request, video)),
        owner_id=request.person.id,
        due_at=due_at,
    )
    return News((line, report), replaced)


def _report(request: TrackRequest, video: Video | None, due_at: datetime) -> Message:
    card = outcome_card((Result(request, video, request.outcome),))
    key = report_keys(request)[-1]
    return Message(key, request.workspace_id, "", card, person_id=request.person.id, due_at=due_at)

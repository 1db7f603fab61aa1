"""Track request: the state machine of a link that somebody asked to track.

    proposed -> submitted -> tracking | failed | unknown
    unknown  -> tracking (found in a list) | failed (proven absent)
    failed   -> tracking (the API's response came after all, or the video appeared in the list within a day)

`submitted` is committed before the API is called. Nothing ever returns to `proposed`: a retry is a new request.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.caller import Person

QUIET = timedelta(minutes=10)
"""Minimum time after a submission for which its absence from the list proves nothing."""
UNMEASURED_QUIET = timedelta(hours=1)
"""The same, if no recent start shows how long the list takes to include one."""
MEASURED_FOR = timedelta(days=7)
"""How long a measured start is used."""
REVISITED_FOR = timedelta(days=1)
"""How long a video is still looked for after its request was given up as absent."""

MOST_OFFERS = 5
"""Maximum open offers per person and workspace; a newer one ends the oldest."""
ENDED = f"this offer ended, because only your {MOST_OFFERS} newest ones stay open. Send /track again."
"""The outcome of requests in an offer that ended this way."""

UNDER_WAY = timedelta(minutes=1)
"""How long a submission may wait for its response; longer than any exchange with the API."""


def quiet_time(slowest: timedelta | None) -> timedelta:
    """How long after a submission its absence from the list proves nothing.

    `slowest` is the longest time that a recent start took to appear, None if none was measured.
    """
    return UNMEASURED_QUIET if slowest is None else min(max(QUIET, 3 * slowest), REVISITED_FOR)


class RequestState(StrEnum):
    """State of a request to track."""

    PROPOSED = "proposed"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    TRACKING = "tracking"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """One link that a person asked to track.

    `batch` is the token in the confirm button, shared by links typed together. `key` is the link's canonical
    `platform:id`, `price` the dollars per snapshot on the card. `days` and `cost` (dollars) are set when the person
    confirms, `video_id` once known; `outcome` is a sentence if the state alone doesn't explain it. `campaign_id` is the
    campaign that the video joins once tracked, and whose budget pays. `parent_id` is the channel of the thread
    `channel_id`, if it is one: its limits apply too.
    """

    id: int
    batch: str
    workspace_id: int
    wallet_id: int
    channel_id: str
    person: Person
    key: str
    link: str
    platform: str
    price: Decimal
    state: RequestState
    proposed_at: datetime
    expires_at: datetime
    days: int | None = None
    cost: Decimal | None = None
    submitted_at: datetime | None = None
    video_id: str | None = None
    outcome: str = ""
    clean_looks: int = 0
    campaign_id: int | None = None
    parent_id: str = ""

    def is_under_way(self, now: datetime) -> bool:
        """Whether it was submitted so recently that the API's response may still come."""
        if self.state is not RequestState.SUBMITTED or self.submitted_at is None:
            return False
        return now - self.submitted_at < UNDER_WAY


@dataclass(frozen=True, slots=True)
class StartTerms:
    """What a person confirmed for each request of a start, and the limits that apply to them. Amounts are dollars.

    `cap` is the operator's, for everything that the workspace submits in a calendar month (UTC); the workspace's own
    limits apply to a person with these `roles`. `is_sure`: they were warned that trackings may run unlisted, and
    confirmed. `despite` is the id of the newest unclear start that they were shown and accepted, 0 for none.
    """

    person: Person
    days: int
    cost: Decimal
    cap: Decimal
    roles: frozenset[str] | None = frozenset()
    is_sure: bool = False
    despite: int = 0

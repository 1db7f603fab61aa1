"""A request to track a video: the state machine that money goes through.

    proposed -> submitted -> tracking | failed | unknown
    unknown  -> tracking (found by looking) | failed (proven absent)
    failed   -> tracking (the API's own answer came after all, or the video appeared in the list within a day)

`submitted` is committed before the API is called. Nothing ever goes back to `proposed`: trying again is asking anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.caller import Person

QUIET = timedelta(minutes=10)
"""The least time after a submission for which its absence from the list proves nothing."""
UNMEASURED_QUIET = timedelta(hours=1)
"""The same if no start of the last days shows how long the list takes to show one."""
MEASURED_FOR = timedelta(days=7)
"""How long a measured start counts."""
REVISITED_FOR = timedelta(days=1)
"""How long after a request was given up as absent its video is still looked for."""

MOST_OFFERS = 5
"""Offers that a person may have open in a workspace; a newer one ends the oldest."""
ENDED = f"this offer ended, because only your {MOST_OFFERS} newest ones stay open. Send /track again."
"""What a request of such an offer has as its outcome."""

UNDER_WAY = timedelta(minutes=1)
"""How long a submission may still wait for its answer: longer than any exchange with the API takes."""


def quiet_time(slowest: timedelta | None) -> timedelta:
    """How long after a submission its absence from the list proves nothing.

    `slowest` is the longest that a start of the last days took to appear there, None if none was measured.
    """
    return UNMEASURED_QUIET if slowest is None else min(max(QUIET, 3 * slowest), REVISITED_FOR)


class RequestState(StrEnum):
    """Where a request to track stands."""

    PROPOSED = "proposed"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    TRACKING = "tracking"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TrackRequest:
    """One link that one person asked to track.

    `batch` is the token that the confirm button carries: links typed together share it. `key` is the canonical
    `platform:id` of the link, `price` the dollars a snapshot that the card showed. `days` and `cost` (dollars) are set
    when the person confirms, `video_id` once known; `outcome` is a sentence where the state alone does not say why.
    `campaign_id` is of the campaign that its video joins once it is tracked, and whose budget its cost counts against.
    `parent_id` is of the channel that a thread belongs to, if `channel_id` is a thread's: its limits bind too.
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
        """Whether it was submitted so lately that the API's answer may still come."""
        if self.state is not RequestState.SUBMITTED or self.submitted_at is None:
            return False
        return now - self.submitted_at < UNDER_WAY

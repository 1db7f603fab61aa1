"""Approval of spending by a second person: who may approve what, and for how long.

    pending -> approved | declined | expired

Nothing ever returns to `pending`. An approval lets one offer, at one length and no higher price, exceed the workspace's
own allowances; the operator's cap and a campaign's budget still apply.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.caller import Person

OPEN_FOR = timedelta(hours=24)
"""How long a request stays open."""
LONGEST_REASON = 140
"""Maximum characters of the reason."""


class ApprovalState(StrEnum):
    """State of a request for approval."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's request to have an offer approved, by its `batch`, for a number of days.

    `cost` is dollars for all its videos together; `channel_id` is where the card was posted, `why` the person's reason.
    `decided_by` is None until somebody decides.
    """

    id: int
    workspace_id: int
    batch: str
    days: int
    cost: Decimal
    person: Person
    channel_id: str
    why: str
    state: ApprovalState
    asked_at: datetime
    expires_at: datetime
    decided_by: Person | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """When a workspace's starts need approval, and who gives it.

    A press for more than `above` dollars needs it; none does if that is None. The card goes to `channel_id`, or to the
    channel of the request if that is empty. `people` and `roles` (names by id) may approve, and admins always may, so
    that a person who left or a deleted role can't block anything.
    """

    above: Decimal | None = None
    channel_id: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)

    def may_approve(self, person_id: str, roles: frozenset[str] | None, *, is_admin: bool) -> bool:
        """Whether a person may approve other people's requests."""
        return is_admin or person_id in self.people or any(each in self.roles for each in roles or ())

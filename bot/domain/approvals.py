"""A second person's yes to spending: who may give it, for what, and for how long.

    pending -> approved | declined | expired

Nothing ever goes back to `pending`. An approval lets one offer, at one length and no higher price, exceed the
workspace's own allowances; the operator's cap and a campaign's budget bind it all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bot.domain.caller import Person

OPEN_FOR = timedelta(hours=24)
"""How long a request waits for an answer."""
LONGEST_REASON = 140
"""Characters of the line that says why."""


class ApprovalState(StrEnum):
    """Where a request for approval stands."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's request that somebody else approves an offer, by its `batch`, at a length.

    `cost` is dollars for all of its videos together; `channel_id` is where the card was posted, `why` what the person
    wrote. `decided_by` is None as long as nobody decided.
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
    """When a workspace's starts need approval and who gives it.

    A press for more than `above` dollars needs it, none if that is None. The card goes to the channel of `channel_id`,
    or where the person asks if that is empty. `people` and `roles` may approve, their names by their ids, and
    admins always may: so a person who left, or a role that was deleted, blocks nothing.
    """

    above: Decimal | None = None
    channel_id: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)

    def may_approve(self, person_id: str, roles: frozenset[str] | None, *, is_admin: bool) -> bool:
        """Whether a person may approve what others ask for."""
        return is_admin or person_id in self.people or any(each in self.roles for each in roles or ())

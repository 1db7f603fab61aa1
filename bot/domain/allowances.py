"""Spending allowances: a workspace's rules, the limits that result for one start, and approval by a second person.

Every matching rule limits a start, and so does the operator's monthly cap; people are shown the tightest. Spend isn't
known here: the ledger of starts records it. An approval lets one offer, at one length and no higher price, exceed the
workspace's own allowances; the operator's cap and a campaign's budget still apply.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum

from bot.domain.caller import Person

EVERYONE = "everyone"
"""Who may see money, if all may."""


class Scope(StrEnum):
    """What a limit applies to. For everyone, a role or a person: what each such person may start in a month.

    For a channel or a campaign: what all may start there together in a month. A campaign's budget has no end; the
    operator's cap applies to the whole workspace.
    """

    OPERATOR = "operator"
    EVERYONE = "everyone"
    ROLE = "role"
    PERSON = "person"
    CHANNEL = "channel"
    CAMPAIGN = "campaign"
    BUDGET = "budget"


FIXED = frozenset({Scope.OPERATOR, Scope.BUDGET})
"""Limits that no approval can exceed."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """A rule for the `target` id, empty for everyone. `name` is for display.

    `monthly` is dollars per month, None for no limit. A typed start of more than `confirm_above` dollars needs a press:
    0 means every start, None leaves it to other rules.
    """

    scope: Scope
    target: str
    name: str
    monthly: Decimal | None
    confirm_above: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Spender:
    """Who wants to start something and where, by id.

    `roles` are the person's roles or user groups; None if unknown, and then the rules of every role apply. `parent_id`
    is the channel of the thread `channel_id`, if it is one.
    """

    person_id: str
    roles: frozenset[str] | None
    channel_id: str
    campaign_id: int | None = None
    parent_id: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """Dollars that may be started, and the part used so far, unclear starts included."""

    scope: Scope
    limit: Decimal
    used: Decimal
    name: str = ""

    @property
    def left(self) -> Decimal:
        """Dollars that may still be started."""
        return max(self.limit - self.used, Decimal(0))


def is_bound(allowance: Allowance, spender: Spender) -> bool:
    """Whether a rule applies to a start."""
    match allowance.scope:
        case Scope.EVERYONE:
            return True
        case Scope.ROLE:
            return spender.roles is None or allowance.target in spender.roles
        case Scope.PERSON:
            return allowance.target == spender.person_id
        case Scope.CHANNEL:
            return allowance.target in {spender.channel_id, spender.parent_id}
        case Scope.CAMPAIGN:
            return allowance.target == str(spender.campaign_id)
        case _:
            return False


def unconfirmed(rules: Iterable[Allowance], spender: Spender) -> Decimal:
    """Dollars up to which a typed start needs no press: the lowest of the rules that apply, 0 without any."""
    sums = (each.confirm_above for each in rules if is_bound(each, spender))
    return min((each for each in sums if each is not None), default=Decimal(0))


def tightest(limits: Sequence[Limit]) -> Limit:
    """The limit with the least left; of several the first, which is the widest."""
    return min(limits, key=lambda each: each.left)


def broken(limits: Iterable[Limit], cost: Decimal) -> Limit | None:
    """The tightest limit that a cost would exceed; None if it is within all."""
    return min((each for each in limits if each.used + cost > each.limit), key=lambda each: each.left, default=None)


def fixed(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """The limits that apply to approved starts too."""
    return tuple(each for each in limits if each.scope in FIXED)


def month_start(now: datetime, zone: tzinfo) -> datetime:
    """Start of the calendar month in a time zone."""
    first = now.astimezone(zone).date().replace(day=1)
    return datetime.combine(first, time(), zone).astimezone(UTC)


OPEN_FOR = timedelta(hours=24)
"""How long a request stays open."""
LONGEST_REASON = 140
"""Maximum characters of the reason."""


class ApprovalState(StrEnum):
    """State of a request for approval: pending -> approved | declined | expired. Nothing returns to `PENDING`."""

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

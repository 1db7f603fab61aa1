"""Who may spend how much: rules of a workspace, and the limits that they make for one start.

Every rule that fits a start binds it, and so does the operator's monthly cap; the tightest is the one that people read
about. Nothing here knows how much was spent: the ledger of starts does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from decimal import Decimal
from enum import StrEnum

EVERYONE = "everyone"
"""Who may see money, if all may."""


class Scope(StrEnum):
    """What a limit is about. For everyone, a role and a person it is what each such person may start in a month.

    For a channel and a campaign it is what all may start there together in a month. A campaign's budget has no end; the
    operator's cap is the whole workspace's.
    """

    OPERATOR = "operator"
    EVERYONE = "everyone"
    ROLE = "role"
    PERSON = "person"
    CHANNEL = "channel"
    CAMPAIGN = "campaign"
    BUDGET = "budget"


FIXED = frozenset({Scope.OPERATOR, Scope.BUDGET})
"""The limits that no approval exceeds."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """A rule about whatever `target` names by its id, nothing for everyone. `name` is for show.

    `monthly` is dollars a month, None for no limit. A typed start of more than `confirm_above` dollars waits for a
    press: 0 is every start, None leaves that to the other rules.
    """

    scope: Scope
    target: str
    name: str
    monthly: Decimal | None
    confirm_above: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Spender:
    """Who wants to start something and where, by their ids.

    `roles` are the roles or user groups that they have; None if they are unknown, when the rules of every role bind.
    `parent_id` is of the channel that a thread belongs to, if `channel_id` is a thread's.
    """

    person_id: str
    roles: frozenset[str] | None
    channel_id: str
    campaign_id: int | None = None
    parent_id: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """What may be started, and what was so far, unclear starts included; in dollars."""

    scope: Scope
    limit: Decimal
    used: Decimal
    name: str = ""

    @property
    def left(self) -> Decimal:
        """What may still be started."""
        return max(self.limit - self.used, Decimal(0))


def is_bound(allowance: Allowance, spender: Spender) -> bool:
    """Whether a rule binds a start."""
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
    """The dollars up to which a typed start needs no press: the lowest sum of the rules that bind it, 0 without any."""
    sums = (each.confirm_above for each in rules if is_bound(each, spender))
    return min((each for each in sums if each is not None), default=Decimal(0))


def tightest(limits: Sequence[Limit]) -> Limit:
    """The limit that leaves the least; of several the first, which is the widest."""
    return min(limits, key=lambda each: each.left)


def broken(limits: Iterable[Limit], cost: Decimal) -> Limit | None:
    """The tightest limit that a cost would exceed; None if it keeps within all of them."""
    return min((each for each in limits if each.used + cost > each.limit), key=lambda each: each.left, default=None)


def fixed(limits: Iterable[Limit]) -> tuple[Limit, ...]:
    """The limits that bind what was approved, too."""
    return tuple(each for each in limits if each.scope in FIXED)


def month_start(now: datetime, zone: tzinfo) -> datetime:
    """The first moment of the calendar month in a zone."""
    first = now.astimezone(zone).date().replace(day=1)
    return datetime.combine(first, time(), zone).astimezone(UTC)

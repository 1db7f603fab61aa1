"""Example cards of spending rules."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from bot.domain.allowances import Allowance, Limit, Scope
from bot.messages.allowance import (
    AllowanceFacts,
    allowance_card,
    allowance_removed,
    allowance_set,
    no_such_allowance,
)
from bot.reply.model import Reply
from tests.examples import TITLES

CAP = Limit(Scope.OPERATOR, Decimal(100), Decimal("12.50"))
RULES = (
    Allowance(Scope.EVERYONE, "", "", Decimal(5)),
    Allowance(Scope.ROLE, "S0123456", TITLES[0][:30], Decimal(30)),
    Allowance(Scope.PERSON, "U0000002", TITLES[1][:30], Decimal("12.5")),
    Allowance(Scope.CHANNEL, "C0AB12CD3", "", Decimal(50)),
    Allowance(Scope.CAMPAIGN, "7", TITLES[2][:40], Decimal(0)),
)


def allowance_gallery() -> Iterator[tuple[str, Reply]]:
    """Every card by its name."""
    card = "allowance.allowance_card"
    rules = tuple((rule, Limit(rule.scope, rule.monthly, Decimal("2.52"), rule.name)) for rule in RULES)
    own = (CAP, *(limit for _, limit in rules[:2]), Limit(Scope.BUDGET, Decimal(20), Decimal(18), TITLES[3][:40]))
    facts = AllowanceFacts(rules, own, "Europe/Berlin", may_configure=True)
    yield card, allowance_card(facts)
    yield f"{card}: none", allowance_card(AllowanceFacts((), (CAP,), "UTC", may_configure=True))
    yield f"{card}: for a member", allowance_card(replace(facts, rules=(), own=(CAP,), may_configure=False))
    for rule in RULES:
        change = allowance_set(rule, Decimal("12.60"))
        yield f"{card}: set for {rule.scope}", allowance_card(replace(facts, change=change))
        yield f"{card}: removed for {rule.scope}", allowance_card(replace(facts, change=allowance_removed(rule)))
    yield f"{card}: nothing to remove", allowance_card(replace(facts, change=no_such_allowance()))

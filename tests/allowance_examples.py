"""Example cards of spending rules."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.domain.allowances import Allowance, Limit, Scope
from bot.domain.caller import Person
from bot.messages.allowance import (
    AllowanceFacts,
    allowance_card,
    allowance_removed,
    allowance_set,
    no_such_allowance,
)
from bot.messages.ledger import LogPage, log_card, log_file
from bot.reply.model import File, Reply
from bot.store.audit import Action, Entry
from tests.examples import ANA, NOW, TITLES, link

CAP = Limit(Scope.OPERATOR, Decimal(100), Decimal("12.50"))
RULES = (
    Allowance(Scope.EVERYONE, "", "", Decimal(5)),
    Allowance(Scope.ROLE, "S0123456", TITLES[0][:30], Decimal(30), Decimal(5)),
    Allowance(Scope.PERSON, "U0000002", TITLES[1][:30], Decimal("12.5")),
    Allowance(Scope.CHANNEL, "C0AB12CD3", "", Decimal(50)),
    Allowance(Scope.CAMPAIGN, "7", TITLES[2][:40], Decimal(0)),
)


def allowance_gallery() -> Iterator[tuple[str, Reply]]:
    """Every card by name."""
    card = "allowance.allowance_card"
    rules = tuple((rule, Decimal("2.52")) for rule in RULES)
    mine = Limit(Scope.EVERYONE, Decimal(5), Decimal("2.52"))
    own = (CAP, mine, Limit(Scope.BUDGET, Decimal(20), Decimal(18), TITLES[3][:40]))
    facts = AllowanceFacts(rules, own, "Europe/Berlin", may_configure=True, unconfirmed=Decimal(5))
    yield card, allowance_card(facts)
    yield f"{card}: none", allowance_card(AllowanceFacts((), (CAP,), "UTC", may_configure=True))
    yield f"{card}: for a member", allowance_card(replace(facts, rules=(), own=(CAP,), may_configure=False))
    for rule in RULES:
        change = allowance_set(rule, Decimal("12.60"))
        yield f"{card}: set for {rule.scope}", allowance_card(replace(facts, change=change))
        yield f"{card}: removed for {rule.scope}", allowance_card(replace(facts, change=allowance_removed(rule)))
    for sum_ in (Decimal(5), Decimal(0)):
        rule = replace(RULES[2], monthly=None, confirm_above=sum_)
        shown = replace(facts, rules=((rule, Decimal(0)),), change=allowance_set(rule, Decimal(0)))
        yield f"{card}: confirm {'above a sum' if sum_ else 'always'}", allowance_card(shown)
    yield from _log()
    yield f"{card}: nothing to remove", allowance_card(replace(facts, change=no_such_allowance(), is_changed=False))


def _log() -> Iterator[tuple[str, Reply]]:
    start = Entry(NOW, ANA, "C0AB12CD3", Action.TRACK, "tracking", link().url, "v1", Decimal("2.52"))
    nobody = Person("", "")
    entries = (
        start,
        replace(
            start, at=NOW - timedelta(hours=1), action=Action.OUTSIDE, person=nobody, cost=None, outcome="completed"
        ),
        replace(
            start, at=NOW - timedelta(hours=2), action=Action.REFUSED, cost=None, outcome="1 video, $3.00: too much"
        ),
        replace(start, at=NOW - timedelta(hours=3), action=Action.SETTING, link="", cost=None, outcome=TITLES[0]),
    )
    page = LogPage(entries, "all", "", 2, 11, NOW, has_more=True)
    yield "ledger.log_card", log_card(page, ("all", "starts"))
    yield "ledger.log_card: empty", log_card(LogPage((), "stops", "U1", 1, 1, NOW, has_more=False), ("all", "stops"))
    yield "ledger.log_file", log_file(File("log.csv", b"time,action\r\n", "text/csv", "one row per entry"))

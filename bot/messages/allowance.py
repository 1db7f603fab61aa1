"""Cards about allowances: the rules, the reader's own limits, and replies to changes; and limits in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.allowances import Allowance, Limit, Scope, tightest
from bot.domain.money import dollars
from bot.messages.wording import no_key_note, shortened
from bot.reply.call import Call
from bot.reply.model import (
    Align,
    Button,
    Channel,
    Column,
    Item,
    Listing,
    Mention,
    Menu,
    MenuOption,
    Note,
    Paragraph,
    Reply,
    Span,
    Tone,
    text,
)
from bot.store.allowances import rule_words

ABOUT = (
    "For everyone, a role or a person, an allowance is what each may start in a month; for a channel or a campaign, "
    "what all may start there together. If several apply, the tightest counts.\n"
    "`/allowance #videos 50` is for a channel.\n"
    "`/allowance everyone off` removes a limit.\n"
    "`/allowance zone Europe/Berlin` sets where months begin.\n"
    "`/allowance everyone confirm above 5`: a typed `/track <link> 7` that costs up to $5.00 starts at once, unless "
    "its card would show a warning. `/allowance everyone confirm always`, the default, asks every time. If several "
    "apply, the lowest sum counts.\n"
    "`/allowance approval by @boss` sets who approves, and `/allowance approval #videos` where they are asked.\n"
    "`/allowance log starts` and `/allowance log @anna` show part of the log, `/allowance log csv` all of it as a file."
)
EXAMPLES = (
    ("/allowance everyone 5", "each person's dollars a month"),
    ("/allowance @anna 20", "one person's, or a role's"),
    ("/allowance launch 100", "a campaign's, for all together"),
    ("/allowance approval above 25", "what needs a second person's yes"),
    ("/allowance money managers", "who may see money"),
    ("/allowance log", "who did what, at what cost"),
)
_MOST_ROWS = 10
_KINDS = {
    Scope.EVERYONE: "each person",
    Scope.ROLE: "each with this role",
    Scope.PERSON: "a person",
    Scope.CHANNEL: "a channel",
    Scope.CAMPAIGN: "a campaign",
}


@dataclass(frozen=True, slots=True)
class AllowanceFacts:
    """The rules with the dollars used under each this month, and the limits that apply to the reader here.

    `change` answers a change, `is_changed` says whether it had an effect, `zone` is where months begin. `may_spend`:
    the reader may start anything at all. `has_key`: an API key is linked. A start that the reader types needs no press
    up to `unconfirmed` dollars.
    """

    rules: tuple[tuple[Allowance, Decimal], ...]
    own: tuple[Limit, ...]
    zone: str
    may_configure: bool
    may_spend: bool = True
    change: str = ""
    is_changed: bool = True
    has_key: bool = True
    unconfirmed: Decimal = Decimal(0)


def money_set(readers: str) -> str:
    """Who may see money after a change."""
    whom = {"spenders": "People who may start tracking, and admins,", "managers": "Only admins"}.get(
        readers, "Everyone"
    )
    posts = " Digests and alerts name no amounts any more, except in channels with /alerts amounts on."
    rest = "" if readers == "everyone" else posts
    return f"{whom} can see balances and costs here.{rest}"


def allowance_card(facts: AllowanceFacts) -> Reply:
    """What the reader may still start, every rule, and for managers how to change them."""
    bound = tightest(facts.own)
    own = f"You can start {dollars(bound.left, down=True)} more: that's what is left of {limit_words(bound)}."
    if not facts.may_spend:
        own = "You can view everything here, but you can't start tracking. Ask an admin."
    return Reply(
        facts.change or own,
        title="Allowances",
        parts=(
            *(() if facts.change or not facts.may_spend else _others(facts.own, bound)),
            *_listing(facts),
            *(() if facts.has_key else (no_key_note(),)),
            Note(text(f"Months begin at midnight, {facts.zone}.{_typed_words(facts)}")),
        ),
        actions=_actions(facts),
        tone=Tone.SUCCESS if facts.change and facts.is_changed else Tone.INFO,
        changes_settings=bool(facts.change) and facts.is_changed,
    )


def allowance_set(rule: Allowance, used: Decimal) -> str:
    """Confirmation of a new rule, with a warning if it is used up already."""
    if rule.monthly is None:
        whose = "" if rule.scope is Scope.EVERYONE else f" ({_name(rule)})"
        if not rule.confirm_above:
            return f"Every start needs confirmation{whose}."
        starts = f"A typed /track <link> 7 that costs up to {dollars(rule.confirm_above)} starts at once{whose}"
        return f"{starts}, unless its card would show a warning."
    said = f"{_sentence(rule)} {dollars(rule.monthly)} a month."
    is_shared = rule.scope in {Scope.CHANNEL, Scope.CAMPAIGN, Scope.PERSON}
    if is_shared and used >= rule.monthly > 0:
        said += f" {dollars(used)} is used already, so nothing more can start before the month ends."
    return said


def _typed_words(facts: AllowanceFacts) -> str:
    if not (facts.unconfirmed and facts.may_spend):
        return ""
    return f" A /track <link> 7 that you type starts at once if it costs up to {dollars(facts.unconfirmed)}."


def allowance_removed(rule: Allowance) -> str:
    """Confirmation that a rule was removed."""
    return f"Removed the allowance for {_name(rule)}."


def no_such_allowance() -> str:
    """Reply if there was no rule to remove."""
    return "There's no such allowance, so nothing was changed."


def _sentence(rule: Allowance) -> str:
    match rule.scope:
        case Scope.EVERYONE:
            return "Each person can start up to"
        case Scope.ROLE:
            return f"Each person with the role {rule.name} can start up to"
        case Scope.PERSON:
            return f"{rule.name or 'This person'} can start up to"
        case Scope.CHANNEL:
            return "That channel can start up to"
        case _:
            return f"Campaign {rule.name} can start up to"


def _name(rule: Allowance) -> str:
    return "everyone" if rule.scope is Scope.EVERYONE else rule.name or f"that {rule.scope}"


def _listing(facts: AllowanceFacts) -> tuple[Listing, ...]:
    items = tuple(_item(rule, used) for rule, used in facts.rules[:_MOST_ROWS])
    columns = (Column("For"), Column("Rule"), Column("Used", Align.RIGHT))
    return (Listing("Rules", columns, items),) if items else ()


def _item(rule: Allowance, spent: Decimal) -> Item:
    each = rule.scope in {Scope.EVERYONE, Scope.ROLE}
    used = _KINDS[rule.scope] if each else dollars(spent)
    line = f"{rule_words(rule)}, {used if each else f'{used} used'}"
    return Item(text(_target(rule)), (text(rule_words(rule)), text(used)), text(line))


def _target(rule: Allowance) -> Span | str:
    match rule.scope:
        case Scope.PERSON:
            return Mention(rule.target, rule.name)
        case Scope.CHANNEL:
            return Channel(rule.target)
        case Scope.EVERYONE:
            return "Everyone"
        case Scope.ROLE:
            return f"Role {rule.name}"
        case _:
            return f"Campaign {rule.name}"


def _others(own: Sequence[Limit], bound: Limit) -> tuple[Paragraph, ...]:
    """The next tightest limit that applies to the reader, if there is one."""
    others = sorted((each for each in own if each is not bound), key=lambda each: each.left)[:1]
    return tuple(Paragraph(text(f"There's also {left_words(each)}.")) for each in others)


def _actions(facts: AllowanceFacts) -> tuple[Button | Menu, ...]:
    if not facts.may_configure:
        return ()
    gone = tuple(
        MenuOption(f"{_option(rule)}: {rule_words(rule)}", call)
        for rule, _ in facts.rules[:_MOST_ROWS]
        if (call := _removal(rule)).fits
    )
    forms = (
        Button("Set a limit…", Call("allowance", {"asks": "1"})),
        Button("Instant starts…", Call("allowance", {"action": "confirm", "asks": "1"})),
    )
    return (*forms, Button("Log", Call("allowance.log")), *((Menu("Remove…", gone),) if gone else ()))


def _option(rule: Allowance) -> str:
    """A rule's target in a menu; a channel has no name there."""
    match rule.scope:
        case Scope.EVERYONE:
            return "Everyone"
        case Scope.CHANNEL:
            return "A channel"
        case _:
            return shortened(rule.name or f"A {rule.scope}", 40)


def _removal(rule: Allowance) -> Call:
    signs = {Scope.PERSON: "@", Scope.ROLE: "@&"}
    given = {
        Scope.EVERYONE: {"who": "everyone"},
        Scope.CHANNEL: {"channel": f"<#{rule.target}>"},
        Scope.CAMPAIGN: {"campaign": rule.target},
    }.get(rule.scope, {"who": f"<{signs.get(rule.scope, '')}{rule.target}>"})
    return Call("allowance", {**given, "action": "remove"})


def limit_words(limit: Limit, *, sum_too: bool = True, whose: str = "your") -> str:
    """A limit within a sentence: `your $20.00 monthly allowance`, `the $50.00 budget of launch`."""
    amount = f"{dollars(limit.limit)} " if sum_too else ""
    match limit.scope:
        case Scope.OPERATOR:
            return f"the {amount}monthly cap"
        case Scope.EVERYONE | Scope.PERSON:
            return f"{whose} {amount}monthly allowance"
        case Scope.ROLE | Scope.CAMPAIGN:
            return f"the {amount}monthly allowance of {limit.name}"
        case Scope.CHANNEL:
            return f"{'this' if whose == 'your' else whose} channel's {amount}monthly allowance"
        case Scope.BUDGET:
            return f"the {amount}budget of {limit.name}"


def left_words(limit: Limit, *, whose: str = "your") -> str:
    """What is left of a limit: `$7.48 left of the $20.00 budget of launch`."""
    return f"{dollars(limit.left, down=True)} left of {limit_words(limit, whose=whose)}"


def left_of_sum(limit: Limit) -> str:
    """What is left of a limit that is named already: `$7.48 left of $20.00`."""
    return f"{dollars(limit.left, down=True)} left of {dollars(limit.limit)}"


def how_to_raise(limit: Limit) -> str:
    """The next step for a person who reached a limit."""
    match limit.scope:
        case Scope.OPERATOR:
            return "Ask an admin to raise MONTHLY_CAP_USD."
        case Scope.BUDGET:
            return "Ask an admin to raise it with /campaign."
        case _:
            return "Ask an admin to raise it with /allowance."

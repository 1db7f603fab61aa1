"""/allowance: monthly spending limits that managers set for people, roles, channels and campaigns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bot.commands.allowance_log import ALL, LOG, LOG_CHOICES, LOG_EXAMPLE, AllowanceLog, read_log_words, show_log
from bot.commands.command import Ask, Kind, Question, argument
from bot.commands.context import Context
from bot.commands.permissions import MANAGERS, MONEY_READERS
from bot.commands.tokens import Token, in_digits, join_spaced_values, shorten, tokens_of
from bot.domain.allowances import Allowance, ApprovalRule, Scope
from bot.domain.caller import Permission, WorkspaceRef
from bot.domain.errors import NoSuchCampaign, NotAllowed, UsageError
from bot.domain.money import dollars, looks_like_money
from bot.messages.allowance import (
    AllowanceFacts,
    allowance_card,
    allowance_removed,
    allowance_set,
    money_set,
    no_such_allowance,
)
from bot.messages.approval import approvals_card
from bot.reply.model import Reply

REMOVE, APPROVAL, NO_APPROVAL = "remove", "approval", "approval-off"
CONFIRM, ALWAYS = "confirm", "confirm-always"
_MENTION = re.compile(r"<(?P<sign>@!?|@&|#|!subteam\^)(?P<id>[\w-]+)(?:\|(?P<name>[^>]*))?>")
_SIGNS = {"@": Scope.PERSON, "@!": Scope.PERSON, "@&": Scope.ROLE, "!subteam^": Scope.ROLE, "#": Scope.CHANNEL}
_APPROVALS = frozenset({"approval", "approvals", "approve", "approver", "approvers", "above", "over", "by", "not"})
MOST_WAITING = 5
WHO_SEES = "Who may see money? Send /allowance money everyone, spenders or managers, and nothing else."
APPROVAL_EXAMPLE = "For example: /allowance approval above 25, or /allowance approval by @boss."
_CONFIRMS = frozenset({"confirm", "confirms", "confirmation", "above", "over", "always", "ask", "asks"})
_SUBJECTS = {APPROVAL: _APPROVALS, CONFIRM: _CONFIRMS}
ABOVE_WHICH_SUM = (
    "Above which sum does a typed /track need confirmation? For example: /allowance everyone confirm above 5, or "
    "/allowance everyone confirm always."
)
_EVERYONE = frozenset({"everyone", "everybody", "all", "each", "anyone", "@everyone", "members"})
_REMOVALS = frozenset({"off", "remove", "delete", "none", "unlimited"})
_FILLERS = frozenset(
    {
        *("for", "to", "a", "per", "the", "month", "monthly", "is", "may", "spend", "can", "set", "in", "of"),
        *("campaign", "person", "people", "member", "role", "group", "channel"),
    }
)
_SPAN = re.compile(r"(?:\b(?:a|per|each|every) +|/ *)(?:day|week|year)\b|\b(?:daily|weekly|yearly)\b", re.IGNORECASE)
_PER_MONTH = re.compile(r"(?<=[\d$]) */ *(?:mo|mth|month)\b\.?", re.IGNORECASE)
_SUM = re.compile(r"[-+−]?[$€£]?\d")
_WHO = "Name one of them: everyone, a person, a role, a channel or a campaign. For example: /allowance everyone 5."
_UNKNOWN = (
    "I can't tell who “{}” is from a typed name. Choose the person in the form: send /allowance and press Set a limit."
)


@dataclass(frozen=True, slots=True)
class AllowanceArgs:
    """A rule's target and its dollars. Without arguments, the rules are shown."""

    who: str = argument(Kind.WHO, "a person or role, or everyone", default="")
    channel: str = argument(Kind.CHANNEL, "a channel", default="")
    campaign: str = argument(Kind.CAMPAIGN, "a campaign", default="", suggested=True)
    dollars: Decimal | None = argument(Kind.MONEY, "the most a month, such as 20", default=None)  # noqa: RUF009 - a field
    action: str = argument(
        Kind.CHOICE,
        "remove it, set approvals or instant starts, or show the log of who did what",
        default="",
        choices=(REMOVE, APPROVAL, NO_APPROVAL, CONFIRM, ALWAYS, LOG),
        aliases=(("off", REMOVE),),
    )
    zone: str = argument(Kind.ZONE, "where months begin, such as Europe/Berlin", default="", suggested=True)
    money: str = argument(
        Kind.CHOICE,
        "who may see balances and costs",
        default="",
        choices=MONEY_READERS,
        aliases=(("admins", MANAGERS),),
    )
    show: str = argument(Kind.CHOICE, "of the log: only these, or all as a file", default="", choices=LOG_CHOICES)
    asks: str = argument(Kind.WORD, "whether a form asks for changes", default="", listed=False)


QUESTIONS = (
    Question(
        {"action": APPROVAL},
        "Approvals",
        (
            Ask("dollars", "Approval needed above", "dollars for one start, such as 25"),
            Ask("who", "Approver", "a person or role that may approve, besides admins"),
            Ask("channel", "Ask for approval in", "the channel for requests; empty: where each is made"),
        ),
        "Save",
        needs_first=False,
    ),
    Question(
        {"action": CONFIRM},
        "Instant starts",
        (
            Ask("dollars", "Up to", "dollars; a typed /track <link> 7 starts at once up to this price; 0: never"),
            Ask("who", "Person or role", "empty: everyone, unless you choose a channel or campaign"),
            Ask("channel", "Channel", "for all that is started in it"),
            Ask("campaign", "Campaign", "for all that goes into it"),
        ),
        "Save",
    ),
    Question(
        {},
        "Set a limit",
        (
            Ask("dollars", "Dollars per month", "the most that may be started, such as 20"),
            Ask("who", "Person or role", "empty: everyone, unless you choose a channel or campaign"),
            Ask("channel", "Channel", "for all that is started in it"),
            Ask("campaign", "Campaign", "for all that goes into it"),
        ),
        "Save",
    ),
)


def wants_form(args: AllowanceArgs) -> bool:
    """Whether to open a form for the rest."""
    return bool(args.asks)


def check(args: AllowanceArgs, now: datetime) -> None:  # noqa: ARG001 - every check takes the time
    """Raise UsageError for a rule with two targets, or with none."""
    if args == AllowanceArgs() or args.asks or args.zone:
        return
    if args.action == LOG or args.show or args.money:
        _check_alone(args)
        return
    if args.action in {APPROVAL, NO_APPROVAL}:
        if args.campaign:
            raise UsageError(APPROVAL_EXAMPLE, "campaign")
        return
    named = [each for each in (args.who, args.channel, args.campaign) if each]
    if len(named) > 1:
        raise UsageError(f"One rule at a time. {_WHO}", "who")
    if args.action == CONFIRM and args.dollars is None:
        raise UsageError(ABOVE_WHICH_SUM, "dollars")
    if args.dollars is None and not args.action:
        raise UsageError(
            "How many dollars a month? For example: /allowance everyone 5. Or … off to remove it.", "dollars"
        )
    if args.dollars is not None and args.action not in {"", CONFIRM}:
        raise UsageError(f"Either an amount or {args.action}, not both.", "action")


def _check_alone(args: AllowanceArgs) -> None:
    """Raise UsageError if the log, or who may see money, is combined with anything else."""
    if not args.money and args != AllowanceArgs(action=LOG, show=args.show, who=args.who):
        raise UsageError(LOG_EXAMPLE, "show")
    if args.money and args != AllowanceArgs(money=args.money):
        raise UsageError(WHO_SEES, "money")


def read_line(typed: str) -> Mapping[str, str]:
    """Parse a typed line: `everyone 5`, `<@U1> 20`, `#videos off`, `here confirm above 5`, `launch 100`."""
    tokens = _tokens(typed)
    if setting := _setting(tokens):
        return setting
    given: dict[str, str] = {}
    words: list[str] = []
    plain = [token.text.casefold() for token in tokens if not token.quoted]
    subject = next((each for each in _SUBJECTS if any(word.startswith(each[:6]) for word in plain)), "")
    passed_over = _SUBJECTS.get(subject, frozenset())
    for token in tokens:
        word = token.text.casefold()
        if token.quoted:
            words.append(token.text)
        elif _MENTION.fullmatch(token.text) or word.startswith("@") or word in {*_EVERYONE, "me"}:
            name = "channel" if token.text.startswith("<#") else "who"
            given[name] = token.text
        elif word == "here":
            given["channel"] = token.text
        elif "dollars" not in given and (looks_like_money(token.text) or _SUM.match(word)):
            given["dollars"] = token.text
        elif word in _REMOVALS:
            given["action"] = REMOVE
        elif word not in _FILLERS and word not in passed_over:
            words.append(token.text)
    if words and not subject and given.keys() and not given.keys() - {"who", "channel"}:
        msg = f"I can't read “{shorten(words[0])}” as an amount. Write it like 10 or 2.50."
        raise UsageError(msg, "dollars")
    given |= {"campaign": " ".join(words)} if words else {}
    return {**given, **_action(subject, given, is_always="always" in plain)}


def _action(subject: str, given: Mapping[str, str], *, is_always: bool) -> Mapping[str, str]:
    """The action of a line about approvals or confirmations."""
    if subject == APPROVAL:
        return {"action": NO_APPROVAL if "action" in given else APPROVAL}
    if subject == CONFIRM:
        if "action" in given or is_always is ("dollars" in given):  # "confirm off" could mean either
            raise UsageError(ABOVE_WHICH_SUM, "dollars")
        return {"action": ALWAYS if is_always else CONFIRM}
    return {}


def _tokens(typed: str) -> list[Token]:
    """Split into words, an amount and its currency as one; number words become digits if there is no other amount."""
    if _SPAN.search(typed):
        raise UsageError("Allowances are for a month. For example: /allowance everyone 20.", "dollars")
    tokens = tokens_of(join_spaced_values(_PER_MONTH.sub(" month", typed), frozenset({Kind.MONEY})))
    if any(looks_like_money(each.text) for each in tokens):
        return tokens
    return [
        each if each.quoted or each.text in _FILLERS else Token(in_digits(each.text), quoted=False) for each in tokens
    ]


def _setting(tokens: Sequence[Token]) -> Mapping[str, str]:
    """Parse a line about the log, the zone or who may see money; empty for any other line."""
    if tokens and not tokens[0].quoted and tokens[0].text.casefold() == LOG:
        return read_log_words([each.text for each in tokens[1:]])
    for place, token in enumerate(tokens):
        word = token.text.casefold()
        if not token.quoted and word in {"zone", "money"}:
            rest = " ".join(each.text for each in tokens[place + 1 :])
            if word == "money" and not rest:
                raise UsageError(WHO_SEES, "money")
            return {word: rest}
    return {}


async def allowance(context: Context, args: AllowanceArgs) -> Reply:
    """Show the rules, after the change if there is one."""
    if args.action in {APPROVAL, NO_APPROVAL}:
        return await _approvals(context, args)
    if args.action == LOG or args.show:
        return await _log(context, args)
    change, is_changed = ("", False) if args == AllowanceArgs() else await _change(context, args)
    store, now = context.store.allowances, context.clock()
    rules = await store.all(context.workspace.id) if context.may_configure else ()
    return allowance_card(
        AllowanceFacts(
            rules=tuple(zip(rules, await store.used(context.workspace.id, rules, now), strict=True)),
            own=await context.limits(),
            unconfirmed=await context.unconfirmed(),
            zone=await store.zone(context.workspace.id),
            may_configure=context.may_configure,
            may_spend=Permission.SPEND in context.permissions,
            change=change,
            is_changed=is_changed,
            has_key=context.account is not None,
        )
    )


async def _log(context: Context, args: AllowanceArgs) -> Reply:
    context.require()
    check(args, context.clock())
    scope, person_id, _ = await _target(context, AllowanceArgs(who=args.who))
    if scope not in {Scope.PERSON, Scope.EVERYONE}:
        raise UsageError(LOG_EXAMPLE, "who")
    return await show_log(context, AllowanceLog(only=args.show or ALL, who=person_id))


async def _change(context: Context, args: AllowanceArgs) -> tuple[str, bool]:
    """The answer to a change, and whether it changed anything."""
    context.require()
    check(args, context.clock())
    store, actor = context.store.allowances, context.actor
    if args.zone:
        await store.set_zone(context.workspace.id, args.zone, actor)
        return f"Months begin at midnight, {args.zone}.", True
    if args.money:
        await context.accounts.set_money(context.caller.workspace, args.money, actor)
        return money_set(args.money), True
    scope, target, name = await _target(context, args)
    rule = Allowance(scope, target, name, args.dollars)
    if args.action == REMOVE:
        gone = await store.remove(context.workspace.id, scope, target, actor)
        return (allowance_removed(rule), True) if gone else (no_such_allowance(), False)
    if args.action:
        rule = replace(rule, monthly=None, confirm_above=args.dollars or Decimal(0))
    await store.put(context.workspace.id, rule, actor)
    (used,) = await store.used(context.workspace.id, (rule,), actor.at)
    return allowance_set(rule, used), True


async def _approvals(context: Context, args: AllowanceArgs) -> Reply:
    """Show when starts need approval and who gives it, after the change if there is one."""
    store, is_on = context.store.approvals, args.action == APPROVAL
    rule = before = await store.rule(context.workspace.id)
    change = ""
    if args != AllowanceArgs(action=APPROVAL):
        context.require()
        check(args, context.clock())
        rule, change, entry = await _changed_rule(context, rule, args, is_on=is_on)
        if rule == before:
            change = "That's already so; nothing was changed."
        else:
            await store.change_rule(context.workspace.id, rule, context.actor, entry)
    may_spend = Permission.SPEND in context.permissions
    waiting = await store.waiting(context.workspace.id, context.clock(), MOST_WAITING) if may_spend else ()
    return approvals_card(rule, change, waiting, may_configure=context.may_configure, is_changed=rule != before)


async def _changed_rule(
    context: Context, rule: ApprovalRule, args: AllowanceArgs, *, is_on: bool
) -> tuple[ApprovalRule, str, str]:
    """Apply a change to the rule; returns it, with the change in words for its card and for the audit log.

    Raises UsageError if a named person or role can't be identified.
    """
    words: list[str] = []
    entries: list[str] = []
    if args.who:
        scope, target, name = await _target(context, AllowanceArgs(who=args.who))
        kept = {Scope.PERSON: dict(rule.people), Scope.ROLE: dict(rule.roles)}
        if scope not in kept:
            raise UsageError("Name the person or the role that may approve, not everyone.", "who")
        kept[scope].pop(target, None)
        if is_on:
            kept[scope][target] = name
        rule = replace(rule, people=kept[Scope.PERSON], roles=kept[Scope.ROLE])
        words.append("Approver added." if is_on else "Approver removed.")
        entries.append(f"{words[-1].rstrip('.')}: {name or target}")
    if args.channel:
        if is_on and context.caller.is_shared and args.channel.casefold() == "here":
            raise NotAllowed("People from other companies read this channel, so approvals can't be asked for here.")
        _, channel_id, name = await _target(context, AllowanceArgs(channel=args.channel))
        rule = replace(rule, channel_id=channel_id if is_on else "")
        words.append("Channel saved." if is_on else "Channel removed.")
        entries.append(
            f"Approvals asked for in {name or channel_id}" if is_on else "Approvals asked for where they arise"
        )
    if args.dollars is not None or not words:
        rule = replace(rule, above=args.dollars if is_on else None)
        words.append("Sum saved." if is_on else "Sum removed.")
        above = "no start" if rule.above is None else f"starts above {dollars(rule.above)}"
        entries.append(f"Approval needed for {above}")
    return rule, " ".join(words), "; ".join(entries)


async def _target(context: Context, args: AllowanceArgs) -> tuple[Scope, str, str]:
    """The target of a rule: scope, id and display name. Raises UsageError if it can't be identified."""
    caller, typed = context.caller, args.who or args.channel
    if args.campaign:
        try:
            campaign = await context.campaign(args.campaign)
        except NoSuchCampaign as error:
            if error.meant:
                raise
            raise UsageError(f"{error} A person or role is named with @, a channel with #.", "who") from None
        if campaign is None:
            raise UsageError(_WHO, "campaign")
        return Scope.CAMPAIGN, str(campaign.id), campaign.name
    if typed.casefold() == "here":
        if caller.is_direct or not caller.channel_id:
            raise UsageError("This isn't a channel. Run /allowance here 50 in one.", "channel")
        typed = f"<#{caller.channel_id}>"
    if typed.casefold() == "me":
        typed = f"<@{caller.person.id}|{caller.person.name}>"
    if role_id := caller.role_ids.get(typed.removeprefix("@").casefold()):
        return Scope.ROLE, role_id, typed
    return _read_target(typed, caller.workspace)


def _read_target(typed: str, workspace: WorkspaceRef) -> tuple[Scope, str, str]:
    """The person, role or channel that a mention names; everyone without a mention."""
    found = _MENTION.fullmatch(typed)
    if found is None and workspace.chat == "console" and typed.startswith("@"):
        return Scope.PERSON, typed[1:], typed
    if not typed or typed.casefold() in _EVERYONE:
        return Scope.EVERYONE, "", ""
    if found is None:
        raise UsageError(_UNKNOWN.format(typed[:40]), "who")
    scope, target = _SIGNS[found["sign"]], found["id"]
    if scope is Scope.ROLE and target == workspace.id:
        return Scope.EVERYONE, "", ""  # Discord's role @everyone has the server's id
    return scope, target, (found["name"] or "").strip()

"""Low-balance alert: its stage from the stored wallet state, and one message, edited through the stages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.alerts.changes import AlertChanges
from bot.alerts.deferred import Deferred, also_deferred
from bot.alerts.settings_card import snooze_button
from bot.domain.alerts import (
    Act,
    AlertKind,
    AlertSetting,
    Silence,
    Stage,
    Subject,
    advance,
    balance_silence,
    balance_stage,
)
from bot.domain.clock import moment_text
from bot.domain.money import WalletState, dollars
from bot.messages.offer import ADD_CREDIT
from bot.messages.wording import available, left
from bot.reply.call import Call
from bot.reply.model import Button, Note, Reply, Time, Tone, text

BALANCE = Subject(AlertKind.BALANCE)


@dataclass(frozen=True, slots=True)
class LowFacts:
    """The facts of a low balance. `threshold` is dollars; `shows_money`: the channel may see amounts."""

    setting_id: int
    stage: Stage
    threshold: Decimal
    wallet: WalletState
    shows_money: bool = True


def check_balance(
    changes: AlertChanges, setting: AlertSetting, wallet: WalletState, deferred: Sequence[Deferred] = ()
) -> bool:
    """Move a channel's alert to the stage that the wallet's state implies; True if its message lists `deferred` too."""
    stored, now = changes.get(setting.id, BALANCE), changes.now
    stage = balance_stage(stored.alert.stage, wallet, setting.threshold, now)
    silence, until = setting.silence(now, stored.snoozed_until)
    key = f"balance.low:{setting.id}"
    moved, _ = advance(stored.alert, stage, Silence.MUTED, key)
    silence = balance_silence(moved, wallet, silence, until)
    alert, acts = advance(stored.alert, stage, silence, key)
    came_and_went = stage is Stage.CLEAR and stored.alert.is_pending and stored.alert.notified is Stage.CLEAR
    if came_and_went and silence is Silence.QUIET and until is not None:
        there = f": {dollars(wallet.usage.available, down=True)} available" if setting.shows_money else ""
        words = f"The balance was low but is fine again{there}."
        changes.defer(setting, BALANCE, words, until)
    listed = tuple(deferred) if Act.POST in acts else tuple(map(Deferred.read, stored.detail.get("held", ())))
    facts = LowFacts(setting.id, stage, setting.threshold, wallet, setting.shows_money)
    changes.perform(setting, alert, acts, low_balance(facts, listed), balance_warning(facts))
    due_at = until if alert.is_pending else None
    detail = {"held": [each.detail for each in listed]} if listed else {}
    changes.put(replace(stored, alert=alert, detail=detail, due_at=due_at))
    return Act.POST in acts and bool(deferred)


_TITLES = {
    Stage.CLEAR: "Balance is fine again",
    Stage.OPEN: "Low balance",
    Stage.SOON: "Under 3 days of credit",
    Stage.URGENT: "Under 24 hours of credit",
    Stage.PAUSED: "Out of credit",
}


def low_balance(facts: LowFacts, deferred: Sequence[Deferred] = ()) -> Reply:
    """The one message about a low balance, at any stage, with the findings `deferred` by quiet hours below it."""
    usage, outlook = Button("Usage", Call("usage")), _outlook(facts)
    is_clear = facts.stage is Stage.CLEAR
    is_bad = facts.stage >= Stage.URGENT
    return Reply(
        outlook,
        strong=_sum_to_add(outlook, facts.wallet),
        title=_TITLES[facts.stage],
        parts=(
            *also_deferred(deferred),
            Note(text("Test key · as of " if facts.wallet.is_test else "As of ", Time(facts.wallet.as_of), ".")),
        ),
        actions=(usage,) if is_clear else (ADD_CREDIT, usage, snooze_button(facts.setting_id, BALANCE)),
        tone=Tone.SUCCESS if is_clear else Tone.PROBLEM if is_bad else Tone.WARNING,
    )


def balance_warning(facts: LowFacts) -> Reply:
    """The reply under a low balance that has become urgent or paused: editing the message notifies nobody."""
    outlook = _outlook(facts)
    strong = _sum_to_add(outlook, facts.wallet)
    return Reply(outlook, title=_TITLES[facts.stage], actions=(ADD_CREDIT,), tone=Tone.PROBLEM, strong=strong)


def _outlook(facts: LowFacts) -> str:
    wallet, shows = facts.wallet, facts.shows_money
    there, to_do = available(wallet.usage), _what_to_do(facts)
    if facts.stage is Stage.CLEAR:
        now = f"{there} available, {dollars(wallet.runway.promised)} committed"
        return f"Resolved: {now if shows else 'there is enough credit again'}."
    if facts.stage is Stage.PAUSED:
        return f"Tracking is paused. {to_do.capitalize()}."
    if wallet.runway.empty_at is not None:
        by = "" if wallet.is_certain else "by "
        left = f"{there.capitalize()} left; {to_do}" if shows else to_do.capitalize()
        return f"Tracking pauses {by}{moment_text(wallet.runway.empty_at)}. {left}."
    low = f"{there.capitalize()} left, below this channel's {dollars(facts.threshold)}" if shows else "Credit is low"
    if wallet.is_short:
        return f"{low}; {to_do}."
    return f"{low}. Running videos {'can' if wallet.is_certain else 'may'} still finish."


def _sum_to_add(outlook: str, wallet: WalletState) -> tuple[str, ...]:
    """The words of the outlook that name the amount to add, if it does."""
    words = f"add {'' if wallet.is_certain else 'at least '}{dollars(-left(wallet))}"
    at = outlook.lower().find(words)
    return (outlook[at : at + len(words)],) if at >= 0 else ()


def _what_to_do(facts: LowFacts) -> str:
    wallet = facts.wallet
    missing, count = -left(wallet), sum(wallet.running)
    videos = f"all {count:,}" if count > 1 else "the video"
    least = "" if wallet.is_certain else "at least "
    if missing <= 0:
        return f"add credit to keep {videos} going"
    return f"add {f'{least}{dollars(missing)}' if facts.shows_money else 'credit'} to finish {videos}"

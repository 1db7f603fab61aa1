"""The low-balance alert: one message, edited through its stages.

`bot.domain.alerts` decides the stage; this module only words it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.alerts.deferred import Deferred, also_deferred, deferred_parts
from bot.alerts.settings_card import silencing
from bot.domain.alerts import REARM_BALANCE, Stage
from bot.domain.money import dollars
from bot.domain.videos import Video
from bot.domain.wallet_state import WalletState
from bot.messages.offer import ADD_CREDIT
from bot.messages.outlook import how_long, left, money_ends, promised
from bot.messages.wording import available, name_of, plural
from bot.reply.call import Call
from bot.reply.model import Button, Field, Fields, Note, Part, Reply, Text, Time, Tone, text

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class LowFacts:
    """What a low balance is told by. `threshold` is dollars.

    `cut` are videos of the workspace that wait for money or would be cut short, `others` how many more of the wallet.
    """

    setting_id: int
    stage: Stage
    threshold: Decimal
    wallet: WalletState
    cut: tuple[Video, ...]
    others: int


def low_balance(facts: LowFacts, deferred: Sequence[Deferred] = ()) -> Reply:
    """The one message of a low balance, at whatever stage it is; `deferred` is what the night held back beside it."""
    if facts.stage is Stage.CLEAR:
        return _resolved(facts, deferred)
    parts: list[Part] = [Fields(_fields(facts))]
    if facts.cut or facts.others:
        parts.append(Note(_cut(facts)))
    parts += [Note(text(f"{_WHAT_TO_DO} {_closes(facts)}{_test(facts)}")), _as_of(facts), *deferred_parts(deferred)]
    return Reply(
        f"{_finding(facts)}{also_deferred(deferred)}",
        title=_title(facts),
        parts=tuple(parts),
        actions=(ADD_CREDIT, Button("Usage", Call("usage")), *silencing(facts.setting_id, "balance")),
        tone=Tone.PROBLEM if facts.stage >= Stage.URGENT else Tone.WARNING,
    )


_TITLES = {
    Stage.CLEAR: "Balance is fine again",
    Stage.OPEN: "Low balance",
    Stage.SOON: "Less than 3 days of credit left",
    Stage.URGENT: "Less than 24 hours of credit left",
    Stage.PAUSED: "Tracking is paused",
}
_WHAT_TO_DO = "Add credit at contentstats.io, or stop a video."


def _title(facts: LowFacts) -> str:
    return f"{_TITLES[facts.stage]}{' (test key)' if facts.wallet.is_test else ''}"


def _finding(facts: LowFacts) -> str:
    if facts.stage is Stage.PAUSED:
        return "You're out of credit. Tracking is paused until you add some."
    there = f"{available(facts.wallet.usage).capitalize()} is available"
    if facts.wallet.usage.available < facts.threshold:
        there += f", below this channel's threshold of {dollars(facts.threshold)}"
    promised_too = f"{there}; {dollars(facts.wallet.runway.promised)} committed."
    if facts.wallet.runway.empty_at is None:
        return promised_too
    ends = money_ends(facts.wallet, facts.wallet.runway.empty_at)
    return f"{promised_too} {ends}, and tracking would pause."


def _fields(facts: LowFacts) -> tuple[Field, ...]:
    lasts = how_long(facts.wallet)
    end = text("used up") if facts.stage is Stage.PAUSED else lasts
    known = (
        Field("Available", text(available(facts.wallet.usage))),
        Field("Committed", text(promised(facts.wallet))),
        Field("Runway", end),
    )
    missing = -left(facts.wallet)
    return (*known, Field("Short by", text(dollars(missing)))) if missing > 0 else known


def _cut(facts: LowFacts) -> Text:
    verb = "Waiting for credit" if facts.stage is Stage.PAUSED else "Would pause"
    names = [name_of(video) for video in facts.cut[:MOST_NAMED]]
    more = len(facts.cut) - len(names) + facts.others
    if more:
        names.append(f"{more} more" if names else plural(more, "video"))
    return text(f"{verb}: {'; '.join(names)}.")


def _closes(facts: LowFacts) -> str:
    enough = dollars(facts.threshold * REARM_BALANCE)
    return f"This alert clears once at least {enough} is available and covers more than 84 hours."


def _test(facts: LowFacts) -> str:
    return " This is a test key: nothing is charged." if facts.wallet.is_test else ""


def _as_of(facts: LowFacts) -> Note:
    return Note(text("As of ", Time(facts.wallet.as_of), "."))


def _resolved(facts: LowFacts, deferred: Sequence[Deferred]) -> Reply:
    return Reply(
        f"Resolved: {available(facts.wallet.usage)} available, {dollars(facts.wallet.runway.promised)} committed."
        f"{also_deferred(deferred)}",
        title=_title(facts),
        parts=(_as_of(facts), *deferred_parts(deferred)),
        actions=(Button("Usage", Call("usage")),),
        tone=Tone.SUCCESS,
    )

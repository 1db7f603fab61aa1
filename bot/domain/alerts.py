"""Alerts: what a channel wants to be told, and the state machine of one alert, from opening to resolved.

An alert is one message an episode, which is edited through its stages. An edit notifies nobody, so it may be made in
any silence; the message waits for the end of it. An episode ends when the alert is CLEAR, which is harder to reach than
it was to leave (hysteresis).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum, auto

from bot.domain.caller import Person
from bot.domain.quiet import QuietHours
from bot.domain.wallet_state import WalletState

DEFAULT_THRESHOLD = Decimal("2.00")
"""Dollars: five days of one video, at the documented price."""
SOON, URGENT = timedelta(hours=72), timedelta(hours=24)
"""Runways at which an alert is worse than a low balance."""
REARM_BALANCE = Decimal("1.2")
REARM_SOON, REARM_URGENT = timedelta(hours=84), timedelta(hours=30)
"""What a balance (times its threshold) and a runway must reach before they count as better again."""
SNOOZE = timedelta(hours=24)
STALE = timedelta(hours=3)
"""Figures older than that neither open an alert nor resolve one: the API has missed its hours."""


class AlertKind(StrEnum):
    """What a channel can be told of."""

    BALANCE = "balance"
    COMPLETED = "completed"
    TROUBLE = "trouble"
    SPIKE = "spike"
    MILESTONES = "milestones"


DEFAULT_KINDS = frozenset({AlertKind.BALANCE, AlertKind.COMPLETED})


class Stage(IntEnum):
    """How bad it is; each alert has those that make sense for it. OVER is final."""

    CLEAR = 0
    OPEN = 1
    SOON = 2
    URGENT = 3
    PAUSED = 4
    OVER = 5


class Silence(Enum):
    """Why nothing new may be said now: a person muted it, or it is night."""

    NONE = auto()
    QUIET = auto()
    MUTED = auto()


class Act(Enum):
    """What a change asks for: the alert's message, or an edit of it."""

    POST = auto()
    EDIT = auto()


@dataclass(frozen=True, slots=True)
class AlertSetting:
    """What one channel is told. `threshold` is dollars; `off_reason` says why it was switched off by itself."""

    id: int
    workspace_id: int
    channel_id: str
    is_on: bool
    threshold: Decimal
    kinds: frozenset[AlertKind]
    set_by: Person
    muted_until: datetime | None = None
    quiet: QuietHours | None = None
    off_reason: str = ""

    def wants(self, kind: AlertKind) -> bool:
        """Whether the channel is to be told of this."""
        return self.is_on and kind in self.kinds

    def silence(self, now: datetime, snoozed_until: datetime | None = None) -> tuple[Silence, datetime | None]:
        """Whether anything new may be said now, and when that ends."""
        muted = max((each for each in (self.muted_until, snoozed_until) if each is not None), default=None)
        if muted is not None and now < muted:
            return Silence.MUTED, muted
        end = None if self.quiet is None else self.quiet.end_of(now)
        return (Silence.NONE, None) if end is None else (Silence.QUIET, end)


def default_setting(workspace_id: int, channel_id: str, person: Person) -> AlertSetting:
    """What a channel is told unless somebody says otherwise. Its number, 0, is that of none."""
    return AlertSetting(0, workspace_id, channel_id, True, DEFAULT_THRESHOLD, DEFAULT_KINDS, person)  # noqa: FBT003 - on


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of one channel as it stands.

    `episode` counts how often it opened. `said` is the worst stage that the channel was told of in this episode;
    `message_key` names the episode's one message, None while there is none; `edits` counts its edits.
    """

    stage: Stage = Stage.CLEAR
    episode: int = 0
    said: Stage = Stage.CLEAR
    message_key: str | None = None
    edits: int = 0


def advance(before: Alert, stage: Stage, silence: Silence, key: str) -> tuple[Alert, Act | None]:
    """The alert at its present stage, and what has to be said, if anything; `key` begins the key of its message.

    To be asked again when a silence ends: what is open by then and was not said is said once.
    """
    opens = before.stage is Stage.CLEAR and stage is not Stage.CLEAR
    alert = Alert(stage, before.episode + 1) if opens else replace(before, stage=stage)
    if alert.message_key is not None and stage is not before.stage:
        return replace(alert, edits=alert.edits + 1, said=max(alert.said, stage)), Act.EDIT
    if alert.message_key is None and silence is Silence.NONE and stage > alert.said:
        return replace(alert, message_key=f"{key}:{alert.episode}", said=stage), Act.POST
    return alert, None


def has_unsaid(alert: Alert) -> bool:
    """Whether the channel was not told yet how bad it is."""
    return alert.stage > alert.said


def balance_stage(before: Stage, wallet: WalletState, threshold: Decimal, now: datetime) -> Stage:
    """The stage of a low balance: the worst that holds, with the stages that were reached held on to longer."""
    if now - wallet.as_of > STALE:
        return before
    if wallet.is_out:
        return Stage.PAUSED
    left = None if wallet.runway.empty_at is None else wallet.runway.empty_at - now
    runways = ((Stage.URGENT, URGENT, REARM_URGENT), (Stage.SOON, SOON, REARM_SOON))
    for stage, limit, rearm in runways:
        if left is not None and left <= (rearm if before >= stage else limit):
            return stage
    is_low = wallet.usage.available < threshold * (REARM_BALANCE if before > Stage.CLEAR else 1)
    return Stage.OPEN if is_low else Stage.CLEAR


def balance_silence(alert: Alert, wallet: WalletState, silence: Silence, quiet_end: datetime | None) -> Silence:
    """Quiet hours do not hold a forecast that tracking pauses before they end, if it was not told before.

    `alert` is the one of this episode, with the stage that it has now.
    """
    if silence is not Silence.QUIET or quiet_end is None or alert.said >= Stage.URGENT:
        return silence
    is_near = wallet.runway.empty_at is not None and wallet.runway.empty_at <= quiet_end
    return Silence.NONE if alert.stage is Stage.PAUSED or is_near else silence

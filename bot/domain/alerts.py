"""Alerts: which kinds a channel gets, and the state machine of one alert, from open to resolved.

An alert is one message per episode, edited through its stages. An edit notifies nobody, so edits are made even while
alerts are silenced, and a stage that costs data also gets a reply under the message, once per episode. New messages and
replies wait while alerts are silenced. An episode ends when the alert is CLEAR, which takes more than leaving the
previous stage (hysteresis).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum, auto
from typing import Self

from bot.domain.caller import Person
from bot.domain.money import WalletState
from bot.domain.quiet import QuietHours

DEFAULT_THRESHOLD = Decimal("2.00")
"""Dollars: five days of one video at the documented price."""
SOON, URGENT = timedelta(hours=72), timedelta(hours=24)
"""Runways at which an alert is worse than a low balance."""
REARM_BALANCE = Decimal("1.2")
REARM_SOON, REARM_URGENT = timedelta(hours=84), timedelta(hours=30)
"""Minimum balance (as a multiple of its threshold) and runway that count as recovered."""
SNOOZE = timedelta(hours=24)
STALE = timedelta(hours=3)
"""Figures older than this neither open nor resolve an alert: the API has missed its hours."""


class AlertKind(StrEnum):
    """The kinds of alerts, each of which a channel turns on or off."""

    BALANCE = "balance"
    COMPLETED = "completed"
    TROUBLE = "trouble"
    SPIKE = "spike"
    MILESTONES = "milestones"
    PAYOUTS = "payouts"


KIND_WORDS = {
    AlertKind.BALANCE: "Low balance",
    AlertKind.COMPLETED: "Finished videos",
    AlertKind.TROUBLE: "Videos in trouble",
    AlertKind.SPIKE: "Spikes",
    AlertKind.MILESTONES: "Milestones",
    AlertKind.PAYOUTS: "Payout budgets",
}
DEFAULT_KINDS = frozenset({AlertKind.BALANCE, AlertKind.COMPLETED})
MONEY_KINDS = frozenset({AlertKind.BALANCE, AlertKind.PAYOUTS})
"""Kinds that are about money."""
REPORT = "done"
"""The subject kind of a final report; message keys begin with it too."""
_DEFERRED = "held:"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """The subject of a channel's alert: its kind, and the video if it is about one.

    `kind` is an `AlertKind`, REPORT, or a word of a newer version. `is_deferred`: a finding kept until the quiet hours
    end. `str` gives the stored form (`balance`, `spike:<video>`, `held:spike:<video>`), which `read` parses.
    """

    kind: str
    video_id: str = ""
    is_deferred: bool = False

    @classmethod
    def read(cls, stored: str) -> Self:
        """Parse the subject of a stored row or a posted button."""
        kind, _, video_id = stored.removeprefix(_DEFERRED).partition(":")
        return cls(kind, video_id, stored.startswith(_DEFERRED))

    def __str__(self) -> str:
        about = f"{self.kind}:{self.video_id}" if self.video_id else self.kind
        return f"{_DEFERRED}{about}" if self.is_deferred else about

    @property
    def deferred(self) -> Self:
        """The subject under which this one's finding is kept during quiet hours."""
        return replace(self, is_deferred=True)


class Stage(IntEnum):
    """Severity of an alert; each kind uses the stages that apply to it. OVER is final."""

    CLEAR = 0
    OPEN = 1
    SOON = 2
    URGENT = 3
    PAUSED = 4
    OVER = 5


WAKING = frozenset({Stage.URGENT, Stage.PAUSED})
"""Stages that cost data: an alert that reaches one by an edit also gets a reply under its message."""


class Silence(Enum):
    """Why nothing new may be posted now: quiet hours, or a person muted alerts."""

    NONE = auto()
    QUIET = auto()
    MUTED = auto()


class Act(Enum):
    """What a change requires: posting the alert's message, editing it, or a short reply under it."""

    POST = auto()
    EDIT = auto()
    REPLY = auto()


@dataclass(frozen=True, slots=True)
class AlertSetting:
    """The alerts of one channel. `threshold` is dollars; `off_reason` is why the bot turned them off by itself.

    `milestones` are the channel's own numbers, ascending; if empty, 10k, 100k, 1M and so on apply. With `campaign_id`
    the channel gets alerts only about that campaign's videos, and about the balance. `shows_money`: alerts may name
    amounts.
    """

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
    milestones: tuple[int, ...] = ()
    campaign_id: int | None = None
    shows_money: bool = True

    def wants(self, kind: AlertKind) -> bool:
        """Whether the channel gets this kind."""
        return self.is_on and kind in self.kinds

    def silence(self, now: datetime, snoozed_until: datetime | None = None) -> tuple[Silence, datetime | None]:
        """Why nothing new may be posted now, if so, and until when."""
        muted = max((each for each in (self.muted_until, snoozed_until) if each is not None), default=None)
        if muted is not None and now < muted:
            return Silence.MUTED, muted
        end = None if self.quiet is None else self.quiet.end_of(now)
        return (Silence.NONE, None) if end is None else (Silence.QUIET, end)


def default_setting(workspace_id: int, channel_id: str, person: Person) -> AlertSetting:
    """The setting of a channel for which nobody chose one; id 0 means that it isn't stored."""
    return AlertSetting(0, workspace_id, channel_id, True, DEFAULT_THRESHOLD, DEFAULT_KINDS, person)  # noqa: FBT003 - on


@dataclass(frozen=True, slots=True)
class Alert:
    """State of one alert of one channel.

    `episode` counts how often it opened. `notified` is the worst stage of this episode that the channel was notified
    of; `message_key` is the episode's message, None if there is none yet; `edits` counts its edits.
    """

    stage: Stage = Stage.CLEAR
    episode: int = 0
    notified: Stage = Stage.CLEAR
    message_key: str | None = None
    edits: int = 0

    @property
    def is_pending(self) -> bool:
        """Whether the channel hasn't been notified of the present stage yet."""
        return self.stage > self.notified


def advance(before: Alert, stage: Stage, silence: Silence, key: str) -> tuple[Alert, tuple[Act, ...]]:
    """Move an alert to its present stage; returns it with the required acts. `key` prefixes its message key.

    Call it again when a silence ends: a stage that is pending then is posted once.
    """
    opens = before.stage is Stage.CLEAR and stage is not Stage.CLEAR
    alert = Alert(stage, before.episode + 1) if opens else replace(before, stage=stage)
    is_silent = silence is not Silence.NONE
    if alert.message_key is None:
        if is_silent or not alert.is_pending:
            return alert, ()
        return replace(alert, message_key=f"{key}:{alert.episode}", notified=stage), (Act.POST,)
    acts: tuple[Act, ...] = ()
    if stage is not before.stage:
        alert, acts = replace(alert, edits=alert.edits + 1), (Act.EDIT,)
    if stage in WAKING and alert.is_pending:
        return (alert, acts) if is_silent else (replace(alert, notified=stage), (*acts, Act.REPLY))
    return replace(alert, notified=max(alert.notified, stage)), acts


def balance_stage(before: Stage, wallet: WalletState, threshold: Decimal, now: datetime) -> Stage:
    """The stage of a low balance: the worst that applies; leaving one takes more than it took to reach it."""
    if now - wallet.as_of > STALE:
        return before
    if wallet.is_exhausted:
        return Stage.PAUSED
    left = None if wallet.runway.empty_at is None else wallet.runway.empty_at - now
    runways = ((Stage.URGENT, URGENT, REARM_URGENT), (Stage.SOON, SOON, REARM_SOON))
    for stage, limit, rearm in runways:
        if left is not None and left <= (rearm if before >= stage else limit):
            return stage
    is_low = wallet.usage.available < threshold * (REARM_BALANCE if before > Stage.CLEAR else 1)
    return Stage.OPEN if is_low else Stage.CLEAR


def balance_silence(alert: Alert, wallet: WalletState, silence: Silence, quiet_end: datetime | None) -> Silence:
    """Let a forecast that tracking pauses before quiet hours end through them, unless it was already posted.

    `alert` is the alert of this episode at its present stage.
    """
    if silence is not Silence.QUIET or quiet_end is None or alert.notified >= Stage.URGENT:
        return silence
    is_near = wallet.runway.empty_at is not None and wallet.runway.empty_at <= quiet_end
    return Silence.NONE if alert.stage is Stage.PAUSED or is_near else silence

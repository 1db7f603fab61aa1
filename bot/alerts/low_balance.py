"""The low balance of a wallet, as each channel that wants to know of it is told: from the mirror alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.alerts.changes import AlertChanges, deferred_of
from bot.alerts.deferred import Deferred
from bot.alerts.low_balance_card import LowFacts, low_balance
from bot.domain.alerts import (
    Act,
    Alert,
    AlertKind,
    AlertSetting,
    Money,
    Silence,
    Stage,
    advance,
    balance_silence,
    balance_stage,
    has_unsaid,
)
from bot.domain.money import Runway, Usage, dollars, ends_at, promises, runway
from bot.domain.videos import VideoStatus, count_running
from bot.store import Store
from bot.store.alerts import StoredAlert
from bot.store.videos import StoredVideo

BALANCE = AlertKind.BALANCE.value


@dataclass(frozen=True, slots=True)
class Purse:
    """A wallet's money as the mirror knows it. Runway and promises are reckoned from when the API said so."""

    usage: Usage
    as_of: datetime
    runway: Runway
    open_ended: int
    running: tuple[StoredVideo, ...]
    complete: bool
    is_test: bool

    @property
    def money(self) -> Money:
        """What the stages are told by."""
        return Money(
            available=self.usage.available,
            cost_per_snapshot=self.usage.cost_per_snapshot,
            empty_at=self.runway.empty_at,
            paused=sum(each.video.status == VideoStatus.PAUSED for each in self.running),
            runs=bool(self.running),
            as_of=self.as_of,
        )


async def purse_of(store: Store, wallet_id: int) -> Purse | None:
    """The wallet's money; None where the API never said anything of it, or of the videos that spend it."""
    known, swept = await store.wallets.usage(wallet_id), await store.wallets.swept(wallet_id)
    if known is None or swept is None:
        return None
    usage, as_of = known
    running = await store.videos.running(wallet_id)
    owed, open_ended = promises((each.video, each.seen_at) for each in running)
    return Purse(
        usage=usage,
        as_of=as_of,
        runway=runway(usage.available, usage.cost_per_snapshot, owed, as_of),
        open_ended=open_ended,
        running=running,
        complete=swept.complete,
        is_test=await store.wallets.is_test(wallet_id),
    )


def check_balance(
    changes: AlertChanges, setting: AlertSetting, purse: Purse, deferred: Sequence[Deferred] = ()
) -> bool:
    """Move a channel's alert to where the money stands; True where its message tells what the night held back too."""
    stored, now = changes.get(setting.id, BALANCE), changes.now
    stage = balance_stage(stored.alert.stage, purse.money, setting.threshold, now)
    silence, until = setting.silence(now, stored.snoozed_until)
    key = f"balance.low:{setting.id}"
    moved, _ = advance(stored.alert, stage, Silence.MUTED, key)
    silence = balance_silence(moved, purse.money, silence, until)
    alert, act = advance(stored.alert, stage, silence, key)
    if _is_over_unsaid(stored.alert, alert) and silence is Silence.QUIET and until is not None:
        words = f"The balance was low, and is fine again: {dollars(purse.usage.available, down=True)} available."
        changes.hold(setting, BALANCE, words, until)
    told = tuple(deferred) if act is Act.POST else _told_before(stored)
    message, message_key = low_balance(_facts(setting, purse, alert.stage), told), alert.message_key or ""
    if act is Act.POST:
        changes.say(setting, message_key, message)
    elif act is Act.EDIT:
        changes.say(setting, f"{message_key}:edit:{alert.edits}", message, edits=message_key)
    due_at = until if has_unsaid(alert) else None
    detail: dict[str, Any] = {"held": [_kept(each) for each in told]} if told else {}
    changes.put(replace(stored, alert=alert, detail=detail, due_at=due_at))
    return act is Act.POST and bool(deferred)


def _is_over_unsaid(before: Alert, after: Alert) -> bool:
    return after.stage is Stage.CLEAR and before.stage is not Stage.CLEAR and before.said is Stage.CLEAR


def _told_before(stored: StoredAlert) -> tuple[Deferred, ...]:
    """What the night held back and the alert's message told: an edit tells it still."""
    return tuple(deferred_of(replace(stored, detail=each)) for each in stored.detail.get("held", ()))


def _kept(deferred: Deferred) -> dict[str, str]:
    return {
        "at": deferred.at.isoformat(),
        "sentence": deferred.sentence,
        "video": deferred.video_id,
        "name": deferred.name,
    }


def _outlasts(stored: StoredVideo, moment: datetime) -> bool:
    end = ends_at(stored.video, stored.seen_at)
    return stored.video.status != VideoStatus.PAUSED and end is not None and end > moment


def _facts(setting: AlertSetting, purse: Purse, stage: Stage) -> LowFacts:
    end = purse.runway.empty_at
    short = [each for each in purse.running if stage is Stage.PAUSED or (end is not None and _outlasts(each, end))]
    own = tuple(each.video for each in short if each.is_visible_to(setting.workspace_id))
    return LowFacts(
        setting_id=setting.id,
        stage=stage,
        threshold=setting.threshold,
        usage=purse.usage,
        runway=purse.runway,
        cut=own,
        others=len(short) - len(own),
        running=count_running(each.video for each in purse.running),
        open_ended=purse.open_ended,
        complete=purse.complete,
        is_test=purse.is_test,
        as_of=purse.as_of,
    )

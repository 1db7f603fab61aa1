"""The low-balance alert of each channel that has it turned on, from the stored wallet state alone."""

from collections.abc import Sequence
from dataclasses import replace
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
    Silence,
    Stage,
    advance,
    balance_silence,
    balance_stage,
    has_unsaid,
)
from bot.domain.money import dollars, ends_at
from bot.domain.videos import VideoStatus
from bot.domain.wallet_state import WalletState
from bot.store.alerts import StoredAlert
from bot.store.videos import StoredVideo

BALANCE = AlertKind.BALANCE.value


def check_balance(
    changes: AlertChanges,
    setting: AlertSetting,
    wallet: WalletState,
    running: Sequence[StoredVideo],
    deferred: Sequence[Deferred] = (),
) -> bool:
    """Move a channel's alert to where the money stands; True where its message tells what the night held back too."""
    stored, now = changes.get(setting.id, BALANCE), changes.now
    stage = balance_stage(stored.alert.stage, wallet, setting.threshold, now)
    silence, until = setting.silence(now, stored.snoozed_until)
    key = f"balance.low:{setting.id}"
    moved, _ = advance(stored.alert, stage, Silence.MUTED, key)
    silence = balance_silence(moved, wallet, silence, until)
    alert, act = advance(stored.alert, stage, silence, key)
    if _is_over_unsaid(stored.alert, alert) and silence is Silence.QUIET and until is not None:
        words = f"The balance was low but is fine again: {dollars(wallet.usage.available, down=True)} available."
        changes.hold(setting, BALANCE, words, until)
    told = tuple(deferred) if act is Act.POST else _told_before(stored)
    message, message_key = low_balance(_facts(setting, wallet, running, alert.stage), told), alert.message_key or ""
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


def _facts(setting: AlertSetting, wallet: WalletState, running: Sequence[StoredVideo], stage: Stage) -> LowFacts:
    end = wallet.runway.empty_at
    short = [each for each in running if stage is Stage.PAUSED or (end is not None and _outlasts(each, end))]
    own = tuple(each.video for each in short if each.is_visible_to(setting.workspace_id))
    return LowFacts(
        setting_id=setting.id,
        stage=stage,
        threshold=setting.threshold,
        wallet=wallet,
        cut=own,
        others=len(short) - len(own),
    )

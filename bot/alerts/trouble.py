"""Trackings that paused, failed or whose videos were deleted: one message per video, edited when it resumes."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.alerts.changes import AlertChanges, AlertMessage, alert_title
from bot.alerts.settings_card import snooze_button
from bot.domain.alerts import AlertKind, AlertSetting, Stage, Subject
from bot.domain.events import EventKind
from bot.domain.money import WalletState
from bot.domain.videos import HOUR, Video, VideoStatus
from bot.messages.wording import platform_name, status_word
from bot.reply.call import Call
from bot.reply.model import Button, Note, Reply, Tone, text
from bot.store.alerts import StoredAlert
from bot.store.events import StoredEvent
from bot.store.videos import StoredVideo

STAGES: Mapping[EventKind, Stage] = {
    EventKind.TRACKING_PAUSED: Stage.PAUSED,
    EventKind.TRACKING_RESUMED: Stage.CLEAR,
    EventKind.TRACKING_FAILED: Stage.OVER,
    EventKind.VIDEO_DELETED: Stage.OVER,
}
"""The stage of the alert after each kind of event."""
NOT_WANTED = "this channel does not want this kind"
OVER = "it was over before it could be reported"
FOR_MONEY = "the low balance reports it"


async def report_trouble(
    changes: AlertChanges, events: Sequence[StoredEvent], videos: Mapping[str, StoredVideo], wallet: WalletState | None
) -> None:
    """Report trackings that paused, resumed, failed, or whose videos were deleted.

    A pause for lack of credit is left to the low-balance alert, which covers all videos, if the channel gets that.
    """
    channels = [setting for setting, _ in changes.channels if setting.wants(AlertKind.TROUBLE)]
    happened = [each for each in events if each.event.kind in STAGES and each.event.video_id in videos]
    subjects = {Subject(AlertKind.TROUBLE, each.event.video_id) for each in happened}
    await changes.load(
        (setting.id, each) for setting in channels for subject in subjects for each in (subject, subject.deferred)
    )
    for each in happened:
        event, stage, stored = each.event, STAGES[each.event.kind], videos[each.event.video_id]
        subject = Subject(AlertKind.TROUBLE, event.video_id)
        for setting in changes.subscribers(stored):
            if setting not in channels:
                outcome = NOT_WANTED
            elif stage is Stage.PAUSED and stored.video.status != VideoStatus.PAUSED:
                outcome = OVER
            elif stage is Stage.PAUSED and setting.wants(AlertKind.BALANCE) and _is_for_money(wallet, event.at):
                outcome = FOR_MONEY
            elif stage is Stage.CLEAR and not changes.has(setting.id, subject):
                outcome = OVER
            else:
                outcome = changes.move(setting, subject, stage, _finding(setting, stored, stage))
            changes.note(each.id, setting, outcome)


def _is_for_money(wallet: WalletState | None, at: datetime) -> bool:
    """Whether the wallet was empty when a tracking paused; its figures may be from shortly before."""
    if wallet is None or wallet.is_exhausted:
        return wallet is not None
    return wallet.runway.empty_at is not None and wallet.runway.empty_at <= at + 2 * HOUR


def trouble_again(setting: AlertSetting, stored: StoredVideo, alert: StoredAlert) -> AlertMessage:
    """The finding of an alert that is still open when a silence ends."""
    return _finding(setting, stored, alert.alert.stage)


def _finding(setting: AlertSetting, stored: StoredVideo, stage: Stage) -> AlertMessage:
    return AlertMessage(trouble(setting.id, stored.video, stage), stored.video)


def trouble(setting_id: int, video: Video, stage: Stage) -> Reply:
    """The one message about a tracking in trouble; stage CLEAR means that it has resumed."""
    argument = {"video": video.id}
    stats = Button("Stats", Call("stats", argument))
    snooze = snooze_button(setting_id, Subject(AlertKind.TROUBLE, video.id))
    paused = (stats, Button("Stop", Call("stop", argument)), snooze)
    finding, meaning = _words(video, stage)
    return Reply(
        finding,
        title=alert_title(video),
        parts=(Note(text(meaning)),),
        actions=paused if stage is Stage.PAUSED else (stats, Button("Export", Call("export", argument))),
        tone=Tone.SUCCESS if stage is Stage.CLEAR else Tone.WARNING,
    )


def _words(video: Video, stage: Stage) -> tuple[str, str]:
    """The finding as a sentence after the video's name, and what it means for data and money."""
    if stage is Stage.CLEAR:
        return "Resumed: snapshots are collected again.", "The hours in between remain a gap."
    if stage is Stage.PAUSED:
        return "Paused: no snapshots until it resumes.", "Nothing is charged until then."
    kept = "Data is kept; nothing more is charged."
    if video.is_deleted:
        return f"Was deleted from {platform_name(video.platform) or 'its platform'}, so tracking ended.", kept
    return f"Failed: ContentStats reports its status as {status_word(video)}.", kept

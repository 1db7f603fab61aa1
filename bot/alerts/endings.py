"""What became of trackings: reports of those that ended, and the trouble of those that stand still or broke off."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.alerts.changes import MUTED, AlertChanges, AlertMessage
from bot.alerts.final_report import final_facts
from bot.alerts.final_report_card import final_report, final_sentence
from bot.alerts.trouble_card import TroubleFacts, trouble, trouble_sentence
from bot.charts.charts import Charts
from bot.domain.alerts import AlertKind, AlertSetting, Silence, Stage
from bot.domain.events import EventKind
from bot.domain.videos import HOUR, VideoStatus
from bot.domain.wallet_state import WalletState
from bot.store.alerts import DEFERRED, StoredAlert
from bot.store.events import StoredEvent
from bot.store.videos import StoredVideo

DONE, TROUBLE = "done", AlertKind.TROUBLE.value
STAGES: Mapping[EventKind, Stage] = {
    EventKind.TRACKING_PAUSED: Stage.PAUSED,
    EventKind.TRACKING_RESUMED: Stage.CLEAR,
    EventKind.TRACKING_FAILED: Stage.OVER,
    EventKind.VIDEO_DELETED: Stage.OVER,
}
"""What each kind of trouble makes of the alert."""
LOOK_AGAIN = timedelta(minutes=1)
"""How soon to look whether a video's last page was read."""
MAX_WAIT = timedelta(hours=2)
"""How long a final report waits for the last page; then it is made of what there is, and says so."""
MOST_REPORTS = 5
"""Reports at a time, each with a chart: the lease outlasts so many."""
GONE = "the video is not known any more"
NOT_THEIRS = "another workspace started the video"
NOT_WANTED = "this channel does not want this kind"
OVER = "it was over before it could be reported"
FOR_MONEY = "the low balance reports it"
REPORT_DUE = "a final report follows when the last page is read"
UNREAD = "the last page of this video could not be read yet."
BEFORE = timedelta(minutes=10)
"""By how much a stop may have been written down before the mirror's clock says that it happened."""


def note_unseen(changes: AlertChanges, events: Sequence[StoredEvent], videos: Mapping[str, StoredVideo]) -> None:
    """Note why channels get nothing of events about videos that they may not see."""
    for each in events:
        stored = videos.get(each.event.video_id)
        seeing = () if stored is None else {setting.id for setting in changes.seeing(stored)}
        reason = GONE if stored is None else NOT_THEIRS
        for setting, _ in changes.channels:
            if setting.id not in seeing:
                changes.note(each.id, setting, reason)


async def note_ends(changes: AlertChanges, events: Sequence[StoredEvent], videos: Mapping[str, StoredVideo]) -> None:
    """Note for which channels a final report is due, as soon as the last page is read."""
    for each in events:
        event, stored = each.event, videos.get(each.event.video_id)
        if stored is None or event.kind is not EventKind.TRACKING_COMPLETED:
            continue
        for setting in changes.seeing(stored):
            changes.drop(setting.id, f"spike:{event.video_id}")
            if not setting.wants(AlertKind.COMPLETED):
                changes.note(each.id, setting, NOT_WANTED)
                continue
            detail = {"at": event.at.isoformat(), "event": each.id}
            changes.put(StoredAlert(setting.id, f"{DONE}:{event.video_id}", detail=detail, due_at=changes.now))
            changes.note(each.id, setting, REPORT_DUE)


async def report_trouble(
    changes: AlertChanges, events: Sequence[StoredEvent], videos: Mapping[str, StoredVideo], wallet: WalletState | None
) -> None:
    """Tell of trackings that paused, go on, failed, or whose videos were deleted.

    Not of a pause for want of money if the channel gets the low balance, which tells of all of these at once.
    """
    channels = [setting for setting, _ in changes.channels if setting.wants(AlertKind.TROUBLE)]
    happened = [each for each in events if each.event.kind in STAGES and each.event.video_id in videos]
    subjects = {f"{TROUBLE}:{each.event.video_id}" for each in happened}
    keys = [(setting.id, subject) for setting in channels for subject in subjects]
    await changes.load([*keys, *((setting_id, f"{DEFERRED}{subject}") for setting_id, subject in keys)])
    for each in happened:
        event, stage, stored = each.event, STAGES[each.event.kind], videos[each.event.video_id]
        subject = f"{TROUBLE}:{event.video_id}"
        for setting in changes.seeing(stored):
            if setting not in channels:
                outcome = NOT_WANTED
            elif stage is Stage.PAUSED and stored.video.status != VideoStatus.PAUSED:
                outcome = OVER
            elif stage is Stage.PAUSED and setting.wants(AlertKind.BALANCE) and _is_for_money(wallet, event.at):
                outcome = FOR_MONEY
            elif stage is Stage.CLEAR and not changes.has(setting.id, subject):
                outcome = OVER
            else:
                outcome = changes.move(setting, subject, stage, trouble_saying(setting, stored, stage))
            changes.note(each.id, setting, outcome)


def _is_for_money(wallet: WalletState | None, at: datetime) -> bool:
    """Whether the wallet was empty when a tracking paused; what the API said of it may be from shortly before."""
    if wallet is None or wallet.is_out:
        return wallet is not None
    return wallet.runway.empty_at is not None and wallet.runway.empty_at <= at + 2 * HOUR


def trouble_saying(setting: AlertSetting, stored: StoredVideo, stage: Stage) -> AlertMessage:
    """What the trouble of a video says at a stage."""
    facts = TroubleFacts(setting.id, stored.video, stage)
    return AlertMessage(stored.video, trouble_sentence(facts), trouble(facts))


async def report_endings(
    changes: AlertChanges,
    charts: Charts,
    due: Iterable[StoredAlert],
    videos: Mapping[str, StoredVideo],
    wallet: WalletState | None,
) -> None:
    """Report of what ended, where the last page was read by now. What is too much for one look stays due."""
    settings = {setting.id: setting for setting, _ in changes.channels}
    made = 0
    for pending in due:
        setting, stored = settings[pending.setting_id], videos.get(pending.subject.partition(":")[2])
        if stored is None or not setting.wants(AlertKind.COMPLETED):
            _note_report(changes, pending, setting, GONE if stored is None else NOT_WANTED)
            changes.drop(pending.setting_id, pending.subject)
            continue
        ended_at = datetime.fromisoformat(pending.detail["at"])
        is_read = _is_all_read(stored, ended_at)
        if not is_read and changes.now - ended_at < MAX_WAIT:
            changes.put(replace(pending, due_at=changes.now + LOOK_AGAIN))
            continue
        if made == MOST_REPORTS:
            break
        made += 1
        outcome = await _report(changes, charts, setting, stored, ended_at, wallet, "" if is_read else UNREAD)
        _note_report(changes, pending, setting, outcome)
        changes.drop(pending.setting_id, pending.subject)


def _note_report(changes: AlertChanges, pending: StoredAlert, setting: AlertSetting, outcome: str) -> None:
    if (event_id := pending.detail.get("event")) is not None:  # earlier versions noted none
        changes.note(event_id, setting, outcome)


def _is_all_read(stored: StoredVideo, ended_at: datetime) -> bool:
    """Whether every snapshot is there: the page was read since the end, or had one of the last hour before it."""
    last = stored.last_snapshot_at
    is_last = last is not None and last > ended_at - HOUR
    return is_last or (stored.read_at is not None and stored.read_at >= ended_at)


async def _report(
    changes: AlertChanges,
    charts: Charts,
    setting: AlertSetting,
    stored: StoredVideo,
    ended_at: datetime,
    wallet: WalletState | None,
    problem: str,
) -> str:
    if setting.silence(changes.now)[0] is Silence.MUTED:
        return MUTED
    stopped_by = await changes.store.audit.stopper(setting.workspace_id, stored.video.id, ended_at - BEFORE)
    shows_money = setting.wants(AlertKind.BALANCE)  # off where another company reads the channel
    cost = wallet.usage.cost_per_snapshot if wallet and shows_money else None
    facts = await final_facts(changes.store, charts, stored, ended_at, stopped_by, cost, problem, changes.now)
    subject = f"{DONE}:{stored.video.id}"
    key = f"{DONE}:{setting.id}:{changes.wallet_id}:{stored.video.id}"
    return changes.tell(setting, subject, key, final_sentence(facts), final_report(facts), stored.video)

"""Alert engine: turns a wallet's events, in order, into messages for each of its channels.

Reads only the mirror and never calls the API. One process at a time checks a wallet, under a lease; alerts, messages
and the removal of events are committed together, so a process may end anywhere.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.alerts.changes import AlertChanges, AlertMessage
from bot.alerts.deferred import Deferred, deferred_summary
from bot.alerts.final_report import GONE, note_ends, report_endings
from bot.alerts.low_balance import BALANCE, check_balance
from bot.alerts.milestones import report_milestones
from bot.alerts.news import new_readings, news_of
from bot.alerts.payout_budget import check_budgets
from bot.alerts.spikes import report_spikes, spike_again
from bot.alerts.trouble import report_trouble, trouble_again
from bot.charts.charts import Charts
from bot.domain.alerts import REPORT, AlertKind, AlertSetting, Silence, Stage
from bot.domain.clock import Clock
from bot.domain.errors import BotError
from bot.domain.events import EventKind
from bot.domain.money import WalletState
from bot.store import Store
from bot.store.alerts import StoredAlert
from bot.store.events import StoredEvent
from bot.store.videos import StoredVideo
from bot.wallet.wallet import stored_state

BATCH = 500
"""Events handled in one transaction."""
LEASE = timedelta(minutes=2)
AT_ONCE = 4
"""Wallets that one process checks at a time."""
NOT_THEIRS = "another workspace started the video"
AGAIN: Mapping[str, Callable[[AlertSetting, StoredVideo, StoredAlert], AlertMessage]] = {
    AlertKind.TROUBLE: trouble_again,
    AlertKind.SPIKE: spike_again,
}
"""Builds the finding again for an alert that is still open when a silence ends, by kind."""


class AlertEngine:
    """Posts alerts. Safe to run in any number of processes at once."""

    def __init__(self, store: Store, charts: Charts, clock: Clock) -> None:
        self._store = store
        self._charts = charts
        self._clock = clock

    async def react_due(self) -> int:
        """Check every wallet that has events or newer figures, or in which an alert is due.

        Returns the number of messages written. A failure in one wallet doesn't stop the others; it is raised at the
        end.
        """
        due = set(await self._store.alerts.due_wallets(self._clock()))
        wallets = {*await self._store.events.wallets(), *due}
        slots = asyncio.Semaphore(AT_ONCE)

        async def check(wallet_id: int) -> int:
            async with slots:
                return await self._check(wallet_id, is_due=wallet_id in due)

        checks = await asyncio.gather(*(check(each) for each in sorted(wallets)), return_exceptions=True)
        problems = [each for each in checks if isinstance(each, Exception)]
        if faults := [each for each in problems if not isinstance(each, BotError)]:
            raise ExceptionGroup("some wallets could not be checked", faults)
        if problems:
            raise problems[0]
        return sum(each for each in checks if isinstance(each, int))

    async def _check(self, wallet_id: int, *, is_due: bool) -> int:
        name = f"alerts:{wallet_id}"
        token = await self._store.leases.take(name, self._clock(), LEASE)
        if token is None:
            return 0
        try:
            return await self._react_to_wallet(wallet_id, (name, token), is_due=is_due)
        finally:
            await self._store.leases.release(name, token)

    async def _react_to_wallet(self, wallet_id: int, lease: tuple[str, str], *, is_due: bool) -> int:
        """Handle every event in order; then check what is due, if figures or a video changed."""
        channels = await self._store.alerts.of_wallet(wallet_id)
        wallet, posted = None, 0
        while True:
            happened = await self._store.events.of(wallet_id, BATCH)
            is_last = len(happened) < BATCH
            changes = AlertChanges(self._store, wallet_id, channels, self._clock())
            changes.events += [each.id for each in happened]
            await changes.load_campaigns()
            is_due = is_due or any(each.event.kind is not EventKind.SNAPSHOT_CREATED for each in happened)
            if channels and is_due and wallet is None:
                wallet = await stored_state(self._store, wallet_id)
            if channels:
                await self._react(changes, happened, wallet)
            if is_last and is_due:
                usage = None if channels else await self._store.wallets.usage(wallet_id)
                changes.usage_at = wallet.as_of if wallet else usage[1] if usage else None
                await self._settle(changes, wallet)
            batch = changes.batch(lease)
            if not await self._store.alerts.apply(batch, self._clock()):
                return posted
            posted += len(batch.messages)
            if is_last:
                return posted

    async def _react(self, changes: AlertChanges, happened: Iterable[StoredEvent], wallet: WalletState | None) -> None:
        events = list(happened)
        counted = (AlertKind.SPIKE, AlertKind.MILESTONES)
        is_wanted = any(setting.wants(kind) for setting, _ in changes.channels for kind in counted)
        snapshots = [each.event for each in events if is_wanted and each.event.kind is EventKind.SNAPSHOT_CREATED]
        others = [each for each in events if each.event.kind is not EventKind.SNAPSHOT_CREATED]
        ids = {each.video_id for each in (*snapshots, *(each.event for each in others))}
        videos = await self._store.videos.several(changes.wallet_id, ids) if ids else {}
        if snapshots:
            news = news_of(snapshots, videos)
            readings = await new_readings(changes.store, changes.wallet_id, news)
            await report_milestones(changes, news, readings)
            await report_spikes(changes, news, readings)
        _note_unseen(changes, others, videos)
        await report_trouble(changes, others, videos, wallet)
        note_ends(changes, others, videos)

    async def _settle(self, changes: AlertChanges, wallet: WalletState | None) -> None:
        """Check what is due without an event: ended silences, final reports and the balance."""
        settings = {setting.id: setting for setting, _ in changes.channels}
        waiting = await self._store.alerts.due(settings, changes.now)
        changes.know(waiting)
        deferred = [each for each in waiting if each.subject.is_deferred]
        kinds: dict[str, list[StoredAlert]] = defaultdict(list)
        for each in waiting:
            if not each.subject.is_deferred:
                kinds[each.subject.kind].append(each)
        open_alerts = [each for kind in AGAIN for each in kinds[kind]]
        ids = {each.subject.video_id for each in (*kinds[REPORT], *open_alerts)}
        videos = await self._store.videos.several(changes.wallet_id, ids) if ids else {}
        for each in open_alerts:
            _post_again(changes, settings[each.setting_id], each, videos.get(each.subject.video_id))
        await report_endings(changes, self._charts, kinds[REPORT], videos, wallet)
        await check_budgets(changes, kinds[AlertKind.PAYOUTS])
        # One message at the end of quiet hours: the low balance's if it is due, with the deferred findings in it.
        nights = _ended_quiet_hours(changes, settings, deferred)
        await changes.load((setting_id, BALANCE) for setting_id in settings)
        for setting in settings.values():
            night = nights.get(setting.id)
            findings = night.deferred if night else ()
            is_listed = False
            if wallet is not None and setting.wants(AlertKind.BALANCE):
                is_listed = check_balance(changes, setting, wallet, findings)
            if night is not None and not is_listed:
                changes.post(setting, f"quiet:{setting.id}:{night.end.isoformat()}", deferred_summary(findings))


@dataclass(frozen=True, slots=True)
class _Night:
    """Findings deferred by a channel's quiet hours, in order, and when those hours ended."""

    end: datetime
    deferred: tuple[Deferred, ...]


def _ended_quiet_hours(
    changes: AlertChanges, settings: Mapping[int, AlertSetting], due: Iterable[StoredAlert]
) -> dict[int, _Night]:
    """Quiet hours that have ended, by setting. Findings that are still silenced keep waiting."""
    nights: dict[int, _Night] = {}
    for each in due:
        silence, until = settings[each.setting_id].silence(changes.now)
        if silence is not Silence.NONE:
            changes.put(replace(each, due_at=until))
            continue
        changes.drop(each.setting_id, each.subject)
        deferred, end = Deferred.read(each.detail), each.due_at or changes.now
        night = nights.get(each.setting_id, _Night(end, ()))
        findings = sorted((*night.deferred, deferred), key=lambda one: (one.at, one.sentence))
        nights[each.setting_id] = _Night(max(night.end, end), tuple(findings))
    return nights


def _post_again(changes: AlertChanges, setting: AlertSetting, alert: StoredAlert, stored: StoredVideo | None) -> None:
    """Post an alert about a video that is still open when its silence ends."""
    kind = AlertKind(alert.subject.kind)
    if stored is None or not setting.wants(kind):
        changes.drop(alert.setting_id, alert.subject)
    elif alert.alert.stage is Stage.CLEAR:
        changes.put(replace(alert, due_at=None))
    else:
        changes.move(setting, alert.subject, alert.alert.stage, AGAIN[kind](setting, stored, alert))


def _note_unseen(changes: AlertChanges, events: Sequence[StoredEvent], videos: Mapping[str, StoredVideo]) -> None:
    """Record why channels get nothing about videos that they may not see."""
    for each in events:
        stored = videos.get(each.event.video_id)
        subscribers = () if stored is None else {setting.id for setting in changes.subscribers(stored)}
        reason = GONE if stored is None else NOT_THEIRS
        for setting, _ in changes.channels:
            if setting.id not in subscribers:
                changes.note(each.id, setting, reason)

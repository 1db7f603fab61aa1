"""Reacts to what happened: takes a wallet's events, in order, and has every channel told what it wants to be told.

Everything is told by the mirror; nothing in here asks the API. One process at a time looks at a wallet, under a lease;
alerts, messages and the events taken away are committed together, so a process may end anywhere.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.alerts.changes import AlertChanges, deferred_of
from bot.alerts.deferred import Deferred, deferred_summary
from bot.alerts.endings import DONE, TROUBLE, note_ends, note_unseen, report_endings, report_trouble, trouble_saying
from bot.alerts.low_balance import BALANCE, check_balance
from bot.alerts.spikes import SPIKE, news_of, report_spikes, spike_again, wants_spikes
from bot.charts.charts import Charts
from bot.domain.alerts import AlertKind, AlertSetting, Silence, Stage
from bot.domain.clock import Clock
from bot.domain.errors import BotError
from bot.domain.events import EventKind
from bot.domain.wallet_state import WalletState
from bot.store import Store
from bot.store.alerts import DEFERRED, StoredAlert
from bot.store.events import StoredEvent
from bot.store.videos import StoredVideo
from bot.wallet.state import stored_state

BATCH = 500
"""Events that are reacted to in one transaction."""
LEASE = timedelta(minutes=2)
AT_ONCE = 4
"""Wallets that one process looks at at a time."""


class AlertEngine:
    """Says what happened. Safe to run in any number of processes at once."""

    def __init__(self, store: Store, charts: Charts, clock: Clock) -> None:
        self._store = store
        self._charts = charts
        self._clock = clock

    async def react_due(self) -> int:
        """Look at every wallet in which something happened, whose money has news or in which an alert waits.

        Returns how many messages that made. What goes wrong with one wallet holds up no other; it is raised at the end.
        """
        due = set(await self._store.alerts.due_wallets(self._clock()))
        wallets = {*await self._store.events.wallets(), *due}
        turns = asyncio.Semaphore(AT_ONCE)

        async def look(wallet_id: int) -> int:
            async with turns:
                return await self._look(wallet_id, is_due=wallet_id in due)

        looks = await asyncio.gather(*(look(each) for each in sorted(wallets)), return_exceptions=True)
        problems = [each for each in looks if isinstance(each, Exception)]
        if faults := [each for each in problems if not isinstance(each, BotError)]:
            raise ExceptionGroup("some wallets could not be looked at", faults)
        if problems:
            raise problems[0]
        return sum(each for each in looks if isinstance(each, int))

    async def _look(self, wallet_id: int, *, is_due: bool) -> int:
        name = f"alerts:{wallet_id}"
        token = await self._store.leases.take(name, self._clock(), LEASE)
        if token is None:
            return 0
        try:
            return await self._react_to_wallet(wallet_id, (name, token), is_due=is_due)
        finally:
            await self._store.leases.give_back(name, token)

    async def _react_to_wallet(self, wallet_id: int, lease: tuple[str, str], *, is_due: bool) -> int:
        """React to every event, in order; then look at the money where it has news, or a video's state changed."""
        channels = await self._store.alerts.of_wallet(wallet_id)
        known, told = None, 0
        while True:
            happened = await self._store.events.of(wallet_id, BATCH)
            is_last = len(happened) < BATCH
            changes = AlertChanges(self._store, wallet_id, channels, self._clock())
            changes.events += [each.id for each in happened]
            is_due = is_due or any(each.event.kind is not EventKind.SNAPSHOT_CREATED for each in happened)
            if channels and is_due and known is None:
                known = await stored_state(self._store, wallet_id)
            wallet, running = known or (None, ())
            if channels:
                await self._react(changes, happened, wallet)
            if is_last and is_due:
                usage = None if channels else await self._store.wallets.usage(wallet_id)
                changes.usage_at = wallet.as_of if wallet else usage[1] if usage else None
                await self._settle(changes, wallet, running)
            batch = changes.batch(lease)
            if not await self._store.alerts.apply(batch, self._clock()):
                return told
            told += len(batch.messages)
            if is_last:
                return told

    async def _react(self, changes: AlertChanges, happened: Iterable[StoredEvent], wallet: WalletState | None) -> None:
        events = list(happened)
        is_wanted = wants_spikes(changes)
        snapshots = [each.event for each in events if is_wanted and each.event.kind is EventKind.SNAPSHOT_CREATED]
        others = [each for each in events if each.event.kind is not EventKind.SNAPSHOT_CREATED]
        ids = {each.video_id for each in (*snapshots, *(each.event for each in others))}
        videos = await self._store.videos.several(changes.wallet_id, ids) if ids else {}
        if snapshots:
            await report_spikes(changes, news_of(snapshots, videos))
        note_unseen(changes, others, videos)
        await report_trouble(changes, others, videos, wallet)
        await note_ends(changes, others, videos)

    async def _settle(self, changes: AlertChanges, wallet: WalletState | None, running: Sequence[StoredVideo]) -> None:
        """What is due whatever happened: ends of silences, reports whose page was read, and the money."""
        settings = {setting.id: setting for setting, _ in changes.channels}
        waiting = await self._store.alerts.due(settings, changes.now)
        changes.know(waiting)
        kinds: dict[str, list[StoredAlert]] = defaultdict(list)
        for each in waiting:
            kinds[each.subject.partition(":")[0]].append(each)
        about = [each for kind in (DONE, TROUBLE, SPIKE) for each in kinds[kind]]
        videos = (
            await self._store.videos.several(changes.wallet_id, {_video_id(each) for each in about}) if about else {}
        )
        for each in (*kinds[TROUBLE], *kinds[SPIKE]):
            _say_again(changes, settings[each.setting_id], each, videos.get(_video_id(each)))
        await report_endings(changes, self._charts, kinds[DONE], videos, wallet)
        # One message at the end of quiet hours: the low balance's if it is due, with the deferred findings in it.
        nights = _nights(changes, settings, kinds[DEFERRED.rstrip(":")])
        await changes.load((setting_id, BALANCE) for setting_id in settings)
        for setting in settings.values():
            night = nights.get(setting.id)
            deferred = night.deferred if night else ()
            told = False
            if wallet is not None and setting.wants(AlertKind.BALANCE):
                told = check_balance(changes, setting, wallet, running, deferred)
            if night is not None and not told:
                changes.say(setting, f"quiet:{setting.id}:{night.end.isoformat()}", deferred_summary(deferred))


@dataclass(frozen=True, slots=True)
class _Night:
    """What a channel's quiet hours held back, in order, and when they ended."""

    end: datetime
    deferred: tuple[Deferred, ...]


def _nights(
    changes: AlertChanges, settings: Mapping[int, AlertSetting], due: Iterable[StoredAlert]
) -> dict[int, _Night]:
    """The quiet hours that are over, by setting. What is still silenced waits on."""
    nights: dict[int, _Night] = {}
    for each in due:
        silence, until = settings[each.setting_id].silence(changes.now)
        if silence is not Silence.NONE:
            changes.put(replace(each, due_at=until))
            continue
        changes.drop(each.setting_id, each.subject)
        deferred, end = deferred_of(each), each.due_at or changes.now
        night = nights.get(each.setting_id, _Night(end, ()))
        together = sorted((*night.deferred, deferred), key=lambda one: (one.at, one.sentence))
        nights[each.setting_id] = _Night(max(night.end, end), tuple(together))
    return nights


def _say_again(changes: AlertChanges, setting: AlertSetting, alert: StoredAlert, stored: StoredVideo | None) -> None:
    """An alert about a video whose silence is over: what was not said and is still so is said once."""
    is_spike = alert.subject.startswith(f"{SPIKE}:")
    if stored is None or not setting.wants(AlertKind.SPIKE if is_spike else AlertKind.TROUBLE):
        changes.drop(alert.setting_id, alert.subject)
    elif alert.alert.stage is Stage.CLEAR:
        changes.put(replace(alert, due_at=None))
    else:
        again = spike_again(setting, stored, alert) if is_spike else trouble_saying(setting, stored, alert.alert.stage)
        changes.move(setting, alert.subject, alert.alert.stage, again)


def _video_id(alert: StoredAlert) -> str:
    return alert.subject.partition(":")[2]

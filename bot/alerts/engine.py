"""Reacts to what happened: takes a wallet's events, in order, and has every channel told what it wants to be told.

Everything is told by the mirror; nothing in here asks the API. One process at a time looks at a wallet, under a lease;
alerts, messages and the events taken away are committed together, so a process may end anywhere.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.alerts.changes import Draft, held_of
from bot.alerts.deferred import Held, held_summary
from bot.alerts.endings import DONE, TROUBLE, note_ends, note_unseen, tell_ends, tell_trouble, trouble_saying
from bot.alerts.low_balance import BALANCE, Purse, check_balance, purse_of
from bot.alerts.spikes import SPIKE, news_of, spike_again, tell_surges, wants_surges
from bot.charts.charts import Charts
from bot.domain.alerts import AlertKind, AlertSetting, Silence, Stage
from bot.domain.clock import Clock
from bot.domain.errors import BotError
from bot.domain.events import EventKind
from bot.store import Store
from bot.store.alerts import HELD, StoredAlert
from bot.store.events import StoredEvent
from bot.store.videos import StoredVideo

BATCH = 500
"""Events that are reacted to in one transaction."""
LEASE = timedelta(minutes=2)
AT_ONCE = 4
"""Wallets that one process looks at at a time."""


class Announcer:
    """Says what happened. Safe to run in any number of processes at once."""

    def __init__(self, store: Store, charts: Charts, clock: Clock) -> None:
        self._store = store
        self._charts = charts
        self._clock = clock

    async def announce_due(self) -> int:
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
        name = f"announce:{wallet_id}"
        token = await self._store.leases.take(name, self._clock(), LEASE)
        if token is None:
            return 0
        try:
            return await self._announce(wallet_id, (name, token), is_due=is_due)
        finally:
            await self._store.leases.give_back(name, token)

    async def _announce(self, wallet_id: int, lease: tuple[str, str], *, is_due: bool) -> int:
        """React to every event, in order; then look at the money where it has news, or a video's state changed."""
        channels = await self._store.alerts.of_wallet(wallet_id)
        purse, told = None, 0
        while True:
            happened = await self._store.events.of(wallet_id, BATCH)
            is_last = len(happened) < BATCH
            draft = Draft(self._store, wallet_id, channels, self._clock())
            draft.events += [each.id for each in happened]
            is_due = is_due or any(each.event.kind is not EventKind.SNAPSHOT_CREATED for each in happened)
            if channels and is_due and purse is None:
                purse = await purse_of(self._store, wallet_id)
            if channels:
                await self._react(draft, happened, purse)
            if is_last and is_due:
                usage = None if channels else await self._store.wallets.usage(wallet_id)
                draft.usage_at = purse.as_of if purse else usage[1] if usage else None
                await self._settle(draft, purse)
            announced = draft.announced(lease)
            if not await self._store.alerts.apply(announced, self._clock()):
                return told
            told += len(announced.messages)
            if is_last:
                return told

    async def _react(self, draft: Draft, happened: Iterable[StoredEvent], purse: Purse | None) -> None:
        events = list(happened)
        is_wanted = wants_surges(draft)
        snapshots = [each.event for each in events if is_wanted and each.event.kind is EventKind.SNAPSHOT_CREATED]
        changes = [each for each in events if each.event.kind is not EventKind.SNAPSHOT_CREATED]
        ids = {each.video_id for each in (*snapshots, *(each.event for each in changes))}
        videos = await self._store.videos.several(draft.wallet_id, ids) if ids else {}
        if snapshots:
            await tell_surges(draft, news_of(snapshots, videos))
        note_unseen(draft, changes, videos)
        await tell_trouble(draft, changes, videos, purse)
        await note_ends(draft, changes, videos)

    async def _settle(self, draft: Draft, purse: Purse | None) -> None:
        """What is due whatever happened: ends of silences, reports whose page was read, and the money."""
        settings = {setting.id: setting for setting, _ in draft.channels}
        waiting = await self._store.alerts.due(settings, draft.now)
        draft.know(waiting)
        kinds: dict[str, list[StoredAlert]] = defaultdict(list)
        for each in waiting:
            kinds[each.subject.partition(":")[0]].append(each)
        about = [each for kind in (DONE, TROUBLE, SPIKE) for each in kinds[kind]]
        videos = await self._store.videos.several(draft.wallet_id, {_video_id(each) for each in about}) if about else {}
        for each in (*kinds[TROUBLE], *kinds[SPIKE]):
            _say_again(draft, settings[each.setting_id], each, videos.get(_video_id(each)))
        await tell_ends(draft, self._charts, kinds[DONE], videos, purse)
        await self._settle_money(draft, settings, _nights(draft, settings, kinds[HELD.rstrip(":")]), purse)

    async def _settle_money(
        self, draft: Draft, settings: Mapping[int, AlertSetting], nights: Mapping[int, "_Night"], purse: Purse | None
    ) -> None:
        """Move each channel's low balance on, and tell what the night held back: in that message where there is one."""
        await draft.load((setting_id, BALANCE) for setting_id in settings)
        for setting in settings.values():
            night = nights.get(setting.id)
            held = night.held if night else ()
            told = False
            if purse is not None and setting.wants(AlertKind.BALANCE):
                told = check_balance(draft, setting, purse, held)
            if night is not None and not told:
                draft.say(setting, f"quiet:{setting.id}:{night.end.isoformat()}", held_summary(held))


@dataclass(frozen=True, slots=True)
class _Night:
    """What a channel's quiet hours held back, in order, and when they ended."""

    end: datetime
    held: tuple[Held, ...]


def _nights(draft: Draft, settings: Mapping[int, AlertSetting], due: Iterable[StoredAlert]) -> dict[int, _Night]:
    """The quiet hours that are over, by setting. What is still silenced waits on."""
    nights: dict[int, _Night] = {}
    for each in due:
        silence, until = settings[each.setting_id].silence(draft.now)
        if silence is not Silence.NONE:
            draft.put(replace(each, due_at=until))
            continue
        draft.drop(each.setting_id, each.subject)
        held, end = held_of(each), each.due_at or draft.now
        night = nights.get(each.setting_id, _Night(end, ()))
        together = sorted((*night.held, held), key=lambda one: (one.at, one.sentence))
        nights[each.setting_id] = _Night(max(night.end, end), tuple(together))
    return nights


def _say_again(draft: Draft, setting: AlertSetting, alert: StoredAlert, stored: StoredVideo | None) -> None:
    """An alert about a video whose silence is over: what was not said and is still so is said once."""
    is_spike = alert.subject.startswith(f"{SPIKE}:")
    if stored is None or not setting.wants(AlertKind.SPIKE if is_spike else AlertKind.TROUBLE):
        draft.drop(alert.setting_id, alert.subject)
    elif alert.alert.stage is Stage.CLEAR:
        draft.put(replace(alert, due_at=None))
    else:
        again = spike_again(setting, stored, alert) if is_spike else trouble_saying(setting, stored, alert.alert.stage)
        draft.move(setting, alert.subject, alert.alert.stage, again)


def _video_id(alert: StoredAlert) -> str:
    return alert.subject.partition(":")[2]

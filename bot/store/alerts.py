"""Alert settings of channels, the state of each alert, and the transaction in which alerts change."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.alerts import MONEY_KINDS, Alert, AlertKind, AlertSetting, Stage, Subject, default_setting
from bot.domain.caller import Person
from bot.domain.quiet import QuietHours
from bot.store.coordination import is_held
from bot.store.database import Aggregate, insert_into, replacing
from bot.store.events import handle
from bot.store.outbox import Message, enqueue
from bot.store.schedule_tables import alert_settings, alert_states
from bot.store.spending_tables import shows_money
from bot.store.tables import HAS_NEWS, wallets, workspaces
from bot.store.types import read, values
from bot.store.workspaces import Workspace

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert of a setting. `detail` is additional data of its kind; at `due_at` it is checked again."""

    setting_id: int
    subject: Subject
    alert: Alert = field(default_factory=Alert)
    detail: Mapping[str, Any] = field(default_factory=dict)
    snoozed_until: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertBatch:
    """The result of one check of a wallet: changed alerts, messages, and the events handled.

    `lease` is the name and token under which it was computed; `outcomes` is as for `events.handle`. `usage_at` is the
    time of the wallet's usage, if that was checked.
    """

    wallet_id: int
    lease: tuple[str, str]
    alerts: tuple[StoredAlert, ...] = ()
    gone: tuple[tuple[int, Subject], ...] = ()
    messages: tuple[Message, ...] = ()
    events: tuple[int, ...] = ()
    outcomes: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    usage_at: datetime | None = None


class Alerts(Aggregate):
    """The tables `alert_settings` and `alert_states`."""

    async def of_channel(self, workspace_id: int, channel_id: str) -> AlertSetting | None:
        """A channel's alert setting; None if nobody ever chose one."""
        row = await self._database.row(_SETTINGS.where(_channel(workspace_id, channel_id)))
        return None if row is None else _setting(row)

    async def find(self, workspace_id: int, setting_id: int) -> AlertSetting | None:
        """A workspace's setting by id."""
        mine = (alert_settings.c.id == setting_id) & (alert_settings.c.workspace_id == workspace_id)
        row = await self._database.row(_SETTINGS.where(mine))
        return None if row is None else _setting(row)

    async def on_count(self, workspace_id: int) -> int:
        """In how many of a workspace's channels alerts are on."""
        on = (alert_settings.c.workspace_id == workspace_id) & alert_settings.c.is_on
        return len(await self._database.scalars(select(alert_settings.c.id).where(on)))

    async def save(self, setting: AlertSetting, now: datetime) -> AlertSetting:
        """Store a channel's setting, creating it if necessary; its balance and silenced alerts are checked again."""
        settings = _columns(setting)
        async with self._database.writing() as connection:
            new = insert_into(alert_settings, connection).values(settings)
            kept = new.on_conflict_do_update(index_elements=["workspace_id", "channel_id"], set_=settings)
            await connection.execute(kept)
            here = _channel(setting.workspace_id, setting.channel_id)
            saved = _setting((await connection.execute(_SETTINGS.where(here))).one())
            waiting = (alert_states.c.setting_id == saved.id) & alert_states.c.due_at.is_not(None)
            await connection.execute(update(alert_states).where(waiting).values(due_at=now))
            await _check_again(connection, setting.workspace_id)
            return saved

    async def leave_money_out(self, workspace_id: int, channel_id: str, now: datetime) -> None:
        """Turn off alerts about the balance and payouts in a channel. Safe to repeat."""
        setting = await self.of_channel(workspace_id, channel_id)
        if setting is not None and MONEY_KINDS & setting.kinds:
            await self.save(replace(setting, kinds=setting.kinds - MONEY_KINDS), now)

    async def was_ever_set(self, workspace_id: int) -> bool:
        """Whether any channel of a workspace ever chose a setting, even to turn alerts off."""
        mine = select(alert_settings.c.id).where(alert_settings.c.workspace_id == workspace_id).limit(1)
        return await self._database.scalar(mine) is not None

    async def ensure_default(self, workspace: Workspace, channel_id: str, person: Person) -> bool:
        """Turn on the default alerts in a channel if no channel of the workspace has a setting; returns True if so."""
        default = default_setting(workspace.id, channel_id, person)
        if await self.was_ever_set(workspace.id):
            return False
        here = select(alert_settings.c.id).where(alert_settings.c.workspace_id == workspace.id).limit(1)
        async with self._database.writing() as connection:
            lock = select(workspaces.c.id).where(workspaces.c.id == workspace.id).with_for_update(key_share=True)
            await connection.execute(lock)
            if await connection.scalar(here) is not None:
                return False
            new = insert_into(alert_settings, connection).values(_columns(default))
            await connection.execute(new)
            await _check_again(connection, workspace.id)
            return True

    async def snooze(self, setting_id: int, subject: Subject, until: datetime) -> bool:
        """Post nothing new about one alert until a time; returns False if the alert doesn't exist."""
        this = update(alert_states).where(_this(setting_id, subject))
        return await self._database.write(this.values(snoozed_until=until, due_at=until)) == 1

    async def due_wallets(self, now: datetime) -> tuple[int, ...]:
        """Wallets with new usage data, and those of workspaces with an alert to check again."""
        due = alert_states.c.due_at.is_not(None) & (alert_states.c.due_at <= now)
        due &= alert_states.c.state.in_(list(Stage.__members__))
        async with self._database.reading() as connection:
            wallet_ids = set(await connection.scalars(select(wallets.c.id).where(HAS_NEWS)))
            waiting = list(await connection.scalars(select(alert_states.c.setting_id).where(due).distinct()))
            if waiting:
                of = select(workspaces.c.wallet_id).join(
                    alert_settings, alert_settings.c.workspace_id == workspaces.c.id
                )
                on = alert_settings.c.id.in_(waiting) & alert_settings.c.is_on
                wallet_ids |= set(await connection.scalars(of.where(on)))
        return tuple(wallet_ids)

    async def of_wallet(self, wallet_id: int) -> tuple[tuple[AlertSetting, Workspace], ...]:
        """The settings that are on, in all workspaces that use a wallet."""
        here = select(workspaces).where(workspaces.c.wallet_id == wallet_id)
        on = _SETTINGS.join(workspaces, workspaces.c.id == alert_settings.c.workspace_id)
        on = on.where(workspaces.c.wallet_id == wallet_id, alert_settings.c.is_on).order_by(alert_settings.c.id)
        async with self._database.reading() as connection:
            found = {row.id: read(Workspace, row) for row in await connection.execute(here)}
            settings = [_setting(row) for row in await connection.execute(on)]
        return tuple((each, found[each.workspace_id]) for each in settings if each.workspace_id in found)

    async def stored(self, keys: Iterable[tuple[int, Subject]]) -> dict[tuple[int, Subject], StoredAlert]:
        """Alerts by setting and subject; ones that don't exist are left out."""
        wanted = set(keys)
        if not wanted:
            return {}
        # Query the product of settings and subjects, as SQLite can't use an index for pairs.
        settings, subjects = {each for each, _ in wanted}, {str(each) for _, each in wanted}
        query = select(alert_states).where(
            alert_states.c.setting_id.in_(settings), alert_states.c.subject.in_(subjects)
        )
        found = [_alert(row) for row in await self._database.rows(query)]
        return {key: each for each in found if (key := (each.setting_id, each.subject)) in wanted}

    async def due(self, setting_ids: Iterable[int], now: datetime) -> tuple[StoredAlert, ...]:
        """The alerts of these settings that are due for a check, at a stage known to this version."""
        due = alert_states.c.due_at.is_not(None) & (alert_states.c.due_at <= now)
        query = select(alert_states).where(due, alert_states.c.setting_id.in_(list(setting_ids)))
        rows = await self._database.rows(query.order_by(alert_states.c.subject))
        return tuple(_alert(row) for row in rows if _is_known(row))

    async def open_of(self, kind: AlertKind, setting_ids: Iterable[int]) -> tuple[StoredAlert, ...]:
        """The open alerts of a kind about videos, of these settings."""
        subject = alert_states.c.subject  # a range of it, which the primary key serves: ";" is the character after ":"
        these = alert_states.c.setting_id.in_(list(setting_ids)) & (subject >= f"{kind}:") & (subject < f"{kind};")
        these &= alert_states.c.state != Stage.CLEAR.name
        return tuple(map(_alert, await self._database.rows(select(alert_states).where(these).order_by(subject))))

    async def apply(self, batch: AlertBatch, now: datetime) -> bool:
        """Store alerts, write messages and remove the events in one transaction.

        Returns False without changes if the lease was lost or a workspace was deleted meanwhile: check again.
        """
        async with self._database.writing() as connection:
            if not await is_held(connection, *batch.lease) or not await _are_there(connection, batch):
                return False
            for setting_id, subject in batch.gone:
                await connection.execute(delete(alert_states).where(_this(setting_id, subject)))
            await write_alerts(connection, batch.alerts)
            for message in batch.messages:
                await enqueue(connection, message, now)
            await handle(connection, batch.events, batch.outcomes, now)
            if batch.usage_at is not None:
                seen = update(wallets).where(wallets.c.id == batch.wallet_id)
                await connection.execute(seen.values(announced_usage_at=batch.usage_at))
            return True


_SETTINGS = select(alert_settings, shows_money(alert_settings))


async def _are_there(connection: AsyncConnection, batch: AlertBatch) -> bool:
    """Whether every channel and workspace involved still exists; locks them until the transaction ends."""
    about = (
        (alert_settings.c.id, {each.setting_id for each in batch.alerts}),
        (workspaces.c.id, {each.workspace_id for each in batch.messages}),
    )
    for column, ids in about:
        known = select(column).where(column.in_(ids)).with_for_update(read=True, key_share=True)
        if ids and set(await connection.scalars(known)) != ids:
            return False
    return True


async def _check_again(connection: AsyncConnection, workspace_id: int) -> None:
    mine = select(workspaces.c.wallet_id).where(workspaces.c.id == workspace_id).scalar_subquery()
    await connection.execute(update(wallets).where(wallets.c.id == mine).values(announced_usage_at=None))


def _this(setting_id: int, subject: Subject) -> ColumnElement[bool]:
    return (alert_states.c.setting_id == setting_id) & (alert_states.c.subject == str(subject))


def _channel(workspace_id: int, channel_id: str) -> ColumnElement[bool]:
    return (alert_settings.c.workspace_id == workspace_id) & (alert_settings.c.channel_id == channel_id)


async def write_alerts(connection: AsyncConnection, stored: Iterable[StoredAlert]) -> None:
    """Store alerts, within the caller's transaction. Snoozing is left unchanged: only people snooze alerts."""
    rows = [
        {
            "setting_id": each.setting_id,
            "subject": str(each.subject),
            "state": each.alert.stage.name,
            "episode": each.alert.episode,
            "message_key": each.alert.message_key,
            "detail": {**each.detail, "said": each.alert.notified.name, "edits": each.alert.edits},
            "due_at": each.due_at,
        }
        for each in stored
    ]
    if rows:
        columns = rows[0].keys() - {"setting_id", "subject"}
        await connection.execute(replacing(alert_states, connection, columns), rows)


def _setting(row: Row[Any]) -> AlertSetting:
    quiet = None if row.quiet_zone is None else QuietHours(row.quiet_zone, row.quiet_from, row.quiet_until)
    return read(AlertSetting, row, quiet=quiet)


def _columns(setting: AlertSetting) -> dict[str, Any]:
    quiet = setting.quiet
    return {
        **values(setting, "id", "quiet", "shows_money"),
        "quiet_zone": quiet.zone if quiet else None,
        "quiet_from": quiet.start if quiet else None,
        "quiet_until": quiet.end if quiet else None,
    }


def _is_known(row: Row[Any]) -> bool:
    """Whether this version knows the stage of a row of `alert_states`; an unknown one is logged."""
    if row.state in Stage.__members__:
        return True
    about = {"setting": row.setting_id, "subject": row.subject, "stage": row.state}
    logger.warning("alert has a stage unknown to this version", extra=about)
    return False


def _alert(row: Row[Any]) -> StoredAlert:
    """Convert a row of `alert_states`.

    A stage stored by a newer version counts as OPEN, so that its episode continues.
    """
    detail = dict(row.detail)
    notified, edits = _stage(detail.pop("said")), detail.pop("edits")
    alert = Alert(_stage(row.state), row.episode, notified, row.message_key, edits)
    return StoredAlert(row.setting_id, Subject.read(row.subject), alert, detail, row.snoozed_until, row.due_at)


def _stage(name: str) -> Stage:
    return Stage.__members__.get(name, Stage.OPEN)

"""What channels want to be told, how each of their alerts stands, and the one transaction in which alerts move on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.alerts import AlertKind, AlertSetting, Stage, default_setting
from bot.domain.caller import Person
from bot.store.alert_rows import StoredAlert, alert_from, is_known, setting_from, setting_values, write_alerts
from bot.store.database import Database, insert_into
from bot.store.events import handle
from bot.store.leases import is_held
from bot.store.outbox import Message, enqueue
from bot.store.schedule_tables import alert_settings, alert_states
from bot.store.tables import HAS_NEWS, wallets, workspaces
from bot.store.workspaces import Workspace

__all__ = ["DEFERRED", "Alerts", "Announced", "StoredAlert"]

DEFERRED = "held:"
"""How the subject of something that is kept for the end of the quiet hours begins."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What one look at a wallet came to: alerts as they stand now, messages, and what was reacted to.

    `lease` is the name and token under which it was worked out; `outcomes` is as for `events.handle`. `usage_at` is
    what was seen of the wallet's money, where it was looked at.
    """

    wallet_id: int
    lease: tuple[str, str]
    alerts: tuple[StoredAlert, ...] = ()
    gone: tuple[tuple[int, str], ...] = ()
    messages: tuple[Message, ...] = ()
    events: tuple[int, ...] = ()
    outcomes: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    usage_at: datetime | None = None


class Alerts:
    """The tables `alert_settings` and `alert_states`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_channel(self, workspace_id: int, channel_id: str) -> AlertSetting | None:
        """What a channel wants to be told; None where nobody ever said."""
        query = select(alert_settings).where(_channel(workspace_id, channel_id))
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else setting_from(row)

    async def find(self, workspace_id: int, setting_id: int) -> AlertSetting | None:
        """A workspace's setting by its number."""
        mine = (alert_settings.c.id == setting_id) & (alert_settings.c.workspace_id == workspace_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(select(alert_settings).where(mine))).one_or_none()
        return None if row is None else setting_from(row)

    async def on_count(self, workspace_id: int) -> int:
        """In how many channels of a workspace alerts are on."""
        on = (alert_settings.c.workspace_id == workspace_id) & alert_settings.c.is_on
        async with self._database.reading() as connection:
            return len((await connection.scalars(select(alert_settings.c.id).where(on))).all())

    async def save(self, setting: AlertSetting, now: datetime) -> AlertSetting:
        """Keep a channel's setting, made when it has none; its money is looked at anew, and so is what was silenced."""
        values = setting_values(setting)
        async with self._database.writing() as connection:
            new = insert_into(alert_settings, connection).values(values)
            kept = new.on_conflict_do_update(index_elements=["workspace_id", "channel_id"], set_=values)
            saved = setting_from((await connection.execute(kept.returning(alert_settings))).one())
            waiting = (alert_states.c.setting_id == saved.id) & alert_states.c.due_at.is_not(None)
            await connection.execute(update(alert_states).where(waiting).values(due_at=now))
            await _look_again(connection, setting.workspace_id)
            return saved

    async def leave_money_out(self, workspace_id: int, channel_id: str, now: datetime) -> None:
        """Post no low-balance alerts in a channel any more. Safe to repeat."""
        setting = await self.of_channel(workspace_id, channel_id)
        if setting is not None and AlertKind.BALANCE in setting.kinds:
            await self.save(replace(setting, kinds=setting.kinds - {AlertKind.BALANCE}), now)

    async def was_ever_set(self, workspace_id: int) -> bool:
        """Whether any channel of a workspace ever chose, be it to be told nothing."""
        mine = select(alert_settings.c.id).where(alert_settings.c.workspace_id == workspace_id).limit(1)
        async with self._database.reading() as connection:
            return await connection.scalar(mine) is not None

    async def ensure_default(self, workspace: Workspace, channel_id: str, person: Person) -> bool:
        """Switch money and completion on for a channel, where no channel of the workspace has a setting; True if so."""
        default = default_setting(workspace.id, channel_id, person)
        if await self.was_ever_set(workspace.id):
            return False
        here = select(alert_settings.c.id).where(alert_settings.c.workspace_id == workspace.id).limit(1)
        async with self._database.writing() as connection:
            lock = select(workspaces.c.id).where(workspaces.c.id == workspace.id).with_for_update(key_share=True)
            await connection.execute(lock)
            if await connection.scalar(here) is not None:
                return False
            new = insert_into(alert_settings, connection).values(setting_values(default))
            await connection.execute(new)
            await _look_again(connection, workspace.id)
            return True

    async def snooze(self, setting_id: int, subject: str, until: datetime) -> bool:
        """Say nothing new of one alert until a moment; False where it does not exist."""
        async with self._database.writing() as connection:
            statement = update(alert_states).where(_this(setting_id, subject)).values(snoozed_until=until, due_at=until)
            return (await connection.execute(statement)).rowcount == 1

    async def due_wallets(self, now: datetime) -> tuple[int, ...]:
        """The wallets whose money has news, and those of workspaces in which an alert has to be looked at again."""
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
        """The settings that are on, of every workspace that uses a wallet."""
        here = select(workspaces).where(workspaces.c.wallet_id == wallet_id)
        on = select(alert_settings).join(workspaces, workspaces.c.id == alert_settings.c.workspace_id)
        on = on.where(workspaces.c.wallet_id == wallet_id, alert_settings.c.is_on).order_by(alert_settings.c.id)
        async with self._database.reading() as connection:
            found = {row.id: Workspace(*row) for row in await connection.execute(here)}
            settings = [setting_from(row) for row in await connection.execute(on)]
        return tuple((each, found[each.workspace_id]) for each in settings if each.workspace_id in found)

    async def stored(self, keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], StoredAlert]:
        """Alerts by setting and subject; those that never were are left out."""
        wanted = set(keys)
        if not wanted:
            return {}
        # Each of these settings with each of these subjects: pairs are looked up by no index of SQLite's.
        settings, subjects = ({each[place] for each in wanted} for place in (0, 1))
        query = select(alert_states).where(
            alert_states.c.setting_id.in_(settings), alert_states.c.subject.in_(subjects)
        )
        async with self._database.reading() as connection:
            found = [alert_from(row) for row in await connection.execute(query)]
        return {key: each for each in found if (key := (each.setting_id, each.subject)) in wanted}

    async def due(self, setting_ids: Iterable[int], now: datetime) -> tuple[StoredAlert, ...]:
        """The alerts of these settings that have to be looked at again, at a stage that this version knows."""
        due = alert_states.c.due_at.is_not(None) & (alert_states.c.due_at <= now)
        query = select(alert_states).where(due, alert_states.c.setting_id.in_(list(setting_ids)))
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(alert_states.c.subject))
            return tuple(alert_from(row) for row in rows if is_known(row))

    async def open_under(self, setting_ids: Iterable[int], beginning: str) -> tuple[StoredAlert, ...]:
        """The alerts of these settings that are open and whose subjects begin so."""
        subject, after = alert_states.c.subject, beginning[:-1] + chr(ord(beginning[-1]) + 1)
        these = alert_states.c.setting_id.in_(list(setting_ids)) & (subject >= beginning) & (subject < after)
        these &= alert_states.c.state != Stage.CLEAR.name
        async with self._database.reading() as connection:
            rows = await connection.execute(select(alert_states).where(these).order_by(subject))
            return tuple(alert_from(row) for row in rows)

    async def apply(self, announced: Announced, now: datetime) -> bool:
        """Move alerts on, say what has to be said and take the events away, at once.

        False, and nothing, where the lease was lost or a workspace was forgotten meanwhile: look again.
        """
        async with self._database.writing() as connection:
            if not await is_held(connection, *announced.lease) or not await _are_there(connection, announced):
                return False
            for setting_id, subject in announced.gone:
                await connection.execute(delete(alert_states).where(_this(setting_id, subject)))
            await write_alerts(connection, announced.alerts)
            for message in announced.messages:
                await enqueue(connection, message, now)
            await handle(connection, announced.events, announced.outcomes, now)
            if announced.usage_at is not None:
                seen = update(wallets).where(wallets.c.id == announced.wallet_id)
                await connection.execute(seen.values(announced_usage_at=announced.usage_at))
            return True


async def _are_there(connection: AsyncConnection, announced: Announced) -> bool:
    """Whether every channel and workspace that this is about is still known; none can go before the end of this."""
    about = (
        (alert_settings.c.id, {each.setting_id for each in announced.alerts}),
        (workspaces.c.id, {each.workspace_id for each in announced.messages}),
    )
    for column, ids in about:
        known = select(column).where(column.in_(ids)).with_for_update(read=True, key_share=True)
        if ids and set(await connection.scalars(known)) != ids:
            return False
    return True


async def _look_again(connection: AsyncConnection, workspace_id: int) -> None:
    mine = select(workspaces.c.wallet_id).where(workspaces.c.id == workspace_id).scalar_subquery()
    await connection.execute(update(wallets).where(wallets.c.id == mine).values(announced_usage_at=None))


def _this(setting_id: int, subject: str) -> ColumnElement[bool]:
    return (alert_states.c.setting_id == setting_id) & (alert_states.c.subject == subject)


def _channel(workspace_id: int, channel_id: str) -> ColumnElement[bool]:
    return (alert_settings.c.workspace_id == workspace_id) & (alert_settings.c.channel_id == channel_id)

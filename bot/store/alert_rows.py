"""Settings and alerts as rows of their tables, and back."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.alerts import Alert, AlertKind, AlertSetting, Stage
from bot.domain.caller import Person
from bot.domain.quiet import QuietHours
from bot.store.database import insert_into
from bot.store.schedule_tables import alert_states

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """An alert of a setting under its `subject` (`balance`, `spike:<video>`, `held:…`).

    `detail` is what a kind of alert has to remember besides. At `due_at` it has to be looked at again.
    """

    setting_id: int
    subject: str
    alert: Alert = field(default_factory=Alert)
    detail: Mapping[str, Any] = field(default_factory=dict)
    snoozed_until: datetime | None = None
    due_at: datetime | None = None


def setting_from(row: Row[Any]) -> AlertSetting:
    """A row of `alert_settings`. Kinds that a newer version stored are left out."""
    quiet = None if row.quiet_zone is None else QuietHours(row.quiet_zone, row.quiet_from, row.quiet_until)
    return AlertSetting(
        id=row.id,
        workspace_id=row.workspace_id,
        channel_id=row.channel_id,
        is_on=row.is_on,
        threshold=row.threshold,
        kinds=frozenset(kind for kind in AlertKind if kind in row.kinds),
        set_by=Person(row.set_by_id, row.set_by_name),
        muted_until=row.muted_until,
        quiet=quiet,
        off_reason=row.off_reason,
    )


def setting_values(setting: AlertSetting) -> dict[str, Any]:
    """What a setting's row holds besides its number and its age."""
    quiet = setting.quiet
    return {
        "workspace_id": setting.workspace_id,
        "channel_id": setting.channel_id,
        "is_on": setting.is_on,
        "off_reason": setting.off_reason,
        "threshold": setting.threshold,
        "kinds": sorted(setting.kinds),
        "muted_until": setting.muted_until,
        "quiet_zone": quiet.zone if quiet else None,
        "quiet_from": quiet.start if quiet else None,
        "quiet_until": quiet.end if quiet else None,
        "set_by_id": setting.set_by.id,
        "set_by_name": setting.set_by.name,
    }


def is_known(row: Row[Any]) -> bool:
    """Whether the stage of a row of `alert_states` is one of this version's; a newer one's gets a line in the log."""
    if row.state in Stage.__members__:
        return True
    about = {"setting": row.setting_id, "subject": row.subject, "stage": row.state}
    logger.warning("alert has a stage unknown to this version", extra=about)
    return False


def alert_from(row: Row[Any]) -> StoredAlert:
    """A row of `alert_states`. A stage that a newer version stored counts as OPEN, so that its episode goes on."""
    detail = dict(row.detail)
    said, edits = _stage(detail.pop("said")), detail.pop("edits")
    alert = Alert(_stage(row.state), row.episode, said, row.message_key, edits)
    return StoredAlert(row.setting_id, row.subject, alert, detail, row.snoozed_until, row.due_at)


def _stage(name: str) -> Stage:
    return Stage.__members__.get(name, Stage.OPEN)


async def write_alerts(connection: AsyncConnection, stored: Iterable[StoredAlert]) -> None:
    """Keep alerts, within the caller's transaction. Whether one is snoozed is for people to say and stays as it is."""
    rows = [
        {
            "setting_id": each.setting_id,
            "subject": each.subject,
            "state": each.alert.stage.name,
            "episode": each.alert.episode,
            "message_key": each.alert.message_key,
            "detail": {**each.detail, "said": each.alert.said.name, "edits": each.alert.edits},
            "due_at": each.due_at,
        }
        for each in stored
    ]
    if rows:
        new = insert_into(alert_states, connection)
        replaced = {name: new.excluded[name] for name in rows[0].keys() - {"setting_id", "subject"}}
        kept = new.on_conflict_do_update(index_elements=list(alert_states.primary_key), set_=replaced)
        await connection.execute(kept, rows)

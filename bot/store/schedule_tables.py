"""Tables for schedules, events and the outbox: what is due, what happened, and what must be posted.

The rows hold the deciding times, so a restart, a second process or a missed tick changes nothing: a digest is due once
its `next_due_at` has come, and posted once because its outbox `key` is unique.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    FromClause,
    Index,
    Table,
    UniqueConstraint,
    bindparam,
    text,
    true,
)
from sqlalchemy.types import JSON, Boolean, Date, Integer, LargeBinary, String, Text

from bot.domain.alerts import AlertKind
from bot.domain.digest import DigestOptions
from bot.store.tables import metadata, partial
from bot.store.types import Converted, Dollars, ExactDecimal, SafeText, UtcDateTime


def _known_kinds(stored: Collection[str]) -> frozenset[AlertKind]:
    """The alert kinds known to this version; those of a newer one are dropped."""
    return frozenset(kind for kind in AlertKind if kind in stored)


def _readings_text(readings: Collection[tuple[str, datetime]]) -> str:
    return "\n".join(f"{at.isoformat()} {id_}" for id_, at in sorted(readings))


def _readings(stored: str) -> frozenset[tuple[str, datetime]]:
    words = (line.split(" ", 1) for line in stored.split("\n") if line)
    return frozenset((id_, datetime.fromisoformat(at)) for at, id_ in words)


_Readings = Converted(SafeText(), _readings_text, _readings)
"""Pairs of a video's id and the time of a reading."""

digests = Table(
    "digests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("channel_id", String, nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("off_reason", SafeText, nullable=False),
    Column("zone", String, nullable=False),
    Column("minute", Integer, nullable=False),
    Column("weekdays", Converted(JSON(), sorted, frozenset), nullable=False),
    Column("month_day", Integer),
    Column("options", Converted(JSON(), DigestOptions.to_json, DigestOptions.from_json), nullable=False),
    Column("next_date", Date, nullable=False),
    Column("next_due_at", UtcDateTime, nullable=False),
    Column("last_date", Date),
    Column("last_window_end", UtcDateTime),
    Column("last_recent", Integer),
    Column("last_carry", ExactDecimal),
    Column("last_reported", _Readings, nullable=False, server_default=""),
    Column("last_outcome", SafeText, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("lease_token", String),
    Column("set_by_id", String, nullable=False),
    Column("set_by_name", SafeText, nullable=False),
    UniqueConstraint("workspace_id", "channel_id"),
    sqlite_autoincrement=True,  # ids are in the keys of posted messages: never reuse one
)
Index(
    "ix_digests_due",
    digests.c.next_due_at,
    digests.c.workspace_id,
    **partial(digests.c.is_on, sqlite=digests.c.is_on == true()),
)

alert_settings = Table(
    "alert_settings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("channel_id", String, nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("off_reason", SafeText, nullable=False),
    Column("threshold", Dollars, nullable=False),
    Column("kinds", Converted(JSON(), sorted, _known_kinds), nullable=False),
    Column("muted_until", UtcDateTime),
    Column("quiet_zone", String),
    Column("quiet_from", Integer),
    Column("quiet_until", Integer),
    Column("milestones", Converted(JSON(), list, tuple), nullable=False, server_default="[]"),
    Column("campaign_id", Integer),
    Column("set_by_id", String, nullable=False),
    Column("set_by_name", SafeText, nullable=False),
    UniqueConstraint("workspace_id", "channel_id"),
    sqlite_autoincrement=True,  # as above
)

alert_states = Table(
    "alert_states",
    metadata,
    Column("setting_id", ForeignKey("alert_settings.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("subject", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("message_key", String),
    Column("snoozed_until", UtcDateTime),
    Column("detail", JSON, nullable=False),
    Column("due_at", UtcDateTime),
)
Index("ix_alert_states_due", alert_states.c.due_at, **partial(text("due_at IS NOT NULL")))

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    Column("video_id", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("detail", JSON, nullable=False),
    Index("ix_events_wallet_id", "wallet_id", "id"),
    sqlite_autoincrement=True,  # ids define their order
)

handled_events = Table(
    "handled_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("wallet_id", ForeignKey("wallets.id"), nullable=False),
    Column("video_id", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("handled_at", UtcDateTime, nullable=False),
    Column("outcome", JSON, nullable=False),
    Index("ix_handled_events_handled_at", "handled_at"),
    Index("ix_handled_events_wallet_id", "wallet_id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("workspace_id", ForeignKey("workspaces.id"), nullable=False),
    Column("channel_id", String, nullable=False),
    Column("thread_id", String),
    Column("person_id", String),
    Column("edits", String),
    Column("replies_to", String),
    Column("payload", Text, nullable=False),
    Column("owner_id", String),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("first_try_at", UtcDateTime),
    Column("last_try_at", UtcDateTime),
    Column("lease_token", String),
    Column("message_id", String),
    Column("error", SafeText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_outbox_ended", "workspace_id", "ended_at"),
    sqlite_autoincrement=True,  # ids define the order within a channel
)


def is_open(rows: FromClause = outbox) -> ColumnElement[bool]:
    """Whether a message was neither sent nor given up.

    A literal in the statement, not a bound parameter: only then do the databases use the indexes below.
    """
    states = (bindparam(None, state, String, literal_execute=True) for state in ("pending", "sending", "unclear"))
    return rows.c.state.in_(states)


Index("ix_outbox_open", outbox.c.next_at, outbox.c.id, **partial(is_open()))
Index("ix_outbox_channel", outbox.c.workspace_id, outbox.c.channel_id, outbox.c.id, **partial(is_open()))
Index("ix_outbox_edits", outbox.c.edits, **partial(outbox.c.edits.is_not(None)))

blobs = Table(
    "blobs",
    metadata,
    Column("hash", String, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("token", String, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

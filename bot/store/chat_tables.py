"""The tables about the chats: where the bot is, which commands it registered, and which of its parts run."""

from sqlalchemy import Column, Index, Table, false
from sqlalchemy.types import Boolean, String

from bot.store.tables import metadata
from bot.store.types import UtcDateTime

presences = Table(
    "presences",
    metadata,
    Column("chat", String, primary_key=True),
    Column("external_id", String, primary_key=True),
    Column("is_claimed", Boolean, nullable=False, server_default=false()),
    Column("was_public", Boolean, nullable=False, server_default=false()),
    Column("left_at", UtcDateTime),
    Index("ix_presences_left_at", "left_at"),
)

registrations = Table(
    "registrations",
    metadata,
    Column("chat", String, primary_key=True),
    Column("application_id", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
)

services = Table(
    "services",
    metadata,
    Column("name", String, primary_key=True),
    Column("process", String, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("problem", String, nullable=False),
)

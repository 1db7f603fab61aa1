"""The tables of chats that tell nothing twice: where the bot is there, and which commands it registered."""

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
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
    Index("ix_presences_left_at", "left_at"),
)

registrations = Table(
    "registrations",
    metadata,
    Column("chat", String, primary_key=True),
    Column("application_id", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("registered_at", UtcDateTime, nullable=False),
)

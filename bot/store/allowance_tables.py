"""The table of spending rules."""

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.types import String

from bot.domain.allowances import Scope
from bot.store.tables import metadata
from bot.store.types import Converted, Dollars, SafeText, UtcDateTime

allowances = Table(
    "allowances",
    metadata,
    Column("workspace_id", ForeignKey("workspaces.id"), primary_key=True, autoincrement=False),
    Column("scope", Converted(String(), str, Scope), primary_key=True),
    Column("target", String, primary_key=True),
    Column("name", SafeText, nullable=False),
    Column("monthly", Dollars, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by_id", String, nullable=False),
    Column("set_by_name", SafeText, nullable=False),
)

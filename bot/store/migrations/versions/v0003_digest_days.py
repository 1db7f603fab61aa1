"""A digest comes on several weekdays, or on a day of the month."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0003", "v0002"


def upgrade() -> None:
    op.add_column("digests", sa.Column("weekdays", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("digests", sa.Column("month_day", sa.Integer))
    for weekday in range(7):
        op.execute(f"UPDATE digests SET weekdays = '[{weekday}]' WHERE weekday = {weekday}")  # noqa: S608 - a number
    op.drop_column("digests", "weekday")

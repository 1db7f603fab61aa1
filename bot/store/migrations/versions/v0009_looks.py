"""When starts appear in the list, when requests ended, and second starts that a person confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("track_requests", sa.Column("twin", sa.Integer(), server_default="0", nullable=False))
    for column in ("missed_at", "listed_at", "ended_at"):
        op.add_column("track_requests", sa.Column(column, MOMENT))
    op.create_index("ix_track_requests_wallet", "track_requests", ["wallet_id", "submitted_at"])
    op.drop_index("uq_track_requests_in_flight", "track_requests")
    in_flight = sa.text("state IN ('submitted', 'unknown')")
    op.create_index(
        "uq_track_requests_in_flight",
        "track_requests",
        ["wallet_id", "key", "twin"],
        unique=True,
        postgresql_where=in_flight,
        sqlite_where=in_flight,
    )

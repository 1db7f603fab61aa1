"""A channel names its own milestones, and may choose one campaign for its alerts."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0005", "v0004"


def upgrade() -> None:
    op.add_column("alert_settings", sa.Column("milestones", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("alert_settings", sa.Column("campaign_id", sa.Integer))

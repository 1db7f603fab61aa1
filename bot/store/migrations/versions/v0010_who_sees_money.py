"""Who may see money in a workspace."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0010", "v0009"


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("money", sa.String, nullable=False, server_default=""))

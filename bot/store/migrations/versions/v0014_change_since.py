"""When the reading was taken that a video's change of 24 hours counts from, which may be less than 24 hours before."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("videos", sa.Column("change_since", sa.DateTime(timezone=True), nullable=True))

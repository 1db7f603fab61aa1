"""Whether the operator has claimed a server, in place of a guess by which servers came first."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for name in ("is_claimed", "was_public"):
        op.add_column("presences", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    # A server that did not use the operator's key had been added while anybody could add the bot.
    presences = sa.table("presences", sa.column("is_operators", sa.Boolean()), sa.column("was_public", sa.Boolean()))
    op.execute(presences.update().values(was_public=~presences.c.is_operators))
    op.drop_column("presences", "is_operators")

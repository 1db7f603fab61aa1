"""Up to which sum a typed start needs no press, and so rules without a monthly limit."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0013", "v0012"


def upgrade() -> None:
    with op.batch_alter_table("allowances") as allowances:
        allowances.add_column(sa.Column("confirm_above", sa.BigInteger))
        allowances.alter_column("monthly", existing_type=sa.BigInteger, nullable=True)

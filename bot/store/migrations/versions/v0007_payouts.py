"""Terms of what campaigns owe, and the lines that are final."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "v0007", "v0006"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "payout_terms",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("campaign_id", sa.Integer, nullable=False),
        sa.Column("rates", sa.Text, nullable=False),
        sa.Column("from_zero", sa.Boolean, nullable=False),
        sa.Column("minimum", sa.BigInteger, nullable=False),
        sa.Column("video_cap", sa.BigInteger),
        sa.Column("creator_cap", sa.BigInteger),
        sa.Column("final_days", sa.Integer),
        sa.Column("final_on", sa.Date),
        sa.Column("budget", sa.BigInteger),
        sa.Column("set_at", moment, nullable=False),
        sa.Column("set_by_id", sa.String, nullable=False),
        sa.Column("set_by_name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payout_terms"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_payout_terms_campaign_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_payout_terms_campaign_id", "payout_terms", ["campaign_id"])
    op.create_table(
        "payout_lines",
        sa.Column("campaign_id", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("link", "title", "platform", "creator", "handle")),
        sa.Column("metric", sa.String, nullable=False),
        sa.Column("start_at", moment, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("end_at", moment, nullable=False),
        sa.Column("end", sa.BigInteger, nullable=False),
        sa.Column("final_hour", moment, nullable=False),
        sa.Column("missing", sa.Integer, nullable=False),
        sa.Column("fallen", sa.Integer, nullable=False),
        sa.Column("counted", sa.BigInteger, nullable=False),
        sa.Column("minimum", sa.BigInteger, nullable=False),
        sa.Column("rate", sa.String, nullable=False),
        sa.Column("video_cap", sa.BigInteger),
        sa.Column("creator_left", sa.BigInteger),
        sa.Column("amount", sa.String, nullable=False),
        sa.Column("terms_id", sa.Integer, nullable=False),
        sa.Column("paid_at", moment),
        sa.Column("paid_by_id", sa.String),
        sa.Column("paid_by_name", sa.Text),
        sa.PrimaryKeyConstraint("campaign_id", "key", name="pk_payout_lines"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_payout_lines_campaign_id"),
        sa.ForeignKeyConstraint(["terms_id"], ["payout_terms.id"], name="fk_payout_lines_terms_id"),
    )

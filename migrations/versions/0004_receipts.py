"""Orders on their way, so that their receipts survive the process."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go on from the tables of 0003."""
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("panel_id", sa.String(32), nullable=False),
        sa.Column("server_id", sa.String(255), nullable=False),
        sa.Column("server_name", sa.Text, nullable=False),
        sa.Column("door", sa.String(16), nullable=False),
        sa.Column("rule_id", sa.Integer),
        sa.Column("detail", sa.Text),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("asked_id", sa.BigInteger, nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("baseline", sa.String(16)),
        sa.Column("was_down", sa.Boolean, nullable=False),
        sa.Column("came_up", sa.Boolean, nullable=False),
        sa.Column("is_young", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )


def downgrade() -> None:
    """Go back to 0003; what is on its way is then taken for interrupted."""
    op.drop_table("receipts")

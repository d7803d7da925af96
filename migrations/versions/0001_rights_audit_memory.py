"""The stored rights, the audit of all attempts, and what the process remembers of itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go from an empty database to this version."""
    op.create_table(
        "rules",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("subject", sa.String(16), nullable=False),
        sa.Column("subject_id", sa.BigInteger, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("allow", sa.Boolean, nullable=False),
        sa.Column("panel_id", sa.String(32)),
        sa.Column("server_id", sa.String(255)),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rules_guild_id"), "rules", ["guild_id"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("panel_id", sa.String(32), nullable=False),
        sa.Column("server_id", sa.String(255), nullable=False),
        sa.Column("server_name", sa.Text, nullable=False),
        sa.Column("door", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("rule_id", sa.Integer),
        sa.Column("detail", sa.Text),
        sa.Column("duration_seconds", sa.Double),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(
        op.f("ix_audit_guild_id_panel_id_server_id_at"),
        "audit",
        ["guild_id", "panel_id", "server_id", "at"],
    )
    op.create_table(
        "memory",
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_memory")),
    )


def downgrade() -> None:
    """Go back to an empty database."""
    op.drop_table("memory")
    op.drop_table("audit")
    op.drop_table("rules")

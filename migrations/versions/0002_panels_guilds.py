"""Rules with patterns that can be brought back, panels added from Discord, guilds' settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go on from the tables of 0001."""
    op.add_column("rules", sa.Column("subject_name", sa.Text))
    op.add_column("rules", sa.Column("commands", sa.Text))
    op.add_column("rules", sa.Column("created_by", sa.BigInteger))
    op.add_column("rules", sa.Column("created_at", sa.DateTime(timezone=True)))
    op.add_column("rules", sa.Column("removed_at", sa.DateTime(timezone=True)))
    if op.get_context().dialect.name == "sqlite":
        # Who reads on from an id must meet none that is given out again.
        kept = {"sqlite_autoincrement": True}
        with op.batch_alter_table("audit", recreate="always", table_kwargs=kept):
            pass
    op.create_index(op.f("ix_audit_guild_id_id"), "audit", ["guild_id", "id"])
    op.create_table(
        "panels",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("base_url", sa.Text, nullable=False),
        sa.Column("verify_tls", sa.JSON, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("sealed_credentials", sa.Text, nullable=False),
        sa.Column("server_ids", sa.JSON),
        sa.Column("added_by", sa.BigInteger, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panels")),
    )
    op.create_index(op.f("ix_panels_guild_id"), "panels", ["guild_id"])
    op.create_table(
        "guilds",
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(16)),
        sa.Column("time_zone", sa.String(64)),
        sa.Column("private_replies", sa.Boolean),
        sa.Column("confirm", sa.String(16)),
        sa.Column("audit_channel_id", sa.BigInteger),
        sa.Column("audit_told_id", sa.Integer),
        sa.Column("audit_telling_id", sa.Integer),
        sa.Column("left_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_guilds")),
    )


def downgrade() -> None:
    """Go back to 0001; panels added from Discord are lost, and so are rules with patterns.

    Without their patterns those would be about any command; removed rules would count again.
    """
    op.execute("DELETE FROM rules WHERE removed_at IS NOT NULL OR commands IS NOT NULL")
    op.drop_table("guilds")
    op.drop_table("panels")
    op.drop_index(op.f("ix_audit_guild_id_id"), "audit")
    # Not as a batch: in a new table SQLite would give the ids of deleted rules again.
    for column in ("removed_at", "created_at", "created_by", "commands", "subject_name"):
        op.drop_column("rules", column)

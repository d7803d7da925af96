"""Subscriptions, mutes, what is known of servers, what is to be told; audit rows get a key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go on from the tables of 0002."""
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("events", sa.JSON, nullable=False),
        sa.Column("panel_id", sa.String(32)),
        sa.Column("server_id", sa.String(255)),
        sa.Column("mention_role_id", sa.BigInteger),
        sa.Column("created_by", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pause", sa.String(16)),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_subscriptions_guild_id"), "subscriptions", ["guild_id"])
    op.create_table(
        "mutes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("panel_id", sa.String(32)),
        sa.Column("server_id", sa.String(255)),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text),
        sa.Column("muted_by", sa.BigInteger, nullable=False),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mutes_guild_id"), "mutes", ["guild_id"])
    op.create_table(
        "tracks",
        sa.Column("panel_id", sa.String(32), nullable=False),
        sa.Column("server_id", sa.String(255), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("panel_id", "server_id", name=op.f("pk_tracks")),
    )
    marks = op.create_table(
        "marks",
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_marks")),
    )
    op.bulk_insert(marks, [{"run": "", "number": 0}])
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("panel_id", sa.String(32), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index(op.f("ix_incidents_panel_id"), "incidents", ["panel_id"])
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("panel_id", sa.String(32), nullable=False),
        sa.Column("server_id", sa.String(255)),
        sa.Column("asked_in", sa.BigInteger),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("place", sa.Integer),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"])
    op.create_index(op.f("ix_events_asked_in"), "events", ["asked_in"])
    op.create_index(
        op.f("ix_events_panel_id_server_id_at"), "events", ["panel_id", "server_id", "at"]
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("subscription_id", sa.Integer, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("event_id", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Integer),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_deliveries_channel_id_id"), "deliveries", ["channel_id", "id"])
    for column in ("subscription_id", "guild_id", "event_id"):
        op.create_index(op.f(f"ix_deliveries_{column}"), "deliveries", [column])
    op.create_table(
        "postings",
        sa.Column("channel_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("incident", sa.String(64), nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", "incident", name=op.f("pk_postings")),
    )
    op.create_index(op.f("ix_postings_guild_id"), "postings", ["guild_id"])
    op.create_index(op.f("ix_postings_at"), "postings", ["at"])
    op.add_column("audit", sa.Column("key", sa.String(32)))
    op.create_index(op.f("ix_audit_key"), "audit", ["key"], unique=True)


def downgrade() -> None:
    """Go back to 0002; subscriptions, and what was still to be told, are lost."""
    op.drop_index("ix_audit_key", "audit")
    op.drop_column("audit", "key")
    told = ("postings", "deliveries", "events")
    for table in (*told, "incidents", "marks", "tracks", "mutes", "subscriptions"):
        op.drop_table(table)

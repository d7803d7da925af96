"""Boards and their messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go on from the tables of 0004."""
    op.create_table(
        "boards",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("panel_id", sa.String(32)),
        sa.Column("server_id", sa.String(255)),
        sa.Column("buttons", sa.Boolean, nullable=False),
        sa.Column("created_by", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pause", sa.String(16)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_boards_guild_id"), "boards", ["guild_id"])
    op.create_table(
        "board_messages",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("board_id", sa.Integer, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("digest", sa.String(64)),
        sa.Column("seen", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_messages")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_board_messages_guild_id"), "board_messages", ["guild_id"])


def downgrade() -> None:
    """Go back to 0004; the messages of boards stay in Discord as they are."""
    op.drop_table("board_messages")
    op.drop_table("boards")

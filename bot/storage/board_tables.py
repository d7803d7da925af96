"""Owns the tables of boards. Knows no query."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables import Base, ForeignText


class BoardRow(Base):
    """A board; see `bot.domain.boards.Board`."""

    __tablename__ = "boards"
    # Messages and commands name them by id, so SQLite may not give that of a deleted one again.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger, index=True)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    panel_id: Mapped[str | None] = mapped_column(String(32))
    server_id: Mapped[str | None] = mapped_column(String(255))
    buttons: Mapped[bool]
    created_by: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    pause: Mapped[str | None] = mapped_column(String(16))


class BoardMessageRow(Base):
    """A message of a board; see `bot.domain.boards.BoardMessage`."""

    __tablename__ = "board_messages"
    # Messages are found by these ids, so SQLite may not give one again.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    # No foreign key: messages outlive their board until they are deleted in Discord.
    board_id: Mapped[int] = mapped_column(Integer)
    guild_id: Mapped[int] = mapped_column(BigInteger, index=True)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    digest: Mapped[str | None] = mapped_column(String(64))
    seen: Mapped[str] = mapped_column(ForeignText)
    """JSON."""

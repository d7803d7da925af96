"""Owns the tables of watching and telling. Knows no query."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, orm_insert_sentinel

from bot.storage.tables import Base, ForeignText


class SubscriptionRow(Base):
    """Who is told what; see `bot.domain.news.Subscription`."""

    __tablename__ = "subscriptions"
    # Deliveries and buttons name them by id, so SQLite may not give that of a deleted one again.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger, index=True)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    events: Mapped[list[str]] = mapped_column(JSON)
    """Words of `EventKind` and `Preset`."""
    panel_id: Mapped[str | None] = mapped_column(String(32))
    server_id: Mapped[str | None] = mapped_column(String(255))
    mention_role_id: Mapped[int | None] = mapped_column(BigInteger)
    created_by: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    pause: Mapped[str | None] = mapped_column(String(16))
    removed_at: Mapped[datetime | None]
    """A removed one tells nothing, and can be brought back by who removed it."""


class MuteRow(Base):
    """What is not told for a while; see `bot.domain.news.Mute`."""

    __tablename__ = "mutes"
    # Buttons name them by id, so SQLite may not give that of an ended one again.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger, index=True)
    panel_id: Mapped[str | None] = mapped_column(String(32))
    server_id: Mapped[str | None] = mapped_column(String(255))
    until: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(ForeignText)
    muted_by: Mapped[int] = mapped_column(BigInteger)
    muted_at: Mapped[datetime]


class TrackRow(Base):
    """What was told last of a server; see `bot.domain.changes.Track`."""

    __tablename__ = "tracks"

    panel_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    server_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    data: Mapped[str] = mapped_column(ForeignText)
    """JSON."""


class MarkRow(Base):
    """How far the latest run of the bot has come; see `bot.domain.news.Mark`. The only row."""

    __tablename__ = "marks"

    run: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class IncidentRow(Base):
    """An incident that goes on; see `bot.domain.changes.Incident`."""

    __tablename__ = "incidents"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    panel_id: Mapped[str] = mapped_column(String(32), index=True)
    data: Mapped[str] = mapped_column(ForeignText)
    """JSON."""


class EventRow(Base):
    """What happened; see `bot.domain.events.Event`. Rows are added, never changed."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "panel_id", "server_id", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    panel_id: Mapped[str] = mapped_column(String(32))
    server_id: Mapped[str | None] = mapped_column(String(255))
    asked_in: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The guild from which somebody asked for it."""
    data: Mapped[str] = mapped_column(ForeignText)
    """JSON."""
    place: Mapped[int | None] = orm_insert_sentinel()
    """Among those that one statement adds: without it SQLite is given them one by one."""


class DeliveryRow(Base):
    """One event on its way into one channel; see `bot.domain.news.Delivery`."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(None, "channel_id", "id"),
        # Messages are found by these ids, so SQLite may not give one again.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    # No foreign keys: what is being told when its subscription goes may not fail for that.
    subscription_id: Mapped[int] = mapped_column(Integer, index=True)
    guild_id: Mapped[int] = mapped_column(BigInteger, index=True)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[int] = mapped_column(Integer, index=True)
    batch_id: Mapped[int | None]


class PostingRow(Base):
    """The message that tells an incident in a channel."""

    __tablename__ = "postings"

    channel_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    incident: Mapped[str] = mapped_column(String(64), primary_key=True)
    message_id: Mapped[int] = mapped_column(BigInteger)
    guild_id: Mapped[int] = mapped_column(BigInteger, index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    """Of the event that was told first."""

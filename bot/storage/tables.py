"""Owns the tables and the types of their columns. Knows no query."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Double,
    Enum,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bot.domain.access import Subject
from bot.domain.audit import Door, Outcome

if TYPE_CHECKING:
    from sqlalchemy import Dialect


AT_ONCE = 500
"""Ids to a statement: SQLite takes 32,766 parameters, older ones 999."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware times only, kept and returned in UTC; SQLite itself knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse naive times."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Say that it is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ForeignText(TypeDecorator[str]):
    """Text of any length from panels and members.

    PostgreSQL stores no NUL and no database a lone surrogate, which JSON may carry: both become
    U+FFFD, so that no row is lost to them.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Replace what cannot be stored."""
        if value is None:
            return None
        storable = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return storable.replace("\0", "\N{REPLACEMENT CHARACTER}")


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime,
        StrEnum: Enum(
            StrEnum,
            native_enum=False,  # a new word needs no migration
            length=16,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }


class RuleRow(Base):
    """A right given or taken; see `bot.domain.access.Rule`."""

    __tablename__ = "rules"
    # The audit names rules by id, so SQLite may not give the id of a deleted one again.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger, index=True)
    subject: Mapped[Subject]
    subject_id: Mapped[int] = mapped_column(BigInteger)
    subject_name: Mapped[str | None] = mapped_column(ForeignText)
    grant: Mapped[str] = mapped_column("action", String(16))
    """The word of an action or of a bundle."""
    allow: Mapped[bool]
    panel_id: Mapped[str | None] = mapped_column(String(32))
    server_id: Mapped[str | None] = mapped_column(String(255))
    expires_at: Mapped[datetime | None]
    commands: Mapped[str | None] = mapped_column(Text)
    """Patterns, one to a line; None is any command."""
    created_by: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    """A removed rule counts no more, and can be brought back by who removed it."""


class AuditRow(Base):
    """An attempt; see `bot.domain.audit.AuditEntry`. Rows are added, never changed."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "guild_id", "panel_id", "server_id", "at"),
        Index(None, "guild_id", "id"),
        # Audit channels go on from an id, so SQLite may not give that of a deleted row again.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime]
    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(32))
    panel_id: Mapped[str] = mapped_column(String(32))
    server_id: Mapped[str] = mapped_column(String(255))
    server_name: Mapped[str] = mapped_column(ForeignText)
    door: Mapped[Door]
    outcome: Mapped[Outcome]
    rule_id: Mapped[int | None]
    """No foreign key: the entry outlives the rule."""
    detail: Mapped[str | None] = mapped_column(ForeignText)
    duration_seconds: Mapped[float | None] = mapped_column(Double)
    key: Mapped[str | None] = mapped_column(String(32), unique=True, index=True)
    """Of the entry: what is there already is not stored again. Older rows have none."""


class PanelRow(Base):
    """A panel that a guild has added from Discord; see `bot.domain.panels.StoredPanel`."""

    __tablename__ = "panels"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger, index=True)
    name: Mapped[str] = mapped_column(ForeignText)
    kind: Mapped[str] = mapped_column(String(32))
    base_url: Mapped[str] = mapped_column(Text)
    verify_tls: Mapped[bool | str] = mapped_column(JSON)
    options: Mapped[dict[str, object]] = mapped_column(JSON)
    sealed_credentials: Mapped[str] = mapped_column(Text)
    """JSON under the master key; nothing else of the row is secret."""
    server_ids: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Those that the guild uses; None is all, also future ones."""
    added_by: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class GuildRow(Base):
    """What a guild has chosen; see `bot.domain.guilds.GuildSettings`. None is the default."""

    __tablename__ = "guilds"

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    language: Mapped[str | None] = mapped_column(String(16))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    private_replies: Mapped[bool | None]
    confirm: Mapped[str | None] = mapped_column(String(16))
    audit_channel_id: Mapped[int | None] = mapped_column(BigInteger)
    audit_told_id: Mapped[int | None] = mapped_column(Integer)
    """The newest audit row that is in the audit channel; None where there is to be none."""
    audit_telling_id: Mapped[int | None] = mapped_column(Integer)
    """The newest one of the message that is on its way there, and may have arrived."""
    left_at: Mapped[datetime | None]
    """When the bot was removed from the guild."""


class MemoryRow(Base):
    """A fact that the process must remember about itself."""

    __tablename__ = "memory"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[str] = mapped_column(Text)

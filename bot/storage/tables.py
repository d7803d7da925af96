"""Owns the tables and the types of their columns. Knows no query."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import (
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

from bot.domain.access import Action, Subject
from bot.domain.audit import Door, Outcome

if TYPE_CHECKING:
    from sqlalchemy import Dialect


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
    action: Mapped[Action]
    allow: Mapped[bool]
    panel_id: Mapped[str | None] = mapped_column(String(32))
    server_id: Mapped[str | None] = mapped_column(String(255))
    expires_at: Mapped[datetime | None]


class AuditRow(Base):
    """An attempt; see `bot.domain.audit.AuditEntry`. Rows are added, never changed."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "guild_id", "panel_id", "server_id", "at"),)

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


class MemoryRow(Base):
    """A fact that the process must remember about itself."""

    __tablename__ = "memory"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[str] = mapped_column(Text)

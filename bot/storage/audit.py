"""The stored attempts, in SQL (`AuditLog`, `AuditHistory`). One method is one transaction."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from bot.domain.access import Action
from bot.domain.audit import AuditEntry, Outcome
from bot.domain.servers import ServerRef
from bot.storage.deletion import delete_rows
from bot.storage.tables import AuditRow
from bot.storage.tracks import add_news, channels_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.sql.dml import ReturningInsert

    from bot.domain.news_ports import Deeds
    from bot.storage.engine import Database

_NEVER_SENT = (Outcome.DENIED, Outcome.REFUSED)
_RECENT = 10_000
"""Among so many of the newest rows are those of whatever was on its way when the bot ended."""


class SqlAuditLog:
    """Appends and reads; rows are never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._deeds: Deeds | None = None
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def tell(self, deeds: Deeds) -> None:
        """Store with each entry what is to be told of it: both or neither."""
        self._deeds = deeds

    async def add(self, entry: AuditEntry) -> None:
        """Append one."""
        async with self.adding(entry):
            pass

    @asynccontextmanager
    async def adding(self, entry: AuditEntry) -> AsyncIterator[AsyncSession]:
        """Append one in the same transaction as whatever is done in the block.

        One that is there already, though its answer came too late, is not appended again. One at a
        time in a guild: PostgreSQL gives out ids before it commits, and who reads on
        from an id must not miss a smaller one.
        """
        duration = entry.duration
        values = {
            "at": entry.at,
            "guild_id": entry.guild_id,
            "user_id": entry.user_id,
            "action": entry.action,
            "panel_id": entry.ref.panel_id,
            "server_id": entry.ref.server_id,
            "server_name": entry.server_name,
            "door": entry.door,
            "outcome": entry.outcome,
            "rule_id": entry.rule_id,
            "detail": entry.detail,
            "duration_seconds": None if duration is None else duration.total_seconds(),
            "key": entry.key,
        }
        turn = self._turns.setdefault(entry.guild_id, asyncio.Lock())
        news = () if self._deeds is None else self._deeds.news_of(entry)
        async with turn, self._database.session() as session:
            is_new = await session.scalar(_once(session, values)) is not None
            channels = await (add_news if is_new else channels_of)(session, news)
            yield session
        if self._deeds is not None:
            self._deeds.stored(channels)

    async def latest(self, guild_id: int, ref: ServerRef) -> AuditEntry | None:
        """Return the newest attempt on a server from this guild that reached its panel."""
        query = (
            select(AuditRow)
            .where(
                AuditRow.guild_id == guild_id,
                AuditRow.panel_id == ref.panel_id,
                AuditRow.server_id == ref.server_id,
                AuditRow.outcome.not_in(_NEVER_SENT),
                AuditRow.action != Action.LOGS,
            )
            .order_by(AuditRow.at.desc(), AuditRow.id.desc())
            .limit(1)
        )
        found = await self._entries(query)
        return found[0] if found else None

    async def unended(self) -> Sequence[AuditEntry]:
        """Return recent attempts that were sent and have no end, oldest first."""
        newest = select(func.max(AuditRow.id)).scalar_subquery()
        return await self._entries(
            select(AuditRow)
            .where(
                AuditRow.outcome == Outcome.SENT,
                AuditRow.id > newest - _RECENT,
                ~_has_ended(),
            )
            .order_by(AuditRow.id)
        )

    async def page(
        self,
        guild_id: int,
        *,
        before: int | None = None,
        after: int | None = None,
        user_id: int | None = None,
        ref: ServerRef | None = None,
        limit: int,
    ) -> Sequence[AuditEntry]:
        """Return those next to an id, newest first; without one the newest of all."""
        query = select(AuditRow).where(
            AuditRow.guild_id == guild_id, or_(AuditRow.outcome != Outcome.SENT, ~_has_ended())
        )
        if user_id is not None:
            query = query.where(AuditRow.user_id == user_id)
        if ref is not None:
            query = query.where(
                AuditRow.panel_id == ref.panel_id, AuditRow.server_id == ref.server_id
            )
        if before is not None:
            query = query.where(AuditRow.id < before)
        if after is None:
            return await self._entries(query.order_by(AuditRow.id.desc()).limit(limit))
        newer = query.where(AuditRow.id > after).order_by(AuditRow.id).limit(limit)
        return list(reversed(await self._entries(newer)))

    async def ended_after(self, guild_id: int, entry_id: int, limit: int) -> Sequence[AuditEntry]:
        """Return those that have ended after an id, oldest first."""
        return await self._entries(
            select(AuditRow)
            .where(
                AuditRow.guild_id == guild_id,
                AuditRow.id > entry_id,
                AuditRow.outcome != Outcome.SENT,
            )
            .order_by(AuditRow.id)
            .limit(limit)
        )

    async def newest_id(self, guild_id: int) -> int:
        """Return the largest id of a guild, or 0."""
        query = select(func.max(AuditRow.id)).where(AuditRow.guild_id == guild_id)
        async with self._database.session() as session:
            return await session.scalar(query) or 0

    async def drop_audit(self, before: datetime) -> int:
        """Delete the rows of attempts before that time, some at a time; returns how many."""
        return await delete_rows(self._database, AuditRow, AuditRow.at < before)

    async def drop_guild(self, guild_id: int) -> None:
        """Delete all rows of a guild, some at a time."""
        await delete_rows(self._database, AuditRow, AuditRow.guild_id == guild_id)

    async def _entries(self, query: Select[tuple[AuditRow]]) -> list[AuditEntry]:
        async with self._database.session() as session:
            return [_entry(row) for row in await session.scalars(query)]


def _once(session: AsyncSession, values: dict[str, object]) -> ReturningInsert[tuple[int]]:
    """Insert a row unless it is there; returns its id if it was not."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(AuditRow) if is_sqlite else postgresql.insert(AuditRow)
    new = insert.values(values).on_conflict_do_nothing(index_elements=["key"])
    return new.returning(AuditRow.id)


def _has_ended() -> ColumnElement[bool]:
    """Whether another row says how an attempt ended; both are of the same moment."""
    end = aliased(AuditRow)
    return (
        select(end.id)
        .where(
            and_(
                end.guild_id == AuditRow.guild_id,
                end.panel_id == AuditRow.panel_id,
                end.server_id == AuditRow.server_id,
                end.at == AuditRow.at,
                end.user_id == AuditRow.user_id,
                end.action == AuditRow.action,
                end.outcome != Outcome.SENT,
            )
        )
        .exists()
    )


def _entry(row: AuditRow) -> AuditEntry:
    seconds = row.duration_seconds
    return AuditEntry(
        id=row.id,
        at=row.at,
        guild_id=row.guild_id,
        user_id=row.user_id,
        action=row.action,
        ref=ServerRef(row.panel_id, row.server_id),
        server_name=row.server_name,
        door=row.door,
        outcome=row.outcome,
        rule_id=row.rule_id,
        detail=row.detail,
        duration=None if seconds is None else timedelta(seconds=seconds),
    )

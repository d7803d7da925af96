"""What is stored of a guild as such, in SQL. One method is one transaction, or deletes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select, update

from bot.domain.access import Subject
from bot.domain.guilds import Confirm, GuildSettings, Told
from bot.storage.audit import SqlAuditLog
from bot.storage.board_tables import BoardRow
from bot.storage.news_leftovers import drop_guild_news, drop_old_news
from bot.storage.news_tables import MuteRow, SubscriptionRow
from bot.storage.receipt_tables import ReceiptRow
from bot.storage.tables import GuildRow, PanelRow, RuleRow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.guilds import Setting
    from bot.storage.engine import Database


class SqlGuilds:
    """Choices, how far the audit was told, and the end (see `bot.domain.guild_ports`)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writing = asyncio.Lock()
        """One at a time, because the first of them makes the row."""

    async def all(self) -> Sequence[GuildSettings]:
        """Return the choices of every guild that has made any."""
        async with self._database.session() as session:
            return [_settings(row) for row in await session.scalars(select(GuildRow))]

    async def change(self, guild_id: int, setting: Setting, value: str | int | None) -> None:
        """Set one choice, None for the default, and leave all others as they are."""
        await self._put(guild_id, {setting.value: value})

    async def told(self, guild_id: int) -> Told | None:
        """Return how far the audit was told, or None where nothing is to be told."""
        async with self._database.session() as session:
            row = await session.get(GuildRow, guild_id)
        if row is None or row.audit_told_id is None:
            return None
        return Told(row.audit_told_id, row.audit_telling_id)

    async def begin(self, guild_id: int, upto: int) -> None:
        """Tell what comes after this id, unless it is being told from somewhere already."""
        if await self.told(guild_id) is None:
            await self._put(guild_id, {"audit_told_id": upto})

    async def move(self, guild_id: int, told: Told) -> None:
        """Set how far it was told, unless nothing is to be told any more."""
        statement = (
            update(GuildRow)
            .where(GuildRow.guild_id == guild_id, GuildRow.audit_told_id.is_not(None))
            .values(audit_told_id=told.upto, audit_telling_id=told.on_its_way)
        )
        async with self._database.session() as session:
            await session.execute(statement)

    async def end(self, guild_id: int) -> None:
        """Tell nothing any more."""
        await self._put(guild_id, {"audit_told_id": None, "audit_telling_id": None})

    async def meet(self, guild_ids: Collection[int]) -> None:
        """Note guilds that the bot is in, so that they are known whatever else is stored."""
        async with self._writing, self._database.session() as session:
            known = await session.scalars(select(GuildRow.guild_id))
            session.add_all(GuildRow(guild_id=each) for each in set(guild_ids) - set(known))

    async def known(self) -> Mapping[int, datetime | None]:
        """Return the guilds of which anything is stored, and when the bot was removed from each."""
        found: dict[int, datetime | None] = {}
        async with self._database.session() as session:
            # Not the audit, which may be long: who is in it was met.
            for table in (RuleRow, PanelRow, SubscriptionRow, MuteRow, BoardRow):
                found |= dict.fromkeys(await session.scalars(select(table.guild_id).distinct()))
            rows = await session.execute(select(GuildRow.guild_id, GuildRow.left_at))
            return found | {row.guild_id: row.left_at for row in rows}

    async def set_left(self, guild_id: int, at: datetime | None) -> None:
        """Note when the bot was removed; None is that it is there."""
        await self._put(guild_id, {"left_at": at})

    async def roles(self) -> Mapping[int, frozenset[int]]:
        """Return by guild the roles that rules name."""
        query = (
            select(RuleRow.guild_id, RuleRow.subject_id)
            .where(RuleRow.subject == Subject.ROLE, RuleRow.removed_at.is_(None))
            .distinct()
        )
        found: dict[int, set[int]] = {}
        async with self._database.session() as session:
            for guild_id, role_id in await session.execute(query):
                found.setdefault(guild_id, set()).add(role_id)
        return {guild_id: frozenset(roles) for guild_id, roles in found.items()}

    async def delete(self, guild_id: int) -> None:
        """Delete everything of a guild, for good; half done it can be repeated."""
        await SqlAuditLog(self._database).drop_guild(guild_id)
        await drop_guild_news(self._database, guild_id)
        async with self._database.session() as session:
            # Messages of boards are dropped when they are deleted in Discord, or cannot be.
            for table in (RuleRow, PanelRow, ReceiptRow, GuildRow, BoardRow):
                await session.execute(delete(table).where(table.guild_id == guild_id))

    async def drop_audit(self, before: datetime) -> int:
        """Delete audit entries of attempts before that time; returns how many."""
        return await SqlAuditLog(self._database).drop_audit(before)

    async def drop_rules(self, before: datetime) -> None:
        """Delete rules that were ended, or ended by themselves, before that time."""
        is_old = or_(RuleRow.removed_at < before, RuleRow.expires_at < before)
        async with self._database.session() as session:
            await session.execute(delete(RuleRow).where(is_old))

    async def drop_news(self, before: datetime) -> None:
        """Delete what happened before that time, and subscriptions and mutes that ended by then."""
        await drop_old_news(self._database, before)

    async def _put(self, guild_id: int, values: Mapping[str, object]) -> None:
        async with self._writing, self._database.session() as session:
            await session.merge(GuildRow(guild_id=guild_id, **values))


def _settings(row: GuildRow) -> GuildSettings:
    return GuildSettings(
        guild_id=row.guild_id,
        language=row.language,
        time_zone=row.time_zone or "UTC",
        private_replies=row.private_replies,
        confirm=Confirm(row.confirm or Confirm.COSTLY),
        audit_channel_id=row.audit_channel_id,
        audit_channel_lost=row.audit_channel_id is None and row.audit_told_id is not None,
    )

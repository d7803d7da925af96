"""The stored rights, in SQL. One method is one transaction; no row gets out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from bot.domain.access import Action, Bundle, Rule
from bot.storage.tables import AT_ONCE, RuleRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.engine import Database

_GRANTS: dict[str, Action | Bundle] = {word.value: word for word in (*Action, *Bundle)}


class SqlRules:
    """The stored rights (`RuleRepository`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rules_of(self, guild_id: int) -> Sequence[Rule]:
        """Return all rules of a guild that are not ended, oldest first."""
        query = (
            select(RuleRow)
            .where(RuleRow.guild_id == guild_id, RuleRow.removed_at.is_(None))
            .order_by(RuleRow.id)
        )
        async with self._database.session() as session:
            return [_rule(row) for row in await session.scalars(query)]

    async def ended(self, guild_id: int, rule_ids: Collection[int]) -> Sequence[Rule]:
        """Return those of the named rules of the guild that are ended."""
        query = (
            select(RuleRow)
            .where(
                RuleRow.guild_id == guild_id,
                RuleRow.id.in_(rule_ids),
                RuleRow.removed_at.is_not(None),
            )
            .order_by(RuleRow.id)
        )
        async with self._database.session() as session:
            return [_rule(row) for row in await session.scalars(query)]

    async def add(
        self, rule: Rule, *, at: datetime | None = None, instead_of: Collection[int] = ()
    ) -> Rule:
        """Store a rule and return it with its id; ends the others in the same transaction."""
        row = RuleRow(
            guild_id=rule.guild_id,
            subject=rule.subject,
            subject_id=rule.subject_id,
            subject_name=rule.subject_name,
            grant=rule.grant,
            allow=rule.allow,
            panel_id=rule.panel_id,
            server_id=rule.server_id,
            expires_at=rule.expires_at,
            commands="\n".join(rule.commands) or None,
            created_by=rule.created_by,
            created_at=rule.created_at,
        )
        async with self._database.session() as session:
            session.add(row)
            await _mark(session, rule.guild_id, instead_of, removed_at=at)
        return replace(rule, id=row.id)

    async def remove(self, guild_id: int, rule_ids: Collection[int], *, at: datetime) -> None:
        """End rules; they can be brought back."""
        async with self._database.session() as session:
            await _mark(session, guild_id, rule_ids, removed_at=at)

    async def restore(
        self,
        guild_id: int,
        rule_ids: Collection[int],
        *,
        at: datetime,
        instead_of: Collection[int] = (),
    ) -> None:
        """Bring ended rules back; ends the others in the same transaction."""
        async with self._database.session() as session:
            await _mark(session, guild_id, instead_of, removed_at=at)
            await _mark(session, guild_id, rule_ids, removed_at=None)

    async def delete_guild(self, guild_id: int) -> None:
        """Delete all rules of a guild for good."""
        async with self._database.session() as session:
            await session.execute(delete(RuleRow).where(RuleRow.guild_id == guild_id))


async def _mark(
    session: AsyncSession, guild_id: int, rule_ids: Collection[int], *, removed_at: datetime | None
) -> None:
    ids = list(rule_ids)
    for start in range(0, len(ids), AT_ONCE):
        here = RuleRow.id.in_(ids[start : start + AT_ONCE])
        chosen = update(RuleRow).where(RuleRow.guild_id == guild_id, here)
        await session.execute(chosen.values(removed_at=removed_at))


def _rule(row: RuleRow) -> Rule:
    return Rule(
        id=row.id,
        guild_id=row.guild_id,
        subject=row.subject,
        subject_id=row.subject_id,
        subject_name=row.subject_name,
        grant=_GRANTS[row.grant],
        allow=row.allow,
        panel_id=row.panel_id,
        server_id=row.server_id,
        expires_at=row.expires_at,
        commands=tuple(row.commands.splitlines()) if row.commands else (),
        created_by=row.created_by,
        created_at=row.created_at,
    )

"""The repositories of the domain, in SQL. One method is one transaction; no row gets out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.domain.access import Action, Bundle, Rule
from bot.domain.audit import AuditEntry, Outcome
from bot.domain.servers import ServerRef
from bot.storage.tables import AuditRow, MemoryRow, RuleRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.storage.engine import Database

_GRANTS: dict[str, Action | Bundle] = {word.value: word for word in (*Action, *Bundle)}
_NEVER_SENT = (Outcome.DENIED, Outcome.REFUSED)


class SqlRules:
    """The stored rights (`RuleRepository`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rules_of(self, guild_id: int) -> Sequence[Rule]:
        """Return all rules of a guild, oldest first."""
        query = (
            select(RuleRow)
            .where(RuleRow.guild_id == guild_id, RuleRow.removed_at.is_(None))
            .order_by(RuleRow.id)
        )
        async with self._database.session() as session:
            return [_rule(row) for row in await session.scalars(query)]

    async def add(self, rule: Rule) -> Rule:
        """Store a rule and return it with its id."""
        row = RuleRow(
            guild_id=rule.guild_id,
            subject=rule.subject,
            subject_id=rule.subject_id,
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
        return replace(rule, id=row.id)


class SqlAuditLog:
    """The stored attempts (`AuditLog`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entry: AuditEntry) -> None:
        """Append one."""
        duration = entry.duration
        row = AuditRow(
            at=entry.at,
            guild_id=entry.guild_id,
            user_id=entry.user_id,
            action=entry.action,
            panel_id=entry.ref.panel_id,
            server_id=entry.ref.server_id,
            server_name=entry.server_name,
            door=entry.door,
            outcome=entry.outcome,
            rule_id=entry.rule_id,
            detail=entry.detail,
            duration_seconds=None if duration is None else duration.total_seconds(),
        )
        async with self._database.session() as session:
            session.add(row)

    async def latest(self, guild_id: int, ref: ServerRef) -> AuditEntry | None:
        """Return the newest attempt on a server from this guild that reached its panel."""
        query = (
            select(AuditRow)
            .where(
                AuditRow.guild_id == guild_id,
                AuditRow.panel_id == ref.panel_id,
                AuditRow.server_id == ref.server_id,
                AuditRow.outcome.not_in(_NEVER_SENT),
            )
            .order_by(AuditRow.at.desc(), AuditRow.id.desc())
            .limit(1)
        )
        async with self._database.session() as session:
            row = await session.scalar(query)
        return None if row is None else _entry(row)


class SqlMemory:
    """Facts that the process must remember about itself."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> str | None:
        """Return the value, or None where there is none."""
        async with self._database.session() as session:
            row = await session.get(MemoryRow, key)
        return None if row is None else row.value

    async def put(self, key: str, value: str) -> None:
        """Set the value, new or not."""
        async with self._database.session() as session:
            await session.merge(MemoryRow(key=key, value=value))


def _rule(row: RuleRow) -> Rule:
    return Rule(
        id=row.id,
        guild_id=row.guild_id,
        subject=row.subject,
        subject_id=row.subject_id,
        grant=_GRANTS[row.grant],
        allow=row.allow,
        panel_id=row.panel_id,
        server_id=row.server_id,
        expires_at=row.expires_at,
        commands=tuple(row.commands.splitlines()) if row.commands else (),
        created_by=row.created_by,
        created_at=row.created_at,
    )


def _entry(row: AuditRow) -> AuditEntry:
    seconds = row.duration_seconds
    return AuditEntry(
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

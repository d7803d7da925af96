"""The orders on their way, in SQL (`ReceiptStore`). One method is one transaction."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from bot.domain.access import Action
from bot.domain.audit import AuditEntry, Outcome
from bot.domain.receipt_ports import KeptOrder, Place, Step
from bot.domain.receipts import Evidence
from bot.domain.servers import Server, ServerRef
from bot.storage.receipt_tables import ReceiptRow
from bot.storage.tables import AuditRow
from bot.storage.verdicts import dump_verdict, load_verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.receipts import Progress
    from bot.domain.servers import PowerAction
    from bot.storage.audit import SqlAuditLog
    from bot.storage.engine import Database


class SqlReceipts:
    """Keeps orders until they have ended; what is audited of them comes in the same moment."""

    def __init__(self, database: Database, audit_log: SqlAuditLog) -> None:
        self._database = database
        self._audit_log = audit_log

    async def all(self) -> Sequence[KeptOrder]:
        """Return all, oldest first."""
        async with self._database.session() as session:
            rows = await session.scalars(select(ReceiptRow).order_by(ReceiptRow.id))
            return [_order(row) for row in rows]

    async def prepare(self, order: KeptOrder) -> int:
        """Store a new one and return its id."""
        entry, before = order.entry, order.before
        row = ReceiptRow(
            at=entry.at,
            guild_id=entry.guild_id,
            user_id=entry.user_id,
            action=order.action,
            panel_id=entry.ref.panel_id,
            server_id=entry.ref.server_id,
            server_name=entry.server_name,
            door=entry.door,
            rule_id=entry.rule_id,
            detail=entry.detail,
            state=before.state,
            observed_at=before.observed_at,
            step=order.step,
            **asdict(order.place),
            **asdict(order.evidence),
        )
        async with self._database.session() as session:
            session.add(row)
        return row.id

    async def send(self, order_id: int, place: Place, entry: AuditEntry) -> None:
        """Note that it is about to be given, together with that audit row."""
        async with self._audit_log.adding(entry) as session:
            await session.execute(
                update(ReceiptRow)
                .where(ReceiptRow.id == order_id)
                .values(step=Step.SENT, **asdict(place))
            )

    async def note(self, order_id: int, step: Step, evidence: Evidence) -> None:
        """Note how far it has come."""
        async with self._database.session() as session:
            await session.execute(
                update(ReceiptRow)
                .where(ReceiptRow.id == order_id)
                .values(step=step, **asdict(evidence))
            )

    async def conclude(self, order_id: int, verdict: Progress) -> None:
        """Note how it ended, for good."""
        async with self._database.session() as session:
            await session.execute(
                update(ReceiptRow)
                .where(ReceiptRow.id == order_id)
                .values(verdict=dump_verdict(verdict))
            )

    async def end(self, order_id: int, entry: AuditEntry) -> None:
        """Forget it, together with the audit row of its end."""
        async with self._audit_log.adding(entry) as session:
            await session.execute(delete(ReceiptRow).where(ReceiptRow.id == order_id))

    async def durations(
        self, guild_id: int, ref: ServerRef, action: PowerAction, *, limit: int
    ) -> Sequence[timedelta]:
        """Return how long the last ones that were done took."""
        query = (
            select(AuditRow.duration_seconds)
            .where(
                AuditRow.guild_id == guild_id,
                AuditRow.panel_id == ref.panel_id,
                AuditRow.server_id == ref.server_id,
                AuditRow.action == Action(action),
                AuditRow.outcome == Outcome.DONE,
            )
            .order_by(AuditRow.at.desc())
            .limit(limit)
        )
        async with self._database.session() as session:
            return [timedelta(seconds=each) for each in await session.scalars(query) if each]


def _order(row: ReceiptRow) -> KeptOrder:
    ref = ServerRef(row.panel_id, row.server_id)
    order = KeptOrder(
        id=row.id,
        entry=AuditEntry(
            at=row.at,
            guild_id=row.guild_id,
            user_id=row.user_id,
            action=Action(row.action),
            ref=ref,
            server_name=row.server_name,
            door=row.door,
            outcome=Outcome.SENT,
            rule_id=row.rule_id,
            detail=row.detail,
        ),
        action=row.action,
        before=Server(ref=ref, name=row.server_name, state=row.state, observed_at=row.observed_at),
        place=Place(row.channel_id, row.message_id, row.asked_id, row.locale),
        step=row.step,
        evidence=Evidence(row.baseline, row.was_down, row.came_up, row.is_young),
    )
    if row.verdict is None:
        return order
    return replace(order, verdict=load_verdict(order, row.verdict))

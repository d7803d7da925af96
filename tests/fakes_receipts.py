"""Receipts in memory: what is shown of an order, and what is kept of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.audit import Outcome
from bot.domain.errors import StorageUnavailable
from bot.domain.receipt_ports import KeptOrder, Place, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from bot.domain.audit import AuditEntry
    from bot.domain.events import Asker
    from bot.domain.receipts import Evidence, Phase, Progress
    from bot.domain.servers import PowerAction, Server, ServerRef, ServerState
    from tests.fakes import MemoryAuditLog


class RecordingReceipt:
    """Keeps every step that it was told to show."""

    def __init__(self, link: str | None = "https://discord.com/channels/1/2/3") -> None:
        self.shown: list[Progress] = []
        self.is_away = False
        """Nothing can be shown, for now."""
        self.tries = 0
        """To show something meanwhile."""
        self._link = link
        self._changed = asyncio.Condition()

    @property
    def link(self) -> str | None:
        return self._link if self.shown else None

    @property
    def phases(self) -> list[Phase]:
        return [progress.phase for progress in self.shown]

    @property
    def place(self) -> Place:
        return Place(2, 3 if self.shown else None, 4, "en-US")

    async def show(self, progress: Progress) -> bool:
        if self.is_away:
            self.tries += 1
            return False
        self.shown.append(progress)
        async with self._changed:
            self._changed.notify_all()
        return True

    async def wait_for(self, matches: Callable[[Progress], bool]) -> Progress:
        """Wait until a step like that is shown last."""
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self.shown) and matches(self.shown[-1]))
        return self.shown[-1]


class RecordingDesk:
    """Hands out receipts that were kept."""

    def __init__(self) -> None:
        self.taken_up: dict[int, RecordingReceipt] = {}
        """By the id of the order."""

    def take_up(self, order: KeptOrder) -> RecordingReceipt:
        self.taken_up[order.id] = RecordingReceipt()
        return self.taken_up[order.id]


class MemoryReceipts:
    """Orders in a dictionary, broken whenever their audit is."""

    def __init__(self, audit_log: MemoryAuditLog) -> None:
        self.kept: dict[int, KeptOrder] = {}
        self._audit_log = audit_log
        self._last_id = 0

    async def all(self) -> Sequence[KeptOrder]:
        self._check()
        return list(self.kept.values())

    async def prepare(self, order: KeptOrder) -> int:
        self._check()
        self._last_id += 1
        self.kept[self._last_id] = replace(order, id=self._last_id)
        return self._last_id

    async def send(self, order_id: int, place: Place, entry: AuditEntry) -> None:
        await self._audit_log.add(entry)
        self._change(order_id, step=Step.SENT, place=place)

    async def note(self, order_id: int, step: Step, evidence: Evidence) -> None:
        self._check()
        self._change(order_id, step=step, evidence=evidence)

    async def conclude(self, order_id: int, verdict: Progress) -> None:
        self._check()
        self._change(order_id, verdict=verdict)

    async def end(self, order_id: int, entry: AuditEntry) -> None:
        await self._audit_log.add(entry)
        self.kept.pop(order_id, None)

    async def durations(
        self, guild_id: int, ref: ServerRef, action: PowerAction, *, limit: int
    ) -> Sequence[timedelta]:
        self._check()
        found = [
            row.duration
            for row in reversed(self._audit_log.entries)
            if (row.guild_id, row.ref, row.action) == (guild_id, ref, action)
            and row.outcome is Outcome.DONE
            and row.duration is not None
        ]
        return found[:limit]

    def _change(self, order_id: int, **changes: object) -> None:
        if order_id in self.kept:
            self.kept[order_id] = replace(self.kept[order_id], **changes)  # type: ignore[arg-type]  # of its fields

    def _check(self) -> None:
        if self._audit_log.is_broken:
            raise StorageUnavailable("unplugged")


class RecordingNews:
    """Keeps what was ordered and what was done, by server, action and time; tells nobody."""

    def __init__(self) -> None:
        self.given: list[tuple[ServerRef, PowerAction, Asker, datetime]] = []
        self.ended: list[tuple[ServerRef, PowerAction, Asker, datetime, ServerState]] = []
        self.is_broken = False
        """Nothing can be stored."""
        self.tries = 0

    def asked(self, ref: ServerRef, action: PowerAction, asker: Asker, at: datetime) -> None:
        self.given.append((ref, action, asker, at))

    async def done(
        self, ref: ServerRef, action: PowerAction, asker: Asker, at: datetime, *, seen: Server
    ) -> bool:
        self.tries += 1
        if not self.is_broken:
            self.ended.append((ref, action, asker, at, seen.state))
        return not self.is_broken

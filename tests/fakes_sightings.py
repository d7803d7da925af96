"""Keeps all that was seen, in its order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.domain.errors import PanelError
    from bot.domain.servers import Server, ServerRef, ServerState
    from bot.services.panels import PanelEntry

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Look:
    """A list of a panel, or with `is_part` one server of it."""

    panel_ids: tuple[str, ...]
    states: dict[str, ServerState]
    """By name."""
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Push:
    """What a live connection has told."""

    ref: ServerRef
    state: ServerState
    is_first: bool


class RecordingSightings:
    """Makes no news, and forgets nothing."""

    def __init__(self) -> None:
        self.looks: list[Look] = []
        self.failures: list[tuple[tuple[str, ...], PanelError]] = []
        self.pushes: list[Push] = []
        self._changed = asyncio.Condition()

    async def looked(
        self, entries: Sequence[PanelEntry], servers: Sequence[Server], at: datetime
    ) -> None:
        states = {server.name: server.state for server in servers}
        await self._note(self.looks, Look(_ids(entries), states))

    async def looked_at(self, entries: Sequence[PanelEntry], server: Server, at: datetime) -> None:
        look = Look(_ids(entries), {server.name: server.state}, is_part=True)
        await self._note(self.looks, look)

    async def failed(self, entries: Sequence[PanelEntry], error: PanelError, at: datetime) -> None:
        await self._note(self.failures, (_ids(entries), error))

    async def pushed(
        self, ref: ServerRef, state: ServerState, at: datetime, *, is_first: bool = False
    ) -> None:
        await self._note(self.pushes, Push(ref, state, is_first))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until what was seen is like that."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(condition)

    async def _note(self, notes: list[T], note: T) -> None:
        notes.append(note)
        async with self._changed:
            self._changed.notify_all()


def _ids(entries: Sequence[PanelEntry]) -> tuple[str, ...]:
    return tuple(entry.panel_id for entry in entries)

"""What the bot is at when it ends is brought to an end before anything that it needs is closed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from bot.ui import client as client_module

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.ui.client import Client
    from tests.services.house import House

_A_WHILE = 0.2


class Notes:
    """Takes the place of what stores that a guild was left, and lets the test wait in there."""

    def __init__(self, client: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self.order: list[str] = []
        self.begun: asyncio.Queue[int] = asyncio.Queue()
        self.hung_up = asyncio.Event()
        self.work: dict[int, Callable[[], Awaitable[object]]] = {}
        self._client = client
        self._close = client.http.close
        monkeypatch.setattr(house.guilds, "set_left", self._set_left)
        monkeypatch.setattr(client.http, "close", self._hang_up)

    def tell(self, guild_id: int) -> None:
        """Let Discord tell that the bot was removed."""
        self._client.dispatch("guild_remove", SimpleNamespace(id=guild_id))

    async def _set_left(self, guild_id: int, _at: datetime | None) -> None:
        self.begun.put_nowait(guild_id)
        await self.work[guild_id]()
        self.order.append(f"noted {guild_id}")

    async def _hang_up(self) -> None:
        await self._close()
        self.order.append("hung up")
        self.hung_up.set()


@pytest.fixture
def notes(client: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> Notes:
    return Notes(client, house, monkeypatch)


async def patiently(event: asyncio.Event | asyncio.Task[None]) -> None:
    """Give what should come later the time to come too early."""
    waiting = event.wait() if isinstance(event, asyncio.Event) else asyncio.wait([event])
    with suppress(TimeoutError):
        await asyncio.wait_for(waiting, _A_WHILE)


async def test_what_is_told_while_it_closes_is_noted_before(client: Client, notes: Notes) -> None:
    gate = asyncio.Event()
    notes.work = {1: gate.wait, 2: lambda: patiently(notes.hung_up)}
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        notes.tell(1)
        assert await notes.begun.get() == 1
        group.create_task(client.close())
        notes.tell(2)
        assert await notes.begun.get() == 2
        gate.set()

    assert notes.order == ["noted 1", "noted 2", "hung up"]


async def test_what_is_told_at_the_very_last_is_noted_before_the_end(
    client: Client, notes: Notes
) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        closing = group.create_task(client.close())
        closing.add_done_callback(lambda _: notes.order.append("closed"))
        notes.work = {1: lambda: patiently(closing)}
        notes.tell(1)

    assert sorted(notes.order[:2]) == ["hung up", "noted 1"]
    assert notes.order[2:] == ["closed"]


async def test_what_does_not_end_is_ended(
    client: Client, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_GRACE", 0.05)
    notes.work = {1: asyncio.Event().wait}
    async with asyncio.timeout(5):
        notes.tell(1)
        assert await notes.begun.get() == 1
        await client.close()

    assert notes.order == ["hung up"]
    assert not [task for task in asyncio.all_tasks() if "guild_remove" in task.get_name()]

"""Small real implementations of the ports: time that the test owns, panels and stores in memory."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.errors import ServerNotFound, ServerOffline, StorageUnavailable
from bot.domain.servers import (
    Capability,
    PowerAction,
    Resources,
    Server,
    ServerRef,
    ServerState,
)
from tests.fakes_live import FakeConsole

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from bot.domain.access import Rule
    from bot.domain.audit import AuditEntry
    from bot.domain.live import Reading
    from tests.fakes_live import FakeWatch

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)

_TIMELINES: dict[PowerAction, tuple[tuple[float, ServerState], ...]] = {
    PowerAction.START: ((0, ServerState.STARTING), (5, ServerState.RUNNING)),
    PowerAction.STOP: ((0, ServerState.STOPPING), (3, ServerState.OFFLINE)),
    PowerAction.RESTART: (
        (0, ServerState.STOPPING),
        (3, ServerState.OFFLINE),
        (4, ServerState.STARTING),
        (9, ServerState.RUNNING),
    ),
    PowerAction.KILL: ((0, ServerState.OFFLINE),),
}


def make_server(
    name: str = "Survival",
    server_id: str = "1a2b3c4d",
    *,
    panel_id: str = "main",
    state: ServerState = ServerState.RUNNING,
    observed_at: datetime = NOON,
    uptime: timedelta | None = None,
) -> Server:
    """Return one observation of a server."""
    return Server(
        ref=ServerRef(panel_id, server_id),
        name=name,
        state=state,
        observed_at=observed_at,
        resources=Resources(uptime=uptime) if uptime is not None else None,
    )


class FakeClock:
    """Stands still until the test moves it; sleepers wake when it passes their time."""

    def __init__(self, start: datetime = NOON) -> None:
        self._start = start
        self._elapsed = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._slept = asyncio.Condition()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), waking))
        async with self._slept:
            self._slept.notify_all()
        await waking

    def advance(self, seconds: float) -> None:
        """Let time pass while nobody looks; whoever should have woken by then wakes."""
        self._elapsed += seconds
        while self._sleepers and self._sleepers[0][0] <= self._elapsed:
            _wake(heapq.heappop(self._sleepers)[2])

    async def wait_asleep(self, count: int) -> None:
        """Wait until at least so many sleep."""
        async with self._slept:
            await self._slept.wait_for(lambda: self._count_asleep() >= count)

    async def tick(self) -> None:
        """Wait until somebody sleeps, and let time pass until the first of them wakes."""
        await self.wait_asleep(1)
        self.advance(max(self._sleepers[0][0] - self._elapsed, 0))

    async def run_until_done(self, task: asyncio.Task[object]) -> None:
        """Let time pass, from sleeper to sleeper, until the task has ended."""
        while not task.done():
            async with asyncio.TaskGroup() as group:
                ticking = group.create_task(self.tick())
                await asyncio.wait((task, ticking), return_when=asyncio.FIRST_COMPLETED)
                ticking.cancel()

    def _count_asleep(self) -> int:
        self._sleepers = [sleeper for sleeper in self._sleepers if not sleeper[2].done()]
        heapq.heapify(self._sleepers)
        return len(self._sleepers)


class FakePanel:
    """A panel whose servers follow a timeline after each order; it can be held or made to fail."""

    kind = "fake"

    def __init__(self, clock: FakeClock, *, panel_id: str = "main") -> None:
        self.panel_id = panel_id
        self.capabilities = frozenset(Capability)
        self.timelines = dict(_TIMELINES)
        self.errors: dict[str, Exception] = {}
        """By method name: raised at each call as long as it stands here."""
        self.calls: Counter[str] = Counter()
        self.powers: list[tuple[str, PowerAction]] = []
        self.commands: list[tuple[str, str]] = []
        self.known: list[dict[str, Reading]] = []
        """What was known at each list that went around it."""
        self.is_open = asyncio.Event()
        """While it is not set, every call hangs."""
        self.is_open.set()
        self._clock = clock
        self._servers: dict[str, Server] = {}
        self._coming: dict[str, list[tuple[float, ServerState]]] = {}
        self.console = FakeConsole(clock)
        self._called = asyncio.Condition()

    def add(self, server: Server) -> Server:
        self._servers[server.ref.server_id] = server
        return server

    def remove(self, server: Server) -> None:
        del self._servers[server.ref.server_id]

    def now(self, server_id: str) -> Server:
        """Return a server as it is at this moment, without a call."""
        coming = self._coming.get(server_id, [])
        while coming and coming[0][0] <= self._clock.monotonic():
            _, state = coming.pop(0)
            self._servers[server_id] = replace(self._servers[server_id], state=state)
        return replace(self._servers[server_id], observed_at=self._clock.now())

    async def list_servers(self) -> Sequence[Server]:
        await self._enter("list_servers")
        return [self.now(server_id) for server_id in self._servers]

    async def list_around(self, known: Mapping[str, Reading]) -> Sequence[Server]:
        """Tell of those that are known what is known, as if it had not been asked."""
        self.known.append(dict(known))
        listed = await self.list_servers()
        return [
            replace(server, state=known[server.ref.server_id].state)
            if server.ref.server_id in known
            else server
            for server in listed
        ]

    async def get_server(self, server_id: str) -> Server:
        await self._enter("get_server")
        if server_id not in self._servers:
            raise ServerNotFound(self.panel_id, server_id)
        return self.now(server_id)

    async def power(self, server_id: str, action: PowerAction) -> None:
        self.powers.append((server_id, action))
        await self._enter("power")
        now = self._clock.monotonic()
        self._coming[server_id] = [(now + after, state) for after, state in self.timelines[action]]

    async def send_command(self, server_id: str, command: str) -> None:
        await self._enter("send_command")
        if self.now(server_id).state is not ServerState.RUNNING:
            raise ServerOffline(self.panel_id)
        self.commands.append((server_id, command))
        self.console.print(*self.console.replies)

    def watch(self, server_id: str) -> AbstractAsyncContextManager[FakeWatch]:
        self.calls["watch"] += 1
        return self.console.watch()

    async def wait_called(self, method: str, times: int = 1) -> None:
        """Wait until a method was called that often."""
        async with self._called:
            await self._called.wait_for(lambda: self.calls[method] >= times)

    async def _enter(self, method: str) -> None:
        self.calls[method] += 1
        async with self._called:
            self._called.notify_all()
        await self.is_open.wait()
        if method in self.errors:
            raise self.errors[method]


class MemoryRules:
    """Rights in a list."""

    def __init__(self, *rules: Rule) -> None:
        self.is_broken = False
        self.reads = 0
        self._rules = {number: replace(rule, id=number) for number, rule in enumerate(rules, 1)}
        self._ended: set[int] = set()

    async def rules_of(self, guild_id: int) -> Sequence[Rule]:
        self.reads += 1
        return [rule for rule in self._of(guild_id) if rule.id not in self._ended]

    async def ended(self, guild_id: int, rule_ids: Collection[int]) -> Sequence[Rule]:
        wanted = self._ended & set(rule_ids)
        return [rule for rule in self._of(guild_id) if rule.id in wanted]

    async def add(
        self, rule: Rule, *, at: datetime | None = None, instead_of: Collection[int] = ()
    ) -> Rule:
        self._of(rule.guild_id)
        number = len(self._rules) + 1
        self._rules[number] = stored = replace(rule, id=number)
        self._ended |= set(instead_of)
        return stored

    async def remove(self, guild_id: int, rule_ids: Collection[int], *, at: datetime) -> None:
        self._ended |= {rule.id for rule in self._of(guild_id) if rule.id} & set(rule_ids)

    async def restore(
        self,
        guild_id: int,
        rule_ids: Collection[int],
        *,
        at: datetime,
        instead_of: Collection[int] = (),
    ) -> None:
        await self.remove(guild_id, instead_of, at=at)
        self._ended -= set(rule_ids)

    async def delete_guild(self, guild_id: int) -> None:
        for rule in self._of(guild_id):
            del self._rules[rule.id or 0]

    def _of(self, guild_id: int) -> list[Rule]:
        if self.is_broken:
            raise StorageUnavailable("unplugged")
        return [rule for rule in self._rules.values() if rule.guild_id == guild_id]


class MemoryAuditLog:
    """Attempts in a list, the newest last."""

    def __init__(self) -> None:
        self.is_broken = False
        self.entries: list[AuditEntry] = []

    async def add(self, entry: AuditEntry) -> None:
        if self.is_broken:
            raise StorageUnavailable("unplugged")
        self.entries.append(entry)

    async def latest(self, guild_id: int, ref: ServerRef) -> AuditEntry | None:
        if self.is_broken:
            raise StorageUnavailable("unplugged")
        never_sent = (Outcome.DENIED, Outcome.REFUSED)
        found = (
            entry
            for entry in reversed(self.entries)
            if (entry.guild_id, entry.ref) == (guild_id, ref)
            and entry.outcome not in never_sent
            and entry.action != Action.LOGS
        )
        return next(found, None)

    async def unended(self) -> Sequence[AuditEntry]:
        if self.is_broken:
            raise StorageUnavailable("unplugged")
        ended = {
            (row.guild_id, row.ref, row.at)
            for row in self.entries
            if row.outcome is not Outcome.SENT
        }
        return [row for row in self.entries if (row.guild_id, row.ref, row.at) not in ended]


def _wake(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)

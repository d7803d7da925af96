"""An observer with everything around it that it needs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.domain.audit import AuditEntry, Door, Outcome
from bot.domain.errors import PanelUnreachable
from bot.domain.events import Asker
from bot.domain.servers import ServerState
from bot.services.ledger import Ledger
from bot.services.observer import Observer
from bot.services.panels import PanelEntry, PanelRegistry
from tests.fakes import FakeClock, FakePanel, make_server
from tests.fakes_news import GUILD, MemoryNews, make_subscription

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence
    from datetime import datetime

    from bot.domain.access import Action
    from bot.domain.events import Event, EventKind
    from bot.domain.news import Subscription
    from bot.domain.servers import Server

RUNNING, OFFLINE = ServerState.RUNNING, ServerState.OFFLINE
UP, DOWN = make_server(), make_server(state=OFFLINE)
MEMBER = Asker(user_id=11, guild_id=GUILD)


@dataclass
class Post:
    """An observer with everything around it."""

    clock: FakeClock = field(default_factory=FakeClock)
    news: MemoryNews = field(default_factory=MemoryNews)
    woken: list[int] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.panels = PanelRegistry([self.entry("main")])
        self.news.subscriptions[1] = replace(make_subscription(), id=1)
        self.start()

    def start(self) -> None:
        """Begin anew with what is stored."""
        self.ledger = Ledger(self.news, self.clock, matching=self._matching, wake=self._wake)
        self.observer = Observer(
            store=self.news, ledger=self.ledger, panels=self.panels, clock=self.clock
        )

    def entry(self, panel_id: str, source: str = "") -> PanelEntry:
        """Return an open panel."""
        panel = FakePanel(self.clock, panel_id=panel_id)
        return PanelEntry(
            panel=panel,
            name=panel_id,
            guild_ids=frozenset({GUILD}),
            poll_seconds=60,
            source=source,
        )

    def share(self) -> None:
        """Let the panel be there twice, as one that two guilds have."""
        for panel_id in ("main", "other"):
            self.panels.put(self.entry(panel_id, source="same"))

    async def look(self, *servers: Server) -> Sequence[EventKind]:
        """See a list, and store what comes of it; returns what was told."""
        before = len(self.news.events)
        self.clock.advance(60)
        now = self.clock.now()
        read = [replace(server, observed_at=now) for server in servers]
        await self.observer.looked(list(self.panels), read, now)
        await self.ledger.save()
        return [event.kind for event in self.news.events[before:]]

    async def fail(self) -> None:
        """See that a panel gives no list, twice, and store what comes of it."""
        for _ in range(2):
            self.clock.advance(60)
            error = PanelUnreachable("main", "refused")
            await self.observer.failed(list(self.panels), error, self.clock.now())
        await self.ledger.save()

    async def push(self, *states: ServerState, every: float = 3) -> None:
        """Hear of the server's states over a live connection, one after the other."""
        for state in states:
            self.clock.advance(every)
            await self.observer.pushed(UP.ref, state, self.clock.now())

    def ask(self, action: Action, asker: Asker = MEMBER, *, at: datetime | None = None) -> datetime:
        """Let a member order something of the server, now or then; returns when."""
        at = at or self.clock.now()
        self.observer.asked(UP.ref, action, asker, at)
        return at

    def kinds_and_askers(self) -> list[tuple[EventKind, Asker | None]]:
        """Return what was told so far, each with who asked for it."""
        return [(event.kind, event.asker) for event in self.news.events]

    async def until_forgotten(self) -> None:
        """Wait until nothing is known of any server any more."""
        while self.news.kept:
            await self.news.changed.wait()
            self.news.changed.clear()

    def note(
        self,
        action: Action,
        outcome: Outcome,
        detail: str | None = None,
        *,
        user_id: int = MEMBER.user_id,
        at: datetime | None = None,
    ) -> None:
        """Write an attempt on the server down."""
        entry = AuditEntry(
            at=at or self.clock.now(),
            guild_id=MEMBER.guild_id,
            user_id=user_id,
            action=action,
            ref=UP.ref,
            server_name=UP.name,
            door=Door.COMMAND,
            outcome=outcome,
            detail=detail,
        )
        self.observer.noted(entry)

    def _wake(self, channel_ids: Collection[int]) -> None:
        self.woken += channel_ids
        self.told.set()

    def _matching(self, _event: Event) -> Sequence[Subscription]:
        return list(self.news.subscriptions.values())


@asynccontextmanager
async def running(post: Post) -> AsyncIterator[None]:
    """Let it work in the background."""
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(post.observer.run())
        yield
        task.cancel()

"""A panel that is watched, step by step, in time that the test owns."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.changes import Order
from bot.domain.events import Asker
from bot.domain.panel_watch import PanelWatch
from bot.domain.servers import Resources, Server, ServerRef, ServerState
from tests.fakes import NOON

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.access import Action
    from bot.domain.changes import Incident, News, Track
    from bot.domain.errors import PanelError
    from bot.domain.events import Event

MEMBER = Asker(user_id=11, guild_id=1)


def seen(
    server_id: str = "one",
    state: ServerState = ServerState.RUNNING,
    *,
    name: str = "",
    node: str | None = None,
    uptime: float | None = None,
    memory: int | None = None,
) -> Server:
    """Return one observation; `memory` is in percent of its limit."""
    return Server(
        ref=ServerRef("main", server_id),
        name=name or server_id.title(),
        state=state,
        observed_at=NOON,
        node=node,
        resources=Resources(
            uptime=None if uptime is None else timedelta(seconds=uptime),
            memory_bytes=memory,
            memory_limit_bytes=None if memory is None else 100,
        ),
    )


@dataclass
class Watched:
    """A watch with what it has stored, as after a restart of the bot."""

    at: datetime = NOON
    read_at: datetime = NOON
    """When the panel was asked last."""
    tracks: dict[str, Track] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    renamings: dict[str, Order] = field(default_factory=dict)
    used: set[str] | None = None

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin anew with what is stored."""
        self.watch = PanelWatch(
            "main",
            tracks=self.tracks,
            incidents=self.incidents.values(),
            order_of=self.orders.get,
            renaming_of=self.renamings.get,
            creation_of=self._creation_of,
            uses=lambda server_id: self.used is None or server_id in self.used,
            apart=lambda *_: nullcontext(),
        )

    def look(self, *servers: Server, after: float = 60) -> Sequence[Event]:
        """See a list."""
        self.at = self.read_at = self.at + timedelta(seconds=after)
        read = [replace(server, observed_at=self.at) for server in servers]
        return self._take(self.watch.looked(read, self.at))

    def glance(self, server: Server, *, after: float = 2) -> Sequence[Event]:
        """See one server alone."""
        self.at = self.read_at = self.at + timedelta(seconds=after)
        return self.look_again(server, after=0)

    def look_again(self, server: Server, *, after: float = 1.5) -> Sequence[Event]:
        """See one server as it was read last."""
        self.at += timedelta(seconds=after)
        read = replace(server, observed_at=self.read_at)
        return self._take(self.watch.looked([read], self.at, is_complete=False))

    def push(
        self,
        state: ServerState,
        server_id: str = "one",
        *,
        after: float = 0,
        is_first: bool = False,
    ) -> Sequence[Event]:
        """Hear of a state, and let a moment pass."""
        self.at += timedelta(seconds=after)
        return self._take(self.watch.pushed(server_id, state, self.at, is_first=is_first))

    def fail(self, error: PanelError, *, after: float = 60) -> Sequence[Event]:
        """See no list."""
        self.at += timedelta(seconds=after)
        return self._take(self.watch.failed(error, self.at))

    def settle(self, *, after: float = 4) -> Sequence[Event]:
        """Let time pass without a look."""
        self.at += timedelta(seconds=after)
        return self._take(self.watch.settle(self.at))

    def order(self, action: Action, server_id: str = "one") -> None:
        """Ask for something through the bot."""
        self.orders[server_id] = Order(action=action, asker=MEMBER, at=self.at)

    def see_its_end(self, server_id: str = "one") -> None:
        """Let whoever follows what was asked for see that it is done."""
        self.orders[server_id] = replace(self.orders[server_id], done_at=self.at)

    def follow_to_its_end(self, server: Server) -> Sequence[Event]:
        """Let what was asked for be followed, and be told how the server is by then."""
        self.see_its_end(server.ref.server_id)
        return self._take(self.watch.done(replace(server, observed_at=self.at), self.at))

    def _creation_of(self, server_id: str, at: datetime) -> Order | None:
        order = self.orders.get(server_id)
        return None if order is None or order.is_over(at) else order

    def _take(self, news: News) -> Sequence[Event]:
        for ref, track in news.tracks.items():
            if track is None:
                self.tracks.pop(ref.server_id, None)
            else:
                self.tracks[ref.server_id] = track
        for key, incident in news.incidents.items():
            if incident is None:
                self.incidents.pop(key, None)
            else:
                self.incidents[key] = incident
        for server_id in news.done:
            self.orders.pop(server_id, None)
        return news.events

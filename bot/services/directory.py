"""What is known of all servers, in memory, seen through the asker's rights. Asks no panel."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.errors import (
    AmbiguousServer,
    PanelRateLimited,
    PanelUnreachable,
    UnknownServer,
)
from bot.domain.freshness import CACHED
from bot.domain.incidents import trouble_of
from bot.domain.servers import ServerState
from bot.services.ranking import Label, tiers
from bot.services.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import timedelta

    from bot.domain.access import Actor
    from bot.domain.errors import PanelError
    from bot.domain.incidents import Trouble
    from bot.domain.policy import Sight
    from bot.domain.servers import Capability, Server, ServerRef
    from bot.services.access import AccessService
    from bot.services.panels import PanelEntry, PanelRegistry

_RECENT = 5


class ServerDirectory:
    """The last observation of every server; rebuilt from the panels at each start."""

    def __init__(
        self, panels: PanelRegistry, access: AccessService, *, staleness: timedelta = CACHED
    ) -> None:
        """`staleness` is how old what a panel answers may be."""
        self._staleness = staleness
        self._panels = panels
        self._access = access
        self._shelves: dict[str, Shelf] = {}
        self._errors: dict[str, PanelError] = {}
        self._recent: dict[tuple[int, int], deque[ServerRef]] = {}
        self._newer: dict[str, dict[str, Server | None]] = {}
        """By panel and server: what became known while a list was on its way; None is gone."""
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call it with a panel's id when its servers, or the states of some, are others."""
        self._listeners.append(listener)

    def expect(self, panel_id: str) -> None:
        """Note that a panel is being asked for its list: what is heard meanwhile is newer."""
        self._newer[panel_id] = {}

    def replace(self, panel_id: str, servers: Iterable[Server]) -> None:
        """Take over a complete list of a panel's servers; a fresher observation of one stays."""
        listed: dict[str, Server | None] = {server.ref.server_id: server for server in servers}
        for server_id, server in self._newer.pop(panel_id, {}).items():
            if server is None or server_id not in listed:
                listed[server_id] = server
        is_first, had_failed = panel_id not in self._shelves, panel_id in self._errors
        shelf = self._shelf(panel_id)
        before = {key: _look(server) for key, server in shelf.servers.items()}
        shelf.replace(server for server in listed.values() if server)
        self._errors.pop(panel_id, None)
        now = {key: _look(server) for key, server in shelf.servers.items()}
        if is_first or had_failed or now != before:
            self._tell(panel_id)

    def note(self, server: Server) -> Server:
        """Take over one fresh observation, of a panel that is there; returns what is known now.

        That is what was pushed lately where the panel may not know of it yet.
        """
        if server.ref.panel_id not in self._panels:
            return server
        now, is_other = self._put(server)
        if is_other:
            self._tell(server.ref.panel_id)
        return now

    def forget(self, ref: ServerRef) -> None:
        """Drop a server that its panel no longer knows."""
        if ref.panel_id in self._shelves:
            self._shelves[ref.panel_id].forget(ref.server_id)
        if ref.panel_id in self._newer:
            self._newer[ref.panel_id][ref.server_id] = None
        self._tell(ref.panel_id)

    def fail(self, panel_id: str, error: PanelError) -> None:
        """Note that a panel gave no list: its servers are out of sight, not offline."""
        self._errors[panel_id] = error
        self._newer.pop(panel_id, None)
        shelf = self._shelves.get(panel_id)
        if panel_id in self._panels and shelf and not isinstance(error, PanelRateLimited):
            for server in list(shelf.servers.values()):
                self._put(unreachable(server))
        self._tell(panel_id)

    def is_read(self, panel_id: str) -> bool:
        """Whether a panel's list is known, however old it is."""
        return panel_id in self._shelves

    def trouble(self, panel_id: str) -> Trouble | None:
        """Return why the last look at a panel brought no list, None where none has failed."""
        error = self._errors.get(panel_id)
        return None if error is None else trouble_of(error)

    def servers_of(self, panel_id: str) -> list[Server]:
        """Return all servers of a panel by name, also those that its guild does not use."""
        shelf = self._shelves.get(panel_id)
        return [shelf.servers[label.ref.server_id] for label in shelf.labels] if shelf else []

    def drop(self, panel_id: str) -> None:
        """Forget a panel that is gone, with its servers."""
        self._shelves.pop(panel_id, None)
        self._errors.pop(panel_id, None)
        self._newer.pop(panel_id, None)
        self._tell(panel_id)

    def remember(self, actor: Actor, ref: ServerRef) -> None:
        """Note that the actor used this server, for ranking."""
        recent = self._recent.setdefault((actor.guild_id, actor.user_id), deque(maxlen=_RECENT))
        if ref in recent:
            recent.remove(ref)
        recent.appendleft(ref)

    async def visible(self, actor: Actor) -> list[Server]:
        """Return what the actor may see in this guild, by panel and name."""
        sight = await self._access.sight(actor)
        return [
            shelf.servers[label.ref.server_id]
            for entry, shelf in self._read(actor.guild_id)
            for label in _seen(entry, shelf, sight)
        ]

    async def resolve(self, actor: Actor, text: str) -> Server:
        """Find a server by key, id or name.

        Raises `UnknownServer` alike for one that does not exist and one that may not be seen,
        `AmbiguousServer`, and the panel's own error while its list was never read.
        """
        text = text.strip()
        sight = await self._access.sight(actor)
        places = self._read(actor.guild_id)
        for find in (_by_key, _by_id, Shelf.named):
            found = [
                server
                for entry, shelf in places
                for server in find(shelf, text)
                if entry.uses(server.ref.server_id) and sight.sees(server.ref)
            ]
            if len(found) == 1:
                return found[0]
            if found:
                raise AmbiguousServer(text, tuple(found))
        raise self.blind_spot(actor) or UnknownServer(text)

    def known(self, guild_id: int, ref: ServerRef) -> Server | None:
        """Return a server that the guild uses, as last observed, whoever may see it."""
        entry, shelf = self._panels.get(ref.panel_id), self._shelves.get(ref.panel_id)
        if entry is None or shelf is None or guild_id not in entry.guild_ids:
            return None
        return shelf.servers.get(ref.server_id) if entry.uses(ref.server_id) else None

    def get(self, ref: ServerRef) -> Server | None:
        """Return a server as last observed, whoever uses or may see it."""
        shelf = self._shelves.get(ref.panel_id)
        return shelf.servers.get(ref.server_id) if shelf else None

    def blind_spot(self, actor: Actor) -> PanelError | None:
        """Return why a panel of this guild was never read, if one was not."""
        for entry in self._panels.of_guild(actor.guild_id):
            if entry.panel_id not in self._shelves:
                unread = PanelUnreachable(entry.panel_id, "its list was not read yet")
                return self._errors.get(entry.panel_id, unread)
        return None

    async def search(
        self, actor: Actor, typed: str, *, needs: Capability | None = None, most: int = 25
    ) -> list[Server]:
        """Return what the actor may see and may mean: own recent ones first, then by match.

        With `needs` only servers whose panel can do that.
        """
        sight = await self._access.sight(actor)
        places = [
            (entry, shelf)
            for entry, shelf in self._read(actor.guild_id)
            if needs is None or needs in entry.panel.capabilities
        ]
        used = [
            shelf.label(ref.server_id)
            for ref in self._recent.get((actor.guild_id, actor.user_id), ())
            for entry, shelf in places
            if entry.panel_id == ref.panel_id and ref.server_id in shelf
            if entry.uses(ref.server_id) and sight.sees(ref)
        ]
        *_, found = tiers(used, typed)
        seen = [_seen(entry, shelf, sight) for entry, shelf in places]
        for tier in zip(*(tiers(labels, typed) for labels in seen), strict=True):
            for label in heapq.merge(*tier, key=Label.order):
                if len(found) >= most:
                    break
                if label not in found:
                    found.append(label)
        return [self._shelves[each.ref.panel_id].servers[each.ref.server_id] for each in found]

    def _put(self, server: Server) -> tuple[Server, bool]:
        """Take over an observation; returns what is known now, and whether it looks different."""
        ref, shelf = server.ref, self._shelf(server.ref.panel_id)
        known = shelf.servers.get(ref.server_id)
        now = shelf.note(server)
        if ref.panel_id in self._newer:
            self._newer[ref.panel_id][ref.server_id] = now
        return now, known is None or _look(known) != _look(now)

    def _tell(self, panel_id: str) -> None:
        for listener in self._listeners:
            listener(panel_id)

    def _shelf(self, panel_id: str) -> Shelf:
        return self._shelves.setdefault(panel_id, Shelf(self._staleness))

    def _read(self, guild_id: int) -> list[tuple[PanelEntry, Shelf]]:
        """Return the guild's panels that were read, by id."""
        entries = sorted(self._panels.of_guild(guild_id), key=lambda entry: entry.panel_id)
        return [
            (entry, self._shelves[entry.panel_id])
            for entry in entries
            if entry.panel_id in self._shelves
        ]


def unreachable(server: Server) -> Server:
    """Return the server as out of sight; the time of its last observation stays."""
    return replace(server, state=ServerState.UNREACHABLE, resources=None, pushed_at=None)


def _look(server: Server) -> tuple[object, ...]:
    """Return what is seen of a server from afar."""
    return server.name, server.state, server.addresses[:1]


def _seen(entry: PanelEntry, shelf: Shelf, sight: Sight) -> list[Label]:
    """Return what may be seen of a panel, by name."""
    usual, exceptions = sight.of_panel(entry.panel_id)
    if not usual:
        shown = (shelf.label(key) for key, seen in exceptions.items() if seen and key in shelf)
        labels = sorted(shown, key=Label.order)
    elif exceptions:
        hidden = {server_id for server_id, seen in exceptions.items() if not seen}
        labels = [label for label in shelf.labels if label.ref.server_id not in hidden]
    else:
        labels = shelf.labels
    if entry.server_ids is not None:
        labels = [label for label in labels if entry.uses(label.ref.server_id)]
    return labels


def _by_key(shelf: Shelf, text: str) -> Iterator[Server]:
    """Find what a key or a reference names; only a long id's key must be searched for."""
    _, _, server_id = text.partition(":")
    if server_id.startswith("~"):
        yield from (server for server in shelf.servers.values() if server.ref.key == text)
    else:
        yield from (server for server in _by_id(shelf, server_id) if str(server.ref) == text)


def _by_id(shelf: Shelf, text: str) -> Iterator[Server]:
    if text in shelf.servers:
        yield shelf.servers[text]

"""Somebody who knows only what was told, and notices what cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.events import PASSING, Event, EventKind
from bot.domain.servers import ServerState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.domain.changes import Track

RUNNING, OFFLINE = ServerState.RUNNING, ServerState.OFFLINE
POWER = frozenset({RUNNING, OFFLINE})
_SWALLOWED = "swallowed"
"""In the place of a stop that may have been told as flapping."""
_AFTER = {
    EventKind.STARTED: frozenset({RUNNING}),
    EventKind.STOPPED: frozenset({OFFLINE}),
    EventKind.CRASHED: frozenset({OFFLINE}),
    EventKind.SUSPENDED: frozenset({ServerState.SUSPENDED}),
    EventKind.INSTALLING: frozenset({ServerState.INSTALLING}),
    EventKind.INSTALL_FAILED: frozenset({ServerState.INSTALL_FAILED}),
    EventKind.UNSUSPENDED: POWER,
    EventKind.INSTALLED: POWER,
}
_BEFORE = {
    EventKind.UNSUSPENDED: frozenset({ServerState.SUSPENDED}),
    EventKind.INSTALLED: frozenset({ServerState.INSTALLING, ServerState.INSTALL_FAILED}),
}


class Reader:
    """Knows of each server in which states it may be."""

    def __init__(self) -> None:
        self.count = 0
        self.open: dict[str, Event] = {}
        """The newest word of each incident that is not over."""
        self._over: set[str] = set()
        self._stops: dict[str, str | None] = {}
        """The newest stop of each server that may turn out to be a restart."""
        self._states: dict[str, frozenset[ServerState]] = {}
        self._names: dict[str, str] = {}

    def read(self, events: Sequence[Event], tracks: Mapping[str, Track]) -> None:
        """Read what is told, and see without a word what is there for the first time."""
        for event in events:
            self.count += 1
            if event.incident is not None and event.kind not in PASSING:
                self._read_incident(event.incident, event)
            elif event.ref is not None:
                self._read_change(event.ref.server_id, event)
        assert {word.ref.server_id for word in self.open.values() if word.ref} <= tracks.keys()
        for server_id, track in tracks.items():
            self._names.setdefault(server_id, track.name)
            if track.state is not None:
                self._states.setdefault(server_id, frozenset({track.state}))

    def knows(self, truth: Mapping[str, ServerState]) -> bool:
        """Whether nothing was lost."""
        return all(state in self._states[server_id] for server_id, state in truth.items())

    def full(self) -> Iterator[str]:
        """Return which servers are said to have used up their memory."""
        for event in self.open.values():
            if event.kind is EventKind.THRESHOLD and event.ref is not None:
                yield event.ref.server_id

    def _read_incident(self, incident: str, event: Event) -> None:
        assert incident not in self._over
        last = self.open.pop(incident, None)
        assert last is None or replace(last, at=event.at, told_at=event.told_at) != event
        if event.is_over:
            assert last is not None
            self._over.add(incident)
        else:
            self.open[incident] = event
        is_gone = event.detail == ServerState.DELETED
        if event.kind is EventKind.FLAPPING and event.ref is not None and not is_gone:
            told = frozenset({ServerState(event.detail)} if event.detail else ServerState)
            # How it went down may be told once it is known to stay so.
            is_down = event.is_over and event.detail == OFFLINE
            self._states[event.ref.server_id] = POWER if is_down else told
            self._stops[event.ref.server_id] = _SWALLOWED

    def _read_change(self, server_id: str, event: Event) -> None:
        known = self._states.get(server_id, frozenset(ServerState))
        stop, self._stops[server_id] = self._stops.get(server_id), event.incident
        match event.kind:
            case EventKind.ADDED | EventKind.REMOVED:
                assert (server_id in self._names) is (event.kind is EventKind.REMOVED)
                self._names.pop(server_id, None)
                self._states.pop(server_id, None)
            case EventKind.RENAMED:
                assert event.former_name == self._names[server_id] != event.name
                self._names[server_id] = event.name
            case EventKind.RESTARTED:
                assert (OFFLINE if event.incident else RUNNING) in known
                assert event.incident is None or stop in (event.incident, _SWALLOWED)
                self._stops[server_id] = None
                self._states[server_id] = frozenset({RUNNING})
            case kind:
                assert not known <= _AFTER[kind] or known == POWER, f"{kind} again"
                assert known & _BEFORE.get(kind, frozenset(ServerState))
                self._states[server_id] = _AFTER[kind]

"""Looks at single servers every few seconds after something was done to them. Does nothing to them.

Whoever is looked at by somebody else meanwhile is not asked for twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.errors import PanelError, ServerNotFound
from bot.domain.freshness import CACHED
from bot.domain.haste import Background, in_background
from bot.domain.servers import ServerState
from bot.services.background import outliving
from bot.services.crew import Bell, one_task_each

if TYPE_CHECKING:
    from bot.domain.audit import AuditEntry
    from bot.domain.ports import Clock
    from bot.domain.servers import Server, ServerRef
    from bot.services.directory import ServerDirectory
    from bot.services.panels import PanelEntry, PanelRegistry
    from bot.services.sightings import Sightings

RESTING = frozenset(
    {
        ServerState.RUNNING,
        ServerState.OFFLINE,
        ServerState.SUSPENDED,
        ServerState.INSTALL_FAILED,
        ServerState.DELETED,
    }
)
"""Nothing more is expected to happen by itself."""
_MOVING = frozenset(Action) - {Action.VIEW, Action.LOGS, Action.CREATE, Action.MANAGE}
_SECONDS = 3.0
"""Between two looks; a younger one of somebody else is as good."""
_LATER_SECONDS = 5.0
_LATER = 60.0
_LONGEST = 660.0
"""Wings waits 10 minutes for a stop before it kills."""


class Attention:
    """The servers to which something was done just now."""

    def __init__(
        self,
        panels: PanelRegistry,
        directory: ServerDirectory,
        clock: Clock,
        *,
        observer: Sightings,
    ) -> None:
        self._panels = panels
        self._directory = directory
        self._clock = clock
        self._observer = observer
        self._since: dict[ServerRef, float] = {}
        self._bell = Bell()

    def attend(self, ref: ServerRef) -> None:
        """Look at a server until its state rests, or for some minutes."""
        self._since[ref] = self._clock.monotonic()
        self._bell.ring()

    def noted(self, entry: AuditEntry) -> None:
        """Attend to what was given to a panel just now."""
        if entry.outcome is Outcome.SENT and entry.action in _MOVING and entry.ref.server_id:
            self.attend(entry.ref)

    async def run(self) -> None:
        """Look until cancelled."""
        await one_task_each(lambda: self._since, self._attend, changed=self._bell.heard)

    async def _attend(self, ref: ServerRef) -> None:
        while (entry := self._panels.get(ref.panel_id)) is not None and ref in self._since:
            age = self._clock.monotonic() - self._since[ref]
            await self._clock.sleep(_SECONDS if age < _LATER else _LATER_SECONDS)
            is_resting = False
            with outliving("looking at %s", ref):
                is_resting = await self._look(entry, ref)
            age = self._clock.monotonic() - self._since[ref]
            # A state at rest may be the one from before.
            if age >= _LONGEST or (is_resting and age > CACHED.total_seconds() + _SECONDS):
                break
        self._since.pop(ref, None)

    async def _look(self, entry: PanelEntry, ref: ServerRef) -> bool:
        """Take in how it is; returns whether it rests, or will never be seen to."""
        server = self._seen_by_others(ref)
        if server is None:
            try:
                with in_background(Background(self._clock, share=entry.background_share)):
                    server = await entry.panel.get_server(ref.server_id)
            except ServerNotFound:
                # The next list tells that it is gone.
                return True
            except PanelError:
                return False
            server = self._directory.note(server)
        await self._observer.looked_at(
            self._panels.watched_as(entry.watched_as), server, self._clock.now()
        )
        return server.state in RESTING

    def _seen_by_others(self, ref: ServerRef) -> Server | None:
        server = self._directory.get(ref)
        if server is None or server.state is ServerState.UNREACHABLE:
            return None
        age = (self._clock.now() - server.observed_at).total_seconds()
        return server if age < _SECONDS else None

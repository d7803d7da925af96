"""Looks at one server for somebody who may see it. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.errors import (
    PanelError,
    PanelUnreachable,
    ServerNotFound,
    StorageUnavailable,
    UnknownServer,
)
from bot.services.directory import unreachable

if TYPE_CHECKING:
    from bot.domain.access import Actor
    from bot.domain.audit import AuditEntry, Door
    from bot.domain.servers import Capability, Server
    from bot.services.audit import AuditService
    from bot.services.directory import ServerDirectory
    from bot.services.gate import Gate
    from bot.services.panels import PanelRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All that a card shows."""

    server: Server
    panel_name: str
    capabilities: frozenset[Capability]
    last_action: AuditEntry | None
    error: PanelError | None
    """Why it is not fresh; the server is then shown as last known."""


class StatusService:
    """Gives a fresh look, or the last known one with the reason why it is not fresh."""

    def __init__(
        self,
        *,
        gate: Gate,
        panels: PanelRegistry,
        directory: ServerDirectory,
        audit: AuditService,
    ) -> None:
        self._gate = gate
        self._panels = panels
        self._directory = directory
        self._audit = audit

    async def find(self, actor: Actor, text: str, *, door: Door) -> Server:
        """Return a server as last known, without asking its panel; raises like `look`."""
        return await self._gate.find(actor, text, door=door)

    async def look(self, actor: Actor, text: str) -> Status:
        """Ask the panel about a server; raises like `resolve`, also where it is gone by now."""
        known = await self._directory.resolve(actor, text)
        ref = known.ref
        entry = self._panels[ref.panel_id]
        self._directory.remember(actor, ref)
        error: PanelError | None = None
        try:
            server = await entry.panel.get_server(ref.server_id)
        except ServerNotFound as gone:
            self._directory.forget(ref)
            raise UnknownServer(known.name) from gone
        except PanelError as caught:
            error = caught
            server = unreachable(known) if isinstance(caught, PanelUnreachable) else known
        else:
            server = self._directory.note(server)
        return Status(
            server=server,
            panel_name=entry.name,
            capabilities=entry.panel.capabilities,
            last_action=await self._last_action(actor, server),
            error=error,
        )

    async def _last_action(self, actor: Actor, server: Server) -> AuditEntry | None:
        try:
            return await self._audit.latest(actor.guild_id, server.ref)
        except StorageUnavailable:
            return None

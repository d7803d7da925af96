"""A panel as one guild knows it: a client that others may share, under an id of its own.

Keeps nothing and decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from bot.domain.servers import belonging

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from bot.domain.administration import Field
    from bot.domain.live import Reading
    from bot.domain.ports import AdminPanel, CommandPanel, LivePanel, LiveServer, Panel
    from bot.domain.servers import Capability, PowerAction, Server

    class _Client(AdminPanel, CommandPanel, LivePanel, Protocol):
        """All that a kind may offer; its capabilities say what it does."""


class Face:
    """Passes everything on; servers come back under the guild's own id."""

    def __init__(self, panel_id: str, client: Panel) -> None:
        self.panel_id = panel_id
        # It need not have what its capabilities do not name: that is never called.
        self.client = cast("_Client", client)

    @property
    def kind(self) -> str:
        """The kind, as in the configuration."""
        return self.client.kind

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the client can do beyond listing and showing."""
        return self.client.capabilities

    async def list_servers(self) -> Sequence[Server]:
        """Return all servers of the key."""
        return [belonging(each, self.panel_id) for each in await self.client.list_servers()]

    async def list_around(self, known: Mapping[str, Reading]) -> Sequence[Server]:
        """Return all servers of the key, without asking for what is known."""
        listed = await self.client.list_around(known)
        return [belonging(each, self.panel_id) for each in listed]

    async def get_server(self, server_id: str) -> Server:
        """Return one server."""
        return belonging(await self.client.get_server(server_id), self.panel_id)

    async def power(self, server_id: str, action: PowerAction) -> None:
        """Order it."""
        await self.client.power(server_id, action)

    async def send_command(self, server_id: str, command: str) -> None:
        """Write one line to the console."""
        await self.client.send_command(server_id, command)

    def watch(self, server_id: str) -> AbstractAsyncContextManager[LiveServer]:
        """Watch a server until the context ends."""
        return self.client.watch(server_id)

    async def fields(self, action: Capability, server_id: str | None) -> Sequence[Field]:
        """Return what an action asks for."""
        return await self.client.fields(action, server_id)

    async def create(self, values: Mapping[str, object]) -> Server:
        """Create a server."""
        return belonging(await self.client.create(values), self.panel_id)

    async def update(
        self, server_id: str, values: Mapping[str, object], *, replace: bool
    ) -> Server:
        """Change the given fields, or all."""
        changed = await self.client.update(server_id, values, replace=replace)
        return belonging(changed, self.panel_id)

    async def build(self, server_id: str, values: Mapping[str, object]) -> Server:
        """Change limits and addresses."""
        return belonging(await self.client.build(server_id, values), self.panel_id)

    async def suspend(self, server_id: str) -> None:
        """Take the server out of use."""
        await self.client.suspend(server_id)

    async def unsuspend(self, server_id: str) -> None:
        """Let it be used again."""
        await self.client.unsuspend(server_id)

    async def delete(self, server_id: str, *, force: bool) -> None:
        """Delete it for good."""
        await self.client.delete(server_id, force=force)

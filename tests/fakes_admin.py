"""A panel in memory that creates and changes servers; it asks for what the test says."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from bot.domain.administration import Choice, Field, FieldType
from bot.domain.servers import Capability, ServerState
from tests.fakes import FakePanel, make_server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.servers import Server
    from tests.fakes import FakeClock

FIELDS = (
    Field(name="note", label="Note"),
    Field(name="name", label="Name", required=True),
    Field(
        name="egg",
        label="Egg",
        type=FieldType.NUMBER,
        required=True,
        choices=(Choice(4, "Vanilla"), Choice(5, "Paper")),
        decides=True,
    ),
    Field(name="limits.memory", label="Memory in MB", type=FieldType.NUMBER, value=1024),
    Field(name="environment.RCON_PASSWORD", label="Remote password"),
    Field(name="ports", label="Ports", type=FieldType.LIST),
    Field(name="dedicated", label="An address of its own", type=FieldType.FLAG),
    Field(name="env", label="Variables", type=FieldType.MAP),
)
"""What is asked of a new server: a field of every type."""


class FakeAdminPanel(FakePanel):
    """Keeps what it is given and says yes, unless an error stands for that call."""

    def __init__(self, clock: FakeClock, *, panel_id: str = "main") -> None:
        super().__init__(clock, panel_id=panel_id)
        self.asks: dict[Capability, Sequence[Field]] = {Capability.CREATE: FIELDS}
        self.more: dict[str, Sequence[Field]] = {}
        """What is asked for as well, by what was chosen: `egg=5`."""
        self.chosen: list[Mapping[str, object]] = []
        """What was said to be chosen at each call, the newest last."""
        self.given: list[tuple[str, str | None, Mapping[str, object]]] = []
        """Call, server and values, the newest last."""

    async def fields(
        self, action: Capability, server_id: str | None, *, chosen: Mapping[str, object] = {}
    ) -> Sequence[Field]:
        self.chosen.append(chosen)
        await self._enter("fields")
        if action in self.asks:
            more = (self.more.get(f"{name}={value}", ()) for name, value in chosen.items())
            return [*self.asks[action], *chain.from_iterable(more)]
        server = self.now(str(server_id))
        return [
            Field(name="name", label="Name", value=server.name),
            Field(name="description", label="Description", value="The old one"),
        ]

    async def create(self, values: Mapping[str, object]) -> Server:
        self.given.append(("create", None, values))
        await self._enter("create")
        made = make_server(str(values["name"]), f"new{len(self.given)}", panel_id=self.panel_id)
        return self.add(replace(made, state=ServerState.INSTALLING))

    async def update(
        self, server_id: str, values: Mapping[str, object], *, replace: bool
    ) -> Server:
        return await self._change("replace" if replace else "update", server_id, values)

    async def build(self, server_id: str, values: Mapping[str, object]) -> Server:
        return await self._change("build", server_id, values)

    async def suspend(self, server_id: str) -> None:
        server = await self._change("suspend", server_id, {})
        self.add(replace(server, state=ServerState.SUSPENDED))

    async def unsuspend(self, server_id: str) -> None:
        server = await self._change("unsuspend", server_id, {})
        self.add(replace(server, state=ServerState.OFFLINE))

    async def delete(self, server_id: str, *, force: bool) -> None:
        gone = await self._change("force_delete" if force else "delete", server_id, {})
        self.remove(gone)

    async def _change(self, call: str, server_id: str, values: Mapping[str, object]) -> Server:
        self.given.append((call, server_id, values))
        await self._enter(call)
        server = self.now(server_id)
        return self.add(replace(server, name=str(values.get("name", server.name))))

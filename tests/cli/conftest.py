"""What tests of the command line stand on: a panel on loopback, and commands carried out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot.cli import main
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from bot.simulators.world import Server


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Installation:
    """A stand-in of a panel with one user's key, and the configuration that leads to it."""

    stand_in: PterodactylStandIn
    folder: Path
    key: str
    survival: Server
    creative: Server

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    def write(
        self,
        *,
        key: str | None = None,
        discord: str = "",
        credentials: str = "{key: {file: key}}",
        more: str = "",
    ) -> None:
        (self.folder / "key").write_text(key or self.key, encoding="utf-8")
        self.config.write_text(
            f"{discord}\n"
            "panels:\n"
            "  - id: main\n"
            "    kind: pterodactyl\n"
            f"    base_url: {self.stand_in.url}\n"
            f"    credentials: {credentials}\n"
            f"{more}",
            encoding="utf-8",
        )


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    world = World()
    node = world.add_node("node-1")
    survival = world.add_server("Survival", node=node, state="running")
    creative = world.add_server("Creative", node=node, port=25566)
    async with PterodactylStandIn(world) as stand_in:
        owner = stand_in.add_user("operator")
        stand_in.own(owner, survival)
        stand_in.own(owner, creative)
        made = Installation(stand_in, tmp_path, stand_in.add_key(owner), survival, creative)
        made.write()
        yield made


@pytest.fixture
def deckhand(
    own_logging: None, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Awaitable[Ended]]:
    """Carry a command out beside the test's own event loop, where the stand-ins run."""

    async def carry_out(*arguments: object) -> Ended:
        status = await asyncio.to_thread(main, [str(argument) for argument in arguments])
        return Ended(status, *capsys.readouterr())

    return carry_out

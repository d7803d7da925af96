"""Small real implementations of what keeps and makes the panels of guilds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import InvalidPanel, StorageUnavailable
from bot.domain.panels import KeyField, PanelForm, PanelProblem
from bot.domain.trials import Check, Finding, Mark, Result, Trial
from tests.fakes import FakePanel, make_server

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.domain.panels import StoredPanel
    from bot.domain.servers import Server
    from tests.fakes import FakeClock

FORM = PanelForm(
    title="Fake",
    address="https://panel.example.com",
    keys=(KeyField(name="key", label="Key", hint="From the fake panel"),),
)
REFUSED = Trial((Result(Check.KEY, Mark.BAD, Finding.KEY_REFUSED),))


class MemoryPanels:
    """Panels in a dictionary."""

    def __init__(self, *panels: StoredPanel) -> None:
        self.is_broken = False
        self.rows = {panel.panel_id: panel for panel in panels}

    async def all(self) -> Sequence[StoredPanel]:
        self._check()
        return list(self.rows.values())

    async def add(self, panel: StoredPanel) -> None:
        self._check()
        self.rows[panel.panel_id] = panel

    async def change(self, panel: StoredPanel) -> bool:
        self._check()
        if panel.panel_id not in self.rows:
            return False
        self.rows[panel.panel_id] = panel
        return True

    async def purge(self, removed_before: datetime) -> int:
        self._check()
        gone = [p for p in self.rows.values() if p.removed_at and p.removed_at < removed_before]
        for panel in gone:
            del self.rows[panel.panel_id]
        return len(gone)

    async def delete_of(self, guild_id: int) -> None:
        self._check()
        self.rows = {key: p for key, p in self.rows.items() if p.guild_id != guild_id}

    def _check(self) -> None:
        if self.is_broken:
            raise StorageUnavailable("unplugged")


class FakeMaker:
    """Makes fake panels; the same address and key are the same panel."""

    def __init__(self, clock: FakeClock) -> None:
        self.forms: Mapping[str, PanelForm] = {"fake": FORM}
        self.servers: list[tuple[str, str]] = [("Survival", "1a2b3c4d"), ("Creative", "ffff0000")]
        """Name and id of what every panel has."""
        self.trial: Trial | None = None
        """What every trial comes to, where it is set."""
        self.opened: dict[str, FakePanel] = {}
        self.tried: list[StoredPanel] = []
        self.unfit: set[str] = set()
        """Ids of panels that cannot be opened."""
        self._clock = clock

    def open(self, stored: StoredPanel) -> tuple[FakePanel, str]:
        if stored.panel_id in self.unfit:
            raise InvalidPanel(PanelProblem.UNFIT, "no such kind")
        panel = FakePanel(self._clock, panel_id=stored.panel_id)
        for server in self._listed(stored.panel_id):
            panel.add(server)
        self.opened[stored.panel_id] = panel
        return panel, f"{stored.base_url} {sorted(stored.credentials.items())}"

    async def try_out(self, stored: StoredPanel) -> Trial:
        self.tried.append(stored)
        if self.trial is not None:
            return self.trial
        servers = self._listed(stored.panel_id)
        found = Result(Check.SERVERS, Mark.GOOD, Finding.SERVERS, count=len(servers))
        return Trial((found,), tuple(servers))

    def _listed(self, panel_id: str) -> list[Server]:
        return [make_server(name, key, panel_id=panel_id) for name, key in self.servers]

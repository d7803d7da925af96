"""A database with sealed panels and the file with its master key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.panels import StoredPanel
from bot.storage import keys
from bot.storage.crypto import Vault
from bot.storage.keys import KeySource
from bot.storage.panels import SqlPanels

if TYPE_CHECKING:
    from bot.storage.engine import Database
    from bot.storage.key_file import KeyFile


def panel(number: int, *, key: str = "") -> StoredPanel:
    return StoredPanel(
        panel_id=f"g{number}",
        guild_id=1,
        name=f"Panel {number}",
        kind="pterodactyl",
        base_url="https://panel.example.com",
        credentials={"key": key or f"ptlc_{number}"},
        added_by=2,
        added_at=datetime(2026, 7, 1, 12, tzinfo=UTC) + timedelta(seconds=number),
    )


@dataclass(frozen=True, slots=True)
class House:
    """What an operator has."""

    database: Database
    file: KeyFile

    @property
    def source(self) -> KeySource:
        return KeySource((), self.file)

    async def start(self) -> SqlPanels:
        """Do what the bot does when it starts."""
        return SqlPanels(self.database, await keys.unlock(self.database, self.source))

    async def credentials(self, source: KeySource | None = None) -> list[str]:
        """The keys of all panels, as a bot reads them that starts now."""
        vault = await keys.unlock(self.database, source or self.source)
        return [each.credentials["key"] for each in await SqlPanels(self.database, vault).all()]

    def panels(self, *given: str) -> SqlPanels:
        """The panels as a bot sees them that was started with these keys."""
        return SqlPanels(self.database, Vault(given))

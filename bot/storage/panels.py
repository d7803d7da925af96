"""Panels added from Discord, in SQL, their credentials sealed. No row gets out."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from sqlalchemy import CursorResult, delete, select, update

from bot.domain.panels import StoredPanel
from bot.storage.crypto import SealError
from bot.storage.master_key import check_current
from bot.storage.news_leftovers import drop_panel_news
from bot.storage.tables import PanelRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from bot.storage.crypto import Vault
    from bot.storage.engine import Database

_log = logging.getLogger(__name__)


class SqlPanels:
    """The panels that guilds have added from Discord (`PanelStore`)."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def all(self) -> Sequence[StoredPanel]:
        """Return every panel, oldest first; without those that no key opens, which are logged."""
        query = select(PanelRow).order_by(PanelRow.added_at, PanelRow.id)
        async with self._database.session() as session:
            rows = (await session.scalars(query)).all()
        return [panel for row in rows if (panel := self._opened(row)) is not None]

    async def add(self, panel: StoredPanel) -> None:
        """Store a new one."""
        async with self._database.session() as session:
            session.add(PanelRow(id=panel.panel_id, **self._columns(panel)))
            await session.flush()
            await check_current(session, self._vault)

    async def change(self, panel: StoredPanel) -> bool:
        """Store it anew; False where it is not there."""
        statement = (
            update(PanelRow).where(PanelRow.id == panel.panel_id).values(**self._columns(panel))
        )
        async with self._database.session() as session:
            result: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]  # of an UPDATE
            await check_current(session, self._vault)
        return result.rowcount > 0

    async def purge(self, removed_before: datetime) -> int:
        """Delete for good what was removed before then; return how many that were."""
        too_old = PanelRow.removed_at < removed_before
        await drop_panel_news(self._database, too_old)
        statement = delete(PanelRow).where(too_old)
        async with self._database.session() as session:
            result: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]  # of a DELETE
        return result.rowcount

    async def delete_of(self, guild_id: int) -> None:
        """Delete for good all that a guild has added."""
        await drop_panel_news(self._database, PanelRow.guild_id == guild_id)
        async with self._database.session() as session:
            await session.execute(delete(PanelRow).where(PanelRow.guild_id == guild_id))

    def _columns(self, panel: StoredPanel) -> dict[str, object]:
        return {
            "guild_id": panel.guild_id,
            "name": panel.name,
            "kind": panel.kind,
            "base_url": panel.base_url,
            "verify_tls": panel.verify_tls,
            "options": dict(panel.options),
            "sealed_credentials": self._vault.seal(json.dumps(dict(panel.credentials))),
            "server_ids": None if panel.server_ids is None else sorted(panel.server_ids),
            "added_by": panel.added_by,
            "added_at": panel.added_at,
            "removed_at": panel.removed_at,
        }

    def _opened(self, row: PanelRow) -> StoredPanel | None:
        try:
            credentials = json.loads(self._vault.open(row.sealed_credentials))
        except SealError:
            _log.error("panel %s opens with none of the master keys; it is left out", row.id)
            return None
        return StoredPanel(
            panel_id=row.id,
            guild_id=row.guild_id,
            name=row.name,
            kind=row.kind,
            base_url=row.base_url,
            credentials=credentials,
            verify_tls=row.verify_tls,
            options=row.options,
            server_ids=None if row.server_ids is None else frozenset(row.server_ids),
            added_by=row.added_by,
            added_at=row.added_at,
            removed_at=row.removed_at,
        )

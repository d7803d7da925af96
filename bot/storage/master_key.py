"""The master key of a database: which one it is, and the change to another. Keeps none itself.

A text sealed under it lies in the database, so that a wrong key is found out at once. Who stores
something sealed looks at that text before the transaction ends: while keys are changed, nothing
is stored under a key that is about to be dropped.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.errors import StorageUnavailable
from bot.storage.crypto import SealError
from bot.storage.tables import MemoryRow, PanelRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.crypto import Vault
    from bot.storage.engine import Database

_log = logging.getLogger(__name__)

_KEY = "master key"
_TEXT = "deckhand"
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Resealed:
    """What a change of keys has done."""

    count: int
    """How many panels it was."""
    damaged: int
    """How many open with none of the keys; they were left as they are."""


async def is_known(database: Database) -> bool:
    """Whether the database ever had a master key."""
    async with database.session() as session:
        return await session.get(MemoryRow, _KEY) is not None


async def fits(database: Database, vault: Vault) -> bool:
    """Whether it opens what the database holds; it does where that had no key yet."""
    async with database.session() as session:
        row = await session.get(MemoryRow, _KEY)
    return row is None or _opens(vault, row.value)


async def note(database: Database, vault: Vault) -> None:
    """Make it the database's own, where that has none."""
    if await is_known(database):
        return
    try:
        async with database.session() as session:
            session.add(MemoryRow(key=_KEY, value=vault.seal(_TEXT)))
    except IntegrityError:
        pass  # another process was faster


async def check_current(session: AsyncSession, vault: Vault) -> None:
    """Raise `StorageUnavailable` where the key was changed; after the write, before its end."""
    query = select(MemoryRow).where(MemoryRow.key == _KEY).with_for_update(read=True)
    row = await session.scalar(query)
    if row is not None and not _opens(vault, row.value):
        reason = "its master key was changed while the bot ran: restart the bot"
        _log.error("nothing is stored under an old key; %s", reason)
        raise StorageUnavailable(reason)


async def reseal(database: Database, vault: Vault) -> Resealed:
    """Seal everything under the first key.

    It may be ended at any time and done again: each text opens with one of the keys all the time.
    """
    await _reseal_note(database, vault)
    count, damaged, last = 0, 0, ""
    while True:
        query = (
            select(PanelRow.id, PanelRow.sealed_credentials)
            .where(PanelRow.id > last)
            .order_by(PanelRow.id)
            .limit(_BATCH)
        )
        async with database.session() as session:
            rows = (await session.execute(query)).all()
            for panel_id, sealed in rows:
                if vault.is_current(sealed):
                    continue
                if not _opens(vault, sealed):
                    damaged += 1
                    continue
                await session.execute(
                    update(PanelRow)
                    # What somebody changes at this moment is sealed under the first key already.
                    .where(PanelRow.id == panel_id, PanelRow.sealed_credentials == sealed)
                    .values(sealed_credentials=vault.seal(vault.open(sealed)))
                )
                count += 1
        if not rows:
            return Resealed(count, damaged)
        last = rows[-1].id


async def _reseal_note(database: Database, vault: Vault) -> None:
    await note(database, vault)
    async with database.session() as session:
        statement = update(MemoryRow).where(MemoryRow.key == _KEY)
        await session.execute(statement.values(value=vault.seal(_TEXT)))


def _opens(vault: Vault, sealed: str) -> bool:
    try:
        vault.open(sealed)
    except SealError:
        return False
    return True

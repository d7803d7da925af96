"""The master key of a database: which one it is, and the change to another. Keeps none itself.

A text sealed under it lies in the database, so that a wrong key is found out at once. Who stores
something sealed looks at that text before the transaction ends: while keys are changed, nothing
is stored under a key that is about to be dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.errors import StorageUnavailable
from bot.storage.crypto import SealError, Vault
from bot.storage.tables import MemoryRow, PanelRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.engine import Database

_KEY = "master key"
_TEXT = "deckhand"
_BATCH = 100


class WrongKey(Exception):
    """What the database holds was sealed under another key."""

    def __init__(self) -> None:
        super().__init__("the secrets in the database were sealed under another master key")


async def is_in_use(database: Database) -> bool:
    """Whether a master key was ever used with this database."""
    async with database.session() as session:
        return await session.get(MemoryRow, _KEY) is not None


async def check(database: Database, vault: Vault) -> None:
    """Raise `WrongKey` unless the vault fits to the database, or the database has none yet."""
    async with database.session() as session:
        row = await session.get(MemoryRow, _KEY)
    if row is not None:
        _open(vault, row.value)


async def adopt(database: Database, vault: Vault) -> None:
    """Make it the database's own if that has none; raises `WrongKey` if it has another."""
    if not await is_in_use(database):
        try:
            async with database.session() as session:
                session.add(MemoryRow(key=_KEY, value=vault.seal(_TEXT)))
        except IntegrityError:
            pass  # another process was faster
    await check(database, vault)


async def check_current(session: AsyncSession, vault: Vault) -> None:
    """Raise `StorageUnavailable` where the key was changed; after the write, before its end."""
    query = select(MemoryRow).where(MemoryRow.key == _KEY).with_for_update(read=True)
    row = await session.scalar(query)
    if row is None:
        return
    try:
        vault.open(row.value)
    except SealError:
        raise StorageUnavailable(
            "its master key was changed while the bot ran: restart the bot"
        ) from None


async def reseal(database: Database, vault: Vault) -> tuple[int, int]:
    """Seal everything under the first key; return how much that was, and how much is damaged.

    May be ended at any time and begun again: each text opens under one of the keys all the time.
    """
    await _reseal_check(database, vault)
    resealed, damaged, last = 0, 0, ""
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
                try:
                    text = vault.open(sealed)
                except SealError:
                    damaged += 1
                    continue
                # What was changed in the meantime was sealed under the first key already.
                await session.execute(
                    update(PanelRow)
                    .where(PanelRow.id == panel_id, PanelRow.sealed_credentials == sealed)
                    .values(sealed_credentials=vault.seal(text))
                )
                resealed += 1
        if not rows:
            return resealed, damaged
        last = rows[-1].id


async def _reseal_check(database: Database, vault: Vault) -> None:
    async with database.session() as session:
        row = await session.get(MemoryRow, _KEY)
        if row is None:
            session.add(MemoryRow(key=_KEY, value=vault.seal(_TEXT)))
        elif not vault.is_current(row.value):
            row.value = vault.seal(_open(vault, row.value))


def _open(vault: Vault, sealed: str) -> str:
    try:
        return vault.open(sealed)
    except SealError:
        raise WrongKey from None

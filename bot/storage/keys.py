"""From where the master key comes, and how another takes its place. Seals nothing itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.storage import master_key
from bot.storage.crypto import MasterKeyError, Vault, new_key

if TYPE_CHECKING:
    from bot.storage.engine import Database
    from bot.storage.key_file import KeyFile
    from bot.storage.master_key import Resealed

_NOTHING_CHANGED = "Nothing was changed"


@dataclass(frozen=True, slots=True)
class KeySource:
    """The keys that the operator gives, newest first, or the file where there are none."""

    given: tuple[str, ...] = field(repr=False)
    file: KeyFile

    def keys(self) -> tuple[str, ...]:
        """Return the keys, none where there is none yet."""
        return self.given or self.file.read()

    @property
    def where(self) -> str:
        """Where the operator has to look."""
        return "secret_key" if self.given else str(self.file.path)


async def check(database: Database, source: KeySource) -> None:
    """Raise `MasterKeyError` where the bot could not read what the database holds."""
    # In this order: another process may be making the file, and then it tells the database.
    is_known = await master_key.is_known(database)
    keys = source.keys()
    if is_known and not keys:
        raise MasterKeyError(
            f"the master key is gone: {source.where} does not exist, and without it the secrets "
            "in the database cannot be read. Put it back from your backup. "
            f"{_NOTHING_CHANGED}"
        )
    if keys and not await master_key.fits(database, Vault(keys)):
        raise MasterKeyError(
            f"the master key in {source.where} is not the one that the secrets in the database "
            f"were sealed with. Give that one, if need be after a newer one. {_NOTHING_CHANGED}"
        )


async def unlock(database: Database, source: KeySource) -> Vault:
    """Return what opens the database's secrets; raises `MasterKeyError`.

    A key is made only where none was given and the database never had one.
    """
    await check(database, source)
    if not source.keys():
        with source.file.locked():
            if not source.file.read():
                source.file.create(new_key())
    vault = Vault(source.keys())
    await master_key.note(database, vault)
    await check(database, source)
    return vault


async def rotate(database: Database, source: KeySource) -> Resealed:
    """Seal everything under a new key; raises `MasterKeyError`.

    It may be killed at any time: what there is opens with the keys that there are, and the next
    call goes on. A bot that runs meanwhile can read, and must be started anew to store secrets.
    """
    if source.given:
        await check(database, source)
        if len(source.given) == 1:
            raise MasterKeyError(
                "secret_key holds one key. Put a new one before it, as `deckhand keys new` prints "
                f"it, with a space between them, and come again. {_NOTHING_CHANGED}"
            )
        return await master_key.reseal(database, Vault(source.given))
    with source.file.locked():
        await check(database, source)
        keys = source.file.read()
        if not keys:
            source.file.create(new_key())
        elif len(keys) == 1:
            source.file.replace((new_key(), *keys))
        keys = source.file.read()
        resealed = await master_key.reseal(database, Vault(keys))
        source.file.replace(keys[:1])
    return resealed

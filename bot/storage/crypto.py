"""Seals what is secret in the database. Knows no table, and not where keys are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

if TYPE_CHECKING:
    from collections.abc import Sequence


class MasterKeyError(Exception):
    """The master key is wrong, lost, or cannot be read or written; sentences for the operator."""


class SealError(Exception):
    """A sealed text that none of the keys opens; shows neither."""

    def __init__(self) -> None:
        super().__init__("what is sealed opens with none of the keys")


class Vault:
    """Seals under the first of its keys and opens under all of them; its repr shows none."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take one key or more, each as `new_key` makes them; `ValueError` for any other text."""
        try:
            self._first = Fernet(keys[0])
            self._all = MultiFernet([Fernet(key) for key in keys])
        except (IndexError, ValueError):
            # The cause is about the key.
            raise ValueError("that is no key as `deckhand keys new` prints it") from None

    def seal(self, text: str) -> str:
        """Return the text as only the first key opens it."""
        return self._first.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return the text; raises `SealError`."""
        try:
            return self._all.decrypt(sealed).decode()
        except InvalidToken:
            raise SealError from None

    def is_current(self, sealed: str) -> bool:
        """Whether the first key opens it."""
        try:
            self._first.decrypt(sealed)
        except InvalidToken:
            return False
        return True


def new_key() -> str:
    """Return a key that nobody has: 32 random bytes in URL-safe base64."""
    return Fernet.generate_key().decode()

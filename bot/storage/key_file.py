"""The file with the master key that the bot makes where nobody gives it one.

Never overwrites a file by accident: it is made where there is none, or replaced as a whole.
"""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.storage.crypto import MasterKeyError, Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFile:
    """One file, a key to each line, the newest first. Raises `MasterKeyError` for what fails."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    def read(self) -> tuple[str, ...]:
        """Return the keys, none where there is no file."""
        try:
            keys = tuple(self.path.read_text(encoding="ascii").split())
            Vault(keys)
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise MasterKeyError(f"{self.path} cannot be read: {error.strerror}") from None
        except ValueError:
            raise MasterKeyError(
                f"{self.path} does not hold a key: put it back from your backup"
            ) from None
        return keys

    def create(self, key: str) -> None:
        """Make it, where there is none."""
        self._put((key,), os.link)

    def replace(self, keys: Sequence[str]) -> None:
        """Put these keys in the place of the present ones."""
        self._put(keys, os.rename)

    def is_open_to_others(self) -> bool:
        """Whether anybody but its owner may do anything with it."""
        return self.path.exists() and bool(self.path.stat().st_mode & _OTHERS)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Wait for one's turn; whoever makes or replaces the file must have it."""
        try:
            # The file itself is replaced; its folder stays.
            folder = os.open(self.path.parent, os.O_RDONLY)
        except OSError as error:
            raise MasterKeyError(f"{self.path.parent}: {error.strerror}") from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _put(self, keys: Sequence[str], place: Callable[[Path, Path], None]) -> None:
        draft = self.path.with_name(f"{self.path.name}.new")
        try:
            draft.unlink(missing_ok=True)
            _write(draft, "".join(f"{key}\n" for key in keys))
            place(draft, self.path)
            draft.unlink(missing_ok=True)
            _sync(self.path.parent)
        except OSError as error:
            raise MasterKeyError(
                f"{self.path} cannot be written: {error.strerror}; "
                "let its folder be written to, or give a key by secret_key"
            ) from None


def _write(file: Path, text: str) -> None:
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(number, "w", encoding="ascii") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(number)


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)

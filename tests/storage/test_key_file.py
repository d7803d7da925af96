from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from bot.storage.crypto import MasterKeyError, new_key
from bot.storage.key_file import KeyFile

if TYPE_CHECKING:
    from pathlib import Path

KEY, NEW = new_key(), new_key()


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "deckhand.db.key")


@pytest.fixture
def open_to_all() -> object:
    """What files would be made like without care."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(file: KeyFile) -> int:
    return file.path.stat().st_mode & 0o777


def names(file: KeyFile) -> list[str]:
    return [each.name for each in file.path.parent.iterdir()]


def test_without_a_file_there_are_no_keys(file: KeyFile) -> None:
    assert file.read() == ()
    assert not file.is_open_to_others()


@pytest.mark.usefixtures("open_to_all")
def test_it_is_made_for_its_owner_alone(file: KeyFile) -> None:
    file.create(KEY)

    assert file.read() == (KEY,)
    assert (mode(file), names(file)) == (0o600, ["deckhand.db.key"])
    assert not file.is_open_to_others()


@pytest.mark.usefixtures("open_to_all")
def test_it_is_replaced_as_a_whole(file: KeyFile) -> None:
    file.create(KEY)

    file.replace((NEW, KEY))

    assert file.read() == (NEW, KEY)
    assert (mode(file), names(file)) == (0o600, ["deckhand.db.key"])


def test_a_file_that_is_there_is_never_made_again(file: KeyFile) -> None:
    file.create(KEY)

    with pytest.raises(MasterKeyError, match=r"deckhand\.db\.key cannot be written: File exists"):
        file.create(NEW)

    assert file.read() == (KEY,)


@pytest.mark.usefixtures("open_to_all")
def test_a_draft_that_was_left_behind_does_no_harm(file: KeyFile) -> None:
    file.create(KEY)
    draft = file.path.with_name("deckhand.db.key.new")
    draft.write_text("half a k")

    file.replace((NEW,))

    assert file.read() == (NEW,)
    assert (mode(file), names(file)) == (0o600, ["deckhand.db.key"])


@pytest.mark.parametrize("others", [0o640, 0o604, 0o660, 0o610])
def test_it_is_said_where_others_may_read_it(file: KeyFile, others: int) -> None:
    file.create(KEY)
    file.path.chmod(others)

    assert file.is_open_to_others()


@pytest.mark.parametrize(
    "content",
    ["", "\n", "half a key", f"{KEY}\n{KEY[:20]}", "\N{KEY}"],
    ids=["empty", "blank", "words", "cut off", "foreign"],
)
def test_what_is_no_key_is_not_taken_for_one(file: KeyFile, content: str) -> None:
    file.path.write_text(content, encoding="utf-8")

    with pytest.raises(MasterKeyError, match="does not hold a key: put it back") as caught:
        file.read()

    assert KEY[:10] not in str(caught.value)
    assert file.path.read_text(encoding="utf-8") == content


def test_a_file_that_cannot_be_read_is_named(file: KeyFile) -> None:
    file.path.mkdir()
    with pytest.raises(MasterKeyError, match=r"deckhand\.db\.key cannot be read: Is a directory"):
        file.read()


def test_a_file_that_cannot_be_written_is_named_and_what_to_do(tmp_path: Path) -> None:
    """Below a regular file nothing can be made, not even by root."""
    (tmp_path / "file").touch()
    with pytest.raises(
        MasterKeyError, match=r"file/deckhand\.key cannot be written: .* secret_key"
    ):
        KeyFile(tmp_path / "file" / "deckhand.key").create(KEY)


def test_where_a_link_leads_is_what_is_replaced(file: KeyFile, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file.path.symlink_to(elsewhere / "key")
    KeyFile(elsewhere / "key").create(KEY)

    KeyFile(file.path).replace((NEW,))

    assert file.path.is_symlink()
    assert (elsewhere / "key").read_text() == f"{NEW}\n"


async def test_one_at_a_time_changes_it(file: KeyFile) -> None:
    order: list[str] = []
    entered = asyncio.Event()
    loop = asyncio.get_running_loop()

    def second() -> None:
        loop.call_soon_threadsafe(entered.set)
        with file.locked():
            order.append("second")

    with file.locked():
        waiting = asyncio.create_task(asyncio.to_thread(second))  # noqa: TID251 - awaited below
        await entered.wait()
        order.append("first")
    async with asyncio.timeout(10):
        await waiting

    assert order == ["first", "second"]

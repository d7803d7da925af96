"""The bot and its master key, from start to start."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from bot.app import StartupError
from bot.storage.crypto import new_key
from bot.storage.key_file import KeyFile

if TYPE_CHECKING:
    from tests.e2e.stage import Stage


@pytest.fixture
def file(quiet_stage: Stage) -> KeyFile:
    return KeyFile(quiet_stage.database.with_name("deckhand.db.key"))


async def test_the_first_start_makes_a_key_and_says_where(
    quiet_stage: Stage, file: KeyFile, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await quiet_stage.stop_bot(await quiet_stage.start_bot_only())

    (key,) = file.read()
    assert not file.is_open_to_others()
    assert f"making a master key in {file.path}: keep a copy of it elsewhere" in caplog.text
    caplog.clear()

    with caplog.at_level(logging.INFO):
        await quiet_stage.stop_bot(await quiet_stage.start_bot_only())

    assert file.read() == (key,)
    assert "master key" not in caplog.text


@pytest.mark.parametrize(
    ("is_lost", "words"), [(True, "the master key is gone"), (False, "is not the one that")]
)
async def test_a_bot_without_its_key_does_not_start_and_changes_nothing(
    quiet_stage: Stage, file: KeyFile, *, is_lost: bool, words: str
) -> None:
    await quiet_stage.stop_bot(await quiet_stage.start_bot_only())
    right = file.path.read_bytes()
    file.path.unlink()
    if not is_lost:
        file.create(new_key())
    there = sorted(each.read_bytes() for each in quiet_stage.folder.glob("deckhand.db*"))

    with pytest.raises(StartupError, match=words) as caught:
        await quiet_stage.start_bot_only()

    assert str(file.path) in str(caught.value)
    assert str(caught.value).endswith("Nothing was changed")
    assert sorted(each.read_bytes() for each in quiet_stage.folder.glob("deckhand.db*")) == there
    file.path.write_bytes(right)
    await quiet_stage.stop_bot(await quiet_stage.start_bot_only())

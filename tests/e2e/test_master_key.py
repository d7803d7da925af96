"""The bot and its master key, from start to start."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from bot.startup import StartupError, key_source
from bot.storage import keys
from bot.storage.crypto import new_key
from bot.storage.engine import Database
from bot.storage.key_file import KeyFile
from tests.e2e.adding import add, suggested

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


async def test_a_key_that_is_changed_while_the_bot_runs_costs_nothing(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    await add(stage, stage.moderator)
    settings = stage.settings()
    async with Database(settings.database_url) as database:
        await keys.rotate(database, key_source(settings))

    refused = await add(stage, stage.moderator, name="Second")
    listed = await stage.answer(stage.moderator, "panel test", panel="Annex")

    assert "Most likely nothing was changed" in refused.text
    assert "restart the bot" in caplog.text
    assert "It shows 3 servers." in listed.text
    await stage.stop_bot(stage.bots[0])
    await stage.start_bot_only()
    assert await suggested(stage, stage.moderator) == ["Annex"]
    assert "Second is added" in (await add(stage, stage.moderator, name="Second")).text

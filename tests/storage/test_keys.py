"""The master key: made once, never lost sight of, and changed while nothing is lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.domain.errors import StorageUnavailable
from bot.storage import keys, master_key
from bot.storage.crypto import MasterKeyError, Vault, new_key
from bot.storage.key_file import KeyFile
from bot.storage.keys import KeySource
from bot.storage.master_key import Resealed
from tests.storage.sealed import House, panel

if TYPE_CHECKING:
    from pathlib import Path

    from bot.storage.engine import Database

OLD, NEW, OTHER = new_key(), new_key(), new_key()


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    return House(database, KeyFile(tmp_path / "deckhand.db.key"))


def given(house: House, *known: str) -> KeySource:
    return KeySource(known, house.file)


async def content(house: House) -> list[object]:
    """All that the database holds about keys."""
    found: list[object] = []
    async with house.database.session() as session:
        for table in ("memory", "panels"):
            found += (await session.execute(text(f"SELECT * FROM {table} ORDER BY 1"))).all()  # noqa: S608 - two words
    return found


async def test_a_key_is_made_at_the_first_start_and_kept(house: House) -> None:
    await (await house.start()).add(panel(1))
    first = house.file.read()

    assert await house.credentials() == ["ptlc_1"]
    assert house.file.read() == first
    assert len(first) == 1


async def test_a_key_that_is_given_makes_no_file(house: House) -> None:
    source = given(house, NEW)
    await keys.unlock(house.database, source)

    assert not house.file.path.exists()
    with pytest.raises(MasterKeyError, match="the master key is gone"):
        await keys.unlock(house.database, house.source)
    assert not house.file.path.exists()


async def test_many_that_start_at_once_agree_on_one_key(house: House) -> None:
    bots = await asyncio.gather(*(house.start() for _ in range(5)))
    for number, bot in enumerate(bots):
        await bot.add(panel(number))

    assert len(house.file.read()) == 1
    assert len(await house.credentials()) == 5


async def test_a_lost_key_is_told_and_nothing_is_overwritten(house: House) -> None:
    """Even with no panel at all: the next one would be sealed under a key that nobody meant."""
    await house.start()
    kept = house.file.path.read_bytes()
    house.file.path.unlink()
    before = await content(house)

    for attempt in (keys.check, keys.unlock, keys.rotate):
        with pytest.raises(MasterKeyError) as caught:
            await attempt(house.database, house.source)
        assert str(caught.value) == (
            f"the master key is gone: {house.file.path} does not exist, and without it the secrets "
            "in the database cannot be read. Put it back from your backup. Nothing was changed"
        )

    assert not house.file.path.exists()
    assert await content(house) == before
    house.file.path.write_bytes(kept)
    await house.start()


@pytest.mark.parametrize("is_given", [False, True])
async def test_a_wrong_key_is_told_and_nothing_is_overwritten(
    house: House, *, is_given: bool
) -> None:
    await (await house.start()).add(panel(1))
    right = house.file.read()
    house.file.replace([OTHER])
    before = await content(house)
    source = given(house, OTHER) if is_given else house.source
    where = "secret_key" if is_given else str(house.file.path)

    for attempt in (keys.check, keys.unlock, keys.rotate):
        with pytest.raises(MasterKeyError) as caught:
            await attempt(house.database, source)
        assert str(caught.value).startswith(f"the master key in {where} is not the one that")
        assert str(caught.value).endswith("Nothing was changed")
        assert OTHER not in repr(caught.value)

    assert house.file.read() == (OTHER,)
    assert await content(house) == before
    house.file.replace(right)
    assert await house.credentials() == ["ptlc_1"]


async def test_a_source_shows_no_key(house: House) -> None:
    assert NEW not in repr(given(house, NEW))


@pytest.mark.parametrize("count", [0, 1, 250])
async def test_a_change_of_keys_seals_everything_anew(house: House, count: int) -> None:
    bot = await house.start()
    for number in range(count):
        await bot.add(panel(number))
    (old,) = house.file.read()

    assert await keys.rotate(house.database, house.source) == Resealed(count, 0)

    (new,) = house.file.read()
    assert new != old
    assert await house.credentials() == [f"ptlc_{number}" for number in range(count)]
    assert await house.panels(old).all() == []
    with pytest.raises(MasterKeyError):
        await keys.check(house.database, given(house, old))


async def test_a_change_before_the_first_start_makes_the_key(house: House) -> None:
    assert await keys.rotate(house.database, house.source) == Resealed(0, 0)

    assert len(house.file.read()) == 1
    await house.start()


async def test_a_change_that_was_not_finished_goes_on_with_the_same_key(house: House) -> None:
    await (await house.start()).add(panel(1))
    (old,) = house.file.read()
    house.file.replace([NEW, old])

    assert await keys.rotate(house.database, house.source) == Resealed(1, 0)

    assert house.file.read() == (NEW,)
    assert await house.credentials() == ["ptlc_1"]


async def test_given_keys_change_when_the_new_one_stands_first(house: House) -> None:
    await keys.unlock(house.database, given(house, OLD))
    await house.panels(OLD).add(panel(1))

    resealed = await keys.rotate(house.database, given(house, NEW, OLD))

    assert resealed == Resealed(1, 0)
    assert await house.credentials(given(house, NEW)) == ["ptlc_1"]
    assert await keys.rotate(house.database, given(house, NEW, OLD)) == Resealed(0, 0)
    assert not house.file.path.exists()


async def test_one_given_key_is_not_enough_to_change_it(house: House) -> None:
    await keys.unlock(house.database, given(house, OLD))
    before = await content(house)

    with pytest.raises(MasterKeyError, match="secret_key holds one key") as caught:
        await keys.rotate(house.database, given(house, OLD))

    assert OLD not in str(caught.value)
    assert await content(house) == before


async def test_a_file_gives_way_to_a_given_key(house: House) -> None:
    await (await house.start()).add(panel(1))
    (old,) = house.file.read()

    await keys.rotate(house.database, given(house, NEW, old))
    house.file.path.unlink()

    assert await house.credentials(given(house, NEW)) == ["ptlc_1"]


async def test_what_opens_with_no_key_is_counted_and_left_as_it_is(house: House) -> None:
    bot = await house.start()
    await bot.add(panel(1))
    await bot.add(panel(2))
    sealed = Vault([OTHER]).seal("{}")
    async with house.database.session() as session:
        await session.execute(
            text("UPDATE panels SET sealed_credentials = :sealed WHERE id = 'g1'"),
            {"sealed": sealed},
        )

    assert await keys.rotate(house.database, house.source) == Resealed(1, 1)

    assert sealed in str(await content(house))
    assert await house.credentials() == ["ptlc_2"]


async def test_a_bot_with_the_older_key_stores_nothing_more_until_it_is_restarted(
    house: House,
) -> None:
    running = await house.start()
    await running.add(panel(1))
    await keys.rotate(house.database, house.source)
    before = await content(house)

    for store in (running.add(panel(2)), running.change(panel(1, key="changed"))):
        with pytest.raises(StorageUnavailable, match="restart the bot"):
            await store

    assert await content(house) == before
    await (await house.start()).add(panel(2))
    assert await house.credentials() == ["ptlc_1", "ptlc_2"]


async def test_a_bot_that_starts_in_the_middle_of_a_change_goes_on_after_it(house: House) -> None:
    await (await house.start()).add(panel(1))
    (old,) = house.file.read()
    house.file.replace([NEW, old])
    running = await house.start()

    await keys.rotate(house.database, house.source)

    assert await running.change(panel(1, key="changed"))
    await running.add(panel(2))
    assert await house.credentials() == ["changed", "ptlc_2"]


async def test_what_a_bot_stores_during_a_change_is_never_lost(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(master_key, "_BATCH", 2)
    running = await house.start()
    expected = [f"ptlc_{number}" for number in range(20)]
    for number in range(20):
        await running.add(panel(number))
    refused: list[int] = []

    async def work() -> None:
        for number in [*range(20)] * 3:
            try:
                await running.change(panel(number, key=f"changed_{number}"))
            except StorageUnavailable:
                refused.append(number)
            else:
                expected[number] = f"changed_{number}"

    async with asyncio.TaskGroup() as group:
        group.create_task(work())
        group.create_task(keys.rotate(house.database, house.source))

    assert refused
    assert len(house.file.read()) == 1
    assert await house.credentials() == expected

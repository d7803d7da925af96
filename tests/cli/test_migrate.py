from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.storage.migrations import current, head

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.cli.conftest import Ended

    Deckhand = Callable[..., Awaitable[Ended]]


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to be in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def version(file: Path) -> str | None:
    return current(f"sqlite:///{file}")


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_an_empty_directory_gets_a_database(deckhand: Deckhand, empty: Path) -> None:
    ended = await deckhand("migrate")

    file = empty / "deckhand.db"
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == (f"The database sqlite:///{file} was created at version {head()}.\n")
    assert file.stat().st_size > 0


async def test_a_second_time_changes_nothing(deckhand: Deckhand) -> None:
    await deckhand("migrate")

    ended = await deckhand("migrate")

    assert ended.status == 0
    assert ended.out.endswith(f" was at version {head()} already.\n")


async def test_the_database_can_be_named(deckhand: Deckhand, empty: Path) -> None:
    (empty / "below").mkdir()

    ended = await deckhand("migrate", "--database-url", "sqlite:///below/other.db")

    assert ended.status == 0
    assert names(empty) == ["below"]
    assert (empty / "below" / "other.db").is_file()


async def test_of_a_configuration_only_the_database_is_wanted(
    deckhand: Deckhand, empty: Path
) -> None:
    (empty / "url").write_text("sqlite:///mine.db", encoding="utf-8")
    (empty / "config.yaml").write_text(
        "discord: {token: {env: THERE_IS_NO_SUCH_VARIABLE}}\ndatabase_url: {file: url}\n", "utf-8"
    )

    ended = await deckhand("migrate", "--config", "config.yaml")

    assert ended.status == 0
    assert (empty / "mine.db").is_file()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://host/name", "--database-url: must start with"),
        ("sqlite:////nowhere/at/all.db", "the file cannot be opened"),
        ("postgresql://deck:topsecret@127.0.0.1:1/x", "the database is not available"),
    ],
)
async def test_a_database_that_cannot_be_had_is_told(
    deckhand: Deckhand, empty: Path, url: str, words: str
) -> None:
    ended = await deckhand("migrate", "--database-url", url)

    assert (ended.status, ended.out) == (2, "")
    assert words in ended.err
    assert len(ended.err.splitlines()) == 1
    assert "topsecret" not in ended.err
    assert names(empty) == []

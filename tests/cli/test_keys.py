"""The master key on the command line: made, checked and changed, and never shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.cli import _check
from bot.domain.panels import StoredPanel
from bot.storage import keys
from bot.storage.crypto import MasterKeyError
from bot.storage.engine import Database
from bot.storage.key_file import KeyFile
from bot.storage.keys import KeySource
from bot.storage.panels import SqlPanels

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.cli.conftest import Ended, Installation

    Deckhand = Callable[..., Awaitable[Ended]]

PANEL = StoredPanel(
    panel_id="g1",
    guild_id=1,
    name="Panel",
    kind="pterodactyl",
    base_url="https://panel.example.com",
    credentials={"key": "ptlc_1"},
    added_by=2,
    added_at=datetime(2026, 7, 1, 12, tzinfo=UTC),
)


class Keys:
    """What lies about after the bot has run once, and has a panel of a guild."""

    def __init__(self, deckhand: Deckhand, installation: Installation) -> None:
        self.deckhand = deckhand
        self.installation = installation
        self.folder: Path = installation.folder
        self.file = KeyFile(self.folder / "deckhand.db.key")

    async def command(self, *words: str, top: str = "") -> Ended:
        (self.folder / "token").write_text("the-token", encoding="utf-8")
        self.installation.write(discord=f"discord: {{token: {{file: token}}}}\n{top}")
        return await self.deckhand(*words, "--config", self.installation.config)

    async def verdict(self, *, top: str = "") -> str:
        """What `check` says about the master key."""
        ended = await self.command("check", top=top)
        found = re.search(r"^((?:ok|FAILED|WARNING) +master key: .*)$", ended.out, re.MULTILINE)
        assert found, ended.out
        assert not [key for key in self.file.read() if key in ended.out + ended.err]
        return " ".join(found[1].split())

    async def begin(self) -> str:
        """Let a bot start and a guild add a panel; returns the key."""
        await self.deckhand("migrate", "--database-url", self.url)
        async with Database(self.url) as database:
            vault = await keys.unlock(database, KeySource((), self.file))
            await SqlPanels(database, vault).add(PANEL)
        return self.file.read()[0]

    async def panels(self, *given: str) -> object:
        async with Database(self.url) as database:
            vault = await keys.unlock(database, KeySource(given, self.file))
            return await SqlPanels(database, vault).all()

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/deckhand.db"


@pytest.fixture(autouse=True)
def _discord_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    async def check(_: object) -> str:
        return "logged in"

    monkeypatch.setattr(_check, "check_discord", check)


@pytest.fixture
def house(deckhand: Deckhand, installation: Installation) -> Keys:
    return Keys(deckhand, installation)


async def test_a_new_key_is_printed_and_stored_nowhere(deckhand: Deckhand, house: Keys) -> None:
    first, second = await deckhand("keys", "new"), await deckhand("keys", "new")

    assert re.fullmatch("[A-Za-z0-9_-]{43}=\n", first.out)
    assert first.out != second.out
    assert not house.file.path.exists()


async def test_a_change_is_told_with_what_is_to_be_done(house: Keys) -> None:
    old = await house.begin()

    ended = await house.command("keys", "rotate")

    assert (ended.status, ended.err) == (0, "")
    (new,) = house.file.read()
    assert new != old
    assert ended.out.splitlines() == [
        f"1 panels were sealed under the new master key ({house.file.path}).",
        "Keep a copy of that file apart from the database, and start the bot again.",
        "Copies of the database from before open with the older key only.",
    ]
    assert await house.panels() == [PANEL]


async def test_given_keys_are_changed_without_a_file(house: Keys) -> None:
    old = await house.begin()
    house.file.path.unlink()
    new = (await house.deckhand("keys", "new")).out.strip()
    (house.folder / "master").write_text(f"{new}\n{old}\n", encoding="utf-8")

    ended = await house.command("keys", "rotate", top="secret_key: {file: master}")

    assert ended.status == 0
    assert "sealed under the new master key (secret_key)" in ended.out
    assert "then take the older ones away" in ended.out
    assert new not in ended.out
    assert await house.panels(new) == [PANEL]


async def test_a_change_that_cannot_be_made_is_one_sentence(house: Keys) -> None:
    old = await house.begin()
    (house.folder / "master").write_text(old, encoding="utf-8")

    ended = await house.command("keys", "rotate", top="secret_key: {file: master}")

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("secret_key holds one key. ")
    assert old not in ended.err


async def test_a_database_that_is_not_there_yet_has_nothing_to_change(house: Keys) -> None:
    ended = await house.command("keys", "rotate")

    assert (ended.status, ended.out) == (2, "")
    assert "run `deckhand migrate` first" in ended.err
    assert not house.file.path.exists()


async def test_a_key_that_will_be_made_is_told_and_not_made(house: Keys) -> None:
    assert await house.verdict() == (
        f"ok master key: will be made in {house.file.path} when the bot starts; "
        "keep a copy of it elsewhere"
    )
    assert not house.file.path.exists()


def test_a_key_that_cannot_be_made_is_a_failure() -> None:
    """Not even root makes files in /proc."""
    with pytest.raises(
        MasterKeyError, match=r"^/proc/deckhand\.key cannot be made: .* secret_key$"
    ):
        _check._try_folder(KeyFile(Path("/proc/deckhand.key")))


async def test_a_key_that_is_there_is_told_with_its_place(house: Keys) -> None:
    await house.begin()

    assert await house.verdict() == (
        f"ok master key: in {house.file.path}; keep a copy of it apart from the database"
    )


async def test_a_key_that_others_may_read_is_a_warning(house: Keys) -> None:
    await house.begin()
    house.file.path.chmod(0o644)

    verdict = await house.verdict()

    assert verdict.startswith(f"WARNING master key: others may read {house.file.path}")
    assert "chmod 600" in verdict


async def test_a_change_that_was_not_finished_is_a_warning(house: Keys) -> None:
    old = await house.begin()
    house.file.replace([(await house.deckhand("keys", "new")).out.strip(), old])

    assert "was not finished: run `deckhand keys rotate`" in await house.verdict()


@pytest.mark.parametrize("is_lost", [True, False])
async def test_a_lost_or_wrong_key_is_a_failure(house: Keys, *, is_lost: bool) -> None:
    await house.begin()
    house.file.path.unlink()
    if not is_lost:
        house.file.create((await house.deckhand("keys", "new")).out.strip())
    words = "the master key is gone" if is_lost else "is not the one that"

    verdict = await house.verdict()

    assert verdict.startswith("FAILED master key: ")
    assert words in verdict


async def test_a_given_key_is_checked_against_the_database(house: Keys) -> None:
    old = await house.begin()
    (house.folder / "master").write_text(old, encoding="utf-8")
    (house.folder / "other").write_text((await house.deckhand("keys", "new")).out)

    right = await house.verdict(top="secret_key: {file: master}")
    wrong = await house.verdict(top="secret_key: {file: other}")

    assert right == "ok master key: given by secret_key"
    assert wrong.startswith("FAILED master key: the master key in secret_key is not the one")

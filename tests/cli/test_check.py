from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import discord
import pytest

from bot.cli import _check
from bot.simulators.discord import DiscordStandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.cli.conftest import Ended, Installation
    from tests.referee import Referee

    Deckhand = Callable[..., Awaitable[Ended]]

TOKEN = "the-token-of-the-test"


@pytest.fixture
async def standin(
    referee: Referee, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[DiscordStandIn]:
    # The bot points discord.py at the stand-in, for the whole process.
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    gateway = discord.gateway.DiscordWebSocket
    monkeypatch.setattr(gateway, "DEFAULT_GATEWAY", gateway.DEFAULT_GATEWAY)
    async with DiscordStandIn(token=TOKEN) as standin:
        referee.watch(standin)
        yield standin


@pytest.fixture
def check(
    deckhand: Deckhand, installation: Installation, standin: DiscordStandIn
) -> Callable[..., Awaitable[Ended]]:
    """Check the installation, with what is different in its configuration."""

    async def carry_out(
        *options: str,
        token: str = TOKEN,
        key: str | None = None,
        top: str = "",
        more: str = "",
    ) -> Ended:
        (installation.folder / "token").write_text(token, encoding="utf-8")
        discord = f"discord: {{token: {{file: token}}, api_url: '{standin.api_url}'}}"
        installation.write(key=key, discord=f"{discord}\n{top}", more=more)
        return await deckhand("check", "--config", installation.config, *options)

    return carry_out


def verdicts(ended: Ended) -> dict[str, str]:
    """What was tried, and how that went."""
    return dict(re.findall(r"^(?:ok|FAILED) +([^:]+): (.*)$", ended.out, flags=re.MULTILINE))


def failed(ended: Ended) -> list[str]:
    return re.findall(r"^FAILED +([^:]+):", ended.out, flags=re.MULTILINE)


async def test_all_is_well(check: Deckhand) -> None:
    ended = await check()

    assert (ended.status, failed(ended)) == (0, [])
    found = verdicts(ended)
    assert set(found) == {"configuration", "database", "master key", "Discord", "panel main"}
    assert len(ended.out.splitlines()) == 5
    assert found["configuration"] == "1 panel"
    assert found["panel main"] == "2 servers"
    assert found["database"].endswith("deckhand.db will be created when the bot starts")
    assert TOKEN not in ended.out + ended.err


async def test_nothing_is_created(check: Deckhand, installation: Installation) -> None:
    await check()

    names = {path.name for path in installation.folder.iterdir()}
    assert names == {"config.yaml", "key", "token"}


async def test_an_empty_file_stays_empty(check: Deckhand, installation: Installation) -> None:
    file = installation.folder / "deckhand.db"
    file.touch()

    ended = await check()

    assert (ended.status, file.stat().st_size) == (0, 0)


async def test_one_is_told_from_several(check: Deckhand, installation: Installation) -> None:
    guest = installation.stand_in.add_user("guest")
    installation.stand_in.own(guest, installation.survival)
    (installation.folder / "guest-key").write_text(installation.stand_in.add_key(guest))
    second = f"""
  - id: second
    kind: pterodactyl
    base_url: {installation.stand_in.url}
    credentials: {{key: {{file: guest-key}}}}
"""

    found = verdicts(await check(more=second))

    assert found["configuration"] == "2 panels"
    assert found["panel main"] == found["panel second"] == "1 server"


async def test_an_older_database_will_be_brought_forward(
    check: Deckhand, installation: Installation
) -> None:
    with closing(sqlite3.connect(installation.folder / "deckhand.db")) as connection:
        connection.execute("CREATE TABLE other (id INTEGER)")

    found = verdicts(await check())

    assert "answers; the bot will bring it to version" in found["database"]


async def test_a_migrated_database_is_well(
    check: Deckhand, deckhand: Deckhand, installation: Installation
) -> None:
    file = installation.folder / "deckhand.db"
    await deckhand("migrate", "--database-url", f"sqlite:///{file}")
    before = file.read_bytes()

    ended = await check(top="migrate_on_start: false")

    assert ended.status == 0
    assert "is at version" in verdicts(ended)["database"]
    assert file.read_bytes() == before


async def test_a_database_that_nobody_will_migrate_is_not(check: Deckhand) -> None:
    ended = await check(top="migrate_on_start: false")

    assert (ended.status, failed(ended)) == (1, ["database"])
    assert verdicts(ended)["database"].endswith("run `deckhand migrate`")


@pytest.mark.parametrize("folder", ["nowhere", "key", "/proc"])
async def test_a_database_that_cannot_be_created_is_not(check: Deckhand, folder: str) -> None:
    """Not even root makes files in /proc."""
    ended = await check(top=f"database_url: sqlite:///{folder}/deckhand.db")

    assert (ended.status, failed(ended)) == (2, ["database"])
    assert "its folder must exist and be writable" in verdicts(ended)["database"]


async def test_one_failure_hides_no_other(check: Deckhand) -> None:
    ended = await check(
        token="a-wrong-token", key="ptlc_wrong", top="database_url: sqlite:////nowhere/at/all.db"
    )

    assert ended.status == 2
    assert sorted(failed(ended)) == ["Discord", "database", "panel main"]
    found = verdicts(ended)
    assert "token" in found["Discord"]
    assert "refused the key" in found["panel main"]
    assert "/nowhere/at/all.db" in found["database"]
    assert "a-wrong-token" not in ended.out + ended.err
    assert "ptlc_wrong" not in ended.out + ended.err


async def test_what_nobody_expected_is_one_failure_of_several(
    check: Deckhand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> str:
        raise RuntimeError("details for developers")

    monkeypatch.setattr(_check, "check_discord", fail)

    ended = await check(key="ptlc_wrong")

    assert (ended.status, sorted(failed(ended))) == (1, ["Discord", "panel main"])
    found = verdicts(ended)
    assert set(found) == {"configuration", "database", "master key", "Discord", "panel main"}
    told = re.search(r"\(incident ([0-9a-f]{8})\)", found["Discord"])
    assert told
    assert f"Incident {told[1]}" in ended.err
    assert "details" not in ended.out + ended.err


async def test_the_log_has_the_traceback_of_what_nobody_expected(
    check: Deckhand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> str:
        raise RuntimeError("details for developers")

    monkeypatch.setattr(_check, "check_discord", fail)

    ended = await check("--debug")

    assert failed(ended) == ["Discord"]
    assert "RuntimeError: details for developers" in ended.err


async def test_a_panel_that_is_away_is_told_beside_one_that_is_there(
    check: Deckhand, installation: Installation
) -> None:
    await installation.stand_in.close()

    ended = await check()

    assert (ended.status, failed(ended)) == (1, ["panel main"])
    assert "did not answer" in verdicts(ended)["panel main"]


async def test_a_wrong_configuration_is_told_before_anything_is_tried(
    deckhand: Deckhand, installation: Installation
) -> None:
    installation.write(discord="discord: {token: {env: THERE_IS_NO_SUCH_VARIABLE}}")

    ended = await deckhand("check", "--config", installation.config)

    assert (ended.status, ended.out) == (2, "")
    assert ended.err == (
        "discord.token: the environment variable THERE_IS_NO_SUCH_VARIABLE does not exist\n"
    )
    assert installation.stand_in.requests == []

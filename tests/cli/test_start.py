"""What only a process of its own can show: what is imported, and signals."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from typing import TYPE_CHECKING

from bot.simulators.discord import DiscordStandIn

if TYPE_CHECKING:
    import pytest

    from tests.cli.conftest import Installation

TOKEN = "the-token-of-the-test"
LIMIT = 30

IMPORTED = """
import json, sys
from bot.cli import main
status = main(sys.argv[1:])
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})), file=sys.stderr)
sys.exit(status)
"""


async def start(*arguments: object) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *(str(argument) for argument in arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_a_panel_is_driven_without_what_only_the_bot_needs(
    installation: Installation,
) -> None:
    command = ("panel", "--config", installation.config, "--json", "main", "show", "survival")
    process = await start("-c", IMPORTED, *command)

    async with asyncio.timeout(LIMIT):
        out, err = await process.communicate()

    assert process.returncode == 0, err
    assert json.loads(out)["name"] == "Survival"
    imported = set(json.loads(err))
    assert not imported & {"alembic", "aiosqlite", "babel", "discord", "sqlalchemy"}
    assert "aiohttp" in imported


async def test_a_name_that_the_terminal_cannot_show_hides_no_other(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.creative.name = "创造"
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    process = await start("-m", "bot", "panel", "--config", installation.config, "main", "list")

    async with asyncio.timeout(LIMIT):
        out, err = await process.communicate()

    assert (process.returncode, err) == (0, b"")
    assert rb"\u521b\u9020" in out
    assert b"Survival" in out


async def test_a_wrong_setting_is_told_before_anything_is_opened(
    installation: Installation,
) -> None:
    installation.write(discord="discord: {token: {file: key}}", more="    options: {colour: red}\n")
    process = await start("-m", "bot", "run", "--config", installation.config)

    async with asyncio.timeout(LIMIT):
        out, err = await process.communicate()

    assert (process.returncode, out) == (2, b"")
    assert err.startswith(b"panels[0].options.colour: ")
    assert not (installation.folder / "deckhand.db").exists()


async def test_the_bot_runs_until_it_is_told_to_stop(installation: Installation) -> None:
    async with DiscordStandIn(token=TOKEN) as discord:
        process = await run(installation, discord, token=TOKEN)
        await discord.wait_connected(timeout=LIMIT)
        process.send_signal(signal.SIGTERM)

        async with asyncio.timeout(LIMIT):
            out, err = await process.communicate()

    assert (process.returncode, out) == (0, b""), err
    assert b"Traceback" not in err
    assert TOKEN.encode() not in err


async def test_a_bot_that_cannot_start_says_why(installation: Installation) -> None:
    async with DiscordStandIn(token=TOKEN) as discord:
        process = await run(installation, discord, token="a-wrong-token")

        async with asyncio.timeout(LIMIT):
            out, err = await process.communicate()

    assert (process.returncode, out) == (2, b"")
    assert b"token" in err.splitlines()[-1]
    assert b"Traceback" not in err
    assert b"a-wrong-token" not in err


async def run(
    installation: Installation, discord: DiscordStandIn, *, token: str
) -> asyncio.subprocess.Process:
    (installation.folder / "token").write_text(token, encoding="utf-8")
    addresses = f"api_url: '{discord.api_url}', gateway_url: '{discord.gateway_url}'"
    installation.write(discord=f"discord: {{token: {{file: token}}, {addresses}}}")
    return await start("-m", "bot", "run", "--config", installation.config)

"""The bot as a process of its own: how it starts, how it ends, and what it lets out."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.stage import TOKEN

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

    from tests.e2e.stage import Stage

_SECONDS = 30
_SOURCE = str(Path(__file__).parents[2])


@asynccontextmanager
async def _process(stage: Stage, *, token: str = TOKEN) -> AsyncIterator[Process]:
    """Run `python -m bot run` as an operator would; its log goes to a pipe."""
    stage.settings()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run", "--config", str(stage.folder / "config.yaml")),
        env={"DISCORD_TOKEN": token, "PANEL_KEY": stage.key, "PYTHONPATH": _SOURCE},
        cwd=stage.folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def _ended(process: Process) -> tuple[int | None, str]:
    """Wait for the end; returns the exit status and all that was printed."""
    async with asyncio.timeout(_SECONDS):
        output, _ = await process.communicate()
    return process.returncode, output.decode()


@asynccontextmanager
async def _running(stage: Stage) -> AsyncIterator[Process]:
    async with _process(stage) as process:
        await stage.discord.wait_connected(timeout=_SECONDS)
        await stage.until_listed()
        yield process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_well(quiet_stage: Stage, number: signal.Signals) -> None:
    async with _running(quiet_stage) as process:
        process.send_signal(number)
        status, output = await _ended(process)
    assert status == 0
    assert "stopping" in output
    assert "Traceback" not in output


async def test_a_signal_during_an_action_ends_its_receipt(quiet_stage: Stage) -> None:
    stage = quiet_stage
    async with _running(stage) as process:
        receipt = await stage.answer(stage.helper, "restart", server="Survival")
        await stage.until_text(receipt, "🟡 stopping")
        process.send_signal(signal.SIGTERM)
        status, output = await _ended(process)
    assert status == 0
    assert "Traceback" not in output
    assert "I had to stop watching **Survival** here" in receipt.text
    assert stage.survival.signals == ["restart"]


async def test_a_signal_while_the_panel_is_silent_sends_nothing_twice(quiet_stage: Stage) -> None:
    stage = quiet_stage
    path = f"/api/client/servers/{stage.survival.identifier}/power"
    async with _running(stage) as process:
        stage.panel.faults.add("late", path=path, seconds=1)
        receipt = await stage.answer(stage.helper, "restart", server="Survival")
        process.send_signal(signal.SIGTERM)
        status, output = await _ended(process)
    assert status == 0
    assert "Traceback" not in output
    assert "I am being restarted" in receipt.text
    assert stage.survival.signals == ["restart"]


async def test_a_wrong_token_is_said_and_ends_it_with_status_2(quiet_stage: Stage) -> None:
    async with _process(quiet_stage, token="MTA.a-wrong-token.x") as process:
        status, output = await _ended(process)
    assert status == 2
    assert "discord.token" in output
    assert "Traceback" not in output
    assert "a-wrong-token" not in output


async def test_no_secret_gets_out(quiet_stage: Stage) -> None:
    stage = quiet_stage
    async with _running(stage) as process:
        messages = [
            await stage.answer(stage.owner, "server status", server="Survival"),
            await stage.answer(
                stage.owner, "server command", server="Survival", command="say hello"
            ),
        ]
        stage.panel.faults.add("html", path="/api/client/servers", status=500)
        messages.append(await stage.answer(stage.owner, "server status", server="Survival"))
        stage.panel.faults.clear()
        stage.panel.faults.add("cut-before", path="/api/client")
        messages.append(await stage.answer(stage.owner, "server stop", server="Survival"))
        process.send_signal(signal.SIGTERM)
        _, output = await _ended(process)
    files = [path.read_bytes() for path in stage.folder.iterdir() if path.is_file()]
    tokens = [asked.token for asked in stage.interactions]
    for secret in (TOKEN, stage.key, *tokens):
        assert secret not in output
        assert not [file for file in files if secret.encode() in file]
        assert not [message for message in messages if secret in message.text]


async def test_a_database_that_cannot_be_opened_is_said_and_ends_it(quiet_stage: Stage) -> None:
    stage = quiet_stage
    stage.database.unlink()
    stage.database.mkdir()
    async with _process(stage) as process:
        status, output = await _ended(process)
    assert status == 2
    assert "database" in output
    assert "Traceback" not in output

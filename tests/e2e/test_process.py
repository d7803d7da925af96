"""The bot as a process of its own: how it starts, how it ends, and what it lets out."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord.gateway import Op
from tests.e2e.process import ended, process, running
from tests.e2e.stage import TOKEN

if TYPE_CHECKING:
    from tests.e2e.stage import Stage


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_well(quiet_stage: Stage, number: signal.Signals) -> None:
    async with running(quiet_stage) as child:
        child.send_signal(number)
        status, output = await ended(child)
    assert status == 0
    assert "stopping" in output
    assert "Traceback" not in output


async def test_a_signal_while_it_connects_anew_ends_it_well(quiet_stage: Stage) -> None:
    stage = quiet_stage

    def hellos() -> int:
        return sum(record.payload["op"] == Op.HELLO for record in stage.discord.gateway_log)

    async with running(stage) as child:
        stage.discord.faults.invalidate_sessions(resumable=False)
        # Now discord.py waits for 5 s, deaf to the first cancellation, before it logs in again.
        await stage.until(lambda: hellos() == 2)
        child.send_signal(signal.SIGTERM)
        status, output = await ended(child)
    assert status == 0
    assert "stopping" in output
    assert "Traceback" not in output


async def test_a_signal_during_an_action_pauses_its_receipt(quiet_stage: Stage) -> None:
    stage = quiet_stage
    async with running(stage) as child:
        receipt = await stage.answer(stage.helper, "restart", server="Survival")
        await stage.until_text(receipt, "🟡 stopping")
        child.send_signal(signal.SIGTERM)
        status, output = await ended(child)
    assert status == 0
    assert "Traceback" not in output
    assert "is restarting **Survival** · I am being restarted and look again" in receipt.text
    assert stage.survival.signals == ["restart"]


async def test_a_signal_while_the_panel_is_silent_sends_nothing_twice(quiet_stage: Stage) -> None:
    stage = quiet_stage
    path = f"/api/client/servers/{stage.survival.identifier}/power"
    async with running(stage) as child:
        stage.panel.faults.add("late", path=path, seconds=1)
        receipt = await stage.answer(stage.helper, "restart", server="Survival")
        child.send_signal(signal.SIGTERM)
        status, output = await ended(child)
    assert status == 0
    assert "Traceback" not in output
    assert "I am being restarted" in receipt.text
    await stage.start_bot()
    stage.world_time.advance(9)
    await stage.until_text(receipt, "**Survival** is running")
    assert stage.survival.signals == ["restart"]


async def test_a_wrong_token_is_said_and_ends_it_with_status_2(quiet_stage: Stage) -> None:
    async with process(quiet_stage, token="MTA.a-wrong-token.x") as child:
        status, output = await ended(child)
    assert status == 2
    assert "discord.token" in output
    assert "Traceback" not in output
    assert "a-wrong-token" not in output


async def test_no_secret_gets_out(quiet_stage: Stage) -> None:
    stage = quiet_stage
    async with running(stage) as child:
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
        child.send_signal(signal.SIGTERM)
        _, output = await ended(child)
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
    async with process(stage) as child:
        status, output = await ended(child)
    assert status == 2
    assert "database" in output
    assert "Traceback" not in output

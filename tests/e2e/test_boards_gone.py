"""Boards and subscriptions whose server, panel or channel is gone are named in words, not ids."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.e2e.adding import add

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from tests.e2e.stage import Stage


@pytest.fixture
def servers(quiet_stage: Stage) -> Channel:
    return quiet_stage.guild.add_channel("servers")


async def suggested(stage: Stage, command: str, option: str) -> tuple[str, str]:
    [found] = await stage.discord.autocomplete(stage.owner, stage.channel, command, option, "")
    return found


async def _show(stage: Stage, servers: Channel, **what: str) -> None:
    """Put a board up in the channel, and let it be told of problems."""
    await stage.answer(stage.owner, "board create", channel=servers, **what)
    await stage.answer(stage.owner, "notify add", events="problems", channel=servers, **what)
    await stage.until(lambda: bool(servers.messages))


async def test_of_a_server(quiet_stage: Stage, servers: Channel) -> None:
    stage = quiet_stage
    await stage.start_bot()
    await _show(stage, servers, server="Survival")
    await stage.answer(stage.owner, "notify mute", server="Survival", reason="x")
    stage.world.remove_server(stage.survival)
    await stage.until(lambda: "Survival" not in servers.messages[0].text)
    text, number = await suggested(stage, "board refresh", "board")
    assert text == "#servers · a server that I do not see now"
    text, _ = await suggested(stage, "notify edit", "subscription")
    assert text == "#servers · a server that I do not see now · problems"
    text, _ = await suggested(stage, "notify unmute", "mute")
    assert text == "a server that I do not see now · x"
    answer = await stage.answer(stage.owner, "board refresh", board=number)
    assert "The board of **a server that I do not see now** in" in answer.text


async def test_of_a_panel(stage: Stage) -> None:
    servers = stage.guild.add_channel("servers")
    added = await add(stage, stage.owner)
    await stage.click(stage.owner, added, "All, also future ones")
    await _show(stage, servers, panel="Annex")
    question = await stage.answer(stage.owner, "panel remove", panel="Annex")
    await stage.click(stage.owner, question, "Remove it")
    await stage.until_text(servers.messages[0], "I cannot use the panel of this board")
    assert "no server to be shown" not in servers.messages[0].text
    text, number = await suggested(stage, "board refresh", "board")
    assert text == "#servers · a panel that is gone"
    text, _ = await suggested(stage, "notify edit", "subscription")
    assert text == "#servers · a panel that is gone · problems"
    answer = await stage.answer(stage.owner, "board refresh", board=number)
    assert "The board of **a panel that is gone** in" in answer.text


async def test_of_a_channel(quiet_stage: Stage, servers: Channel) -> None:
    stage = quiet_stage
    await stage.start_bot()
    await _show(stage, servers)
    _, number = await suggested(stage, "board remove", "board")
    servers.delete()
    async with asyncio.timeout(10):
        text = ""
        while "The channel of a board is gone" not in text:
            text = (await stage.answer(stage.owner, "board refresh", board=number)).text
    text, _ = await suggested(stage, "notify edit", "subscription")
    assert text == "a channel that I do not see now · all servers · problems"
    text, _ = await suggested(stage, "board remove", "board")
    assert text == "a channel that I do not see now · all servers"
    answer = await stage.answer(stage.owner, "board remove", board=number)
    assert answer.text == "The board of **all servers** is removed; its channel was gone already."

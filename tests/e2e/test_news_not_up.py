"""A server that somebody wanted up and that dies while it starts is told of to all who care."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.events import Preset
from tests.e2e.newsroom import lines, start_watching, subscribe, until_stored

if TYPE_CHECKING:
    from tests.e2e.stage import Stage


@pytest.mark.parametrize(
    ("command", "action", "name"),
    [("restart", "restart", "Survival"), ("server start", "start", "Creative")],
)
async def test_a_server_that_dies_while_it_starts_is_told_with_who_wanted_it_up(
    quiet_stage: Stage, command: str, action: str, name: str
) -> None:
    stage = quiet_stage
    news, deeds, problems = map(stage.guild.add_channel, ("news", "deeds", "problems"))
    role = stage.guild.add_role("On call", mentionable=True)
    await subscribe(stage, news)
    await subscribe(stage, deeds, Preset.ACTIONS)
    await subscribe(stage, problems, Preset.PROBLEMS, role_id=role.id)
    await start_watching(stage)
    server = stage.survival if name == "Survival" else stage.creative
    receipt = await stage.answer(stage.owner, command, server=name)
    if action == "restart":
        await stage.until_text(receipt, "🟡 stopping")
        stage.world_time.advance(5)
    await stage.until_text(receipt, "🟡 starting")
    server.crash()
    await stage.until_text(receipt, f"**{name}** did not come up: it is offline")
    await until_stored(stage, "SELECT count(*) FROM audit WHERE outcome = 'not_up'", 1)
    await until_stored(stage, "SELECT count(*) FROM deliveries", 0)
    told = f"💥 **{name}** did not come up · asked by {stage.owner.mention} · "
    assert [line.startswith(told) for line in lines(news)] == [True]
    [problem] = problems.messages
    assert problem.text.startswith(told)
    assert problem.pings == [role.mention]
    [deed] = lines(deeds)
    assert deed.startswith(f"👤 {stage.owner.mention}: {action} **{name}** · did not come up · ")
    server.begin("running")
    await stage.until(lambda: len(lines(news)) > 1)
    assert lines(news)[1].startswith(f"🟢 **{name}** started · by itself")

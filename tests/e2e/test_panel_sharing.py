"""The same panel and key in two guilds: one look for both, and nothing of one for the other."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from bot.simulators.panels.pterodactyl import PterodactylStandIn
from tests.e2e.adding import add, id_of, seen, suggested, tick, until_read

if TYPE_CHECKING:
    from tests.e2e.stage import Stage


@pytest.fixture
async def two(stage: Stage) -> tuple[Stage, Stage]:
    """The stage, and a second guild with the same bot."""
    other = copy.copy(stage)
    other.guild = stage.discord.add_guild("Second")
    other.channel = other.guild.add_channel("general")
    other.owner = other.guild.owner
    return stage, other


async def test_each_sees_its_own_choice_under_its_own_name(two: tuple[Stage, Stage]) -> None:
    stage, other = two
    ours, theirs = await add(stage, stage.owner), await add(other, other.owner, name="Theirs")
    await tick(stage, stage.owner, ours, "Secret")
    await tick(other, other.owner, theirs, "Creative")
    await stage.until_text(ours, "1 of 3 are used")
    await stage.until_text(theirs, "1 of 3 are used")
    assert "Creative" in await seen(other, other.owner)
    assert "Secret" not in await seen(other, other.owner)
    assert await suggested(other, other.owner) == ["Theirs"]
    assert await suggested(stage, stage.owner) == ["Annex"]


async def test_one_guild_cannot_reach_the_panel_of_the_other(two: tuple[Stage, Stage]) -> None:
    stage, other = two
    ours = await add(stage, stage.owner)
    await stage.click(stage.owner, ours, "All, also future ones")
    await stage.until_text(ours, "All of them")
    panel_id = await id_of(stage, stage.owner, "Annex")
    for text in (panel_id, "Annex"):
        for command in ("test", "servers", "edit", "rotate-key", "remove"):
            refused = await other.answer(other.owner, f"panel {command}", panel=text)
            assert "Annex" not in refused.text.replace(f"`{text}`", "")
            assert panel_id not in refused.text
    server = f"{panel_id}:{stage.survival.identifier}"
    sent = len(stage.survival.signals)
    refused = await other.answer(other.owner, "server stop", server=server)
    assert "There is no such server for you" in refused.text or "know no server" in refused.text
    assert len(stage.survival.signals) == sent


async def test_a_removed_panel_goes_on_for_the_other_guild(two: tuple[Stage, Stage]) -> None:
    stage, other = two
    await add(stage, stage.owner)
    theirs = await add(other, other.owner, name="Theirs")
    await other.click(other.owner, theirs, "All, also future ones")
    await stage.until_text(theirs, "All of them")
    question = await stage.answer(stage.owner, "panel remove", panel="Annex")
    await stage.click(stage.owner, question, "Remove it")
    await stage.until_text(question, "is removed")
    assert "Survival" in await seen(other, other.owner)
    card = await other.answer(other.owner, "server status", server="Survival")
    assert "Survival" in card.text


async def test_two_guilds_cost_the_panel_one_look(two: tuple[Stage, Stage]) -> None:
    stage, other = two
    async with PterodactylStandIn(stage.world) as panel:
        key = panel.add_key(panel.add_user("pat"))
        await add(stage, stage.owner, address=panel.url, key=key)
        await add(other, other.owner, name="Theirs", address=panel.url, key=key)
        await stage.stop_bot(stage.bots[0])
        panel.requests.clear()
        await stage.start_bot_only()
        await until_read(stage, stage.owner, "Annex")
        await until_read(other, other.owner, "Theirs")
        assert [request.path for request in panel.requests] == ["/api/client"]
        await stage.stop_bot(stage.bots[0])


async def test_what_goes_on_with_a_removed_panel_ends_and_the_other_guilds_does_not(
    two: tuple[Stage, Stage],
) -> None:
    stage, other = two
    ours, theirs = await add(stage, stage.owner), await add(other, other.owner, name="Theirs")
    await tick(stage, stage.owner, ours, "Secret")
    await stage.until_text(ours, "1 of 3 are used")
    await other.click(other.owner, theirs, "All, also future ones")
    await other.until_text(theirs, "All of them")
    secret = f"{await id_of(stage, stage.owner, 'Annex')}:{stage.secret.identifier}"
    receipt = await stage.answer(stage.owner, "restart", server=secret)
    await stage.until_text(receipt, "🟡 stopping")
    followed = await other.answer(other.owner, "restart", server="Survival")
    await other.until_text(followed, "🟡 stopping")
    question = await stage.answer(stage.owner, "panel remove", panel="Annex")
    await stage.click(stage.owner, question, "Remove it")
    await stage.until_text(receipt, "I had to stop watching **Secret**")
    stage.world_time.advance(3)
    await other.until_text(followed, "🟡 starting")
    stage.world_time.advance(6)
    await other.until_text(followed, "**Survival** is running")
    assert stage.secret.signals == stage.survival.signals == ["restart"]

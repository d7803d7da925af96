"""Other kinds of panel are administered with the same commands, as far as each of them goes."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from bot.simulators.panels.pterodactyl_legacy import LegacyStandIn
from bot.simulators.panels.vpsorg import VpsOrgStandIn
from bot.simulators.panels.vpsorg_accounts import Account
from bot.simulators.world import World
from tests.e2e.forms import fill, type_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.e2e.stage import Stage


@pytest.fixture
async def rooms() -> AsyncIterator[AsyncExitStack]:
    """Keep stand-ins open until the bot is gone."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture(params=["0.4", "0.5", "0.6"])
async def legacy(
    request: pytest.FixtureRequest, rooms: AsyncExitStack, quiet_stage: Stage
) -> tuple[LegacyStandIn, dict[str, str]]:
    """An old panel beside the other one, and what a new server on it needs."""
    world = World()
    near, far = world.add_node("near"), world.add_node("far")
    world.add_server("Classic", node=near)
    stand_in = await rooms.enter_async_context(
        LegacyStandIn(world, dialect=request.param, nodes=[near, far])
    )
    stand_in.records.allocation_id(far, 25600)  # a free one
    owner = stand_in.accounts.add_user("owner")
    key = stand_in.accounts.add_key(owner)
    facts: dict[str, object] = {
        "name": "Old panel",
        "kind": "pterodactyl_legacy",
        "base_url": stand_in.url,
        "options": {"dialect": request.param},
    }
    secrets = {"public_key": key.public, "secret_key": key.secret}
    quiet_stage.more_panels["old"] = (facts, secrets)
    await quiet_stage.start_bot_only()
    async with asyncio.timeout(10):
        while not await quiet_stage.suggest(quiet_stage.owner, "Classic"):
            pass
    values = {
        "Name": "Lobby",
        "Memory in MB": "1024",
        "Swap in MB, -1 unlimited": "0",
        "Disk in MB": "10240",
        "Block IO weight, 10 to 1000": "5",
        "CPU in percent of a core": "100",
        "Start command": "java",
        "Variables of the service option": "SERVER_JARFILE=server.jar\nVANILLA_VERSION=latest",
        "Location": "here",
        "Node": "far",
        "Free address": "127.0.0.1:25600 on far",
        "Service": "Minecraft",
        "Service option": "Minecraft: Vanilla Minecraft",
    }
    is_new = request.param == "0.6"
    owned = {"Description": "New", "Owner": "owner"}
    return stand_in, values | (owned if is_new else {"E-mail of the owner": owner.email})


async def test_an_old_panel_from_the_first_server_to_the_last(
    quiet_stage: Stage, legacy: tuple[LegacyStandIn, dict[str, str]]
) -> None:
    stage, (_, values) = quiet_stage, legacy
    draft = await stage.answer(stage.owner, "manage create", panel="Old panel")
    await fill(stage, draft, values)
    await stage.click(stage.owner, draft, "Create")
    await stage.until_text(
        draft, "⚠️ Block IO weight, 10 to 1000: `5` · The io must be at least 10."
    )
    await fill(stage, draft, {"Block IO weight, 10 to 1000": "500"})
    await stage.click(stage.owner, draft, "Create")
    await stage.until_text(draft, "The panel has created **Lobby**")

    draft = await stage.answer(stage.owner, "manage update", server="Classic")
    assert "Nothing is changed yet" in draft.text
    await fill(stage, draft, {"Name": "Museum"})
    await stage.click(stage.owner, draft, "Save")
    await stage.until_text(draft, "The panel has changed **Museum**")

    told = await stage.answer(stage.owner, "manage suspend", server="Museum")
    assert "**Museum** is suspended" in told.text
    assert [name for name, _ in await stage.suggest(stage.owner, "Mus")] == [
        "Museum · suspended · Old panel"
    ]
    told = await stage.answer(stage.owner, "manage unsuspend", server="Museum")
    assert "**Museum** may be used again" in told.text

    asked = await stage.slash(stage.owner, "manage delete", server="Museum")
    assert "Nothing was deleted" in await type_name(stage, asked, "Classic")
    asked = await stage.slash(stage.owner, "manage delete", server="Museum")
    assert await type_name(stage, asked, "Museum") == "The panel has deleted **Museum**."
    suggested = [name for name, _ in await stage.suggest(stage.owner, "Mus")]
    # 0.5 takes its time.
    assert suggested in ([], ["Museum · being deleted · Old panel"])


@pytest.mark.parametrize("dialect", ["documented", "client"])
async def test_a_vps_is_ordered_and_given_back(
    quiet_stage: Stage, rooms: AsyncExitStack, dialect: str
) -> None:
    stage = quiet_stage
    stand_in = await rooms.enter_async_context(VpsOrgStandIn(World(), dialect=dialect))  # type: ignore[arg-type]
    token = stand_in.add_token(Account(email="owner@example.com"))
    facts: dict[str, object] = {
        "name": "Cloud",
        "kind": "vpsorg",
        "base_url": stand_in.url,
        "options": {"dialect": dialect},
    }
    stage.more_panels["cloud"] = (facts, {"token": token})
    await stage.start_bot()
    draft = await stage.answer(stage.owner, "manage create", panel="Cloud")
    if dialect == "documented":
        values = {
            "Name": "no spaces",
            "Plan (its number)": "1",
            "Operating system (its number)": "3",
            "Location (its code)": "us-west",
        }
        await fill(stage, draft, values)
        await stage.click(stage.owner, draft, "Create")
        await stage.until_text(draft, "⚠️ Name: `no spaces` · Enter a valid name")
        await fill(stage, draft, {"Name": "web09"})
    else:
        values = {
            "Host name": "web09",
            "Location": "US West, United States",
            "Plan": "4 GB, 2 vCPU, 80 GB disk, $10 a month",
            "Operating system": "Debian 12",
        }
        await fill(stage, draft, values)
    await stage.click(stage.owner, draft, "Create")
    await stage.until_text(draft, "The panel has created **web09**")

    told = await stage.answer(stage.owner, "manage suspend", server="web09")
    assert "cannot suspend servers" in told.text
    asked = await stage.slash(stage.owner, "manage delete", server="web09")
    assert await type_name(stage, asked, "web09") == "The panel has deleted **web09**."
    assert await stage.suggest(stage.owner, "web09") == []

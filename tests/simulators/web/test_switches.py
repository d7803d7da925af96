"""The world's switches: what each does to the servers, the panels and the bot."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bot.simulators.web import DemoPage
from tests.simulators.web.browser import Window

if TYPE_CHECKING:
    import aiohttp

    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Guild, Member
    from tests.simulators.web.conftest import Open, Yard

HOSTILE = "</script><img src=x onerror=alert(1)>`*_|\u202e\x07 @everyone\n🟢"


async def turn(window: Window, switch: str, **more: object) -> dict[str, Any]:
    return await window.ask("world", switch=switch, **more)


async def test_a_server_crashes(open_window: Open, yard: Yard) -> None:
    window = await open_window("guest")
    [server] = yard.world.servers
    assert await turn(window, "crash", server=str(server.id)) == {
        "type": "result",
        "request": 1,
        "ok": True,
    }
    assert server.state == "offline"
    assert server.signals == []
    await window.until(lambda: window.panel()["servers"][0]["state"] == "offline")


async def test_a_server_hangs_until_it_is_let_go(open_window: Open, yard: Yard) -> None:
    window = await open_window("guest")
    [server] = yard.world.servers
    server.start_seconds = server.stop_seconds = 0
    await turn(window, "hang", server=str(server.id), on=True)
    await turn(window, "power", server=str(server.id), signal="restart")
    await window.until(lambda: window.panel()["servers"][0]["state"] == "starting")
    assert window.panel()["servers"][0]["hangs"]

    await turn(window, "hang", server=str(server.id), on=False)

    await window.until(lambda: window.panel()["servers"][0]["state"] == "running")
    assert server.signals == ["restart"]


@pytest.mark.parametrize("fault", ["down", "slow", "throttle"])
async def test_a_panel_fails_until_it_is_mended(open_window: Open, yard: Yard, fault: str) -> None:
    window, other = await open_window("guest"), await open_window("owner")
    assert fault in window.panel()["faults"]
    assert (await turn(window, "fault", panel="main", fault=fault))["ok"]
    await other.until(lambda: other.panel()["fault"] == fault)
    assert len(yard.faults._faults) == 1

    assert (await turn(other, "fault", panel="main", fault=None))["ok"]
    await window.until(lambda: window.panel()["fault"] is None)
    assert yard.faults._faults == []


async def test_servers_of_any_name_come_and_go(open_window: Open, yard: Yard) -> None:
    window = await open_window("guest")
    added = await turn(window, "add", panel="main", name=HOSTILE)
    await window.until(lambda: len(window.panel()["servers"]) == 2)
    assert window.panel()["servers"][1]["name"] == HOSTILE
    assert window.panel()["servers"][1]["id"] == added["server"]

    assert (await turn(window, "remove", server=added["server"]))["ok"]

    await window.until(lambda: len(window.panel()["servers"]) == 1)
    assert [server.name for server in yard.world.servers] == ["Survival"]
    assert (await turn(window, "remove", server=added["server"]))["error"] == "That server is gone."


async def test_the_bot_is_started_again(open_window: Open, restarts: list[str]) -> None:
    window = await open_window("guest")
    assert (await turn(window, "restart-bot"))["ok"]
    assert restarts == ["restarted"]


async def test_the_bot_is_started_again_once_at_a_time(
    standin: DiscordStandIn,
    guild: Guild,
    members: dict[str, Member],
    session: aiohttp.ClientSession,
) -> None:
    may_start = asyncio.Event()

    async def restart() -> None:
        await may_start.wait()

    async with DemoPage(standin, guild, members=members, restart_bot=restart) as page:
        window = await Window.open(session, page.url, "owner")
        first = await window.send("world", switch="restart-bot")
        told = await turn(window, "restart-bot")
        assert told["error"] == "The bot is being started again already."
        may_start.set()
        assert (await window.result(first))["ok"]


async def test_a_bot_that_does_not_come_back_is_told(
    standin: DiscordStandIn,
    guild: Guild,
    members: dict[str, Member],
    session: aiohttp.ClientSession,
) -> None:
    async def restart() -> None:
        raise TimeoutError

    async with DemoPage(standin, guild, members=members, restart_bot=restart) as page:
        window = await Window.open(session, page.url, "owner")
        assert (await turn(window, "restart-bot"))["error"].endswith("not become ready in time.")
    async with DemoPage(standin, guild, members=members) as page:
        window = await Window.open(session, page.url, "owner")
        assert not window.state["world"]["bot"]["can_restart"]
        assert (await turn(window, "restart-bot"))["reason"] == "refused"


@pytest.mark.parametrize(
    ("reason", "request_"),
    [
        ("bad", {"switch": "nonsense"}),
        ("bad", {"switch": None}),
        ("bad", {"switch": "crash"}),
        ("refused", {"switch": "crash", "server": "99"}),
        ("bad", {"switch": "hang", "server": "1"}),
        ("bad", {"switch": "hang", "server": "1", "on": "yes"}),
        ("bad", {"switch": "power", "server": "1", "signal": "explode"}),
        ("refused", {"switch": "fault", "panel": "nothing", "fault": "down"}),
        ("bad", {"switch": "fault", "panel": "main", "fault": "fire"}),
        ("bad", {"switch": "fault", "panel": "main", "fault": []}),
        ("bad", {"switch": "add", "panel": "main", "name": ""}),
        ("bad", {"switch": "add", "panel": "main", "name": "x" * 192}),
        ("bad", {"switch": "add", "panel": "main"}),
        ("refused", {"switch": "add", "panel": "nothing", "name": "x"}),
    ],
)
async def test_a_switch_that_is_not_there_changes_nothing(
    open_window: Open, yard: Yard, reason: str, request_: dict[str, object]
) -> None:
    window = await open_window("guest")
    before = window.state["world"]

    assert (await window.ask("world", **request_))["reason"] == reason

    await turn(window, "crash", server="1")
    await window.until(lambda: window.state["world"] != before)
    before["panels"][0]["servers"][0]["state"] = "offline"
    assert window.state["world"] == before
    assert yard.faults._faults == []

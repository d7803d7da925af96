"""The page over the real bot: what people do with it, and a bot that is started again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.demo import _stage
from bot.demo._record import Recorded, record
from bot.demo._stage import Stage
from bot.simulators.discord.components import walk
from tests.simulators.web.browser import Window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

HOSTILE = "<b>@here **x** <@1>"
_SECONDS = 2.0


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The demo without a terminal."""
    async with Stage.open(_SECONDS) as stage, stage.bot.running():
        yield stage


@pytest.fixture
async def url(stage: Stage) -> AsyncIterator[str]:
    """Where the page is."""
    async with stage.page() as page:
        yield page.url


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def suggested(window: Window, command: str = "server status") -> list[str]:
    """What the bot suggests for the option `server`."""
    asking = {"channel": window.channel_id(), "command": command, "option": "server", "typed": ""}
    told = await window.ask("autocomplete", **asking)
    return [choice["name"].partition(" · ")[0] for choice in told["choices"]]


async def until_suggested(window: Window, fits: Callable[[list[str]], bool]) -> None:
    """Ask again until the bot has read all panels."""
    while not fits(await suggested(window)):
        pass


def pressable(entry: dict[str, Any]) -> dict[str, str]:
    """The buttons of an entry that can be pressed: custom ids by label."""
    parts = walk(entry["message"]["components"])
    return {part["label"]: part["custom_id"] for part in parts if part.get("disabled") is False}


def spoken(window: Window) -> str:
    """All that stands in the channel."""
    messages = [entry["message"] for entry in window.entries()]
    parts = [part for message in messages for part in (message, *walk(message["components"]))]
    return "\n".join(part.get("content", "") for part in parts)


async def test_the_first_thing_to_be_seen_is_a_welcome(
    url: str, session: aiohttp.ClientSession
) -> None:
    window = await Window.open(session, url, "guest")

    assert window.texts()[0].startswith("Welcome to The Harbour!")
    assert [channel["name"] for channel in window.state["channels"]] == ["general", "alerts"]
    kinds = {panel["kind"]: len(panel["servers"]) for panel in window.state["world"]["panels"]}
    assert kinds == {
        "pterodactyl": 4,
        "pterodactyl_v07": 1,
        "pterodactyl_legacy": 1,
        "vpsorg": 1,
        "cvm": 1,
    }
    assert [m["key"] for m in window.state["members"]] == [
        "owner",
        None,
        "moderator",
        "helper",
        "guest",
    ]


async def test_old_buttons_work_for_the_bot_that_was_started_again(
    stage: Stage, url: str, session: aiohttp.ClientSession
) -> None:
    window = await Window.open(session, url, "helper")
    await until_suggested(window, lambda names: "Survival" in names)
    asking = {"channel": window.channel_id(), "command": "status"}
    assert (await window.ask("slash", **asking, options={"server": "Survival"}))["ok"]
    await window.until(lambda: "Restart" in pressable(window.entries()[-1]))
    card = window.entries()[-1]

    assert (await window.ask("world", switch="restart-bot"))["ok"]
    await until_suggested(window, lambda names: "Survival" in names)
    button = pressable(card)["Restart"]
    assert (await window.ask("click", message=card["id"], custom_id=button))["ok"]

    await window.until(lambda: "**Survival** is running ·" in spoken(window))
    assert stage.servers["Survival"].signals == ["restart"]
    assert len([frame for frame in window.frames if frame["type"] == "state"]) == 1


async def test_servers_come_and_go_on_panels_of_all_kinds(
    stage: Stage, url: str, session: aiohttp.ClientSession
) -> None:
    window = await Window.open(session, url, "owner")
    panels = [panel["id"] for panel in window.state["world"]["panels"]]
    added = [
        (await window.ask("world", switch="add", panel=panel, name=f"{panel} {HOSTILE}"))["server"]
        for panel in panels
    ]
    # A bot that starts reads all panels at once.
    await window.ask("world", switch="restart-bot")
    await until_suggested(window, lambda names: len(names) == 13)
    assert {f"{panel} {HOSTILE}" for panel in panels} <= set(await suggested(window))

    for server in added:
        assert (await window.ask("world", switch="remove", server=server))["ok"]

    await window.ask("world", switch="restart-bot")
    await until_suggested(window, lambda names: len(names) == 8)
    assert HOSTILE not in str(await suggested(window))
    assert len(stage.servers) == 8


@pytest.mark.parametrize(
    ("fault", "said"), [("down", "the panel does not answer"), ("throttle", "too many")]
)
async def test_a_fault_of_a_panel_is_told_to_members(
    url: str, session: aiohttp.ClientSession, fault: str, said: str
) -> None:
    window = await Window.open(session, url, "owner")
    await until_suggested(window, lambda names: "Survival" in names)
    assert (await window.ask("world", switch="fault", panel="main", fault=fault))["ok"]
    asking = {"channel": window.channel_id(), "command": "server start"}

    assert (await window.ask("slash", **asking, options={"server": "Events"}))["ok"]

    await window.until(lambda: said in spoken(window))


async def test_a_server_that_hangs_in_starting_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, session: aiohttp.ClientSession
) -> None:
    monkeypatch.setattr(_stage, "_SLOWNESS_SECONDS", 1.0)
    async with Stage.open(_SECONDS) as stage, stage.bot.running(), stage.page() as page:
        window = await Window.open(session, page.url, "owner")
        await until_suggested(window, lambda names: "Survival" in names)
        server = str(stage.servers["Survival"].id)
        assert (await window.ask("world", switch="hang", server=server, on=True))["ok"]
        asking = {"channel": window.channel_id(), "command": "restart"}

        assert (await window.ask("slash", **asking, options={"server": "Survival"}))["ok"]

        await window.until(lambda: "**Survival** is starting after " in spoken(window))


async def test_a_tour_that_goes_wrong_says_where(stage: Stage) -> None:
    stage.members["helper"].roles.clear()

    recorded = Recorded()
    await record(recorded, stage)

    assert recorded.problem is not None
    assert recorded.problem.startswith("A server at a glance: AssertionError: ")
    assert "I know no server called" in recorded.problem
    assert "**Hugo (helper)** types `/status Survival`" in recorded.text

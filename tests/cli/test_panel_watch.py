"""Following a server on the command line: one line for each event, while it happens."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli._parser import UsageError, build_parser
from bot.cli._watch import watch
from bot.domain.errors import UnsupportedAction
from bot.domain.servers import Capability
from tests.fakes import FakeClock, FakePanel, make_server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.cli.conftest import Ended, Installation

    Deckhand = Callable[..., Awaitable[Ended]]

RESOURCES = [
    "cpu_percent",
    "cpu_cores_percent",
    "memory_bytes",
    "memory_limit_bytes",
    "disk_bytes",
    "disk_limit_bytes",
    "network_rx_bytes",
    "network_tx_bytes",
    "uptime_seconds",
]
BACKUP = json.dumps({"uuid": "b-1", "is_successful": True})


async def followed(deckhand: Deckhand, installation: Installation, *options: str) -> Ended:
    """Follow a server to which all sorts of things happen until it is deleted."""
    server, wings = installation.survival, installation.stand_in.wings
    arguments = ("panel", "--config", installation.config, "main", "watch", "survival", *options)
    # A thread cannot be cancelled: should this fail, it ends by itself.
    arguments += ("--seconds", "15")
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        running = group.create_task(_ended(deckhand, *arguments))
        await wings.wait_until(lambda: any(socket.is_admitted for socket in wings.sockets))
        (first,) = wings.sockets
        for event, *args in (
            ("console output", "\x1b[31mplain\x07 text"),
            ("install started", ""),
            ("install completed", ""),
            ("transfer status", "completed"),
            ("backup completed", BACKUP),
            ("backup restore completed", ""),
            ("daemon message", "hello"),
            ("daemon error", "no"),
        ):
            await wings.emit(server, event, *args)
        await wings.disconnect(server, 1012)
        await wings.wait_until(
            lambda: any(socket.is_admitted for socket in wings.sockets if socket is not first)
        )
        await wings.emit(server, "stats", json.dumps({"cpu_absolute": 12.5, "uptime": 2000}))
        await wings.emit(server, "deleted", "null")
    return running.result()


async def _ended(deckhand: Deckhand, *arguments: object) -> Ended:
    return await deckhand(*arguments)


async def test_json_has_one_object_a_line_with_the_documented_keys(
    deckhand: Deckhand, installation: Installation
) -> None:
    ended = await followed(deckhand, installation, "--json")

    assert (ended.status, ended.err) == (0, "")
    events: list[dict[str, Any]] = [json.loads(line) for line in ended.out.splitlines()]
    assert all(list(event)[:2] == ["at", "event"] for event in events)
    assert all(datetime.fromisoformat(event["at"]).tzinfo == UTC for event in events)
    stats = [event["resources"] for event in events if event["event"] == "stats"]
    assert all(list(used) == RESOURCES for used in stats)
    assert [used["cpu_percent"] for used in stats][-1] == 12.5
    told = [
        {key: value for key, value in event.items() if key != "at"}
        for event in events
        if event["event"] != "stats"
    ]
    assert told == [
        {"event": "connected"},
        {"event": "state", "state": "running"},
        {"event": "console", "line": "plain text"},
        {"event": "install", "phase": "started", "line": None},
        {"event": "install", "phase": "completed", "line": None},
        {"event": "transfer", "status": "completed", "line": None},
        {"event": "backup", "id": "b-1", "successful": True},
        {"event": "restored"},
        {"event": "message", "text": "hello"},
        {"event": "error", "text": "no"},
        {"event": "disconnected", "reason": "the node closed the connection (1012)"},
        {"event": "connected"},
        {"event": "state", "state": "running"},
        {"event": "deleted"},
    ]


async def test_people_read_words(deckhand: Deckhand, installation: Installation) -> None:
    ended = await followed(deckhand, installation)

    assert (ended.status, ended.err) == (0, "")
    told = [line.split(" ", 1)[1] for line in ended.out.splitlines()]
    assert told[:2] == ["connected", "state running"]
    assert "console plain text" in told
    assert "install started" in told
    assert "backup b-1 successful" in told
    assert "stats cpu 12.5 %, up for 2 s" in told
    assert told[-1] == "deleted"


async def test_it_ends_by_itself_after_the_given_seconds(
    deckhand: Deckhand, installation: Installation
) -> None:
    config = installation.config
    ended = await deckhand(
        "panel", "--config", config, "main", "watch", "creative", "--seconds", "0.3", "--json"
    )
    await installation.stand_in.wings.wait_for_sockets(0)

    assert (ended.status, ended.err) == (0, "")
    # Nothing happens to a server that is off, so nothing but the time can have ended it.
    assert "deleted" not in ended.out


async def test_what_makes_it_useless_to_go_on_is_an_error(
    deckhand: Deckhand, installation: Installation
) -> None:
    installation.stand_in.wings.settings.remote = "https://panel.example.com"
    ended = await deckhand(
        "panel", "--config", installation.config, "main", "watch", "survival", "--json"
    )

    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert ended.status == 3
    assert lines[0]["event"] == "disconnected"
    assert lines[1]["error"]["type"] == "PanelRefused"


async def test_an_unknown_server_is_no_live_one(
    deckhand: Deckhand, installation: Installation
) -> None:
    ended = await deckhand("panel", "--config", installation.config, "main", "watch", "nowhere")

    assert (ended.status, ended.out) == (4, "")


async def test_a_kind_without_it_is_not_asked() -> None:
    panel = FakePanel(FakeClock())
    panel.add(make_server())
    panel.capabilities = frozenset(Capability) - {Capability.LIVE}

    with pytest.raises(UnsupportedAction, match="does not offer watch"):
        await watch(panel, build_parser().parse_args(["panel", "main", "watch", "survival"]))

    assert not panel.calls


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "inf"])
def test_the_seconds_are_some(seconds: str) -> None:
    with pytest.raises(UsageError):
        build_parser().parse_args(["panel", "main", "watch", "survival", "--seconds", seconds])

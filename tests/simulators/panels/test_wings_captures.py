"""Holds the stand-in of Wings to transcripts of its websocket: each is played again."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulators.panels.wings_rig import Rig

    Step = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "fixtures" / "wings"
ERROR_EVENT = re.compile(r"Error Event \[[0-9a-f-]{36}\]")
CLOCK = re.compile(r"\d\d:\d\d:\d\d")
# What that game said of its own, in steps that the fake one does not have.
OF_THE_GAME = ("openjdk", "Loading libraries", "Preparing level", "Time elapsed")
PATIENCE = 10


def transcript(name: str) -> list[Step]:
    steps: list[Step] = json.loads((FOLDER / f"{name}.json").read_text())
    return steps


def told(frames: list[Step]) -> list[Step]:
    """Return what came in, without what is different each time and usage while it runs."""
    kept = (
        without_figures(frame)
        for frame in frames
        if frame["event"] != "token expiring" and not is_passing(frame)
    )
    texts = (CLOCK.sub("<time>", ERROR_EVENT.sub("Error Event", json.dumps(f))) for f in kept)
    return [json.loads(text) for text in texts]


def without_figures(frame: Step) -> Step:
    if frame["event"] != "stats":
        return frame
    return {"event": "stats", "args": sorted(json.loads(frame["args"][0]))}


def is_passing(frame: Step) -> bool:
    if frame["event"] == "stats":
        return bool(json.loads(frame["args"][0])["state"] != "offline")
    text = frame.get("args", [""])[0]
    return frame["event"] == "console output" and any(word in text for word in OF_THE_GAME)


def power(signal: str) -> Callable[[Rig], None]:
    return lambda rig: rig.server.power(signal)


def passes(seconds: float) -> Callable[[Rig], None]:
    def move(rig: Rig) -> None:
        rig.clock.now += seconds

    return move


def install(*, on: bool) -> Callable[[Rig], None]:
    def switch(rig: Rig) -> None:
        rig.server.installing = on

    return switch


def suspend(rig: Rig) -> None:
    rig.server.suspended = True


def remove(rig: Rig) -> None:
    rig.world.remove_server(rig.server)


# What was done beside the socket, by the time in the transcript. Where it says nothing, time
# passed: a node acts by itself.
DONE: dict[str, list[tuple[float, Callable[[Rig], None]]]] = {
    "ws-deleted": [(0.3, remove)],
    "ws-normal": [(3.0, passes(1)), (3.5, passes(1)), (5.0, passes(3))],
    "ws-power-over-http": [
        (0.24, power("start")),
        (2.0, passes(3)),
        (4.7, power("stop")),
        (6.0, passes(2)),
        (7.82, power("start")),
        (9.0, passes(3)),
        (11.8, power("kill")),
    ],
    "ws-suspended-while-connected": [(1.2, power("stop")), (2.6, passes(2)), (4.7, suspend)],
    "ws-reinstall-as-owner": [(0.24, install(on=True)), (4.2, install(on=False))],
    "ws-subuser-removed": [
        (1.3, passes(1)),
        (1.3, lambda rig: rig.panel.remove_subuser(rig.guest, rig.server)),
    ],
}
RUNNING = ("normal", "admin-error", "reauth", "console-only", "suspended", "token-of-other")


@pytest.mark.parametrize(
    "name",
    [
        "ws-admin-error-detail",
        "ws-bad-token",
        "ws-deleted",
        "ws-normal",
        "ws-not-authed",
        "ws-offline",
        "ws-power-over-http",
        "ws-reauth",
        "ws-reinstall-as-owner",
        "ws-subuser-console-only",
        "ws-subuser-removed",
        "ws-suspended-while-connected",
    ],
)
async def test_the_same_things_are_said_in_the_same_order(rig: Rig, name: str) -> None:
    if any(word in name for word in RUNNING):
        rig.server.begin("running")
    permissions = ["websocket.connect", "control.console"]
    rig.panel.add_subuser(rig.guest, rig.server, permissions=permissions)
    token = "garbage" if name == "ws-bad-token" else await rig.token(name)
    expected: list[Step] = []
    closed: object = None
    doings = list(DONE.get(name, []))
    async with rig.connect() as socket, asyncio.TaskGroup() as group:
        reading = group.create_task(rig.read(socket))
        for step in transcript(name):
            while doings and step["t"] >= doings[0][0]:
                doings.pop(0)[1](rig)
            if "in" in step:
                expected.append(step["in"])
                await rig.until(lambda: len(told(rig.frames)) >= len(told(expected)))
            elif "out_raw" in step:
                await socket.send_str(step["out_raw"])
            elif "out" in step:
                await socket.send_str(json.dumps(step["out"]).replace("<token>", token))
            closed = step.get("closed", closed)
        if closed is None:
            await socket.close()
        async with asyncio.timeout(PATIENCE):
            await reading

    assert told(rig.frames) == told(expected)
    if closed is not None:
        assert socket.close_code == closed


@pytest.mark.parametrize("name", ["ws-no-origin", "ws-wrong-origin"])
async def test_the_handshake_is_refused(rig: Rig, http: aiohttp.ClientSession, name: str) -> None:
    origin = None if name == "ws-no-origin" else "https://elsewhere.example.com"
    (step,) = transcript(name)
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await http.ws_connect(rig.panel.wings.address_of(rig.server), origin=origin)

    assert caught.value.status == step["handshake"]

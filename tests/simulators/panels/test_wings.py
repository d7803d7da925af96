"""The stand-in of Wings where no transcript fits: time, limits, and what is ignored."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.simulators.panels import wings_jwt as jwt
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.panels.wings_throttle import FrameThrottle
from tests.simulators.panels.caller import Caller, Clock
from tests.simulators.panels.wings_rig import PATIENCE, Rig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.simulators.world import Server, World

FOLDER = Path(__file__).parents[2] / "fixtures" / "wings"
DENIED = "jwt: created too far in past (denylist)"


@pytest.fixture
async def new_rig(world: World, clock: Clock, http: aiohttp.ClientSession) -> AsyncIterator[Rig]:
    """A rig of 1.12."""
    async with PterodactylStandIn(world, version="1.12") as panel:
        yield Rig(world, clock, panel, http)


async def test_an_ending_token_is_warned_of_and_then_refused_with_every_event(rig: Rig) -> None:
    rig.server.begin("running")
    async with rig.opened():
        rig.clock.now += 550
        await rig.heard("token expiring")
        rig.clock.now += 60
        for _ in range(3):
            await rig.panel.wings.emit(rig.server, "console output", "never read")
        await rig.until(lambda: sum(each["event"] == "jwt error" for each in rig.frames) >= 3)

    errors = {each["args"][0] for each in rig.frames if each["event"] == "jwt error"}
    assert errors == {"jwt: exp claim is invalid"}
    assert "never read" not in str(rig.frames)
    assert "token expired" not in str(rig.frames)


async def test_an_ended_token_is_refused_with_an_error_event(rig: Rig) -> None:
    token = await rig.token("owner")
    rig.clock.now += 700
    async with rig.connect() as socket:
        await socket.send_json({"event": "auth", "args": [token]})
        frame = await socket.receive_json(timeout=PATIENCE)

    assert frame["event"] == "jwt error"
    assert frame["args"][0].startswith("Error Event [")
    assert frame["args"][0].endswith("]: jwt: exp claim is invalid")


async def test_the_token_of_another_server_is_taken_and_then_of_no_use(rig: Rig) -> None:
    async with rig.opened("other-server"):
        await rig.heard("jwt error", "jwt: server uuid mismatch")

    assert {each["event"] for each in rig.frames} == {"auth success", "jwt error"}


async def test_a_restart_cuts_all_and_denies_older_tokens(rig: Rig) -> None:
    token = await rig.token("owner")
    async with rig.connect() as socket:
        await socket.send_json({"event": "auth", "args": [token]})
        await socket.receive_json(timeout=PATIENCE)
        rig.clock.now += 1
        rig.panel.wings.restart()
        async with asyncio.timeout(PATIENCE):
            async for _ in socket:
                pass
        assert socket.close_code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE
    async with rig.connect() as socket:
        await socket.send_json({"event": "auth", "args": [token]})
        frame = await socket.receive_json(timeout=PATIENCE)

    assert frame == {"event": "jwt error", "args": [DENIED]}


async def test_what_happened_while_nobody_listened_is_told_to_nobody(rig: Rig) -> None:
    rig.server.begin("running")
    async with rig.opened():
        await rig.heard("status", "running")
    await rig.panel.wings.wait_for_sockets(0)
    rig.server.power("stop")
    rig.clock.now += 5
    rig.frames.clear()
    async with rig.opened():
        rig.server.power("start")
        await rig.heard("status", "starting")
    told = [each["args"][0] for each in rig.frames if each["event"] == "status"]
    assert told == ["offline", "starting"]


async def test_a_crash_is_told_in_the_daemons_words(rig: Rig) -> None:
    rig.server.begin("running")
    async with rig.opened():
        await rig.heard("status", "running")
        rig.server.crash()
        await rig.heard("status", "offline")
        await rig.heard("console output", "Detected server process in a crashed state!")


@pytest.mark.parametrize(("name", "hears"), [("admin", True), ("owner", False)])
async def test_only_admins_read_the_output_of_an_installation(
    rig: Rig, name: str, *, hears: bool
) -> None:
    async with rig.opened(name):
        await rig.panel.wings.emit(rig.server, "install output", "step 1 of 3")
        await rig.panel.wings.emit(rig.server, "daemon message", "the end")
        await rig.heard("daemon message", "the end")

    assert ("step 1 of 3" in str(rig.frames)) is hears


@pytest.mark.parametrize(
    "frame",
    [
        "not json",
        "[]",
        "null",
        '{"event": 5}',
        '{"args": ["list"]}',
        '{"event": "send command", "args": "list"}',
        '{"event": "send command", "args": [5]}',
        '{"event": "send", "args": ["list"]}',
    ],
)
async def test_what_is_no_frame_is_ignored(rig: Rig, frame: str) -> None:
    rig.server.begin("running")
    async with rig.opened() as socket:
        await socket.send_str(frame)
        await socket.send_json({"event": "send command", "args": ["say", None, " hi"]})
        await rig.heard("console output", "[Server] hi")

    assert rig.server.console == ["say hi"]


async def test_logs_are_the_last_150_lines_of_the_process(rig: Rig) -> None:
    rig.server.begin("running")
    async with rig.opened() as socket:
        for number in range(200):
            rig.server.send(f"line {number}")
        await rig.heard("console output", "line 199")
        rig.frames.clear()
        await socket.send_json({"event": "send logs", "args": [None]})
        await rig.until(lambda: len(lines(rig)) == 150)

    assert lines(rig) == [f"line {number}" for number in range(50, 200)]


def lines(rig: Rig) -> list[str]:
    return [each["args"][0] for each in rig.frames if each["event"] == "console output"]


async def test_who_reads_slowly_loses_the_oldest_lines(rig: Rig) -> None:
    token = await rig.token("owner")
    async with rig.connect() as socket:
        await socket.send_json({"event": "auth", "args": [token]})
        wings = rig.panel.wings
        await wings.wait_until(lambda: any(each.is_admitted for each in wings.sockets))
        for number in range(300):
            text = f"{number} " + "x" * 64 * 1024
            await rig.panel.wings.emit(rig.server, "console output", text)
        read: list[int] = []
        async with asyncio.timeout(PATIENCE):
            while 299 not in read:
                frame = await socket.receive_json()
                if frame["event"] == "console output":
                    read.append(int(frame["args"][0].split()[0]))

    assert read == sorted(read)
    assert 0 in read
    assert len(read) < 300


async def test_a_31st_socket_is_too_many_from_1_12_on(new_rig: Rig) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(30):
            await stack.enter_async_context(new_rig.connect())
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await stack.enter_async_context(new_rig.connect())

    assert caught.value.status == 400


async def test_a_long_frame_closes_the_socket_from_1_12_on(new_rig: Rig) -> None:
    async with new_rig.connect() as socket:
        await socket.send_str("x" * 5000)
        message = await socket.receive(timeout=PATIENCE)

    assert message.data == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_too_many_frames_are_dropped_and_that_is_told_once(new_rig: Rig) -> None:
    new_rig.server.begin("running")
    async with new_rig.opened() as socket:
        for number in range(9):
            await socket.send_json({"event": "send command", "args": [f"line {number}"]})
        await new_rig.heard("console output", "line 8")
        for _ in range(5):
            await socket.send_json({"event": "send command", "args": ["one too many"]})
        await new_rig.heard("throttled")
        new_rig.clock.now += 1
        await socket.send_json({"event": "send command", "args": ["in time"]})
        await new_rig.heard("console output", "in time")

    throttled = [each for each in new_rig.frames if each["event"] == "throttled"]
    assert throttled == [{"event": "throttled", "args": ["global"]}]
    assert "one too many" not in new_rig.server.console


@pytest.mark.parametrize(
    ("event", "at_once", "every"),
    [("auth", 2, 5.0), ("send logs", 2, 5.0), ("set state", 4, 1.0)],
)
def test_each_sort_of_frame_has_its_own_limit(event: str, at_once: int, every: float) -> None:
    clock = Clock()
    throttle = FrameThrottle(clock)

    assert [throttle.take(event) for _ in range(at_once + 1)] == [None] * at_once + [event]
    clock.now += every
    assert [throttle.take(event) for _ in range(2)] == [None, event]


async def test_a_suspended_server_is_closed_from_1_12_on(new_rig: Rig) -> None:
    async with new_rig.connect() as socket:
        new_rig.server.suspended = True
        message = await socket.receive(timeout=PATIENCE)

    assert (message.data, message.extra) == (4409, "server is suspended")


@pytest.mark.parametrize(
    "name",
    [
        "client-websocket",
        "client-websocket-admin",
        "client-websocket-subuser",
        "client-websocket-installing",
        "client-websocket-installing-admin",
        "daemon-down-websocket",
        "error-403-websocket-no-permission",
        "error-409-maintenance-websocket",
        "error-409-suspended-websocket",
    ],
)
async def test_the_panel_answers_as_a_live_one_did(
    rig: Rig, http: aiohttp.ClientSession, name: str
) -> None:
    told: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    condition = next((word for word in ("installing", "suspended") if word in name), None)
    rig.server.condition = condition
    rig.node.maintenance = "maintenance" in name
    rig.node.up = "down" not in name
    permission = "control.start" if "no-permission" in name else "websocket.connect"
    rig.panel.add_subuser(rig.guest, rig.server, permissions=[permission])
    users = {"client_owner": rig.owner, "client_admin": rig.admin, "client_subuser": rig.guest}
    call = Caller(http, rig.panel.url, rig.panel.add_key(users[told["key"]]))

    answer = await call.get(websocket(rig.server))

    assert answer.status == told["status"]
    if answer.status == 200:
        assert list(answer.body["data"]) == list(told["body"]["data"])
        assert answer.body["data"]["socket"].endswith(f"/api/servers/{rig.server.uuid}/ws")
    else:
        assert answer.body == told["body"]


def websocket(server: Server) -> str:
    return f"/api/client/servers/{server.identifier}/websocket"


async def test_from_1_12_on_a_server_has_5_tokens_a_minute_for_all_its_users(
    new_rig: Rig, http: aiohttp.ClientSession
) -> None:
    owner = Caller(http, new_rig.panel.url, new_rig.panel.add_key(new_rig.owner))
    admin = Caller(http, new_rig.panel.url, new_rig.panel.add_key(new_rig.admin))
    for left in (4, 3, 2, 1, 0):
        answer = await owner.get(websocket(new_rig.server))
        assert answer.headers["X-RateLimit-Limit"] == "5"
        assert answer.headers["X-RateLimit-Remaining"] == str(left)
    new_rig.clock.now += 20

    refused = await admin.get(websocket(new_rig.server))

    assert (refused.status, refused.headers["Retry-After"]) == (429, "40")
    assert (await admin.get()).status == 200


def test_a_token_is_signed_with_hs256() -> None:
    # RFC 7515, appendix A.1, has such a token; this one is of our own claims.
    token = jwt.sign({"jti": "1"}, "secret")

    assert token == (
        "eyJ0eXAiOiAiSldUIiwgImFsZyI6ICJIUzI1NiJ9.eyJqdGkiOiAiMSJ9." + token.rpartition(".")[2]
    )
    assert jwt.read(token, "secret") == {"jti": "1"}
    for wrong in (token[:-1], token + "A", "", "a.b.c", token.replace("eyJq", "eyJr")):
        with pytest.raises(ValueError, match="signature"):
            jwt.read(wrong, "secret")

"""What the five documents show, letter for letter: requests are sent so, answers are read so.

The files are the documents' own JSON: `pterodactyl_v07` 000, `vpsorg` 001, `pterodactyl_document`
002 (whose quotes are escaped there), `pterodactyl_legacy` 003, `cvm` 004. What is read of single
values stands in `test_*_parse`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest
from aiohttp import web

from bot.domain.errors import PanelAuthFailed, ServerNotFound, ServerOffline
from bot.domain.servers import PowerAction, ServerState
from bot.panels._pterodactyl_frames import decode, encode, to_event
from bot.panels._pterodactyl_token import Tokens
from tests.panels.support import FIXTURES, KEY, HastyClock, example, http_to, serving, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.domain.ports import AdminPanel, CommandPanel, Panel
    from bot.panels import PanelHub
    from bot.panels._connections import Connections

CREDENTIALS = {
    "pterodactyl": {"key": KEY},
    "pterodactyl_v07": {"key": KEY},
    "pterodactyl_legacy": {"public_key": "public", "secret_key": "secret"},
    "vpsorg": {"token": KEY},
    "cvm": {"public_token": "public", "private_token": "private"},
}


def lines(name: str) -> list[str]:
    return (FIXTURES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()


@dataclass
class Documented:
    """A panel that gives the documents' answers to the documents' calls, and no others."""

    url: str = ""
    answers: dict[str, tuple[int, str, Mapping[str, str]]] = field(default_factory=dict)
    sent: list[tuple[str, object]] = field(default_factory=list)
    """What was ordered, with the body."""

    def on(
        self, call: str, name: str = "", *, status: int = 200, headers: Mapping[str, str] = {}
    ) -> None:
        """Answer a call, such as `GET /path`, with a fixture or with nothing."""
        body = (FIXTURES / f"{name}.json").read_text(encoding="utf-8") if name else ""
        # Document 002 leaves it to the reader which server it is.
        body = body.replace("{server_id}", call.rpartition("/")[2])
        self.answers[call] = (status, body, headers)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        call, content = f"{request.method} {request.path}", await request.read()
        if request.method != "GET":
            self.sent.append((call, json.loads(content) if content else None))
        status, body, headers = self.answers[call]
        return web.Response(
            status=status, text=body, headers=headers, content_type="application/json"
        )


@pytest.fixture
async def documented() -> AsyncIterator[Documented]:
    panel = Documented()
    async with serving(panel.answer) as panel.url:
        yield panel


def open_at(hub: PanelHub, documented: Documented, kind: str, **options: object) -> Panel:
    return hub.open(
        settings(kind=kind, base_url=documented.url, credentials=CREDENTIALS[kind], options=options)
    )


async def test_000_is_read_and_ordered_as_shown(hub: PanelHub, documented: Documented) -> None:
    server = "/api/client/servers/b1ea3e80"
    documented.on("GET /api/client", "pterodactyl_v07/list")
    documented.on(f"GET {server}", "pterodactyl_v07/server")
    documented.on(f"POST {server}/power", status=204)
    documented.on(f"POST {server}/command", status=204)
    panel = cast("CommandPanel", open_at(hub, documented, "pterodactyl_v07"))
    for name, state in (
        ("utilization-off", ServerState.OFFLINE),
        ("utilization-starting", ServerState.STARTING),
    ):
        documented.on(f"GET {server}/utilization", f"pterodactyl_v07/{name}")
        [listed] = await panel.list_servers()
        assert (listed.ref.server_id, listed.name, listed.state) == ("b1ea3e80", "test", state)
        assert (await panel.get_server("b1ea3e80")).state is state
    for action in PowerAction:
        await panel.power("b1ea3e80", action)
    await panel.send_command("b1ea3e80", "say hi")
    assert documented.sent == [
        *(
            (f"POST {server}/power", {"signal": word})
            for word in ("start", "stop", "restart", "kill")
        ),
        (f"POST {server}/command", {"command": "say hi"}),
    ]


async def test_001_is_read_and_ordered_as_shown(hub: PanelHub, documented: Documented) -> None:
    servers, server = "/api/v1/servers/", "/api/v1/servers/12345/"
    documented.on(f"GET {servers}", "vpsorg/list")
    documented.on(f"GET {server}", "vpsorg/details")
    documented.on(f"POST {servers}", "vpsorg/create", status=201)
    documented.on(f"PUT {server}", "vpsorg/details")
    documented.on(f"PATCH {server}", "vpsorg/details")
    documented.on(f"DELETE {server}", status=204)
    for word in ("start", "stop", "reboot"):
        documented.on(f"POST {server}{word}/", f"vpsorg/{word}")
    panel = cast("AdminPanel", open_at(hub, documented, "vpsorg"))
    listed = await panel.list_servers()
    assert [server.ref.server_id for server in listed] == ["12345", "12346"]
    assert (await panel.get_server("12345")).state is ServerState.RUNNING
    created = await panel.create(example("vpsorg/create-request"))
    assert (created.ref.server_id, created.state) == ("12347", ServerState.INSTALLING)
    await panel.update("12345", example("vpsorg/replace-request"), replace=True)
    await panel.update("12345", example("vpsorg/update-request"), replace=False)
    for action in (PowerAction.START, PowerAction.STOP, PowerAction.RESTART):
        await panel.power("12345", action)
    await panel.delete("12345", force=False)
    assert documented.sent == [
        (f"POST {servers}", example("vpsorg/create-request")),
        (f"PUT {server}", example("vpsorg/replace-request")),
        (f"PATCH {server}", example("vpsorg/update-request")),
        *((f"POST {server}{word}/", None) for word in ("start", "stop", "reboot")),
        (f"DELETE {server}", None),
    ]


async def test_002_is_read_and_ordered_as_shown(hub: PanelHub, documented: Documented) -> None:
    server = "/api/client/servers/1a7ce997"
    documented.on(f"GET {server}", "pterodactyl_document/details")
    documented.on(f"GET {server}/resources", "pterodactyl_document/resources")
    documented.on(f"POST {server}/power", status=204)
    documented.on(f"POST {server}/command", "pterodactyl_document/command-offline", status=502)
    panel = cast("CommandPanel", open_at(hub, documented, "pterodactyl"))
    shown = await panel.get_server("1a7ce997")
    assert (shown.name, shown.node, shown.state) == ("Wuhu Island", "Test", ServerState.STARTING)
    assert shown.addresses == ("45.86.168.218:25565", "45.86.168.218:25566")
    assert shown.resources is not None
    assert (shown.resources.memory_bytes, shown.resources.cpu_percent) == (588701696, 0)
    await panel.power("1a7ce997", PowerAction.KILL)
    with pytest.raises(ServerOffline):
        await panel.send_command("1a7ce997", "say hi")
    assert documented.sent == [
        (f"POST {server}/power", {"signal": "kill"}),
        (f"POST {server}/command", {"command": "say hi"}),
    ]


async def test_002_opens_the_websocket_as_shown(
    connections: Connections, documented: Documented
) -> None:
    path = "/api/client/servers/1a7ce997"
    documented.on(f"GET {path}/websocket", "pterodactyl_document/websocket")

    async def state_of(_server_id: str) -> ServerState | None:
        raise AssertionError

    http = http_to(connections, documented.url)
    token = await Tokens(http, "1a7ce997", path=path, state_of=state_of).fetch()
    shown = example("pterodactyl_document/websocket")["data"]
    assert token.text == shown["token"]
    assert (token.socket.scheme, token.socket.host, token.socket.port) == (
        *("wss", "pterodactyl.file.properties", 8080),
    )


@pytest.mark.parametrize("frame", lines("pterodactyl_document/frames-to-send"))
def test_002_frames_are_written_as_shown(frame: str) -> None:
    shown = json.loads(frame)
    # A null is as good as no argument, and texts are all that a node takes.
    args = [argument for argument in shown["args"] if argument is not None]
    assert json.loads(encode(shown["event"], *args)) == {"event": shown["event"], "args": args}


@pytest.mark.parametrize("frame", lines("pterodactyl_document/frames-to-receive"))
def test_002_frames_are_read_as_shown(frame: str) -> None:
    found = decode(frame)
    assert found is not None
    assert found.event == json.loads(frame)["event"]
    about_the_token = found.event in ("auth success", "token expiring", "token expired")
    assert (to_event(found, HastyClock().now()) is None) == about_the_token


async def test_003_is_read_and_ordered_as_shown(hub: PanelHub, documented: Documented) -> None:
    servers, server = "/api/servers", "/api/servers/2"
    documented.on(f"GET {servers}", "pterodactyl_legacy/list")
    documented.on(f"GET {server}", "pterodactyl_legacy/show")
    location = {"Location": f"{documented.url}{server}"}
    documented.on(f"POST {servers}", status=201, headers=location)
    documented.on(f"PATCH {server}/config", "pterodactyl_legacy/show")
    documented.on(f"PATCH {server}/build", "pterodactyl_legacy/show")
    for call in (f"POST {server}/suspend", f"POST {server}/unsuspend"):
        documented.on(call, status=204)
    for call in (f"DELETE {server}", f"DELETE {server}/force"):
        documented.on(call, status=204)
    panel = cast("AdminPanel", open_at(hub, documented, "pterodactyl_legacy", dialect="0.4"))
    [listed] = await panel.list_servers()
    assert (listed.ref.server_id, listed.name) == ("2", "Test Server")
    assert (await panel.get_server("2")).addresses == ("172.28.128.3:25565",)
    created = await panel.create(example("pterodactyl_legacy/create"))
    assert created.ref.server_id == "2"
    await panel.update("2", example("pterodactyl_legacy/config"), replace=False)
    await panel.suspend("2")
    await panel.unsuspend("2")
    await panel.delete("2", force=False)
    await panel.delete("2", force=True)
    # On 0.4 building never works, so only 0.5 offers it.
    newer = cast("AdminPanel", open_at(hub, documented, "pterodactyl_legacy", dialect="0.5"))
    await newer.build("2", example("pterodactyl_legacy/build"))
    assert documented.sent == [
        (f"POST {servers}", example("pterodactyl_legacy/create")),
        (f"PATCH {server}/config", example("pterodactyl_legacy/config")),
        (f"POST {server}/suspend", None),
        (f"POST {server}/unsuspend", None),
        (f"DELETE {server}", None),
        (f"DELETE {server}/force", None),
        (f"PATCH {server}/build", example("pterodactyl_legacy/build")),
    ]


async def test_003_refuses_as_shown(hub: PanelHub, documented: Documented) -> None:
    documented.on("GET /api/servers/2", "pterodactyl_legacy/show-404", status=404)
    panel = open_at(hub, documented, "pterodactyl_legacy", dialect="0.4")
    with pytest.raises(ServerNotFound):
        await panel.get_server("2")


async def test_004_is_read_and_ordered_as_shown(hub: PanelHub, documented: Documented) -> None:
    panel = open_at(hub, documented, "cvm", dialect="documented")
    for number in ("1", "2"):
        # The document shows no status.
        documented.answers[f"GET /api/client/vps/{number}/status"] = (
            *(200, '{"response": {"status": "running", "ram_used": "0", "disk_used": "0"}}'),
            {},
        )
    for name in ("list", "list-of-the-overview"):
        documented.on("GET /api/client/vps/list", f"cvm/{name}")
        listed = await panel.list_servers()
        assert [server.name for server in listed] == ["test-vz.cryto.net", "test2.cryto.net"]
    orders = (PowerAction.START, PowerAction.STOP, PowerAction.RESTART)
    for action in orders:
        documented.on(f"POST /api/client/vps/1/{action}")
        await panel.power("1", action)
    assert documented.sent == [(f"POST /api/client/vps/1/{action}", None) for action in orders]
    documented.on("GET /api/client/vps/list", "cvm/invalid-token-pair", status=401)
    with pytest.raises(PanelAuthFailed):
        await panel.list_servers()

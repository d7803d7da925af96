"""Holds the stand-in to answers of a live panel: status, texts, headers and shape."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from multidict import CIMultiDict

from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.panels.pterodactyl_app_catalog import FORGE
from tests.simulators.panels.caller import Answer, Caller, Clock, Options

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from bot.simulators.world import Fault, World

FOLDER = Path(__file__).parents[2] / "fixtures" / "pterodactyl"
CAPTURES = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Rig:
    """The users and servers of the panel that was captured."""

    def __init__(
        self,
        world: World,
        panel: PterodactylStandIn,
        http: aiohttp.ClientSession,
        *,
        clock: Clock,
    ) -> None:
        self.world, self.panel, self._http = world, panel, http
        self.clock = clock
        admin, self.owner, sub, self.bulk = (
            panel.add_user(name, admin=name == "admin")
            for name in ("admin", "owner", "subuser", "bulk")
        )
        owner = self.owner
        self.node = world.add_node("rig-node")
        for name, uuid, user in (
            ("Survival SMP", "3502e204-ba81-4716-a949-dcf59a4d59f1", owner),
            ("Créatif ✨ 建築", "ca1a13d8-fc4e-4b83-ab1b-5218d8650fce", owner),
            ("To be suspended", "0b28880c-0202-4561-a937-2eaf21c4cabe", owner),
            ("Admin box", "f8334f20-caa5-43a5-91a0-662c3278f4f1", admin),
            ("Extra 6", "d45adad4-b63e-40df-ae3e-3adc2354fba4", owner),
            ("Extra 7", "e17a3eac-6535-40b0-97c1-ed2e7465e4e1", owner),
            ("Extra 8", "df30bb9a-8240-4868-b3f2-1906da4b1423", owner),
            ("Rusty", "1c9a31c1-e34a-4cc5-b770-ef5c7c2f4543", owner),
        ):
            panel.own(user, world.add_server(name, node=self.node, uuid=uuid))
        self.survival, self.creative, self.suspended, *_ = world.servers
        self.survival.begin("running")
        self.survival.external_id = "guild-100"
        panel.register.set_egg(self.suspended, FORGE)
        panel.add_subuser(sub, self.survival, permissions=["websocket.connect", "control.console"])
        panel.add_subuser(sub, self.creative, permissions=["control.start"])
        self._keys = {
            "client_owner": panel.add_key(owner),
            "client_admin": panel.add_key(admin),
            "client_subuser": panel.add_key(sub),
            "client_bulk": panel.add_key(self.bulk),
            "client_owner_iplocked": panel.add_key(owner, allowed_ips=["10.0.0.0/8"]),
            "application": panel.add_key(admin, application=True),
            "application_servers_readonly": panel.add_key(
                admin, application=True, rights=["servers:read"]
            ),
            "given": "ptlc_made_up",
            None: None,
        }

    def prepare(self, name: str) -> None:
        """Bring about what the name of the capture says."""
        self._prepare_panel(name)
        self._prepare_servers(name)
        if name == "no-accept-daemon-error":
            self.node.fault = "down"
        if daemon := re.match(r"daemon-([a-z0-9]+)-", name):
            fault = daemon[1]
            self.node.fault = cast("Fault", int(fault) if fault.isdigit() else fault)
            self.panel.settings.daemon_timeout_seconds = 0.01

    def _prepare_panel(self, name: str) -> None:
        if "503" in name:
            self.panel.settings.maintenance = True
        if "2fa" in name:
            self.panel.settings.require_two_factor = True
        if "429-client" in name:
            self.panel.settings.requests_per_minute = 40

    def _prepare_servers(self, name: str) -> None:
        if "installing" in name:
            self.survival.installing = True
        if "409-suspended" in name or "server-suspended" in name:
            self.suspended.suspended = True
        if "reinstalling" in name:
            self.suspended.installing = True
        if "409-maintenance" in name or "server-maintenance" in name:
            self.node.maintenance = True
        if "bulk" in name:
            for number in range(1, 56):
                server = self.world.add_server(f"Bulk {number:02}", node=self.node)
                self.panel.own(self.bulk, server)
        if name == "client-list-installing":
            del self.world.servers[1:]
        self._prepare_administration(name)

    def _prepare_administration(self, name: str) -> None:
        if name.startswith("app-server-create"):
            for port in (25565, 25566):
                self.panel.add_allocation(self.node, port)
            if "error" not in name:
                self.world.servers.clear()
        if name == "daemon-404-suspend":
            self.panel.own(self.owner, self.world.add_server("Extra 9", node=self.node))
        if name.endswith("server-after-delete"):
            self.world.remove_server(self.world.servers[5])
        if name.endswith("server-after-force"):
            self.world.remove_server(self.world.servers[4])

    async def replay(self, name: str) -> Answer:
        """Send what was sent then, where need be until it is too much."""
        self.prepare(name)
        request = CAPTURES[name]["request"]
        headers = {"Accept": request["accept"]} if request["accept"] else {}
        caller = Caller(self._http, self.panel.url, self._keys[request["key"]], headers)
        options: Options = {"skip_auto_headers": ["Accept"]}
        if "body" in request:
            body = request["body"]
            options["data"] = body if isinstance(body, str) else json.dumps(body)
            headers["Content-Type"] = request["content_type"]
        if "429" in name:
            path, told = request["path"], CIMultiDict(CAPTURES[name]["headers"])
            budget = self.panel.application if "/application" in path else self.panel.settings
            for _ in range(budget.requests_per_minute):
                await caller(request["method"], path, **options)
            # So much of the minute was left then.
            self.clock.now += 60 - int(told["Retry-After"])
        return await caller(request["method"], request["path"], **options)


@pytest.fixture
async def rig(world: World, clock: Clock, http: aiohttp.ClientSession) -> AsyncIterator[Rig]:
    async with PterodactylStandIn(world) as panel:
        yield Rig(world, panel, http, clock=clock)


def shape(value: object) -> object:
    """Reduce a body to its keys and types; a list to its first entry."""
    if isinstance(value, dict):
        return {key: shape(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [shape(entry) for entry in value[:1]]
    return "number" if type(value) in (int, float) else type(value).__name__


def texts(body: dict[str, Any]) -> object:
    """Pick what must be the same to the letter."""
    if "errors" in body:
        return UUID.sub("<uuid>", json.dumps(body["errors"]))
    if body["object"] == "list":
        names = [entry["attributes"]["name"] for entry in body["data"]]
        return names, re.sub(r"http://[^/]+", "", json.dumps(body["meta"], sort_keys=True))
    attributes = body["attributes"]
    words = ("status", "current_state", "is_suspended", "is_installing", "server_owner", "admin")
    return [attributes.get(word) for word in words], body.get("meta")


@pytest.mark.parametrize("name", CAPTURES)
async def test_it_answers_as_the_live_panel_did(rig: Rig, name: str) -> None:
    captured = CAPTURES[name]
    answer = await rig.replay(name)
    assert answer.status == captured["status"]
    if captured["body"] is None:
        assert "json" not in answer.headers.get("Content-Type", "")
    else:
        assert shape(answer.body) == shape(captured["body"])
        assert texts(answer.body) == texts(captured["body"])


@pytest.mark.parametrize("name", CAPTURES)
async def test_its_headers_are_those_of_the_live_panel(rig: Rig, name: str) -> None:
    captured = CAPTURES[name]
    answer = await rig.replay(name)
    telling = ("x-ratelimit-limit", "retry-after", "allow", "cache-control")
    expected = {key.lower(): value for key, value in captured["headers"].items()}
    seen = {key.lower(): value for key, value in answer.headers.items()}
    assert {key: seen.get(key) for key in telling} == {key: expected.get(key) for key in telling}
    assert ("x-ratelimit-reset" in seen) == ("x-ratelimit-reset" in expected)
    assert ("x-ratelimit-remaining" in seen) == ("x-ratelimit-remaining" in expected)
    assert seen.get("content-type", "").lower() == expected.get("content-type", "").lower()
    if "location" in expected:
        assert seen["location"] == expected["location"].replace(
            "http://127.0.0.1:8801", rig.panel.url
        )

"""What power, command and resources do to the world behind the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.panels.pterodactyl import PterodactylStandIn
from tests.simulators.panels.caller import Answer, Caller, Clock

if TYPE_CHECKING:
    import aiohttp

    from bot.simulators.world import Fault, Node, Server, World

SUSPENDED = "This server is currently suspended and the functionality requested is unavailable."


def path(server: Server, call: str) -> str:
    return f"/api/client/servers/{server.identifier}/{call}"


async def power(call: Caller, server: Server, signal: object = "stop") -> Answer:
    return await call.post(path(server, "power"), {"signal": signal})


async def command(call: Caller, server: Server, text: object = "say hi") -> Answer:
    return await call.post(path(server, "command"), {"command": text})


async def resources(call: Caller, server: Server) -> Answer:
    return await call.get(path(server, "resources"))


async def test_power_reaches_the_server(call: Caller, server: Server, clock: Clock) -> None:
    assert (await power(call, server, "restart")).status == 204
    assert server.signals == ["restart"]
    assert server.state == "stopping"
    clock.now += 60
    assert server.state == "running"


async def test_power_says_yes_where_nothing_happens(call: Caller, server: Server) -> None:
    assert (await power(call, server, "start")).status == 204
    assert (server.signals, server.state) == (["start"], "running")


async def test_a_signal_must_be_a_known_text(call: Caller, server: Server) -> None:
    answers = [await power(call, server, signal) for signal in ("explode", None, " ", 5, ["stop"])]
    rules = [answer.body["errors"][0]["meta"]["rule"] for answer in answers]
    assert [answer.status for answer in answers] == [422] * 5
    assert rules == ["in", "required", "required", "string", "string"]
    assert server.signals == []


async def test_a_body_that_is_no_object_holds_no_fields(call: Caller, server: Server) -> None:
    assert (await call.post(path(server, "power"), ["stop"])).status == 422


async def test_a_command_arrives_trimmed_whatever_the_form(call: Caller, server: Server) -> None:
    assert (await command(call, server, " say ünï ✨ ")).status == 204
    form = await call("POST", path(server, "command"), data={"command": "say form"})
    assert form.status == 204
    assert server.console == ["say ünï ✨", "say form"]


async def test_a_command_is_taken_in_starting_and_not_offline(call: Caller, server: Server) -> None:
    server.crash()
    refused = await command(call, server)
    assert (refused.status, refused.error[0]) == (502, "HttpException")
    server.begin("starting")
    assert (await command(call, server)).status == 204
    assert server.console == ["say hi"]


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        ("control.start", ["start"]),
        ("control.stop", ["stop", "kill"]),
        ("control.restart", ["restart"]),
        ("control.console", []),
    ],
)
async def test_a_subuser_may_what_the_rights_say(
    call: Caller, panel: PterodactylStandIn, server: Server, permission: str, allowed: list[str]
) -> None:
    friend = panel.add_user("friend")
    panel.add_subuser(friend, server, permissions=[permission])
    caller = Caller(call.http, panel.url, panel.add_key(friend))
    for signal in ("start", "stop", "restart", "kill", "explode"):
        answer = await power(caller, server, signal)
        assert answer.status == (204 if signal in allowed else 403)
    assert server.signals == allowed
    may_type = permission == "control.console"
    assert (await command(caller, server)).status == (204 if may_type else 403)
    assert server.console == (["say hi"] if may_type else [])
    assert (await resources(caller, server)).status == 200


async def test_an_admin_may_everything_everywhere(
    call: Caller, panel: PterodactylStandIn, server: Server
) -> None:
    admin = Caller(call.http, panel.url, panel.add_key(panel.add_user("admin", admin=True)))
    assert (await power(admin, server, "kill")).status == 204
    assert server.state == "offline"


class TestResources:
    async def test_they_are_kept_for_a_while_after_the_truth_has_changed(
        self, call: Caller, server: Server, clock: Clock
    ) -> None:
        clock.now += 90
        first = (await resources(call, server)).attributes
        server.crash()
        clock.now += 19.9
        assert (await resources(call, server)).attributes == first
        clock.now += 0.1
        after = (await resources(call, server)).attributes
        assert (first["current_state"], after["current_state"]) == ("running", "offline")
        assert (first["resources"]["uptime"], after["resources"]["uptime"]) == (90_000, 0)

    async def test_they_are_kept_server_by_server(
        self, call: Caller, panel: PterodactylStandIn, server: Server, world: World, node: Node
    ) -> None:
        other = world.add_server("Other", node=node)
        owner = panel.accounts.find_key(call.key or "")
        assert owner is not None
        panel.own(owner.user, other)
        states = [
            (await resources(call, each)).attributes["current_state"] for each in (server, other)
        ]
        assert states == ["running", "offline"]

    async def test_a_failure_is_not_kept(self, call: Caller, server: Server, node: Node) -> None:
        node.up = False
        assert (await resources(call, server)).status == 504
        node.up = True
        assert (await resources(call, server)).status == 200

    async def test_the_last_answer_outlives_its_node(
        self, call: Caller, server: Server, node: Node, clock: Clock
    ) -> None:
        await resources(call, server)
        node.up = False
        assert (await resources(call, server)).status == 200
        clock.now += 20
        assert (await resources(call, server)).status == 504

    @pytest.mark.parametrize(
        ("version", "is_kept", "has_uptime"),
        [
            ("1.3", False, False),
            ("1.4", True, False),
            ("1.6.4", True, False),
            ("1.6.5", True, True),
        ],
    )
    async def test_old_versions_keep_nothing_and_know_no_uptime(
        self,
        world: World,
        server: Server,
        http: aiohttp.ClientSession,
        version: str,
        *,
        is_kept: bool,
        has_uptime: bool,
    ) -> None:
        async with PterodactylStandIn(world, version=version) as panel:
            admin = Caller(http, panel.url, panel.add_key(panel.add_user("a", admin=True)))
            first = (await resources(admin, server)).attributes
            server.crash()
            second = (await resources(admin, server)).attributes
        assert (second["current_state"] == "running") is is_kept
        assert ("uptime" in first["resources"]) is has_uptime


class TestNodes:
    @pytest.mark.parametrize("fault", ["down", "hang", "html", "reset", 401, 403, 404, 500])
    async def test_nothing_arrives_through_a_node_that_fails(
        self, call: Caller, panel: PterodactylStandIn, server: Server, node: Node, fault: Fault
    ) -> None:
        panel.settings.daemon_timeout_seconds = 0.01
        node.fault = fault
        expected = {"html": 204}.get(str(fault), fault if isinstance(fault, int) else 504)
        for answer in (await power(call, server), await command(call, server)):
            assert answer.status == expected
        assert (server.signals, server.console, server.state) == ([], [], "running")
        assert (await call.get()).status == 200
        assert (await call.get(f"/api/client/servers/{server.uuid}")).status == 200

    async def test_one_node_does_not_hide_the_others(
        self, call: Caller, panel: PterodactylStandIn, server: Server, world: World
    ) -> None:
        broken = world.add_node("node-2")
        broken.up = False
        other = world.add_server("Other", node=broken)
        owner = panel.accounts.find_key(call.key or "")
        assert owner is not None
        panel.own(owner.user, other)
        assert (await resources(call, other)).status == 504
        assert (await resources(call, server)).status == 200


class TestConditions:
    @pytest.mark.parametrize(
        ("condition", "status", "words"),
        [
            ("suspended", "suspended", "suspended"),
            ("installing", "installing", "installation"),
            ("install_failed", "install_failed", "installation"),
            ("restoring", "restoring_backup", "restoring"),
            ("transferring", None, "transferred"),
        ],
    )
    async def test_only_details_are_to_be_had_meanwhile(
        self, call: Caller, server: Server, condition: str, status: str | None, words: str
    ) -> None:
        server.condition = condition
        for answer in (
            await resources(call, server),
            await power(call, server, "start"),
            await command(call, server),
        ):
            assert (answer.status, answer.error[0]) == (409, "ServerStateConflictException")
            assert words in answer.error[1]
        attributes = (await call.get(f"/api/client/servers/{server.uuid}")).attributes
        assert attributes["status"] == status
        assert attributes["is_suspended"] is (condition == "suspended")
        assert attributes["is_installing"] is (condition == "installing")
        assert attributes["is_transferring"] is (condition == "transferring")
        assert server.signals == []

    async def test_a_failed_reinstallation_forbids_nothing(
        self, call: Caller, server: Server
    ) -> None:
        server.condition = "reinstall_failed"
        assert (await power(call, server, "start")).status == 204
        attributes = (await call.get()).body["data"][0]["attributes"]
        assert attributes["status"] == "reinstall_failed"

    async def test_suspension_is_named_before_maintenance_and_maintenance_before_the_rest(
        self, call: Caller, server: Server, node: Node
    ) -> None:
        node.maintenance = True
        details = []
        for condition in ("suspended", "installing", None):
            server.condition = condition
            details.append((await resources(call, server)).error[1])
        assert details[0] == SUSPENDED
        assert details[1] == details[2]
        assert "maintenance" in details[1]

    async def test_a_subuser_without_rights_is_told_the_condition_first(
        self, call: Caller, panel: PterodactylStandIn, server: Server
    ) -> None:
        friend = panel.add_user("friend")
        panel.add_subuser(friend, server, permissions=["control.start"])
        server.suspended = True
        caller = Caller(call.http, panel.url, panel.add_key(friend))
        assert (await power(caller, server, "stop")).status == 409

    @pytest.mark.parametrize(
        ("condition", "statuses"),
        [
            ("suspended", [400, 200, 400, 400]),
            ("installing", [200, 409, 409, 409]),
            ("transferring", [200, 409, 409, 409]),
        ],
    )
    async def test_before_1_3_they_are_other_errors(
        self,
        world: World,
        server: Server,
        http: aiohttp.ClientSession,
        condition: str,
        statuses: list[int],
    ) -> None:
        server.condition = condition
        async with PterodactylStandIn(world, version="1.2") as panel:
            admin = Caller(http, panel.url, panel.add_key(panel.add_user("a", admin=True)))
            answers = [
                await admin.get(f"/api/client/servers/{server.uuid}"),
                await resources(admin, server),
                await power(admin, server),
                await command(admin, server),
            ]
        assert [answer.status for answer in answers] == statuses
        codes = {
            "suspended": "BadRequestHttpException",
            "installing": "ConflictHttpException",
            "transferring": "ServerTransferringException",
        }
        assert answers[3].error[0] == codes[condition]

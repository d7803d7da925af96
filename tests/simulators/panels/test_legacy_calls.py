"""What the calls of panels before 0.7 do to the world behind them, and how they fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.simulators.panels.legacy_caller import Caller, Dialect, opened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from bot.simulators.world import Fault, Node, Server, World
    from tests.simulators.panels.caller import Clock

VARIABLES = {"env_SERVER_JARFILE": "server.jar", "env_VANILLA_VERSION": "latest"}
LIMITS = {"memory": 1024, "swap": 0, "disk": 2048, "io": 500, "cpu": 100}
DOWN: list[Fault] = ["down", "reset", 500]


@pytest.fixture
async def v04(world: World, http: aiohttp.ClientSession) -> AsyncIterator[Caller]:
    async with opened(world, http, "0.4") as call:
        yield call


@pytest.fixture
async def v05(world: World, http: aiohttp.ClientSession) -> AsyncIterator[Caller]:
    async with opened(world, http, "0.5") as call:
        yield call


@pytest.fixture
async def v06(world: World, http: aiohttp.ClientSession) -> AsyncIterator[Caller]:
    async with opened(world, http, "0.6") as call:
        yield call


def new_server(call: Caller, place: Node, **changes: object) -> dict[str, object]:
    values: dict[str, object] = {"name": "Brand New", "startup": "java", **VARIABLES, **LIMITS}
    allocation = call.panel.records.allocation_id(place, 25600)
    numbers = {"location": 1, "node": 1, "service": 1, "option": 1, "allocation": allocation}
    if call.servers.startswith("/api/admin"):
        numbers = {f"{name}_id": number for name, number in numbers.items()}
        return {**values, **numbers, "user_id": 2, "description": "", **changes}
    return {**values, **numbers, "owner": "owner@example.com", **changes}


class TestLists:
    async def test_0_4_has_pages_of_fifty(self, v04: Caller, world: World, node: Node) -> None:
        for number in range(60):
            world.add_server(f"No. {number}", node=node)
        second = (await v04("GET", "/api/servers?page=2")).body
        pagination = second["meta"]["pagination"]
        assert (len(second["data"]), pagination["total_pages"]) == (10, 2)
        assert pagination["links"] == []

    async def test_0_5_has_one_bare_list(self, v05: Caller, world: World, node: Node) -> None:
        for number in range(60):
            world.add_server(f"No. {number}", node=node)
        assert len((await v05("GET", "/api/servers?page=2")).body) == 60

    async def test_0_6_keeps_the_id_beside_the_attributes(
        self, v06: Caller, server: Server
    ) -> None:
        document = (await v06("GET", "/api/admin/servers")).body
        (entry,) = document["data"]
        assert (entry["type"], entry["id"]) == ("server", "1")
        assert "id" not in entry["attributes"]
        assert entry["attributes"]["owner_id"] == 1
        assert document["meta"]["pagination"]["per_page"] == 25

    async def test_users_see_their_servers(self, v05: Caller, v06: Caller, server: Server) -> None:
        (mine,) = (await v05("GET", "/api/me")).body
        assert (mine["id"], mine["uuid"]) == (server.identifier, server.uuid)
        (entry,) = (await v06("GET", "/api/user")).body["data"]
        assert entry["id"] == server.identifier


class TestDetails:
    async def test_0_4_wraps_a_server_and_0_5_does_not(
        self, v04: Caller, v05: Caller, server: Server
    ) -> None:
        assert (await v04("GET", "/api/servers/1")).body["server"]["name"] == "Survival"
        assert (await v05("GET", "/api/servers/1")).body["name"] == "Survival"

    async def test_fields_pick_columns(self, v04: Caller, server: Server) -> None:
        answer = await v04("GET", "/api/servers/1?fields=id%2Cname")
        assert answer.body == {"server": {"id": 1, "name": "Survival"}}
        refused = await v04("GET", "/api/servers/1?fields=id,colour")
        assert (refused.status, refused.body["message"]) == (
            400,
            "There was an issue with the fields passed in the request.",
        )

    @pytest.mark.parametrize("server_id", ["99", "uuid"])
    async def test_a_server_is_known_by_its_number_alone(
        self, v04: Caller, server: Server, server_id: str
    ) -> None:
        wanted = server.uuid if server_id == "uuid" else server_id
        answer = await v04("GET", f"/api/servers/{wanted}")
        assert (answer.status, answer.body) == (
            404,
            {"message": "No server by that ID was found.", "status_code": 404},
        )

    async def test_0_5_asks_the_node_on_demand(self, v05: Caller, server: Server) -> None:
        daemon = (await v05("GET", "/api/servers/1?daemon=true")).body["daemon"]
        assert (daemon["status"], daemon["proc"]["cpu"]["cores"][1]) == (1, 0.0)
        assert "daemon" not in (await v05("GET", "/api/servers/1")).body
        without_node = await v05("GET", "/api/servers/1?daemon=true&fields=id,name")
        assert without_node.status == 400

    @pytest.mark.parametrize("fault", DOWN)
    async def test_a_dead_node_is_an_error_in_0_5_and_a_500_in_0_6(
        self, v05: Caller, v06: Caller, server: Server, fault: Fault
    ) -> None:
        server.node.fault = fault
        assert "error" in (await v05("GET", "/api/servers/1?daemon=true")).body["daemon"]
        mine = f"/api/user/server/{server.identifier}"
        assert (await v06("GET", mine)).status == 200
        failed = await v06("GET", f"{mine}?include=stats")
        assert (failed.status, failed.body["http_code"]) == (500, True)

    async def test_the_user_view_of_0_5_holds_a_secret(self, v05: Caller, server: Server) -> None:
        view = (await v05("GET", f"/api/me/server/{server.uuid}")).body
        assert view["daemon"]["token"] == v05.panel.records.of(server).token
        assert view["daemon"]["response"]["status"] == 1
        server.node.up = False
        view = (await v05("GET", f"/api/me/server/{server.identifier}")).body
        assert "error" in view["daemon"]

    async def test_0_6_includes_what_users_ask_for(self, v06: Caller, server: Server) -> None:
        server.more_ports = (25570,)
        path = f"/api/user/server/{server.uuid}?include=allocations,stats"
        document = (await v06("GET", path)).body
        kinds = [entry["type"] for entry in document["included"]]
        assert kinds == ["allocation", "allocation", "stat"]
        assert document["data"]["attributes"]["node"] == "node-1"


class TestPower:
    @pytest.mark.parametrize("action", ["start", "stop", "restart", "kill"])
    async def test_an_action_reaches_the_server(
        self, v05: Caller, v06: Caller, server: Server, action: str
    ) -> None:
        body = {"action": action}
        assert (await v05("PUT", f"/api/me/server/{server.uuid}", body=body)).status == 204
        path = f"/api/user/server/{server.identifier}/power"
        assert (await v06("POST", path, body=body)).status == 204
        assert server.signals == [action, action]

    async def test_what_the_node_does_later_is_a_500(self, v05: Caller, server: Server) -> None:
        v05.panel.records.of(server).rebuilding = True
        path, body = f"/api/me/server/{server.uuid}", {"action": "restart"}
        assert (await v05("PUT", path, body=body)).status == 500
        assert server.signals == ["restart"]

    async def test_a_command_needs_a_running_server(self, v06: Caller, server: Server) -> None:
        path, body = f"/api/user/server/{server.uuid}/command", {"command": "say hi"}
        assert (await v06("POST", path, body=body)).status == 204
        server.crash()
        refused = await v06("POST", path, body=body)
        assert (refused.status, "HTTP/412" in refused.body["error"]) == (500, True)
        assert server.console == ["say hi"]

    @pytest.mark.parametrize(
        ("condition", "word"), [("suspended", "suspended"), ("installing", "install process")]
    )
    async def test_users_are_kept_from_some_servers(
        self, v06: Caller, server: Server, condition: str, word: str
    ) -> None:
        server.condition = condition
        refused = await v06("GET", f"/api/user/server/{server.uuid}")
        assert (refused.status, word in refused.body["error"]) == (403, True)

    @pytest.mark.parametrize("fault", DOWN)
    async def test_a_dead_node_is_a_500(
        self, v05: Caller, v06: Caller, server: Server, fault: Fault
    ) -> None:
        server.node.fault = fault
        body = {"action": "stop"}
        assert (await v05("PUT", f"/api/me/server/{server.uuid}", body=body)).status == 500
        path = f"/api/user/server/{server.uuid}/power"
        assert (await v06("POST", path, body=body)).status == 500
        assert server.signals == []


class TestCreation:
    async def test_each_dialect_answers_in_its_own_way(
        self, v04: Caller, v05: Caller, v06: Caller, world: World, server: Server
    ) -> None:
        first = await v04("POST", v04.servers, body=new_server(v04, server.node))
        assert (first.status, first.text) == (201, "")
        assert first.headers["Location"].endswith("/api/servers/2")
        world.remove_server(world.servers[-1])
        second = await v05("POST", v05.servers, body=new_server(v05, server.node))
        assert (second.status, second.body) == (200, {"id": 3})
        world.remove_server(world.servers[-1])
        third = await v06("POST", v06.servers, body=new_server(v06, server.node))
        assert (third.status, third.body["data"]["id"]) == (200, "4")
        assert world.servers[-1].installing

    async def test_an_address_may_be_named_by_ip_and_port(
        self, v04: Caller, server: Server, world: World
    ) -> None:
        values = new_server(v04, server.node, ip="127.0.0.1", port=25600)
        del values["allocation"]
        assert (await v04("POST", v04.servers, body=values)).status == 201
        assert world.servers[-1].port == 25600

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"name": "abc"}, "name"),
            ({"name": None}, "name"),
            ({"io": 9}, "io"),
            ({"io": 1001}, "io"),
            ({"swap": -2}, "swap"),
            ({"memory": "much"}, "memory"),
            ({"owner": "nobody@example.com"}, "owner"),
            ({"node": 99}, "node"),
            ({"location": None}, "location"),
            ({"startup": ""}, "startup"),
            ({"allocation": 99}, "allocation"),
        ],
    )
    async def test_values_are_checked(
        self,
        v04: Caller,
        server: Server,
        world: World,
        changes: dict[str, object],
        field: str,
    ) -> None:
        values = new_server(v04, server.node, **changes)
        refused = await v04("POST", v04.servers, body=values)
        assert (refused.status, list(refused.body["errors"])) == (422, [field])
        assert len(world.servers) == 1

    async def test_a_taken_address_is_refused(self, v06: Caller, server: Server) -> None:
        taken = v06.panel.records.allocation_id(server.node, server.port)
        values = new_server(v06, server.node, allocation_id=taken)
        refused = await v06("POST", v06.servers, body=values)
        assert (refused.status, list(refused.body["error"])) == (400, ["allocation_id"])

    async def test_a_missing_variable_is_no_matter_of_validation(
        self, v04: Caller, v06: Caller, server: Server
    ) -> None:
        for call, status in ((v04, 400), (v06, 500)):
            values = new_server(call, server.node)
            del values["env_VANILLA_VERSION"]
            refused = await call("POST", call.servers, body=values)
            assert (refused.status, "errors" in refused.body) == (status, False)

    @pytest.mark.parametrize("name", ["description", "startup"])
    async def test_0_6_fails_without_two_texts(
        self, v06: Caller, server: Server, name: str
    ) -> None:
        values = new_server(v06, server.node)
        del values[name]
        assert (await v06("POST", v06.servers, body=values)).status == 500

    async def test_a_dead_node_takes_no_server(
        self, v05: Caller, v06: Caller, server: Server, world: World
    ) -> None:
        server.node.up = False
        for call, status in ((v05, 422), (v06, 504)):
            refused = await call("POST", call.servers, body=new_server(call, server.node))
            assert refused.status == status
        assert len(world.servers) == 1


class TestChanges:
    async def test_config_changes_name_and_owner(self, v04: Caller, server: Server) -> None:
        token = v04.panel.records.of(server).token
        body = {"name": "Renamed", "owner": "owner@example.com"}
        answer = await v04("PATCH", "/api/servers/1/config", body=body)
        assert (answer.status, answer.body["server"]["name"]) == (200, "Renamed")
        assert v04.panel.records.of(server).owner.name == "owner"
        assert v04.panel.records.of(server).token != token

    async def test_details_are_saved_and_not_always_shown(
        self, v06: Caller, server: Server
    ) -> None:
        path = "/api/admin/servers/1/details"
        assert (await v06("PUT", path, body={"name": "Renamed"})).status == 500
        assert server.name == "Renamed"
        shown = await v06("PUT", path, body={"name": "Again", "reset_token": True})
        assert shown.body["data"]["attributes"]["name"] == "Again"

    async def test_build_works_from_0_5_4_on(
        self, v04: Caller, v05: Caller, server: Server
    ) -> None:
        refused = await v04("PATCH", "/api/servers/1/build", body={"memory": 1})
        assert (refused.status, refused.body["message"]) == (503, "503 Service Unavailable")
        assert " " in refused.headers["Retry-After"]
        answer = await v05("PATCH", "/api/servers/1/build", body={"memory": 1})
        assert answer.body["server"]["memory"] == server.memory_mb == 1

    async def test_a_bad_entry_ends_the_list_without_a_word(
        self, v05: Caller, server: Server
    ) -> None:
        for port in (25570, 25571):
            v05.panel.records.allocation_id(server.node, port)
        added = ["127.0.0.1:25570", "localhost:25571", "127.0.0.1:25571"]
        body: dict[str, Any] = {"add_additional": added}
        assert (await v05("PATCH", "/api/servers/1/build", body=body)).status == 200
        assert server.more_ports == (25570,)
        body = {"default": "127.0.0.1:25570", "remove_additional": ["127.0.0.1:25565"]}
        assert (await v05("PATCH", "/api/servers/1/build", body=body)).status == 200
        assert (server.port, server.more_ports) == (25570, (25565,))
        body = {"default": "127.0.0.1:1"}
        assert (await v05("PATCH", "/api/servers/1/build", body=body)).status == 422

    async def test_0_6_takes_no_notice_of_disk(self, v06: Caller, server: Server) -> None:
        path = "/api/admin/servers/1/build"
        answer = await v06("PUT", path, body={"memory": 1, "disk": 1})
        assert answer.status == 200
        assert (server.memory_mb, server.disk_mb) == (1, 10240)

    async def test_suspending_may_be_repeated(
        self, v05: Caller, v06: Caller, server: Server
    ) -> None:
        for word, suspended in (("suspend", True), ("unsuspend", False)):
            for _ in range(2):
                assert (await v05("POST", f"/api/servers/1/{word}")).status == 204
                assert server.suspended is suspended
            path, body = "/api/admin/servers/1/suspend", {"action": word}
            assert (await v06("PATCH", path, body=body)).status == 204
            assert server.suspended is suspended
        body = {"action": "explode"}
        assert (await v06("PATCH", "/api/admin/servers/1/suspend", body=body)).status == 400

    async def test_an_unknown_server_is_never_a_404_to_an_order(
        self, v05: Caller, v06: Caller, server: Server
    ) -> None:
        assert (await v05("PATCH", "/api/servers/99/config", body={})).status == 422
        for method, path in (
            ("PATCH", "/api/servers/99/build"),
            ("POST", "/api/servers/99/suspend"),
            ("POST", "/api/servers/99/unsuspend"),
            ("DELETE", "/api/servers/99"),
        ):
            refused = await v05(method, path, body={})
            assert (refused.status, " " in refused.headers["Retry-After"]) == (503, True)
        for method, call in (("PUT", "/details"), ("PUT", "/build"), ("DELETE", "")):
            refused = await v06(method, f"/api/admin/servers/99{call}", body={})
            assert refused.status == 500


class TestDeletion:
    @pytest.mark.parametrize("dialect", ["0.4", "0.6"])
    async def test_a_dead_node_keeps_its_servers_unless_forced(
        self,
        world: World,
        http: aiohttp.ClientSession,
        server: Server,
        dialect: Dialect,
    ) -> None:
        server.node.up = False
        async with opened(world, http, dialect) as call:
            path = f"{call.servers}/1"
            refused = await call("DELETE", path)
            assert refused.status == (422 if dialect == "0.4" else 504)
            forced = f"{path}/force" if dialect == "0.4" else f"{path}?force_delete=1"
            assert (await call("DELETE", forced)).status == 204
        assert not world.servers

    async def test_any_other_word_than_force_is_none(self, v04: Caller, server: Server) -> None:
        server.node.up = False
        assert (await v04("DELETE", "/api/servers/1/please")).status == 422

    async def test_0_5_deletes_ten_minutes_later(
        self, v05: Caller, server: Server, world: World, clock: Clock
    ) -> None:
        assert (await v05("DELETE", "/api/servers/1")).status == 204
        clock.now += 599
        assert (await v05("GET", "/api/servers/1")).body["deleted_at"]
        clock.now += 1
        assert (await v05("GET", "/api/servers/1")).status == 404
        assert not world.servers

    async def test_a_forced_deletion_is_marked_in_0_5(self, v05: Caller, server: Server) -> None:
        await v05("DELETE", "/api/servers/1/force")
        assert (await v05("GET", "/api/servers/1")).body["installed"] == 3

    async def test_a_server_that_is_installed_says_so(
        self, v05: Caller, server: Server, world: World, clock: Clock
    ) -> None:
        await v05("POST", v05.servers, body=new_server(v05, server.node))
        assert (await v05("GET", "/api/servers/2")).body["installed"] == 0
        clock.now += 30
        assert (await v05("GET", "/api/servers/2")).body["installed"] == 1

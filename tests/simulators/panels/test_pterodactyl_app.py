"""The stand-in's Application API: rights, rules, allocations, and what daemons do to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.simulators.panels.pterodactyl import PterodactylStandIn
from tests.simulators.panels.caller import Answer, Caller, Clock

if TYPE_CHECKING:
    import aiohttp

    from bot.simulators.world import Fault, Node, Server, World

SERVERS = "/api/application/servers"
VARIABLES = {"SERVER_JARFILE": "server.jar", "VANILLA_VERSION": "latest"}
LIMITS = {"memory": 1024, "swap": 0, "disk": 5120, "io": 500, "cpu": 100}
FEATURES = {"databases": 2, "allocations": 3, "backups": 2}


@pytest.fixture
def root(panel: PterodactylStandIn, server: Server, http: aiohttp.ClientSession) -> Caller:
    """Call the panel with the application key of its root admin, who owns the server."""
    admin = panel.add_user("admin", admin=True)
    panel.own(admin, server)
    return Caller(http, panel.url, panel.add_key(admin, application=True))


def wish(**changes: object) -> dict[str, Any]:
    """Return what a new server wants, at the second allocation."""
    values: dict[str, object] = {
        "name": "Creative",
        "user": 1,
        "egg": 4,
        "docker_image": "ghcr.io/pterodactyl/yolks:java_21",
        "startup": "java -jar {{SERVER_JARFILE}}",
        "environment": VARIABLES,
        "limits": LIMITS,
        "feature_limits": FEATURES,
        "allocation": {"default": 2},
    }
    return {name: value for name, value in (values | changes).items() if value is not ...}


def wrong(answer: Answer) -> dict[str, str]:
    """Return what the validator does not like, rule by field."""
    assert answer.status == 422
    return {error["meta"]["source_field"]: error["meta"]["rule"] for error in answer.body["errors"]}


async def patch(root: Caller, server: Server, part: str, body: object) -> Answer:
    return await root("PATCH", f"{SERVERS}/{server.id}/{part}", json=body)


async def test_a_created_server_is_installed_at_its_allocation_for_its_owner(
    root: Caller, panel: PterodactylStandIn, world: World, node: Node
) -> None:
    panel.add_allocation(node, 25565)
    number = panel.add_allocation(node, 25570)

    answer = await root.post(SERVERS, wish(allocation={"default": number}, description="  "))

    assert answer.status == 201
    created = world.servers[-1]
    assert answer.attributes["id"] == created.id
    assert (created.port, created.memory_mb, created.description) == (25570, 1024, "")
    assert created.installing
    assert panel.accounts.owns(panel.accounts.users[0], created)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": " "}, {"name": "required"}),
        ({"name": 5}, {"name": "string"}),
        ({"name": "x" * 192}, {"name": "max"}),
        ({"user": 99}, {"user": "exists"}),
        ({"external_id": "taken"}, {"external_id": "unique"}),
        ({"egg": ...}, {"egg": "required"}),
        ({"egg": "four"}, {"egg": "integer"}),
        ({"environment": ...}, {"environment": "present"}),
        ({"environment": {}}, {f"environment.{name}": "required" for name in VARIABLES}),
        (
            {"environment": {**VARIABLES, "SERVER_JARFILE": "x" * 21}},
            {"environment.SERVER_JARFILE": "max"},
        ),
        (
            {"limits": ...},
            {"limits": "required", **{f"limits.{name}": "required" for name in LIMITS}},
        ),
        ({"limits": {**LIMITS, "io": 5}}, {"limits.io": "between"}),
        ({"limits": {**LIMITS, "swap": -2}}, {"limits.swap": "min"}),
        ({"limits": {**LIMITS, "cpu": "all"}}, {"limits.cpu": "numeric"}),
        ({"limits": 5}, {"limits": "array", **{f"limits.{name}": "required" for name in LIMITS}}),
        ({"feature_limits": {"databases": None}}, {"feature_limits.backups": "present"}),
        ({"allocation": ...}, {"allocation.default": "required"}),
        ({"allocation": {"default": 1}}, {"allocation.default": "exists"}),
        (
            {"allocation": {"default": 2, "additional": [1]}},
            {"allocation.additional.0": "exists"},
        ),
        ({"oom_disabled": "maybe"}, {"oom_disabled": "boolean"}),
        (
            {"deploy": {"locations": [1]}},
            {"deploy.dedicated_ip": "present", "deploy.port_range": "present"},
        ),
    ],
)
async def test_every_wrong_value_is_told_at_its_field_and_nothing_is_made(
    root: Caller,
    panel: PterodactylStandIn,
    world: World,
    changes: dict[str, object],
    expected: dict[str, str],
) -> None:
    for port in (25565, 25566):
        panel.add_allocation(world.nodes[0], port)
    world.servers[0].external_id = "taken"

    assert wrong(await root.post(SERVERS, wish(**changes))) == expected
    assert len(world.servers) == 1


@pytest.mark.parametrize(
    ("limits", "deploy", "code"),
    [
        ({"memory": 20_000}, {"locations": [1]}, "NoViableNodeException"),
        ({}, {"locations": [9]}, "NoViableNodeException"),
        ({}, {"port_range": ["4000"]}, "NoViableAllocationException"),
        ({}, {"dedicated_ip": True}, "NoViableAllocationException"),
    ],
)
async def test_a_server_that_fits_nowhere_is_refused(
    root: Caller,
    panel: PterodactylStandIn,
    node: Node,
    limits: dict[str, int],
    deploy: dict[str, object],
    code: str,
) -> None:
    panel.add_allocation(node, 25566)
    wanted = {"locations": [], "dedicated_ip": False, "port_range": [], **deploy}

    answer = await root.post(SERVERS, wish(limits=LIMITS | limits, deploy=wanted))

    assert answer.status == 400
    assert answer.error[0] == code


async def test_a_deployed_server_gets_any_free_allocation(
    root: Caller, panel: PterodactylStandIn, node: Node, world: World
) -> None:
    for port in (25565, 25566, 25567):
        panel.add_allocation(node, port)
    deploy = {"locations": [1], "dedicated_ip": False, "port_range": ["25567"]}

    answer = await root.post(SERVERS, wish(allocation=..., deploy=deploy))

    assert answer.status == 201
    assert world.servers[-1].port == 25567


async def test_details_that_are_not_sent_are_cleared(root: Caller, server: Server) -> None:
    server.external_id, server.description = "guild-1", "Main world"

    assert (await patch(root, server, "details", {"name": "New", "user": 1})).status == 200

    assert not server.external_id
    assert (server.name, server.description) == ("New", "")
    answer = await patch(root, server, "details", {})
    assert [error["detail"] for error in answer.body["errors"]] == [
        "The Server Name field is required.",
        "The User ID field is required.",
    ]


async def test_build_wants_all_limits_and_forgets_feature_limits(
    root: Caller, server: Server
) -> None:
    body = {"allocation": 1, "limits": {"memory": 512}, "feature_limits": FEATURES}
    missing = {name: "required" for name in LIMITS if name != "memory"}
    assert wrong(await patch(root, server, "build", body)) == {
        f"limits.{name}": rule for name, rule in missing.items()
    }

    few = {"databases": 1, "backups": None}
    answer = await patch(root, server, "build", {**LIMITS, "allocation": 1, "feature_limits": few})

    assert answer.attributes["feature_limits"] == {"databases": 1, "allocations": 0, "backups": 0}
    assert (server.memory_mb, server.disk_mb) == (1024, 5120)


async def test_allocations_come_and_go_but_there_is_always_a_default(
    root: Caller, panel: PterodactylStandIn, server: Server, node: Node
) -> None:
    own = panel.add_allocation(node, server.port)
    other = panel.add_allocation(node, 25570)
    body = {"allocation": own, "limits": LIMITS, "feature_limits": FEATURES}

    refused = await patch(root, server, "build", {**body, "remove_allocations": [own]})
    assert refused.error[0] == "DisplayException"
    foreign = await patch(root, server, "build", {**body, "allocation": other})
    assert foreign.error[0] == "DisplayException"

    assert (await patch(root, server, "build", {**body, "add_allocations": [other]})).status == 200
    assert (server.port, server.more_ports) == (25565, (25570,))
    answer = await patch(
        root, server, "build", {**body, "allocation": other, "remove_allocations": [own]}
    )
    assert answer.attributes["allocation"] == other
    assert (server.port, server.more_ports) == (25570, ())


async def test_build_is_kept_although_the_daemon_is_down(root: Caller, server: Server) -> None:
    server.node.up = False
    body = {"allocation": 1, "limits": LIMITS, "feature_limits": FEATURES}

    assert (await patch(root, server, "build", body)).status == 200
    assert server.memory_mb == 1024


async def test_startup_wants_everything(root: Caller, server: Server) -> None:
    assert wrong(await patch(root, server, "startup", {})) == {
        "egg": "required",
        "image": "required",
        "startup": "required",
        "environment": "present",
        "skip_scripts": "present",
    }
    body = {
        "egg": 4,
        "image": "ghcr.io/pterodactyl/yolks:java_8",
        "startup": "java",
        "environment": {**VARIABLES, "OTHER": "x"},
        "skip_scripts": False,
    }
    container = (await patch(root, server, "startup", body)).attributes["container"]
    assert container["image"] == "ghcr.io/pterodactyl/yolks:java_8"
    assert "OTHER" not in container["environment"]


@pytest.mark.parametrize("fault", ["down", 500, 404])
async def test_a_failing_daemon_undoes_suspension_and_creation(
    root: Caller, panel: PterodactylStandIn, world: World, server: Server, fault: Fault
) -> None:
    panel.add_allocation(server.node, 25565)
    panel.add_allocation(server.node, 25566)
    server.node.fault = fault

    suspended = await root("POST", f"{SERVERS}/{server.id}/suspend")
    created = await root.post(SERVERS, wish())

    status = 504 if fault == "down" else fault
    assert (suspended.status, created.status) == (status, status)
    assert created.error[0] == "DaemonConnectionException"
    assert not server.suspended
    assert world.servers == [server]


async def test_a_server_in_transfer_cannot_be_suspended(root: Caller, server: Server) -> None:
    server.condition = "transferring"

    answer = await root("POST", f"{SERVERS}/{server.id}/suspend")

    assert answer.status == 409
    assert answer.error[0] == "ConflictHttpException"


@pytest.mark.parametrize(
    ("fault", "path", "status"),
    [
        (500, "", 500),
        ("down", "", 504),
        (404, "", 204),
        ("down", "/force", 204),
        (500, "/force", 204),
    ],
)
async def test_only_force_deletes_against_the_daemon(
    root: Caller, world: World, server: Server, fault: Fault, path: str, status: int
) -> None:
    server.node.fault = fault

    answer = await root("DELETE", f"{SERVERS}/{server.id}{path}")

    assert answer.status == status
    assert (server in world.servers) == (status != 204)


async def test_a_key_may_what_its_rights_say(
    root: Caller, panel: PterodactylStandIn, server: Server
) -> None:
    admin = panel.accounts.users[0]
    rights = ["servers:read", "nodes:read"]
    key = panel.add_key(admin, application=True, rights=rights)
    reader = Caller(root.http, root.url, key)

    assert (await reader.get(SERVERS)).status == 200
    for path in ("users", "locations", "nests", "nodes/1/allocations", "nests/1/eggs"):
        assert (await reader.get(f"/api/application/{path}")).status == 403, path
    assert (await reader("DELETE", f"{SERVERS}/{server.id}")).status == 403
    # What a key may not see is looked up first.
    assert (await reader("DELETE", f"{SERVERS}/999")).status == 404
    shown = await reader.get(f"{SERVERS}/{server.id}?include=node,user")
    assert shown.attributes["relationships"]["node"]["attributes"]["name"] == "node-1"
    assert shown.attributes["relationships"]["user"]["object"] == "null_resource"


async def test_client_keys_of_admins_are_good_from_1_8_on(
    world: World, server: Server, http: aiohttp.ClientSession
) -> None:
    statuses = {}
    for version in ("1.7", "1.8"):
        async with PterodactylStandIn(world, version=version) as panel:
            admin = panel.add_user("admin", admin=True)
            panel.own(admin, server)
            caller = Caller(http, panel.url, panel.add_key(admin))
            statuses[version] = (await caller.get(SERVERS)).status
    assert statuses == {"1.7": 403, "1.8": 200}


@pytest.mark.parametrize("name", ["uuid", "uuidShort", "name", "image", "external_id"])
async def test_servers_are_filtered_by_parts_of_what_they_have(
    root: Caller, world: World, server: Server, node: Node, name: str
) -> None:
    server.external_id = "guild-100"
    world.add_server("Other", node=node)
    part = {"uuid": server.uuid[4:20], "uuidShort": server.identifier, "external_id": "GUILD"}

    answer = await root.get(f"{SERVERS}?filter[{name}]={part.get(name, 'surv')}")

    assert answer.names == ([] if name == "image" else ["Survival"])
    assert (await root.get(f"{SERVERS}?filter[colour]=red")).error[0] == "InvalidFilterQuery"


async def test_the_two_apis_are_counted_apart(
    root: Caller, panel: PterodactylStandIn, clock: Clock
) -> None:
    panel.application.requests_per_minute = 1
    client = Caller(root.http, root.url, panel.add_key(panel.accounts.users[0]))

    assert (await root.get(SERVERS)).headers["X-RateLimit-Limit"] == "1"
    assert (await root.get(SERVERS)).status == 429
    assert (await client.get()).headers["X-RateLimit-Limit"] == "720"
    clock.now += 60
    assert (await root.get(SERVERS)).status == 200


async def test_what_a_server_can_be_made_of_is_listed(
    root: Caller, panel: PterodactylStandIn, server: Server
) -> None:
    free = panel.add_allocation(server.node, 25570)

    allocations = (await root.get("/api/application/nodes/1/allocations")).body["data"]
    eggs = await root.get("/api/application/nests/1/eggs?include=variables")
    one = await root.get("/api/application/nests/1/eggs/4?include=variables")

    assert {each["attributes"]["assigned"] for each in allocations} == {True, False}
    assert next(a for a in allocations if a["attributes"]["id"] == free)
    assert eggs.names == ["Forge Minecraft", "Vanilla Minecraft", "Paper"]
    variables = one.attributes["relationships"]["variables"]["data"]
    assert [each["attributes"]["env_variable"] for each in variables] == list(VARIABLES)
    for path in ("nests/9/eggs", "nests/1/eggs/99", "nodes/9/allocations", "nodes/x/allocations"):
        assert (await root.get(f"/api/application/{path}")).status == 404, path

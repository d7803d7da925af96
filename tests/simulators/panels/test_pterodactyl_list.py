"""What the panel lists, to whom, and in which pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.panels.pterodactyl import PterodactylStandIn
from tests.simulators.panels.caller import Caller

if TYPE_CHECKING:
    import aiohttp

    from bot.simulators.world import Node, Server, World

KINDS = ("", "owner", "admin", "admin-all")
OLDEST = "1.0"


@pytest.fixture
def admin(call: Caller, panel: PterodactylStandIn) -> Caller:
    return Caller(call.http, panel.url, panel.add_key(panel.add_user("admin", admin=True)))


def add_servers(world: World, node: Node, count: int) -> None:
    for number in range(1, count + 1):
        world.add_server(f"No {number:03}", node=node, port=26000 + number)


async def test_all_pages_together_are_the_whole_list(
    admin: Caller, world: World, node: Node
) -> None:
    add_servers(world, node, 119)
    names: list[str] = []
    path = "/api/client?type=admin-all&per_page=50"
    while path:
        answer = await admin.get(path)
        names += answer.names
        following = answer.body["meta"]["pagination"]["links"].get("next", "")
        path = following.removeprefix(admin.url)
    assert names == [server.name for server in world.servers]
    assert len(names) == 120


async def test_the_page_size_has_a_default_and_a_cap(
    admin: Caller, world: World, node: Node
) -> None:
    add_servers(world, node, 119)
    for asked, given in (("", 50), ("&per_page=1000", 100), ("&per_page=7", 7)):
        answer = await admin.get("/api/client?type=admin-all" + asked)
        assert len(answer.names) == given
        assert answer.body["meta"]["pagination"]["per_page"] == given


async def test_a_page_past_the_end_is_empty(call: Caller) -> None:
    answer = await call.get("/api/client?page=9")
    assert (answer.status, answer.body["data"]) == (200, [])
    assert answer.body["meta"]["pagination"]["current_page"] == 9


async def test_a_slash_at_the_end_changes_nothing(call: Caller) -> None:
    assert (await call.get("/api/client/")).text == (await call.get("/api/client")).text


async def test_a_good_key_gets_json_even_if_it_does_not_ask_for_it(call: Caller) -> None:
    answer = await call.get(headers={"Accept": "text/html"})
    assert (answer.status, answer.names) == (200, ["Survival"])


async def test_types_tell_whose_servers_are_meant(
    call: Caller, admin: Caller, panel: PterodactylStandIn, world: World, node: Node
) -> None:
    foreign = world.add_server("Foreign", node=node)
    friend = panel.add_user("friend")
    panel.own(friend, foreign)
    panel.add_subuser(friend, world.servers[0], permissions=["control.start"])
    caller = Caller(call.http, panel.url, panel.add_key(friend))
    listed = [
        [(await who.get(f"/api/client?type={kind}")).names for kind in KINDS]
        for who in (caller, admin)
    ]
    both = ["Survival", "Foreign"]
    assert listed == [[both, ["Foreign"], [], []], [[], [], both, both]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("filter[name]=sURV", ["Survival"]),
        ("filter[name]=surv,rust", ["Survival", "Rusty"]),
        ("filter[description]=main", ["Survival"]),
        ("filter[external_id]=guild", ["Rusty"]),
        ("filter[uuid]=2222", ["Rusty"]),
        ("filter[*]=rus", ["Rusty"]),
        ("filter[*]=guild-7", ["Rusty"]),
        ("filter[*]=guild", []),
        ("filter[*]=11111111", ["Survival"]),
        ("filter[*]=:2556", ["Survival", "Rusty"]),
        ("filter[*]=127.0.0.1:25566", ["Rusty"]),
        ("filter[*]=127.0.0.1", ["Survival", "Rusty"]),
        ("filter[*]=10.0.0.1", []),
        ("filter[*]=rus&filter[name]=surv", []),
        ("filter=admin", ["Survival", "Rusty"]),
    ],
)
async def test_filters_narrow_the_list(
    call: Caller, panel: PterodactylStandIn, world: World, node: Node, query: str, found: list[str]
) -> None:
    panel_user = panel.add_user("filtering")
    for name, digit, properties in (
        ("Survival", "1", {"description": "Main world"}),
        ("Rusty", "2", {"external_id": "guild-7", "port": 25566}),
    ):
        uuid = "-".join(digit * length for length in (8, 4, 4, 4, 12))
        panel.own(panel_user, world.add_server(name, node=node, uuid=uuid, **properties))
    caller = Caller(call.http, panel.url, panel.add_key(panel_user))
    assert (await caller.get(f"/api/client?{query}")).names == found


async def test_a_comma_in_the_smart_search_breaks_the_panel(call: Caller) -> None:
    answer = await call.get("/api/client?filter[*]=a,b")
    assert (answer.status, answer.error[0]) == (500, "TypeError")


@pytest.mark.parametrize(("version", "name"), [("1.8", "description"), (OLDEST, "*")])
async def test_old_versions_know_fewer_filters(
    world: World, http: aiohttp.ClientSession, version: str, name: str
) -> None:
    async with PterodactylStandIn(world, version=version) as panel:
        caller = Caller(http, panel.url, panel.add_key(panel.add_user("u")))
        answer = await caller.get(f"/api/client?filter[{name}]=x")
    assert (answer.status, answer.error[0]) == (400, "InvalidFilterQuery")


async def test_a_subuser_sees_only_what_the_rights_show(
    call: Caller, panel: PterodactylStandIn, server: Server
) -> None:
    server.more_ports = (25570, 25571)
    seen = {}
    for permission in ("control.start", "allocation.read", "startup.read"):
        friend = panel.add_user(permission)
        panel.add_subuser(friend, server, permissions=[permission])
        caller = Caller(call.http, panel.url, panel.add_key(friend))
        answer = await caller.get(f"/api/client/servers/{server.uuid}")
        assert answer.body["meta"] == {
            "is_server_owner": False,
            "user_permissions": [permission],
        }
        relationships = answer.attributes["relationships"]
        seen[permission] = (
            [entry["attributes"]["port"] for entry in relationships["allocations"]["data"]],
            relationships["variables"]["object"],
            "[hidden]" in answer.attributes["invocation"],
        )
    assert seen == {
        "control.start": ([25565], "null_resource", True),
        "allocation.read": ([25565, 25570, 25571], "null_resource", True),
        "startup.read": ([25565], "list", False),
    }


async def test_a_removed_subuser_sees_nothing(
    call: Caller, panel: PterodactylStandIn, server: Server
) -> None:
    friend = panel.add_user("friend")
    panel.add_subuser(friend, server, permissions=["control.start"])
    caller = Caller(call.http, panel.url, panel.add_key(friend))
    path = f"/api/client/servers/{server.identifier}"
    assert (await caller.get(path)).status == 200
    panel.accounts.remove_subuser(friend, server)
    assert (await caller.get(path)).status == 404
    assert (await caller.get()).names == []


async def test_the_list_of_rights_names_those_that_the_bot_needs(call: Caller) -> None:
    answer = await call.get("/api/client/permissions")
    groups = answer.attributes["permissions"]
    assert answer.body["object"] == "system_permissions"
    assert list(groups["control"]["keys"]) == ["console", "start", "stop", "restart"]
    assert list(groups["websocket"]["keys"]) == ["connect"]


async def test_a_removed_server_is_gone(call: Caller, world: World, server: Server) -> None:
    world.remove_server(server)
    assert (await call.get()).names == []
    assert (await call.get(f"/api/client/servers/{server.identifier}")).status == 404


async def shown_by(
    http: aiohttp.ClientSession, panel: PterodactylStandIn, server: Server
) -> tuple[set[str], set[str]]:
    async with panel:
        key = panel.add_key(panel.add_user("admin", admin=True))
        answer = await Caller(http, panel.url, key).get(f"/api/client/servers/{server.uuid}")
    return set(answer.attributes), set(answer.attributes["limits"])


@pytest.mark.parametrize(
    ("version", "absent"),
    [
        ("1.11", set()),
        ("1.10", {"is_node_under_maintenance"}),
        ("1.2", {"is_node_under_maintenance", "status"}),
        (
            OLDEST,
            {
                "is_node_under_maintenance",
                "status",
                "docker_image",
                "is_transferring",
                "internal_id",
                "egg_features",
            },
        ),
    ],
)
async def test_attributes_came_with_the_versions(
    world: World, server: Server, http: aiohttp.ClientSession, version: str, absent: set[str]
) -> None:
    newest, _ = await shown_by(http, PterodactylStandIn(world), server)
    seen, limits = await shown_by(http, PterodactylStandIn(world, version=version), server)
    assert newest - seen == absent
    assert ("threads" in limits) == (version not in ("1.2", OLDEST))


async def test_pelican_says_more_and_may_leave_descriptions_out(
    world: World, server: Server, http: aiohttp.ClientSession
) -> None:
    newest, _ = await shown_by(http, PterodactylStandIn(world), server)
    pelican = PterodactylStandIn(world, flavour="pelican")
    pelican.settings.descriptions = False
    seen, limits = await shown_by(http, pelican, server)
    assert newest - seen == {"description"}
    assert "oom_killer" in limits

"""What goes wrong between a client and a panel, and what is noted of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.simulators.panels.pterodactyl import PterodactylStandIn
from tests.simulators.panels.caller import Caller

if TYPE_CHECKING:
    from bot.simulators.world import Server, World

LIST = "/api/client"
BRIEF = aiohttp.ClientTimeout(total=0.5)


def power(server: Server) -> str:
    return f"/api/client/servers/{server.identifier}/power"


async def test_a_request_is_noted_with_its_answer_and_without_its_key(
    call: Caller, panel: PterodactylStandIn
) -> None:
    await call.get("/api/client?page=2")
    await call.get("/api/client/nope")
    first, second = panel.requests
    assert (first.method, first.path, first.query) == ("GET", "/api/client", {"page": "2"})
    assert (first.status, second.status) == (200, 404)
    assert first.headers["accept"] == "application/json"
    assert (call.key or "") not in str(panel.requests)


async def test_a_fault_is_over_after_its_count(call: Caller, panel: PterodactylStandIn) -> None:
    panel.faults.add("html", path=LIST, count=2)
    statuses = [(await call.get()).status for _ in range(3)]
    assert statuses == [502, 502, 200]


async def test_a_fault_without_a_count_lasts_until_it_is_cleared(
    call: Caller, panel: PterodactylStandIn
) -> None:
    panel.faults.add("html", status=520)
    assert [(await call.get()).status for _ in range(3)] == [520] * 3
    panel.faults.clear()
    assert (await call.get()).status == 200


async def test_a_fault_meets_its_path_only(
    call: Caller, panel: PterodactylStandIn, server: Server
) -> None:
    details = f"/api/client/servers/{server.identifier}"
    panel.faults.add("html", path=details)
    assert [(await call.get(path)).status for path in (LIST, details, details + "/resources")] == [
        200,
        502,
        502,
    ]
    panel.faults.clear()
    panel.faults.add("html", path=LIST, exact=True)
    assert [(await call.get(path)).status for path in (LIST, details)] == [502, 200]


async def test_a_fault_of_orders_lets_questions_through(
    call: Caller, panel: PterodactylStandIn, server: Server
) -> None:
    panel.faults.add("html", orders=True)
    assert (await call.get()).status == 200
    assert (await call.post(power(server), {"signal": "start"})).status == 502
    assert server.signals == []


async def test_an_unknown_fault_is_refused_at_once(panel: PterodactylStandIn) -> None:
    with pytest.raises(KeyError):
        panel.faults.add("earthquake")


async def test_a_page_comes_with_any_status_text_and_headers(
    call: Caller, panel: PterodactylStandIn
) -> None:
    panel.faults.add("html", status=403, body="<b>wait</b>", headers={"cf-mitigated": "challenge"})
    answer = await call.get()
    assert (answer.status, answer.text) == (403, "<b>wait</b>")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["cf-mitigated"] == "challenge"


async def test_a_redirect_leads_to_the_login(call: Caller, panel: PterodactylStandIn) -> None:
    panel.faults.add("redirect", path=LIST, count=1)
    answer = await call.get()
    assert (answer.status, answer.headers["Location"]) == (302, "/auth/login")


@pytest.mark.parametrize("retry_after", ["7", "Wed, 21 Oct 2026 07:28:00 GMT", "soon", None])
async def test_a_throttle_can_say_when_in_any_form(
    call: Caller, panel: PterodactylStandIn, retry_after: str | None
) -> None:
    panel.faults.add("throttle", retry_after=retry_after)
    answer = await call.get()
    assert (answer.status, answer.headers.get("Retry-After")) == (429, retry_after)
    assert answer.error[0] == "ThrottleRequestsException"


async def test_a_hanging_panel_never_answers(
    call: Caller, panel: PterodactylStandIn, server: Server
) -> None:
    panel.faults.add("hang", path=power(server))
    with pytest.raises(TimeoutError):
        await call("POST", power(server), json={"signal": "stop"}, timeout=BRIEF)
    assert server.signals == []
    assert [exchange.status for exchange in panel.requests] == [None]


async def test_a_panel_can_be_closed_while_it_hangs(
    world: World, http: aiohttp.ClientSession
) -> None:
    async def ask() -> None:
        with pytest.raises(aiohttp.ClientConnectionError):
            await Caller(http, panel.url).get()

    panel = PterodactylStandIn(world)
    await panel.start()
    panel.faults.add("hang")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(ask())
        await panel.wait_for_requests(1)
        await panel.close()


async def test_a_connection_cut_before_leaves_all_as_it_was(
    call: Caller, panel: PterodactylStandIn, server: Server
) -> None:
    panel.faults.add("cut-before", path=power(server), count=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await call.post(power(server), {"signal": "stop"})
    assert (server.signals, server.state) == ([], "running")


async def test_a_connection_cut_after_hides_what_was_done(
    call: Caller, panel: PterodactylStandIn, server: Server
) -> None:
    panel.faults.add("cut-after", path=power(server), count=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await call.post(power(server), {"signal": "stop"})
    assert (server.signals, server.state) == (["stop"], "stopping")


async def test_a_big_answer_is_as_big_as_it_was_ordered(
    call: Caller, panel: PterodactylStandIn
) -> None:
    panel.faults.add("big", count=1)
    panel.faults.add("big", size=100)
    assert len((await call.get()).text) > 2_000_000
    assert 100 < len((await call.get()).text) < 200


async def test_a_slow_body_is_the_true_one_in_drops(
    call: Caller, panel: PterodactylStandIn
) -> None:
    true = await call.get()
    panel.faults.add("slow", seconds=0.05)
    slow = await call.get()
    assert (slow.text, slow.headers["Content-Type"]) == (true.text, "application/json")
    assert slow.headers["Content-Length"] == str(len(true.text.encode()))
    panel.faults.clear()
    panel.faults.add("slow", seconds=60)
    async with call.http.get(
        panel.url + LIST,
        headers={"Authorization": f"Bearer {call.key}"},
        timeout=aiohttp.ClientTimeout(sock_read=0.5),
    ) as response:
        assert response.status == 200
        with pytest.raises(TimeoutError):
            await response.read()


async def test_a_late_answer_is_the_true_one(
    call: Caller, panel: PterodactylStandIn, server: Server
) -> None:
    panel.faults.add("late", seconds=0.01)
    assert (await call.post(power(server), {"signal": "stop"})).status == 204
    assert server.signals == ["stop"]


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/resources", "attributes.current_state", "haunted"),
        ("/resources", "attributes.resources", None),
        ("/resources", "attributes.resources.uptime", None),
        ("", "attributes.status", "enchanted"),
        ("", "attributes.limits.memory", None),
        ("", "attributes.relationships", []),
        ("", "meta", None),
    ],
)
async def test_any_field_can_be_set_to_anything(
    call: Caller, panel: PterodactylStandIn, server: Server, path: str, field: str, value: object
) -> None:
    panel.faults.add("set", fields={field: value})
    found: Any = (await call.get(f"/api/client/servers/{server.identifier}{path}")).body
    for step in field.split("."):
        found = found[step]
    assert found == value


async def test_fields_of_all_entries_of_a_list_can_be_set(
    call: Caller, panel: PterodactylStandIn
) -> None:
    fields: dict[str, object] = {"data.*.attributes.name": None, "meta.pagination.links": []}
    panel.faults.add("set", path=LIST, fields=fields)
    answer = await call.get()
    assert answer.body["data"][0]["attributes"]["name"] is None
    assert answer.body["meta"]["pagination"]["links"] == []


async def test_refusals_and_paths_that_lead_nowhere_are_left_alone(
    call: Caller, panel: PterodactylStandIn, server: Server
) -> None:
    true = await call.get()
    panel.faults.add("set", fields={"attributes.limits.memory": 1, "data.*.x.y": 2, "status.*": 3})
    assert (await call.get()).body == true.body
    assert (await call.get("/api/client/servers/deadbeef")).status == 404
    assert (await call.post(power(server), {"signal": "start"})).status == 204


async def test_a_list_can_hold_everything_twice(call: Caller, panel: PterodactylStandIn) -> None:
    panel.faults.add("duplicates", path=LIST, exact=True)
    assert (await call.get()).names == ["Survival", "Survival"]


async def test_the_most_requests_at_one_time_are_counted(
    call: Caller, panel: PterodactylStandIn
) -> None:
    await call.get()
    assert panel.most_in_flight == 1
    panel.faults.add("hang")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        asking = [group.create_task(call.get()) for _ in range(7)]
        await panel.wait_for_requests(8)
        for task in asking:
            task.cancel()
    assert panel.most_in_flight == 7


async def test_closing_twice_or_before_the_start_is_harmless(world: World) -> None:
    panel = PterodactylStandIn(world)
    await panel.close()
    await panel.start()
    await panel.close()
    await panel.close()

"""Whom and what the stand-in of vps.org lets in: slashes, methods, bodies, tokens, budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.panels.vpsorg import VpsOrgStandIn
from bot.simulators.panels.vpsorg_accounts import POWER, READ, Account
from tests.simulators.panels.vpsorg_rig import SERVERS, Rig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from bot.simulators.world import Server, World
    from tests.simulators.panels.caller import Clock


@pytest.fixture
async def rig(world: World, http: aiohttp.ClientSession, server: Server) -> AsyncIterator[Rig]:
    async with VpsOrgStandIn(world) as panel:
        yield Rig(panel, http, server)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_without_a_slash_at_the_end_there_is_a_redirect(rig: Rig, method: str) -> None:
    answer = await rig.call(method, "/api/v1/servers?status=active")
    assert answer.status == 301
    assert answer.headers["Location"] == "/api/v1/servers/?status=active"


async def test_a_path_that_leads_nowhere_is_a_page(rig: Rig) -> None:
    for path in ("/", "/api/v1/nothing", "/api/v1/nothing/", f"{rig.documented}power/"):
        answer = await rig.call.get(path)
        assert (answer.status, answer.headers["Content-Type"][:9]) == (404, "text/html")


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        ("{", "application/json", 400, "JSON parse error - "),
        ("a", "text/plain", 415, 'Unsupported media type "text/plain" in request.'),
    ],
)
async def test_a_body_that_is_no_json_is_refused(
    rig: Rig, body: str, kind: str, status: int, said: str
) -> None:
    answer = await rig.call("POST", SERVERS, data=body, headers={"Content-Type": kind})
    assert answer.status == status
    assert answer.body["detail"].startswith(said)


async def test_a_body_that_is_no_object_is_refused(rig: Rig) -> None:
    answer = await rig.call.post(SERVERS, [1])
    assert (answer.status, set(answer.body)) == (400, {"non_field_errors"})


async def test_a_wrong_method_is_refused_to_those_with_a_token(rig: Rig) -> None:
    answer = await rig.call("PUT", SERVERS)
    assert (answer.status, answer.body) == (405, {"detail": 'Method "PUT" not allowed.'})
    assert (await rig.caller(None)("PUT", SERVERS)).status == 401


@pytest.mark.parametrize(
    ("key", "said"),
    [(None, "Authentication credentials were not provided."), ("vps_wrong", "Invalid token.")],
)
async def test_a_bad_token_is_refused(rig: Rig, key: str | None, said: str) -> None:
    answer = await rig.caller(key).get(SERVERS)
    assert (answer.status, answer.body) == (401, {"detail": said})


async def test_a_revoked_token_is_refused(rig: Rig) -> None:
    rig.panel.accounts.revoke(rig.key)
    assert (await rig.call.get(SERVERS)).status == 401


async def test_a_token_does_what_its_scopes_say(rig: Rig) -> None:
    reader = rig.caller(rig.panel.add_token(rig.account, scopes=[READ]))
    assert (await reader.get(SERVERS)).status == 200
    assert (await reader("POST", f"{rig.documented}stop/")).status == 403
    mover = rig.caller(rig.panel.add_token(rig.account, scopes=[POWER]))
    assert (await mover("POST", f"{rig.documented}stop/")).status == 200
    assert (await mover("DELETE", rig.documented)).status == 403
    assert (await mover.get("/api/v1/account/me/")).body["token"]["permissions"] == [POWER]


async def test_an_account_sees_its_own_servers_only(rig: Rig) -> None:
    other = rig.caller(rig.panel.add_token(Account(email="other@example.com")))
    assert (await other.get(SERVERS)).body["count"] == 0
    assert (await other.get(rig.documented)).status == 404


async def test_too_many_calls_in_a_minute_are_throttled(
    world: World, http: aiohttp.ClientSession, server: Server, clock: Clock
) -> None:
    async with VpsOrgStandIn(world, throttle_per_minute=2) as panel:
        call = Rig(panel, http, server).call
        await call.get(SERVERS)
        clock.now += 20
        await call.get(SERVERS)
        clock.now += 10
        answer = await call.get(SERVERS)
        assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
        said = "Request was throttled. Expected available in 30 seconds."
        assert answer.body == {"detail": said}
        clock.now += 30
        assert (await call.get(SERVERS)).status == 200
        assert (await call.get(SERVERS)).status == 429

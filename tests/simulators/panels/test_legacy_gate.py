"""Who is let into a panel before 0.7, in which order it is checked, and what is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.simulators.panels.pterodactyl_legacy_signature import full_url
from tests.simulators.panels.legacy_caller import Dialect, opened

if TYPE_CHECKING:
    import aiohttp

    from bot.simulators.world import Server, World

OLD: list[Dialect] = ["0.4", "0.5"]


@pytest.mark.parametrize(
    ("target", "host", "expected"),
    [
        ("/api/servers/", "panel.example.com", "https://panel.example.com/api/servers"),
        (
            "/api/servers/2?fields=id%2Cname&daemon=true",
            "panel.example.com",
            "https://panel.example.com/api/servers/2?daemon=true&fields=id%2Cname",
        ),
        ("/api?x=1+1&=0&&y", "panel.example.com", "https://panel.example.com/api?x=1%201&y"),
        ("/api", "PANEL.example.com:8443", "https://panel.example.com:8443/api"),
        ("/api", "panel.example.com:443", "https://panel.example.com/api"),
    ],
)
def test_php_puts_an_address_together_in_its_own_way(target: str, host: str, expected: str) -> None:
    assert full_url(target, scheme="https", host=host) == expected


@pytest.mark.parametrize("dialect", OLD)
async def test_0_4_and_0_5_check_in_their_order(
    world: World, http: aiohttp.ClientSession, server: Server, dialect: Dialect
) -> None:
    async with opened(world, http, dialect) as call:
        add_key = call.panel.accounts.add_key
        nothing = add_key(call.key.user, permissions=["api.nothing"])
        elsewhere = add_key(call.key.user, permissions=[], allowed_ips=["192.0.2.0/24"])
        assert (await call.with_token(None)).status == 401
        assert (await call.with_token("without-a-dot")).status == 500
        unknown = await call.with_token("unknown.c2lnbmVk")
        assert (unknown.status, unknown.body["message"]) == (403, "Invalid API Key.")
        locked = await call.with_token(f"{elsewhere.public}.wrong")
        assert (locked.status, "<127.0.0.1>" in locked.body["message"]) == (403, True)
        # Before the signature is looked at.
        assert (await call.with_token(f"{nothing.public}.wrong")).status == 403
        wrong = await call.with_token(f"{call.key.public}.wrong")
        assert wrong.status == wrong.body["status_code"] == 401
        assert wrong.body["message"].startswith("Failed to authenticate")
        assert (await call("GET", call.servers)).status == 200


async def test_0_6_checks_in_its_order(
    world: World, http: aiohttp.ClientSession, server: Server
) -> None:
    async with opened(world, http, "0.6") as call:
        add_key = call.panel.accounts.add_key
        elsewhere = add_key(call.key.user, permissions=[], allowed_ips=["192.0.2.0/24"])
        nothing = add_key(call.key.user, permissions=["nothing"])
        assert (await call.with_token(None)).status == 400
        assert (await call.with_token("without-a-dot")).status == 400
        assert (await call.with_token("two.dots.here")).status == 400
        assert (await call.with_token("unknown.c2lnbmVk")).status == 403
        assert (await call.with_token(f"{elsewhere.public}.wrong")).status == 403
        wrong = await call.with_token(f"{nothing.public}.wrong")
        assert (wrong.status, "HMAC" in wrong.body["error"]) == (400, True)
        denied = await call.by(nothing)("GET", call.servers)
        assert denied.body == {
            "error": "This action is unauthorized.",
            "http_code": 403,
            "trace": None,
        }


@pytest.mark.parametrize(
    ("dialect", "permission"),
    [("0.4", "api.servers.list"), ("0.5", "api.admin.servers.list"), ("0.6", "server-list")],
)
async def test_a_permission_is_good_for_one_call(
    world: World,
    http: aiohttp.ClientSession,
    server: Server,
    dialect: Dialect,
    permission: str,
) -> None:
    async with opened(world, http, dialect) as call:
        limited = call.by(call.panel.accounts.add_key(call.key.user, permissions=[permission]))
        assert (await limited("GET", call.servers)).status == 200
        assert (await limited("GET", f"{call.servers}/1")).status == 403
        assert (await limited("DELETE", f"{call.servers}/1")).status == 403
        assert server in world.servers


async def test_a_star_is_good_for_all_below_it(
    world: World, http: aiohttp.ClientSession, server: Server
) -> None:
    async with opened(world, http, "0.5") as call:
        key = call.panel.accounts.add_key(call.key.user, permissions=["api.user.*"])
        assert (await call.by(key)("GET", "/api/me")).status == 200
        assert (await call.by(key)("GET", call.servers)).status == 403


async def test_keys_of_members_are_refused_everywhere_in_0_6(
    world: World, http: aiohttp.ClientSession, server: Server
) -> None:
    async with opened(world, http, "0.6") as call:
        member = call.panel.accounts.add_user("member", admin=False)
        key = call.panel.accounts.add_key(member)
        for path in (call.servers, f"/api/user/server/{server.uuid}"):
            assert (await call.by(key)("GET", path)).status == 403


@pytest.mark.parametrize("dialect", [*OLD, "0.6"])
async def test_the_signature_is_over_address_and_body(
    world: World, http: aiohttp.ClientSession, server: Server, dialect: Dialect
) -> None:
    async with opened(world, http, dialect) as call:
        refused = 400 if dialect == "0.6" else 401
        assert (await call("GET", f"{call.servers}?b=2&a=1+1&")).status == 200
        assert (await call("GET", f"{call.servers}/")).status == 200
        other = await call("GET", f"{call.servers}?page=1", signed_path=call.servers)
        assert other.status == refused
        changed = await call(
            "POST", call.servers, body={"name": "x"}, signed_body=json.dumps({"name": "y"})
        )
        assert changed.status == refused


async def test_behind_a_proxy_the_panel_sees_another_address(
    world: World, http: aiohttp.ClientSession, server: Server
) -> None:
    async with opened(world, http, "0.4") as call:
        call.panel.gate.origin = "http://panel.internal"
        assert (await call("GET", call.servers)).status == 401
        assert (await call("GET", call.servers, origin="http://panel.internal")).status == 200


async def test_0_6_counts_each_route_by_itself_and_says_so_in_plain_text(
    world: World, http: aiohttp.ClientSession, server: Server
) -> None:
    async with opened(world, http, "0.6", requests_per_minute=2) as call:
        first = await call("GET", call.servers)
        assert first.headers["X-RateLimit-Remaining"] == "1"
        assert (await call("GET", call.servers)).status == 200
        refused = await call("GET", call.servers)
        assert (refused.status, refused.text) == (429, "Too Many Attempts.")
        assert refused.headers["Content-Type"].startswith("text/plain")
        assert refused.headers["Retry-After"] == "60"
        assert (await call("GET", f"{call.servers}/1")).status == 200


async def test_a_bad_signature_is_not_counted(
    world: World, http: aiohttp.ClientSession, server: Server
) -> None:
    async with opened(world, http, "0.6", requests_per_minute=1) as call:
        for _ in range(3):
            assert (await call.with_token(f"{call.key.public}.wrong")).status == 400
        assert (await call("GET", call.servers)).status == 200


async def test_who_does_not_ask_for_json_gets_a_page_from_0_6_alone(
    world: World, http: aiohttp.ClientSession, server: Server
) -> None:
    for dialect, kind in (("0.5", "application/json"), ("0.6", "text/html")):
        async with opened(world, http, dialect) as call:  # type: ignore[arg-type] # one of three
            answer = await call("GET", f"{call.servers}/99", accept="text/html")
            assert answer.headers["Content-Type"].startswith(kind)

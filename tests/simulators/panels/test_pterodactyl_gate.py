"""Whom the panel lets in, how often, and what it says to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.simulators.panels.pterodactyl import PterodactylStandIn
from tests.simulators.panels.caller import Caller, Clock

if TYPE_CHECKING:
    from bot.simulators.panels.pterodactyl_dialect import Flavour
    from bot.simulators.world import Server, World

UNAUTHENTICATED = ("AuthenticationException", "Unauthenticated.")
JSON = {"Content-Type": "application/json"}
POWER = "/api/client/servers/{}/power"


@pytest.mark.parametrize(
    ("flavour", "version", "prefixes"),
    [
        ("pterodactyl", "1.11", ("ptlc_", "ptla_")),
        ("pterodactyl", "1.7", ("", "")),
        ("pelican", "1.0", ("pacc_", "papp_")),
    ],
)
async def test_keys_look_as_their_version_makes_them(
    world: World, flavour: Flavour, version: str, prefixes: tuple[str, str]
) -> None:
    panel = PterodactylStandIn(world, flavour=flavour, version=version)
    user = panel.add_user("owner")
    keys = panel.add_key(user), panel.add_key(user, application=True)
    assert [len(key) for key in keys] == [48, 48]
    assert all(key.startswith(prefix) for key, prefix in zip(keys, prefixes, strict=True))


async def test_a_key_without_prefix_works_as_well(call: Caller, panel: PterodactylStandIn) -> None:
    key = panel.add_key(panel.add_user("old"), prefixed=False)
    assert not key.startswith("ptlc_")
    assert (await Caller(call.http, panel.url, key).get()).status == 200


async def test_a_revoked_key_is_no_longer_good(call: Caller, panel: PterodactylStandIn) -> None:
    assert (await call.get()).status == 200
    panel.accounts.revoke(call.key or "")
    answer = await call.get()
    assert (answer.status, answer.error) == (401, UNAUTHENTICATED)


async def test_before_1_8_a_wrong_key_is_403_and_no_key_401(
    world: World, http: aiohttp.ClientSession
) -> None:
    async with PterodactylStandIn(world, version="1.7") as panel:
        wrong = await Caller(http, panel.url, "x" * 48).get()
        none = await Caller(http, panel.url).get()
    assert (wrong.status, wrong.error) == (403, ("AccessDeniedHttpException", ""))
    assert (none.status, none.error) == (401, ("HttpException", ""))


@pytest.mark.parametrize(
    ("allowed", "status"),
    [("127.0.0.1", 200), ("127.0.0.0/8", 200), ("10.0.0.1", 403), ("10.0.0.0/8", 403)],
)
async def test_a_key_can_be_tied_to_addresses(
    call: Caller, panel: PterodactylStandIn, allowed: str, status: int
) -> None:
    key = panel.add_key(panel.add_user("tied"), allowed_ips=[allowed])
    assert (await Caller(call.http, panel.url, key).get()).status == status


async def test_a_second_factor_opens_what_is_closed_without(
    call: Caller, panel: PterodactylStandIn
) -> None:
    panel.settings.require_two_factor = True
    user = panel.add_user("careful")
    careful = Caller(call.http, panel.url, panel.add_key(user))
    assert (await careful.get()).status == 400
    user.two_factor = True
    assert (await careful.get()).status == 200


async def test_maintenance_comes_before_everything(call: Caller, panel: PterodactylStandIn) -> None:
    panel.settings.maintenance = True
    for path in ("/api/client", "/api/client/nope", "/"):
        answer = await call.get(path)
        assert answer.status == 503
        assert "Retry-After" not in answer.headers


class TestBrowsers:
    @pytest.mark.parametrize("header", ["Origin", "Referer"])
    async def test_a_write_that_seems_to_come_from_the_panel_itself_needs_a_token(
        self, call: Caller, panel: PterodactylStandIn, server: Server, header: str
    ) -> None:
        path = POWER.format(server.identifier)
        answer = await call.post(path, {"signal": "stop"}, headers={header: panel.url + "/x"})
        assert (answer.status, answer.error) == (419, ("HttpException", "CSRF token mismatch."))
        assert server.signals == []

    async def test_so_does_one_with_a_session(self, call: Caller, server: Server) -> None:
        cookies = {"pterodactyl_session": "x"}
        path = POWER.format(server.identifier)
        assert (await call("POST", path, json={"signal": "stop"}, cookies=cookies)).status == 419

    async def test_reads_and_other_origins_do_not(
        self, call: Caller, panel: PterodactylStandIn, server: Server
    ) -> None:
        assert (await call.get(headers={"Origin": panel.url})).status == 200
        path = POWER.format(server.identifier)
        elsewhere = {"Origin": "https://example.com"}
        assert (await call.post(path, {"signal": "stop"}, headers=elsewhere)).status == 204

    async def test_before_1_8_nobody_does(
        self, world: World, server: Server, http: aiohttp.ClientSession
    ) -> None:
        async with PterodactylStandIn(world, version="1.7") as panel:
            admin = Caller(http, panel.url, panel.add_key(panel.add_user("a", admin=True)))
            path = POWER.format(server.identifier)
            body = {"signal": "stop"}
            assert (await admin.post(path, body, headers={"Origin": panel.url})).status == 204

    async def test_who_follows_redirects_ends_on_a_page_that_says_200_and_leaves_a_cookie(
        self, panel: PterodactylStandIn, server: Server
    ) -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            async with browser.get(panel.url + "/api/client") as page:
                assert (page.status, page.content_type) == (200, "text/html")
                assert page.url.path == "/auth/login"
            key = panel.add_key(panel.add_user("owner", admin=True))
            poisoned = Caller(browser, panel.url, key)
            answer = await poisoned.post(POWER.format(server.identifier), {"signal": "stop"})
            assert answer.status == 419

    async def test_the_front_door_leads_to_the_login(
        self, call: Caller, panel: PterodactylStandIn
    ) -> None:
        answer = await call.get("/")
        assert (answer.status, answer.headers["Location"]) == (302, panel.url + "/auth/login")

    async def test_pelican_has_its_own_login(
        self, world: World, http: aiohttp.ClientSession
    ) -> None:
        async with PterodactylStandIn(world, flavour="pelican") as panel:
            answer = await Caller(http, panel.url, headers={}).get()
            assert (answer.status, answer.headers["Location"]) == (302, panel.url + "/login")

    async def test_a_browser_is_sent_back_to_where_it_came_from(
        self, call: Caller, panel: PterodactylStandIn, server: Server
    ) -> None:
        browser = Caller(call.http, panel.url, call.key, headers={})
        elsewhere = {"Referer": "https://example.com/form"}
        answer = await browser.post(POWER.format(server.identifier), {}, headers=elsewhere)
        assert (answer.status, answer.headers["Location"]) == (302, elsewhere["Referer"])

    @pytest.mark.parametrize(
        ("accept", "is_json"),
        [
            ("application/json", True),
            ("Application/vnd.pterodactyl.v1+json", True),
            ("application/json, */*", True),
            ("text/html, application/json", False),
            ("*/*", False),
        ],
    )
    async def test_only_the_first_entry_of_accept_counts(
        self, call: Caller, accept: str, *, is_json: bool
    ) -> None:
        answer = await call.get("/api/client/servers/deadbeef", headers={"Accept": accept})
        assert answer.status == 404
        assert (answer.headers["Content-Type"] == "application/json") is is_json


class TestThrottle:
    async def test_the_window_is_fixed_and_begins_with_the_first_request(
        self, call: Caller, panel: PterodactylStandIn, clock: Clock
    ) -> None:
        panel.settings.requests_per_minute = 3
        left = []
        for _ in range(3):
            left.append((await call.get()).headers["X-RateLimit-Remaining"])
            clock.now += 15
        assert left == ["2", "1", "0"]
        refused = await call.get()
        assert (refused.status, refused.headers["Retry-After"]) == (429, "15")
        assert refused.headers["X-RateLimit-Reset"] == str(int(clock.now) + 15)
        clock.now += 14.9
        assert (await call.get()).status == 429
        clock.now += 0.1
        answer = await call.get()
        assert (answer.status, answer.headers["X-RateLimit-Remaining"]) == (200, "2")

    async def test_all_keys_of_a_user_share_it_and_other_users_do_not(
        self, call: Caller, panel: PterodactylStandIn
    ) -> None:
        panel.settings.requests_per_minute = 2
        user = panel.add_user("two-keys")
        one, two = (Caller(call.http, panel.url, panel.add_key(user)) for _ in range(2))
        statuses = [(await caller.get()).status for caller in (one, two, one, two)]
        assert statuses == [200, 200, 429, 429]
        assert (await call.get()).status == 200

    async def test_it_counts_what_came_through_the_gate_and_nothing_else(
        self, call: Caller, panel: PterodactylStandIn, server: Server
    ) -> None:
        base = f"/api/client/servers/{server.identifier}"
        tied = panel.accounts.find_key(call.key or "")
        assert tied is not None
        elsewhere = panel.add_key(tied.user, allowed_ips=["10.0.0.1"])
        uncounted = [
            await Caller(call.http, panel.url, elsewhere).get(),
            await Caller(call.http, panel.url, "wrong").get(),
            await call.get("/api/client/nope"),
            await call("DELETE", base),
            await call("POST", f"{base}/command", data="{", headers=JSON),
        ]
        assert [answer.status for answer in uncounted] == [403, 401, 404, 405, 400]
        assert not any("X-RateLimit-Limit" in answer.headers for answer in uncounted)
        counted = [
            await call.get("/api/client/servers/deadbeef"),
            await call.post(f"{base}/power", {"signal": "x"}),
            await call.get(f"{base}/resources"),
            await call.get(f"{base}/resources"),
        ]
        assert [answer.status for answer in counted] == [404, 422, 200, 200]
        left = [answer.headers["X-RateLimit-Remaining"] for answer in counted]
        assert left == ["719", "718", "717", "716"]

    @pytest.mark.parametrize(
        ("flavour", "version", "limit"),
        [
            ("pterodactyl", "1.0", "240"),
            ("pterodactyl", "1.11", "720"),
            ("pterodactyl", "1.12", "256"),
            ("pelican", "1.0", "256"),
        ],
    )
    async def test_the_budget_depends_on_the_version(
        self, world: World, http: aiohttp.ClientSession, flavour: Flavour, version: str, limit: str
    ) -> None:
        async with PterodactylStandIn(world, flavour=flavour, version=version) as panel:
            answer = await Caller(http, panel.url, panel.add_key(panel.add_user("u"))).get()
        assert answer.headers["X-RateLimit-Limit"] == limit

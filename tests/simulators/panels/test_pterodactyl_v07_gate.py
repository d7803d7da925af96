"""Whom a 0.7 panel lets in, how often, and what it says to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulators.panels.caller import Answer, Caller, Clock

if TYPE_CHECKING:
    from bot.simulators.panels.pterodactyl_v07 import PterodactylV07StandIn
    from bot.simulators.world import Node, Server

GENERIC = "An error was encountered while processing this request."


def path(server: Server, call: str) -> str:
    return f"/api/client/servers/{server.identifier}/{call}"


async def test_who_is_let_in(ask: Caller, old: PterodactylV07StandIn) -> None:
    user = old.accounts.add_user("somebody")
    missing = await Caller(ask.http, old.url).get()
    assert (missing.status, missing.error) == (401, ("HttpException", GENERIC))
    assert missing.headers["WWW-Authenticate"] == "Bearer"
    for key in (
        "x" * 48,
        old.accounts.add_key(user, application=True),
        old.accounts.add_key(user, allowed_ips=["192.0.2.1"]),
    ):
        answer = await Caller(ask.http, old.url, key).get()
        assert (answer.status, answer.error) == (403, ("AccessDeniedHttpException", GENERIC))
    assert len(old.accounts.add_key(user)) == 48


async def test_a_right_is_needed_for_each_signal_and_for_commands(
    ask: Caller, old: PterodactylV07StandIn, server: Server
) -> None:
    friend = old.accounts.add_user("friend")
    old.accounts.add_subuser(friend, server, permissions=["power-kill"])
    call = Caller(ask.http, old.url, old.accounts.add_key(friend))
    bodies = [("power", {"signal": signal}) for signal in ("start", "stop", "restart", "kill")]
    bodies.append(("command", {"command": "say hi"}))
    answers = [await call.post(path(server, name), body) for name, body in bodies]
    assert [answer.status for answer in answers] == [403, 403, 403, 204, 403]
    assert server.signals == ["kill"]


async def test_sixty_requests_a_minute_are_counted_by_address_before_the_key(
    ask: Caller, old: PterodactylV07StandIn, clock: Clock
) -> None:
    stranger = Caller(ask.http, old.url, "wrong")
    statuses = [(await stranger.get()).status for _ in range(60)]
    refused = await ask.get()
    assert statuses == [403] * 60
    assert (refused.status, refused.error) == (429, ("ThrottleRequestsException", GENERIC))
    assert (refused.headers["X-RateLimit-Remaining"], refused.headers["Retry-After"]) == ("0", "60")
    clock.now += 60
    assert (await ask.get()).headers["X-RateLimit-Remaining"] == "59"


async def test_fifteen_states_a_minute_are_counted_by_user_over_all_servers(
    ask: Caller, old: PterodactylV07StandIn, server: Server, clock: Clock
) -> None:
    key = old.accounts.find_key(ask.key or "")
    assert key is not None
    same_user = Caller(ask.http, old.url, old.accounts.add_key(key.user))
    answers: list[Answer] = []
    for number in range(16):
        call = ask if number % 2 else same_user
        answers.append(await call.get(path(server, "utilization")))
    assert [answer.status for answer in answers] == [200] * 15 + [429]
    # The outer throttle has written over the figures of the inner one.
    headers = answers[-1].headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("60", "44")
    assert headers["Retry-After"] == "60"
    assert (await ask.get()).status == 200
    clock.now += 60
    assert (await ask.get(path(server, "utilization"))).status == 200


async def test_who_asks_for_no_json_is_taken_for_a_browser(
    ask: Caller, old: PterodactylV07StandIn, server: Server, node: Node
) -> None:
    browser = {"Accept": "*/*"}
    wrong = await Caller(ask.http, old.url, "wrong").get(headers=browser)
    node.fault = "down"
    command = await ask.post(path(server, "command"), {"command": "hi"}, headers=browser)
    assert (wrong.status, command.status) == (403, 302)
    assert "<html>" in wrong.text
    login = await Caller(ask.http, old.url).get("/auth/login", headers=browser)
    assert login.status == 200

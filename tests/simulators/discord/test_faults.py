"""What goes wrong on purpose in the REST API."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Channel
    from tests.simulators.discord.bots import RawBot

POST = "POST /channels/{channel_id}/messages"


async def test_a_fault_strikes_its_route_so_many_times(
    bot: RawBot, standin: DiscordStandIn, channel: Channel
) -> None:
    standin.faults.fail(POST, 503, times=2)
    path = f"/channels/{channel.id}/messages"
    assert (await bot.call("GET", path)).status == 200
    statuses = [(await bot.call("POST", path, {"content": "x"})).status for _ in range(3)]
    assert statuses == [503, 503, 200]


async def test_a_fault_for_all_routes_strikes_whoever_comes_first(
    bot: RawBot, standin: DiscordStandIn
) -> None:
    standin.faults.refuse("*", 50001)
    answer = await bot.call("GET", "/users/@me")
    assert (answer.status, answer.code) == (403, 50001)
    assert (await bot.call("GET", "/users/@me")).status == 200


async def test_only_the_answer_can_be_lost(
    bot: RawBot, standin: DiscordStandIn, channel: Channel
) -> None:
    standin.faults.fail(POST, 500, after=True)
    answer = await bot.call("POST", f"/channels/{channel.id}/messages", {"content": "done"})
    assert answer.status == 500
    assert [message.text for message in channel.messages] == ["done"]


@pytest.mark.parametrize("scope", ["user", "shared", "global"])
async def test_a_limit_can_be_played(bot: RawBot, standin: DiscordStandIn, scope: str) -> None:
    standin.faults.limit("*", 1.5, scope=scope)
    answer = await bot.call("GET", "/users/@me")
    assert (answer.status, answer.body["retry_after"]) == (429, 1.5)
    assert answer.headers["X-RateLimit-Scope"] == scope
    assert answer.body["global"] is (scope == "global")


async def test_an_answer_can_be_late(bot: RawBot, standin: DiscordStandIn) -> None:
    standin.faults.slow("GET /users/@me", 30)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bot.call("GET", "/users/@me"), 0.05)
    assert (await bot.call("GET", "/users/@me")).status == 200


async def test_an_outage_ends_when_it_is_cleared(bot: RawBot, standin: DiscordStandIn) -> None:
    standin.faults.outage()
    assert (await bot.call("GET", "/users/@me")).status == 503
    standin.faults.fail("*", 500)
    standin.faults.clear()
    assert (await bot.call("GET", "/users/@me")).status == 200

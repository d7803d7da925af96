"""The referee judges all that passes through a watched stand-in."""

from __future__ import annotations

import aiohttp
import pytest

from bot.simulators.discord import DiscordStandIn
from tests.referee import RULES_MISSING, FoulPlayError, Referee, Rules

_TOKEN = "made-up"


@pytest.fixture
def rules(referee_rules: Rules | None) -> Rules:
    if referee_rules is None:
        pytest.skip(RULES_MISSING)
    return referee_rules


async def _ask(standin: DiscordStandIn, path: str) -> None:
    headers = {"Authorization": f"Bot {_TOKEN}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(standin.api_url + path) as response,
    ):
        await response.read()


async def test_fair_play_passes(rules: Rules) -> None:
    referee = Referee(rules)
    async with DiscordStandIn(token=_TOKEN) as standin:
        referee.watch(standin)
        await _ask(standin, "/users/@me")
    assert len(standin.exchanges) == 1
    referee.verdict()


async def test_every_foul_is_told_at_the_end_and_only_once(rules: Rules) -> None:
    referee = Referee(rules)
    async with DiscordStandIn(token=_TOKEN) as standin:
        referee.watch(standin)
        for _ in range(2):
            await _ask(standin, "/nowhere")
    with pytest.raises(FoulPlayError, match="2 complaints") as caught:
        referee.verdict()
    assert "GET /nowhere: no such route in Discord's description" in str(caught.value)


async def test_gateway_payloads_are_judged_too(rules: Rules) -> None:
    referee = Referee(rules)
    async with DiscordStandIn(token=_TOKEN) as standin:
        referee.watch(standin)
        async with aiohttp.ClientSession() as session:
            socket = await session.ws_connect(standin.gateway_url + "?v=10&encoding=json")
            await socket.receive_json()
            await socket.send_json({"op": 2, "d": {"token": _TOKEN, "intents": "all"}})
            await socket.receive()
            await socket.close()
    with pytest.raises(FoulPlayError, match=r"gateway send op 2 at \$\.d"):
        referee.verdict()


async def test_a_route_that_is_not_served_is_a_foul_even_without_rules() -> None:
    referee = Referee(None)
    async with DiscordStandIn(token=_TOKEN) as standin:
        referee.watch(standin)
        await _ask(standin, "/guilds/1/bans")
    with pytest.raises(FoulPlayError, match="route not served: GET /api/v10/guilds/1/bans"):
        referee.verdict()

"""Answers with a token that are somehow wrong: only our errors come of them."""

from __future__ import annotations

import json

from hypothesis import given
from yarl import URL

from bot.panels._connections import Connections
from bot.panels._live_ends import Lost, Over
from bot.panels._pterodactyl_token import Tokens
from tests.panels.mutations import THOROUGH, mutated
from tests.panels.support import HastyClock, Reply, http_to, stub

GOOD = {"data": {"token": "a.b.c", "socket": "wss://node.example.com:8080/api/servers/1/ws"}}


async def no_state(_server_id: str) -> None:
    return None


@THOROUGH
@given(answer=mutated(GOOD))
async def test_a_token_comes_or_one_of_our_errors(answer: object) -> None:
    async with Connections(HastyClock()) as connections, stub(Reply(body=json.dumps(answer))) as at:
        tokens = Tokens(http_to(connections, at.url), "1", path="/1", state_of=no_state)
        try:
            token = await tokens.fetch()
        except (Lost, Over):
            return

    assert token.text
    assert isinstance(token.socket, URL)
    assert token.socket.scheme in ("ws", "wss")

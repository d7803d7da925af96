"""The gateway as a client without a library sees it: order, compression, close codes, replay."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.simulators.discord import gateway

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Guild
    from tests.simulators.discord.bots import Clock

TOKEN = "MTA.a-made-up-token.x"
IDENTIFY: dict[str, Any] = {"token": TOKEN, "intents": 1, "properties": {}}
SECONDS = 10.0


class Client:
    """One connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._stream = zlib.decompressobj()

    async def send(self, op: int, body: object = None) -> None:
        await self._socket.send_json({"op": op, "d": body})

    async def say(self, text: str) -> None:
        await self._socket.send_str(text)

    async def next(self) -> dict[str, Any]:
        frame = await self._socket.receive(timeout=SECONDS)
        data = frame.data
        if frame.type is aiohttp.WSMsgType.BINARY:
            data = self._stream.decompress(data)
        payload: dict[str, Any] = json.loads(data)
        return payload

    async def close_code(self) -> int | None:
        while True:
            frame = await self._socket.receive(timeout=SECONDS)
            if frame.type is aiohttp.WSMsgType.CLOSE:
                return int(frame.data)
            if frame.type is not aiohttp.WSMsgType.TEXT:
                return None

    async def close(self, code: int) -> None:
        await self._socket.close(code=code)

    async def ready(self) -> dict[str, Any]:
        assert (await self.next())["op"] == 10
        await self.send(2, IDENTIFY)
        payload = await self.next()
        assert payload["t"] == "READY"
        ready: dict[str, Any] = payload["d"]
        return ready


class Clients:
    def __init__(self, standin: DiscordStandIn, session: aiohttp.ClientSession) -> None:
        self._standin, self._session = standin, session
        self._opened: list[Client] = []

    async def __call__(self, **query: str) -> Client:
        client = Client(await self._session.ws_connect(self._standin.gateway_url, params=query))
        self._opened.append(client)
        return client

    async def close(self) -> None:
        for client in self._opened:
            await client.close(1000)


@pytest.fixture
async def connect(standin: DiscordStandIn) -> AsyncIterator[Clients]:
    async with aiohttp.ClientSession() as session:
        clients = Clients(standin, session)
        yield clients
        await clients.close()


async def test_hello_ready_guilds_in_this_order(connect: Clients, guild: Guild) -> None:
    client = await connect()
    hello = await client.next()
    assert (hello["op"], hello["d"]["heartbeat_interval"] > 0) == (10, True)
    await client.send(1)
    assert (await client.next())["op"] == 11
    await client.send(2, IDENTIFY)
    ready = await client.next()
    assert (ready["t"], ready["s"]) == ("READY", 1)
    assert ready["d"]["guilds"] == [{"id": str(guild.id), "unavailable": True}]
    created = await client.next()
    assert (created["t"], created["s"]) == ("GUILD_CREATE", 2)
    assert created["d"]["unavailable"] is False
    assert [member["user"]["bot"] for member in created["d"]["members"]] == [True]


async def test_a_special_right_of_the_bot_reaches_it_as_an_overwrite(
    connect: Clients, guild: Guild
) -> None:
    client = await connect()
    await client.ready()
    await client.next()
    channel = guild.add_channel("news")
    assert (await client.next())["t"] == "CHANNEL_CREATE"
    channel.bot_permissions = 1 << 10
    update = await client.next()
    assert update["t"] == "CHANNEL_UPDATE"
    [overwrite] = update["d"]["permission_overwrites"]
    assert overwrite["allow"] == str(1 << 10)
    channel.delete()
    assert (await client.next())["t"] == "CHANNEL_DELETE"


async def test_everything_comes_as_one_zlib_stream_when_asked_for(
    connect: Clients, guild: Guild
) -> None:
    client = await connect(compress="zlib-stream", v="10", encoding="json")
    ready = await client.ready()
    assert ready["v"] == 10
    assert (await client.next())["d"]["name"] == "Harbour"


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"op": 2, "d": IDENTIFY | {"token": "wrong"}}, 4004),
        ({"op": 2, "d": IDENTIFY | {"shard": [2, 2]}}, 4010),
        ({"op": 2, "d": IDENTIFY | {"shard": "0"}}, 4010),
        ({"op": 2, "d": IDENTIFY | {"intents": 1 << 40}}, 4013),
        ({"op": 2, "d": {"token": TOKEN, "properties": {}}}, 4013),
        ({"op": 2, "d": IDENTIFY | {"intents": 1 << 15}}, 4014),
        ({"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}, 4004),
        ({"op": 6, "d": {"token": TOKEN, "session_id": "x"}}, 4007),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 99, "d": {}}, 4001),
        ({"d": {}}, 4002),
        ([], 4002),
        ({"op": 1, "d": "x" * 5000}, 4002),
    ],
)
async def test_a_wrong_payload_closes_with_its_code(
    standin: DiscordStandIn, connect: Clients, first: object, code: int
) -> None:
    client = await connect()
    await client.say(json.dumps(first))
    assert await client.close_code() == code
    assert not standin.connected


async def test_what_is_no_json_closes_with_4002(connect: Clients) -> None:
    client = await connect()
    await client.say("{")
    assert await client.close_code() == 4002


async def test_an_unknown_version_closes_with_4012(connect: Clients) -> None:
    client = await connect(v="6")
    await client.send(2, IDENTIFY)
    assert await client.close_code() == 4012


async def test_identifying_twice_closes_with_4005(connect: Clients) -> None:
    client = await connect()
    await client.ready()
    await client.send(2, IDENTIFY)
    assert await client.close_code() == 4005


async def test_more_than_120_sends_a_minute_close_with_4008(connect: Clients, clock: Clock) -> None:
    client = await connect()
    for _ in range(120):
        await client.send(1)
    clock.ahead = 61
    await client.send(1)
    for _ in range(120):
        await client.send(1)
    assert await client.close_code() == 4008


async def test_a_silent_client_is_timed_out_and_may_resume(
    standin: DiscordStandIn, connect: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "_HEARTBEAT_SECONDS", 0.05)
    client = await connect()
    ready = await client.ready()
    assert await client.close_code() == 4009
    await standin.until(lambda: not standin.connected)
    again = await connect()
    await again.next()
    await again.send(6, {"token": TOKEN, "session_id": ready["session_id"], "seq": 1})
    assert (await again.next())["t"] == "RESUMED"


async def test_missed_events_are_replayed_in_order_to_whoever_resumes(
    standin: DiscordStandIn, connect: Clients, guild: Guild
) -> None:
    client = await connect()
    ready = await client.ready()
    last = (await client.next())["s"]
    await client.close(4000)
    await standin.until(lambda: not standin.connected)
    guild.add_role("one")
    guild.add_role("two")
    again = await connect()
    await again.next()
    await again.send(6, {"token": TOKEN, "session_id": ready["session_id"], "seq": last})
    replayed = [await again.next() for _ in range(3)]
    assert [item["s"] for item in replayed] == [last + 1, last + 2, last + 3]
    assert [item["d"]["role"]["name"] for item in replayed[:2]] == ["one", "two"]
    assert replayed[2]["t"] == "RESUMED"


async def test_who_resumes_takes_the_session_from_its_old_connection(
    standin: DiscordStandIn, connect: Clients, guild: Guild
) -> None:
    old = await connect()
    ready = await old.ready()
    new = await connect()
    await new.next()
    await new.send(6, {"token": TOKEN, "session_id": ready["session_id"], "seq": 2})
    assert (await new.next())["t"] == "RESUMED"
    assert await old.close_code() is None
    guild.add_role("one")
    assert (await new.next())["t"] == "GUILD_ROLE_CREATE"


async def test_a_session_that_was_left_politely_cannot_be_resumed(
    standin: DiscordStandIn, connect: Clients
) -> None:
    client = await connect()
    ready = await client.ready()
    await client.close(1000)
    await standin.until(lambda: not standin.connected)
    again = await connect()
    await again.next()
    await again.send(6, {"token": TOKEN, "session_id": ready["session_id"], "seq": 1})
    assert await again.next() == {"op": 9, "s": None, "t": None, "d": False}


async def test_a_number_from_the_future_closes_with_4007(connect: Clients) -> None:
    client = await connect()
    ready = await client.ready()
    await client.close(4000)
    again = await connect()
    await again.next()
    await again.send(6, {"token": TOKEN, "session_id": ready["session_id"], "seq": 99})
    assert await again.close_code() == 4007


async def test_the_log_has_both_directions_and_no_token(
    standin: DiscordStandIn, connect: Clients
) -> None:
    client = await connect()
    await client.ready()
    seen = [(record.direction, record.payload["op"]) for record in standin.gateway_log]
    assert seen == [("receive", 10), ("send", 2), ("receive", 0)]
    assert TOKEN not in str(standin.gateway_log)


async def test_in_an_outage_nothing_answers_until_it_is_over(
    standin: DiscordStandIn, connect: Clients
) -> None:
    client = await connect()
    await client.ready()
    standin.faults.outage()
    assert await client.close_code() is None
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await connect()
    assert refused.value.status == 503
    standin.faults.clear()
    await (await connect()).ready()
    assert standin.connected

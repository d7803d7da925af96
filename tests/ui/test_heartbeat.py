"""How long Discord takes, where it answers before discord.py's own thread has noticed its beat."""

from __future__ import annotations

import asyncio
import time
from threading import Event
from typing import TYPE_CHECKING

import yarl
from discord.gateway import DiscordWebSocket, KeepAliveHandler

from bot.simulators.discord import DiscordStandIn, gateway
from bot.ui.endpoint import note_beats_when_sent
from bot.ui.link import Link

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from concurrent.futures import Future

    import pytest

    from bot.ui.client import Client

PATIENCE = 20


class LateThread:
    """Lets the thread that beats go on only when its beat has been acknowledged, and beat once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done = Event()
        self.took = 0.0
        """Seconds: no less than from the beat to its acknowledgement."""
        acknowledged, send, ack = Event(), asyncio.run_coroutine_threadsafe, KeepAliveHandler.ack

        def beat(
            sending: Coroutine[None, None, None], loop: asyncio.AbstractEventLoop
        ) -> Future[None]:
            # There was one before, which no thread has sent.
            if self.done.is_set() or not acknowledged.wait(PATIENCE):
                sending.close()
                raise RuntimeError("no more")
            acknowledged.clear()
            began = time.perf_counter()
            sent = send(sending, loop)
            if acknowledged.wait(PATIENCE):
                self.took = time.perf_counter() - began
                self.done.set()
            return sent

        def hear(handler: KeepAliveHandler) -> None:
            ack(handler)
            acknowledged.set()

        monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", beat)
        monkeypatch.setattr(KeepAliveHandler, "ack", hear)


async def test_a_quick_answer_is_not_taken_for_one_to_the_beat_before(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "_HEARTBEAT_SECONDS", 0.5)
    monkeypatch.setattr(DiscordWebSocket, "send_heartbeat", DiscordWebSocket.send_heartbeat)
    note_beats_when_sent()
    late = LateThread(monkeypatch)
    async with DiscordStandIn(token="a.token.of-a-bot") as discord, asyncio.TaskGroup() as group:
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(discord.gateway_url))
        client.shard_count = 1
        connected = group.create_task(client.connect())
        assert await asyncio.to_thread(late.done.wait, PATIENCE)
        latency = Link(client).connection().latency_seconds
        await client.close()
        await connected

    assert latency is not None
    assert latency <= late.took

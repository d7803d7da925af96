"""What is set on discord.py for the whole process, since it has no options for it."""

from __future__ import annotations

from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

_send = DiscordWebSocket.send_heartbeat


def point_at(api_url: str | None, gateway_url: str | None) -> None:
    """Set where discord.py connects: a REST proxy or a Discord-compatible server.

    It reads these two class attributes at every request and connection (read in 2.7.1).
    Whether an address may carry the token is the configuration's business.
    """
    if api_url is not None:
        Route.BASE = api_url.rstrip("/")
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def without_voice() -> None:
    """Keep discord.py from warning at each start that it cannot do voice."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


def note_beats_when_sent() -> None:
    """Let discord.py measure Discord's answers to its heartbeats from the right one."""
    DiscordWebSocket.send_heartbeat = _send_heartbeat  # type: ignore[method-assign]


async def _send_heartbeat(self: DiscordWebSocket, data: Any) -> None:  # noqa: ANN401 - theirs
    """Note when a heartbeat is sent, and send it; takes the place of discord.py's own.

    discord.py 2.7.1 notes it in another thread, and only afterwards: an answer that is quicker
    than that thread was measured from the heartbeat before, 41 s ago. Its later versions note it
    here as well.
    """
    if self._keep_alive is not None:
        self._keep_alive.beat()
    await _send(self, data)

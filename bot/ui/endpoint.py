"""What is set on discord.py for the whole process, since it has no options for it."""

from __future__ import annotations

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


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

"""Points discord.py at a REST proxy or at a Discord-compatible server. Does nothing by default."""

from __future__ import annotations

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


def point_at(api_url: str | None, gateway_url: str | None) -> None:
    """Set where discord.py connects, for the whole process.

    discord.py has no option for it: it reads these two class attributes at every request and
    connection (read in 2.7.1). Whether an address may carry the token is the configuration's
    business.
    """
    if api_url is not None:
        Route.BASE = api_url.rstrip("/")
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)

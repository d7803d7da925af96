"""The connection to Discord as it is now, and when people were answered. Decides nothing."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
from discord.ext import commands

from bot.domain.health import Connection

if TYPE_CHECKING:
    from types import SimpleNamespace

    from bot.ui.client import Client

_CALLBACK = re.compile(r"/interactions/(\d{1,20})/[^/]+/callback$")
"""Where the first answer to an interaction goes."""
_NOT_FOUND = 404
_SORTS = {
    discord.InteractionType.application_command: "command",
    discord.InteractionType.autocomplete: "suggestion",
    discord.InteractionType.component: "component",
    discord.InteractionType.modal_submit: "form",
}


class Link(commands.Cog):
    """Listens to what discord.py says of its shards."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._connected: set[int] = set()

    def connection(self) -> Connection:
        """Return how it is now; discord.py itself calls a lost connection ready."""
        client = self._client
        all_there = bool(self._connected) and self._connected >= client.shards.keys()
        return Connection(
            is_ready=client.is_ready() and not client.is_closed() and all_there,
            latency_seconds=_latency(client),
            guilds=len(client.guilds),
        )

    @commands.Cog.listener()
    async def on_shard_connect(self, shard_id: int) -> None:
        """Take up a shard that has logged in."""
        self._connected.add(shard_id)

    @commands.Cog.listener()
    async def on_shard_resumed(self, shard_id: int) -> None:
        """Take up a shard that goes on where it was."""
        self._connected.add(shard_id)

    @commands.Cog.listener()
    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Let go of a shard."""
        self._connected.discard(shard_id)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Note that somebody waits for an answer."""
        if interaction.type in _SORTS:
            self._client.services.health.answers.came(interaction.id, _SORTS[interaction.type])


def answer_trace(client: Client) -> aiohttp.TraceConfig:
    """Return what lets aiohttp say which interactions Discord has taken an answer to."""

    async def ended(
        _session: aiohttp.ClientSession, _: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        found = _CALLBACK.search(params.url.path)
        if found is None:
            return
        answers = client.services.health.answers
        if params.response.status == _NOT_FOUND:
            answers.refused(int(found[1]))
        # Any other 4xx says that it has an answer, or is a defect that the log has.
        elif params.response.status < 500:  # noqa: PLR2004 - and those are repeated
            answers.answered(int(found[1]))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(ended)
    return trace


def _latency(client: Client) -> float | None:
    """Return the longest of all shards; discord.py takes one that is not known for infinite."""
    known = [seconds for _, seconds in client.latencies if math.isfinite(seconds)]
    return max(known, default=None)

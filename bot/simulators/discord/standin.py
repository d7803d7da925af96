"""Owns the stand-in as a whole: it listens, keeps the records, and hands out the verbs.

What Discord does is decided by the modules beside this one.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from bot.simulators.discord.actor import Actor
from bot.simulators.discord.faults import Faults
from bot.simulators.discord.gateway import Gateway
from bot.simulators.discord.rest import PREFIX, REQUEST_BYTES, Rest
from bot.simulators.discord.state import State

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Collection

    from bot.simulators.discord.entities import Channel, Guild, Member, User
    from bot.simulators.discord.exchange import Exchange
    from bot.simulators.discord.gateway import GatewayRecord
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message

_SHOWN_MESSAGES = 10
_NOT_YET = (AttributeError, LookupError)


class DiscordStandIn:
    """Discord on 127.0.0.1, for one application.

    `clock` gives Unix seconds; with one that is set by hand, call `tick` after setting it.
    """

    def __init__(self, *, token: str, clock: Callable[[], float] = time.time) -> None:
        self.exchanges: list[Exchange] = []
        self.gateway_log: list[GatewayRecord] = []
        self.unknown_routes: list[str] = []
        self.on_exchange: list[Callable[[Exchange], None]] = []
        self.on_gateway: list[Callable[[GatewayRecord], None]] = []
        self._state = State(token, clock)
        self.application = self._state.application
        self.buckets = self._state.buckets
        self.gateway = Gateway(self._state, self._note_payload)
        self.faults = Faults(self.gateway)
        self._rest = Rest(self._state, self.faults, self._note_exchange)
        self._runner: web.AppRunner | None = None
        actor = Actor(self._state)
        self.slash = actor.slash
        self.autocomplete = actor.autocomplete
        self.click = actor.click
        self.select = actor.select
        self.submit = actor.submit
        self.say = actor.say
        self.offered = actor.offered
        self.options = actor.options

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one."""
        app = web.Application(client_max_size=REQUEST_BYTES)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        self._rest.add_to(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self._state.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """Hang up on everybody and stop listening."""
        self.gateway.abort()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def api_url(self) -> str:
        """The base of all REST routes."""
        return self._state.origin + PREFIX

    @property
    def gateway_url(self) -> str:
        """Where a bot connects its websocket."""
        return self._state.gateway_url

    @property
    def commands(self) -> list[dict[str, Any]]:
        """The global commands as registered; those of a guild are in `guild.commands`."""
        return self._state.commands

    @property
    def interactions(self) -> Collection[Interaction]:
        """All that members did, in order."""
        return self._state.interactions.values()

    @property
    def messages(self) -> list[Message]:
        """All that can be read by anybody, private ones too, oldest first."""
        found = [m for channel in self._state.channels.values() for m in channel.stored.values()]
        for interaction in self._state.interactions.values():
            answers = (interaction.original, *interaction.followups)
            found += [m for m in answers if m is not None and m.viewer and not m.deleted]
        unique = {message.id: message for message in found}
        return [unique[key] for key in sorted(unique)]

    @property
    def origin(self) -> str:
        """What all addresses of files begin with."""
        return self._state.origin

    @property
    def next_change(self) -> asyncio.Event:
        """What will be set by the next change of whatever is to be seen."""
        return self._state.pulse.next

    @property
    def connected(self) -> bool:
        """Whether a bot has a session with an open connection."""
        return self.gateway.connected

    def add_guild(self, name: str, *, locale: str = "en-US") -> Guild:
        """Add a guild with the bot in it; bots that are connected are told."""
        return self._state.add_guild(name, locale=locale)

    def direct_channel(self, user: Member | User) -> Channel:
        """Return the direct channel between a user and the bot."""
        return self._state.direct_channel(self._state.users[user.id])

    def tick(self) -> None:
        """Look at the clock again: deadlines may have passed."""
        self._state.pulse.beat()

    async def wait_connected(self, *, timeout: float = 30) -> None:  # noqa: ASYNC109 - part of the agreed interface
        """Wait until a bot has a session."""
        await self._state.pulse.until(lambda: self.connected, timeout=timeout)

    async def until(self, condition: Callable[[], object], *, timeout: float = 30) -> None:  # noqa: ASYNC109 - part of the agreed interface
        """Wait until the condition holds, looked at again after every change.

        A condition may speak of what is not there yet, such as `it.message.text`: that is "not
        yet". Raises `TimeoutError` that says what stands in the channels.
        """

        def holds() -> bool:
            try:
                return bool(condition())
            except _NOT_YET:
                return False

        try:
            await self._state.pulse.until(holds, timeout=timeout)
        except TimeoutError:
            raise TimeoutError(f"Not within {timeout} s.\n{self.describe()}") from None

    def describe(self) -> str:
        """Return what is to be seen: channels, interactions, refused requests."""
        lines: list[str] = []
        for channel in self._state.channels.values():
            lines.append(f"#{channel.name}:")
            shown = list(channel.stored.values())[-_SHOWN_MESSAGES:]
            lines += [f"  {'(thinking)' if m.loading else m.text!r}" for m in shown]
        for interaction in self._state.interactions.values():
            answers = [interaction.text, *(message.text for message in interaction.followups)]
            state = "failed" if interaction.failed else f"answered {interaction.callback}"
            lines.append(f"{interaction.kind.name} by {interaction.user.name}: {state} {answers}")
        for exchange in self.exchanges:
            if exchange.status >= 400:
                what = f"{exchange.method} {exchange.path}: {exchange.response_body}"
                lines.append(f"{exchange.status} {what}")
        return "\n".join(lines)

    def _note_exchange(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        if not exchange.route:
            self.unknown_routes.append(f"{exchange.method} {exchange.path}")
        for listener in self.on_exchange:
            listener(exchange)

    def _note_payload(self, record: GatewayRecord) -> None:
        self.gateway_log.append(record)
        for listener in self.on_gateway:
            listener(record)

"""Owns what goes wrong on purpose: errors, delays, outages, cut connections. Nothing by itself."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.simulators.discord.errors import ApiError, limited, plain, refusal

if TYPE_CHECKING:
    from bot.simulators.discord.gateway import Gateway

_REASONS = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}


@dataclass(slots=True)
class Fault:
    """One thing to go wrong, so many times more."""

    route: str
    times: int
    error: ApiError | None = None
    seconds: float = 0.0
    after: bool = False


class Faults:
    """Switches for tests and the demo; a route is `GET /channels/{channel_id}`, or `*` for all."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._pending: list[Fault] = []
        self._outage = False

    def fail(self, route: str, status: int = 500, *, times: int = 1, after: bool = False) -> None:
        """Answer a bare 5xx; with `after` the request does its work and only its answer is lost."""
        error = plain(status, _REASONS.get(status, "Error"))
        self._pending.append(Fault(route, times, error, after=after))

    def refuse(self, route: str, code: int = 50013, *, times: int = 1) -> None:
        """Answer with one of Discord's codes, such as 50013 or 10003."""
        self._pending.append(Fault(route, times, refusal(code)))

    def limit(self, route: str, retry_after: float, *, times: int = 1, scope: str = "user") -> None:
        """Answer 429; the scope is `user`, `shared` or `global`."""
        self._pending.append(Fault(route, times, limited(retry_after, scope=scope)))

    def slow(self, route: str, seconds: float, *, times: int = 1) -> None:
        """Answer late, in real seconds."""
        self._pending.append(Fault(route, times, seconds=seconds))

    def clear(self) -> None:
        """Let nothing more go wrong."""
        self._pending.clear()
        self._outage = False
        self._gateway.refusing = False

    def outage(self) -> None:
        """Be down until `clear`: every request gets a 503 and no gateway connection survives."""
        self._outage = True
        self._gateway.refusing = True
        self._gateway.abort()

    def drop_gateway(self, code: int | None = None) -> None:
        """Close every gateway connection with this code, or cut it without a word."""
        if code is None:
            self._gateway.abort()
        else:
            self._gateway.close_connections(code)

    def ask_reconnect(self) -> None:
        """Ask every session to reconnect (op 7)."""
        self._gateway.ask_reconnect()

    def invalidate_sessions(self, *, resumable: bool) -> None:
        """Tell every session that it is invalid (op 9)."""
        self._gateway.invalidate(resumable=resumable)

    async def before(self, route: str) -> None:
        """Do what is to go wrong before a request is handled."""
        if self._outage:
            raise plain(503, _REASONS[503])
        for fault in self._due(route, after=False):
            await asyncio.sleep(fault.seconds)
            if fault.error is not None:
                raise fault.error

    def after(self, route: str) -> None:
        """Do what is to go wrong once a request has done its work."""
        for fault in self._due(route, after=True):
            if fault.error is not None:
                raise fault.error

    def _due(self, route: str, *, after: bool) -> list[Fault]:
        due = [f for f in self._pending if f.route in (route, "*") and f.after is after][:1]
        for fault in due:
            fault.times -= 1
        self._pending = [fault for fault in self._pending if fault.times > 0]
        return due

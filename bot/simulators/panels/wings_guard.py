"""Owns which tokens a node still takes, and what right they give. Knows no socket."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from bot.simulators.panels import wings_jwt as jwt

if TYPE_CHECKING:
    from bot.simulators.panels.wings_settings import WingsSettings
    from bot.simulators.world import Clock, Server

EXPIRED = "jwt: exp claim is invalid"


class Guard:
    """The node's memory of tokens; it is lost with a restart, and so are all older tokens."""

    def __init__(self, settings: WingsSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._booted_at = -math.inf
        self._denied: dict[str, float] = {}

    def forget(self) -> None:
        """Start anew: whatever was given out before is taken no more."""
        self._booted_at = self._clock()
        self._denied.clear()

    def deny(self, token_id: str) -> None:
        """Take no token of that user for that server which was given out before."""
        self._denied[token_id] = self._clock()

    def read(self, token: str) -> dict[str, Any]:
        """Return the claims; `ValueError` for what the panel has not signed."""
        return jwt.read(token, self._settings.secret)

    def seconds_left(self, claims: dict[str, Any]) -> float:
        """Return how long a token is still good, by the node's own clock."""
        left: float = claims["exp"] - self._clock() - self._settings.clock_offset
        return left

    def objection(self, claims: dict[str, Any] | None, server: Server | None) -> str | None:
        """Return why nothing is said to who has shown this, if so; None asks for no server."""
        if claims is None:
            return "jwt: no jwt present"
        if self.seconds_left(claims) <= 0:
            return EXPIRED
        denied_at = max(self._booted_at, self._denied.get(claims["jti"], -math.inf))
        if claims["iat"] < denied_at:
            return "jwt: created too far in past (denylist)"
        if not self.may(claims, "websocket.connect"):
            return "jwt: missing connect permission"
        if server is not None and claims["server_uuid"] != server.uuid:
            return "jwt: server uuid mismatch"
        return None

    def may(self, claims: dict[str, Any], permission: str) -> bool:
        """Whether the token gives the right; `*` is all but those of admins."""
        if self._settings.scope_required and claims.get("scope") != "websocket":
            return False
        held = claims["permissions"]
        return permission in held or ("*" in held and not permission.startswith("admin"))

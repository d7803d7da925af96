"""Owns who may use the panel: token pairs, and whose server is whose. Knows no HTTP."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from bot.simulators.panels.cvm_answers import Refusal

if TYPE_CHECKING:
    from bot.simulators.world import Server


class TokenPair(NamedTuple):
    """What a client shows of itself."""

    public: str
    private: str


class Accounts:
    """Users are names."""

    def __init__(self) -> None:
        self._users: dict[TokenPair, str] = {}
        self._barred: set[TokenPair] = set()
        self._owners: dict[Server, str] = {}

    def add_pair(self, user: str, *, client_access: bool = True) -> TokenPair:
        """Make a token pair; without client access it is good for other things only."""
        pair = TokenPair(secrets.token_hex(16), secrets.token_hex(16))
        self._users[pair] = user
        if not client_access:
            self._barred.add(pair)
        return pair

    def admit(self, public: str, private: str) -> str:
        """Return whose pair it is, or refuse."""
        pair = TokenPair(public, private)
        if pair not in self._users:
            raise Refusal(401, "No valid API token pair was specified.")
        if pair in self._barred:
            raise Refusal(403, "This API token pair does not have access to the client API.")
        return self._users[pair]

    def own(self, user: str, server: Server) -> None:
        """Make the user the owner of the server."""
        self._owners[server] = user

    def owns(self, user: str, server: Server) -> bool:
        """Whether the server exists for this user."""
        return self._owners.get(server) == user

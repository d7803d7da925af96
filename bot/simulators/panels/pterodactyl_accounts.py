"""Owns who may use the panel: users, their keys, and whose server is whose. Knows no HTTP."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.simulators.panels.pterodactyl_dialect import Dialect
    from bot.simulators.world import Server

_IDENTIFIER_LENGTH = 16
_SECRET_LENGTH = 32
_ADMIN_PERMISSIONS = (
    "admin.websocket.errors",
    "admin.websocket.install",
    "admin.websocket.transfer",
)


@dataclass(eq=False, slots=True, kw_only=True)
class User:
    """Somebody with an account."""

    id: int
    username: str
    admin: bool
    two_factor: bool = False
    uuid: str = field(default_factory=lambda: str(uuid4()))

    @property
    def email(self) -> str:
        """A made-up address."""
        return f"{self.username}@example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key; no addresses means that it is good from everywhere."""

    user: User
    application: bool
    allowed_ips: tuple[str, ...]
    rights: frozenset[str] | None = None
    """Of an application key, such as `servers:read`; None is all."""

    def may(self, right: str) -> bool:
        """Whether it has that right; the client key of an admin has them all."""
        return self.rights is None or right in self.rights

    def admits(self, address: str) -> bool:
        """Whether it may be used from there."""
        return not self.allowed_ips or any(
            ip_address(address) in ip_network(allowed) for allowed in self.allowed_ips
        )


class Accounts:
    """Users, keys by their text, owners and subusers."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.users: list[User] = []
        """All, by their ids."""
        self._keys: dict[str, Key] = {}
        self._owners: dict[Server, User] = {}
        self._subusers: dict[Server, dict[User, list[str]]] = {}

    def add_user(self, username: str, *, admin: bool = False) -> User:
        """Add a user without second factor."""
        user = User(id=len(self.users) + 1, username=username, admin=admin)
        self.users.append(user)
        return user

    def add_key(
        self,
        user: User,
        *,
        application: bool = False,
        allowed_ips: Sequence[str] = (),
        prefixed: bool = True,
        rights: Collection[str] | None = None,
    ) -> str:
        """Make a key of 48 characters; keys from before 1.8 stay valid and have no prefix."""
        dialect = self._dialect
        prefix = dialect.application_key_prefix if application else dialect.key_prefix
        text = prefix if prefixed else ""
        text += secrets.token_hex(_IDENTIFIER_LENGTH + _SECRET_LENGTH)
        text = text[: _IDENTIFIER_LENGTH + _SECRET_LENGTH]
        self._keys[text] = Key(
            user=user,
            application=application,
            allowed_ips=tuple(allowed_ips),
            rights=None if rights is None else frozenset(rights),
        )
        return text

    def revoke(self, text: str) -> None:
        """Take a key out of use."""
        del self._keys[text]

    def find_key(self, text: str) -> Key | None:
        """Look a key up by its whole text."""
        return self._keys.get(text)

    def own(self, user: User, server: Server) -> None:
        """Make the user the owner."""
        self._owners[server] = user

    def owner(self, server: Server) -> User:
        """Return whose server it is; of one that nobody was given, the first user."""
        return self._owners.get(server) or self.users[0]

    def add_subuser(self, user: User, server: Server, *, permissions: Sequence[str]) -> None:
        """Give the user rights on somebody's server, in place of earlier ones."""
        self._subusers.setdefault(server, {})[user] = list(permissions)

    def remove_subuser(self, user: User, server: Server) -> None:
        """Take all rights away."""
        del self._subusers[server][user]

    def owns(self, user: User, server: Server) -> bool:
        """Whether the user is the owner."""
        return self._owners.get(server) is user

    def has_share(self, user: User, server: Server) -> bool:
        """Whether the user is owner or subuser: what a plain list shows."""
        return self.owns(user, server) or user in self._subusers.get(server, {})

    def subusers(self, server: Server) -> dict[User, list[str]]:
        """Return the subusers with their rights."""
        return self._subusers.get(server, {})

    def permissions(self, user: User, server: Server) -> list[str]:
        """Return the rights on a server; `*` is all, none is no access."""
        if user.admin:
            return ["*", *_ADMIN_PERMISSIONS]
        if self.owns(user, server):
            return ["*"]
        return self.subusers(server).get(user, [])

    def may(self, user: User, server: Server, *, permission: str) -> bool:
        """Whether the user has that right."""
        held = self.permissions(user, server)
        return "*" in held or permission in held

    def may_see(self, user: User, server: Server) -> bool:
        """Whether the server exists for this user."""
        return user.admin or self.has_share(user, server)

"""Owns who may use a panel before 0.7: users and their key pairs. Knows no HTTP."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PUBLIC_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with an account."""

    id: int
    name: str
    admin: bool

    @property
    def email(self) -> str:
        """A made-up address."""
        return f"{self.name}@example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """Two keys and what they are good for; `*` is everything, no addresses is everywhere."""

    user: User
    public: str
    secret: str
    permissions: tuple[str, ...]
    allowed_ips: tuple[str, ...]

    def permits(self, permission: str) -> bool:
        """Whether it has that permission, itself or by a `*` above it."""
        return any(
            permission == held or (held.endswith("*") and permission.startswith(held[:-1]))
            for held in self.permissions
        )

    def admits(self, address: str) -> bool:
        """Whether it may be used from there."""
        return not self.allowed_ips or any(
            ip_address(address) in ip_network(allowed) for allowed in self.allowed_ips
        )


class Accounts:
    """All users and key pairs."""

    def __init__(self) -> None:
        self.users: list[User] = []
        self._keys: dict[str, KeyPair] = {}

    def add_user(self, name: str, *, admin: bool = True) -> User:
        """Add a user."""
        user = User(id=len(self.users) + 1, name=name, admin=admin)
        self.users.append(user)
        return user

    def add_key(
        self, user: User, *, permissions: Sequence[str] = ("*",), allowed_ips: Sequence[str] = ()
    ) -> KeyPair:
        """Make a key pair; the secret has dots in it, as the real ones do."""
        secret = ".".join(secrets.token_hex(10)[:length] for length in (16, 7, 7))
        key = KeyPair(
            user=user,
            public=secrets.token_hex(_PUBLIC_LENGTH)[:_PUBLIC_LENGTH],
            secret=secret,
            permissions=tuple(permissions),
            allowed_ips=tuple(allowed_ips),
        )
        self._keys[key.public] = key
        return key

    def find_key(self, public: str) -> KeyPair | None:
        """Look a key pair up by its public half."""
        return self._keys.get(public)

    def find_user(self, wanted: object) -> User | None:
        """Look a user up by e-mail or id."""
        return next((user for user in self.users if wanted in (user.email, user.id)), None)

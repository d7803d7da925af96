"""Owns who may use vps.org: accounts, their credit, keys and machines, and tokens with scopes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.simulators.panels.vpsorg_machines import Vps

# The vendor says that tokens have permissions, and not what these are called.
READ, POWER, WRITE = "servers:read", "servers:power", "servers:write"
SSH_KEYS = "ssh_keys:read"
SCOPES = (READ, POWER, WRITE, SSH_KEYS)


@dataclass(eq=False, slots=True, kw_only=True)
class SshKey:
    """A public key of an account."""

    id: int
    name: str
    uuid: str = field(default_factory=lambda: str(uuid4()))


@dataclass(eq=False, slots=True, kw_only=True)
class Account:
    """A customer; `credit` in dollars."""

    email: str
    credit: float = 1000.0
    machines: list[Vps] = field(default_factory=list)
    ssh_keys: list[SshKey] = field(default_factory=list)

    def add_ssh_key(self, name: str) -> SshKey:
        """Add a public key."""
        key = SshKey(id=len(self.ssh_keys) + 1, name=name)
        self.ssh_keys.append(key)
        return key


@dataclass(eq=False, slots=True, kw_only=True)
class Token:
    """What a caller shows."""

    account: Account
    name: str
    scopes: tuple[str, ...]
    active: bool = True


class Accounts:
    """Accounts, and tokens by their text."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}

    def add_token(self, account: Account, *, scopes: Collection[str] = SCOPES) -> str:
        """Make a token and return its text."""
        text = f"vps_{secrets.token_hex(20)}"
        name = f"token {len(self._tokens) + 1}"
        self._tokens[text] = Token(account=account, name=name, scopes=tuple(scopes))
        return text

    def revoke(self, text: str) -> None:
        """Take a token out of use."""
        self._tokens[text].active = False

    def find(self, text: str) -> Token | None:
        """Look a token up by its whole text."""
        return self._tokens.get(text)

"""Owns how the versions of Pterodactyl, and Pelican, differ. Holds no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Flavour = Literal["pterodactyl", "pelican"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One flavour at one version; Pelican counts as newer than every Pterodactyl."""

    flavour: Flavour
    version: tuple[int, ...]

    @classmethod
    def of(cls, flavour: Flavour, version: str) -> Dialect:
        """Parse a version such as 1.11 or 1.6.5."""
        return cls(flavour, tuple(int(part) for part in version.split(".")))

    def since(self, *version: int) -> bool:
        """Whether it has what came with that version of Pterodactyl."""
        return self.is_pelican or self.version >= version

    @property
    def is_pelican(self) -> bool:
        """Whether it is the fork."""
        return self.flavour == "pelican"

    @property
    def requests_per_minute(self) -> int:
        """The client API's budget, unless configured."""
        if self.since(1, 12):
            return 256
        return 720 if self.since(1, 1) else 240

    @property
    def application_requests_per_minute(self) -> int:
        """The Application API's budget, unless configured."""
        return 256 if self.since(1, 12) else 240

    @property
    def key_prefix(self) -> str:
        """How new client keys begin."""
        if self.is_pelican:
            return "pacc_"
        return "ptlc_" if self.since(1, 8) else ""

    @property
    def application_key_prefix(self) -> str:
        """How new application keys begin."""
        if self.is_pelican:
            return "papp_"
        return "ptla_" if self.since(1, 8) else ""

    @property
    def login_path(self) -> str:
        """Where a browser is sent that has not signed in."""
        return "/login" if self.is_pelican else "/auth/login"

    @property
    def session_cookie(self) -> str:
        """The cookie that makes the panel take a caller for a browser."""
        return f"{self.flavour}_session"

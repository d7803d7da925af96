"""What came out when a panel was tried with its key. Plain values; speaks to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.servers import Server


class Check(StrEnum):
    """What is looked at, in this order."""

    ADDRESS = "address"
    CERTIFICATE = "certificate"
    KEY = "key"
    ADMIN_KEY = "admin key"
    SERVERS = "servers"
    REACH = "reach"
    """What the key can do beyond what a guild needs."""


class Mark(StrEnum):
    """How a check came out."""

    GOOD = "good"
    WARNING = "warning"
    """It works, and there is something to know."""
    BAD = "bad"


class Finding(StrEnum):
    """What was found; the first word says by which check."""

    ANSWERS = "it answers"
    NO_ADDRESS = "no address"
    NOT_PUBLIC = "an address that is not public"
    NO_HOST = "no such host"
    NO_CONNECTION = "no connection"
    TOO_SLOW = "no answer in time"
    FAILS = "the panel itself fails"
    NO_PANEL = "something else answers"
    NO_PANEL_HERE = "something else answers, and the address has a path"
    REDIRECTS = "it sends elsewhere"
    BAD_OPTION = "an option that cannot work"

    CERTIFICATE = "a valid certificate"
    BAD_CERTIFICATE = "no valid certificate"
    NO_CERTIFICATE = "no encryption"

    KEY = "the key is taken"
    KEY_OF_MEMBER = "the key is a user's"
    KEY_OF_ADMIN = "the key is an admin's"
    NO_KEY = "no key can look like that"
    KEY_REFUSED = "the key is refused"
    KEY_OF_OTHER_API = "an application key"
    KEY_TOO_WEAK = "the key may not list servers"
    TOO_MANY_REQUESTS = "too many requests to try the key now"

    ADMIN_KEY = "the admin key is taken"
    ADMIN_KEY_REFUSED = "the admin key is refused"

    SERVERS = "it has servers"
    NO_SERVERS = "it has no server"
    SERVERS_LATER = "too many requests to list now"

    REACHES_ALL = "it reaches every server of the panel"
    CHANGES_SERVERS = "it can create and delete servers"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the check list."""

    check: Check
    mark: Mark
    finding: Finding
    count: int = 0
    """Of servers, where that was found."""
    retry_after: float | None = None
    """Seconds, where the panel said when to try again."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How it went as a whole."""

    results: tuple[Result, ...]
    servers: tuple[Server, ...] | None = None
    """All that the key shows; None where they could not be listed."""

    @property
    def is_good(self) -> bool:
        """Whether the panel can be used so."""
        return all(result.mark is not Mark.BAD for result in self.results)

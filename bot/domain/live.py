"""What happens on a server while somebody watches it. Values only; says nothing of how they come.

Text is one line without control characters, and still not to be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.servers import Resources, ServerState


class InstallPhase(StrEnum):
    """How far an installation is."""

    STARTED = "started"
    OUTPUT = "output"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Connected:
    """From here on nothing is missed."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Disconnected:
    """Nothing is seen until the next `Connected`."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class State:
    """The state as it is now; the first one after `Connected` is no change."""

    at: datetime
    state: ServerState


@dataclass(frozen=True, slots=True)
class Stats:
    """What the server uses."""

    at: datetime
    resources: Resources


@dataclass(frozen=True, slots=True)
class Console:
    """A line of the console, new or of the requested logs: nobody can tell them apart."""

    at: datetime
    line: str


@dataclass(frozen=True, slots=True)
class Install:
    """The server is being installed; only output has a line."""

    at: datetime
    phase: InstallPhase
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """The server moves to another node: a status in the panel's word, or a line."""

    at: datetime
    status: str | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup has ended."""

    at: datetime
    id: str
    successful: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup was restored."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """A word of the node's daemon."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Error:
    """Something that was asked for did not work."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """The server is gone; nothing follows."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a server by what happened on it, without asking."""

    at: datetime
    """When the last word of it came."""
    state: ServerState
    resources: Resources | None = None


Event: TypeAlias = (
    Connected
    | Disconnected
    | State
    | Stats
    | Console
    | Install
    | Transfer
    | Backup
    | Restored
    | Message
    | Error
    | Deleted
)

"""What happens to servers, panels and nodes, as it is told. Values only; decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - stored events are read by these annotations
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.servers import ServerRef  # noqa: TC001 - same

if TYPE_CHECKING:
    from collections.abc import Mapping


class EventKind(StrEnum):
    """The words by which events are chosen."""

    STARTED = "started"
    STOPPED = "stopped"
    CRASHED = "crashed"
    """Went down by itself; with an asker, did not come up as that one wanted."""
    RESTARTED = "restarted"
    SUSPENDED = "suspended"
    UNSUSPENDED = "unsuspended"
    INSTALLING = "installing"
    INSTALLED = "installed"
    INSTALL_FAILED = "install_failed"
    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    UNREACHABLE = "unreachable"
    """A panel, or a node of it, or one server, does not answer."""
    RECOVERED = "recovered"
    FLAPPING = "flapping"
    """One message stands for many changes of a server."""
    ACTION = "action"
    """Somebody did something to a server through the bot."""
    THRESHOLD = "threshold"
    """Memory or disk is nearly used up, or is no longer."""


class Preset(StrEnum):
    """Several kinds of event under one word."""

    PROBLEMS = "problems"
    CHANGES = "all changes"
    ACTIONS = "actions"


_PROBLEMS = frozenset(
    {
        EventKind.CRASHED,
        EventKind.FLAPPING,
        EventKind.INSTALL_FAILED,
        EventKind.SUSPENDED,
        EventKind.THRESHOLD,
        EventKind.UNREACHABLE,
        EventKind.RECOVERED,
    }
)
PRESETS: Mapping[Preset, frozenset[EventKind]] = MappingProxyType(
    {
        Preset.PROBLEMS: _PROBLEMS,
        Preset.CHANGES: frozenset(EventKind) - {EventKind.ACTION},
        Preset.ACTIONS: frozenset({EventKind.ACTION}),
    }
)
PINGING = frozenset(
    {
        EventKind.CRASHED,
        EventKind.FLAPPING,
        EventKind.INSTALL_FAILED,
        EventKind.THRESHOLD,
        EventKind.UNREACHABLE,
    }
)
"""The problems that mention a role, once each: not their end, and not what was asked for."""


PASSING = frozenset({EventKind.STOPPED, EventKind.RESTARTED})
"""Incidents that are over within a moment: a stop that turns out to be the half of a restart.

In a message of its own the stop is edited into that; among others both are lines like any other.
"""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked for it through the bot, and in which guild: other guilds are not told who."""

    user_id: int
    guild_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing to be told; text comes from panels and is not to be trusted."""

    kind: EventKind
    panel_id: str
    ref: ServerRef | None
    """None is the whole panel, or the node called `name`."""
    name: str
    """Of the server or node; empty for a whole panel, unless that is gone."""
    at: datetime
    """When it was seen, UTC."""
    asker: Asker | None = None
    """None is by itself."""
    was_away: bool = False
    """Found when the bot came back; nobody knows when it happened."""
    incident: str | None = None
    """Events of the same incident are one message, edited; a word of at most 64 characters."""
    since: datetime | None = None
    """When an incident began."""
    told_at: datetime | None = None
    """When the first word of its incident was said; None is this one."""
    is_over: bool = False
    """The last word of an incident."""
    servers: tuple[str, ...] = ()
    """Some names of the servers that an incident hides."""
    server_ids: tuple[str, ...] = ()
    """Of a node: all that it hides, or hid since the incident began; else empty."""
    count: int = 0
    """How many servers an incident hides, how many changes flapping stands for."""
    former_name: str | None = None
    """Of a server that was renamed."""
    measure: str | None = None
    """`memory` or `disk`, of a threshold."""
    percent: float | None = None
    """Of the limit that is used, of a threshold."""
    action: str | None = None
    """What somebody did: a word of `Action`."""
    outcome: str | None = None
    """How it ended: a word of `Outcome`."""
    is_test: bool = False
    """Made up, to show how it looks; told alone, and nobody is mentioned."""
    detail: str | None = None
    """Why a panel does not answer (a word of `Trouble`), the state of a server that is
    flapping, that an incident is over because what it was about is gone (`deleted`) or its
    panel is (`unwatched`), or the reason that a member gave."""

"""How well the bot itself does. Values, and what the ways out say of themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.domain.incidents import Trouble
    from bot.domain.notify import NamedMute
    from bot.domain.watching import PanelHealth


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The connection to Discord's gateway."""

    is_ready: bool = False
    """Every shard is connected, and the guilds are known."""
    latency_seconds: float | None = None
    """From a heartbeat to its answer; None is not known yet."""
    guilds: int = 0


class Gateway(Protocol):
    """What knows of the connection to Discord."""

    def connection(self) -> Connection:
        """Return how it is now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """News that are stored and still to be told."""

    count: int = 0
    oldest_at: datetime | None = None
    """When the first of them happened."""
    paused: int = 0
    """More of them, which wait until their channel can be written to."""


class Backlog(Protocol):
    """What knows of the news that are still to be told."""

    async def check(self, *, in_turn: bool) -> None:
        """Raise `StorageUnavailable` unless the database lets changes be made.

        In turn it waits as long as the bot itself has something to write; otherwise it may take
        that for a failure, but is answered within a moment.
        """
        ...

    async def waiting(self, guild_id: int | None = None) -> Waiting:
        """Return those of a guild, or all; raises `StorageUnavailable`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How quickly Discord was given a first answer to what people did, since the start."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """What people did, by its sort."""
    within: Mapping[float, int] = field(default_factory=dict)
    """How many were answered within so many seconds, each of these with all of the smaller."""
    seconds: float = 0.0
    """All their times together."""
    late: int = 0
    """Answered after more than the three seconds that Discord gives, or never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The news since the start, as far as Discord is concerned."""

    sent: int = 0
    """Messages and edits."""
    failed: int = 0
    """Tries that Discord did not take."""
    held: int = 0
    """Events that are not stored yet, because the database does not take them."""
    lost: int = 0
    """Events that were given up: the database never takes them, or too many waited for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boards:
    """All boards."""

    count: int = 0
    paused: int = 0
    """Those of them whose channel cannot be written to, or where Discord takes no message."""
    failed: int = 0
    """Tries to bring one up to date that Discord did not take, since the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """All of it, at one moment."""

    at: datetime
    connection: Connection
    database: str | None
    """What is wrong with it; None is nothing."""
    panels: Mapping[str, PanelHealth]
    """By the panel's id."""
    budgets: Mapping[str, int]
    """How many requests may still be sent just now, of those panels that count them."""
    waiting: Waiting | None
    """None where the database does not say."""
    told: Told
    boards: Boards
    running: int
    """Receipts that have not ended."""
    answered: Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelView:
    """One panel as the admins of a guild see it."""

    name: str
    health: PanelHealth | None
    """None while nobody has begun to look at it."""
    trouble: Trouble | None = None
    """Why the last look brought no list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildHealth:
    """What concerns one guild."""

    at: datetime
    connection: Connection
    panels: tuple[PanelView, ...]
    """By name."""
    waiting: Waiting | None
    """None where the database does not say, or takes nothing."""
    paused: int
    """Subscriptions that tell nothing, because their channel cannot be written to."""
    paused_boards: int
    """Boards that are out of date for the same reason, or as Discord takes no message of them."""
    mutes: tuple[NamedMute, ...] = ()
    """What keeps news back."""

"""What is kept of each server and of what goes on, to tell what changes. Values only.

`compare` makes them from looks.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.events import EventKind  # noqa: TC001 - stored incidents are read by this annotation
from bot.domain.servers import ServerState

if TYPE_CHECKING:
    from bot.domain.events import Asker, Event
    from bot.domain.servers import ServerRef

_ORDER_COUNTS = timedelta(minutes=3)
_ORDER_GOES_ON = timedelta(minutes=11)
"""As long as the server is seen on its way; Wings waits 10 minutes for a stop."""
_ON_ITS_WAY = timedelta(minutes=2)
_END = {
    Action.START: ServerState.RUNNING,
    Action.STOP: ServerState.OFFLINE,
    Action.KILL: ServerState.OFFLINE,
}
"""Where an order leaves a server, as far as that tells it from none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What was told last of a server, or seen at first sight; changes only when that does."""

    name: str
    state: ServerState | None = None
    """A resting one, or UNKNOWN of one that is in use; None while none was ever seen."""
    pushed_at: datetime | None = None
    """When a live connection told of it, if one did: what is read soon after may be older."""
    stopped_at: datetime | None = None
    """When it was told to have stopped, if that may still turn out to be a restart."""
    ordered_at: datetime | None = None
    """When the latest order was given that has come to its end."""
    changes: tuple[datetime, ...] = ()
    """When it lately went up or down by itself, for flapping."""

    def is_past(self, order: Order, at: datetime) -> bool:
        """Whether nothing is left to be told of an order, be it given anew after a restart.

        One that seems older than what was ordered in the future is not: the clock was set back.
        """
        last = self.ordered_at
        return last is not None and (order.at == last or order.at < last <= at)

    def fallen(self, order: Order, at: datetime) -> Track:
        """Return it as it is once it is told that an order did not bring the server up."""
        state = ServerState.OFFLINE if self.state is ServerState.RUNNING else self.state
        return replace(self, state=state, pushed_at=at, stopped_at=None, ordered_at=order.at)


class IncidentKind(StrEnum):
    """What goes on for a while."""

    PANEL = "panel"
    """Cannot be read."""
    NODE = "node"
    """Some servers of a node cannot be reached, or one that is alone."""
    FLAPPING = "flapping"
    THRESHOLD = "threshold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One that was told and is not over."""

    id: str
    """At most 64 characters; never used again."""
    kind: IncidentKind
    panel_id: str
    server_id: str | None = None
    """None where it is about the panel or about several servers of a node."""
    node: str | None = None
    since: datetime
    told_at: datetime | None = None
    """When its first word was said, later than it began."""
    hidden: tuple[str, ...] = ()
    """The ids of the servers that a node hides now."""
    touched: tuple[str, ...] = ()
    """Those that it hid at any time: whoever follows one was told."""
    count: int = 0
    """How many servers a panel hides, how many changes flapping stands for."""
    changed_at: datetime | None = None
    """When a flapping server changed last by itself."""
    change: EventKind | None = None
    """What it did then; None once something later was told by itself."""
    measure: str | None = None
    """`memory` or `disk`, of a threshold."""
    detail: str | None = None
    """Why a panel cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One observation of a server."""

    ref: ServerRef
    state: ServerState
    at: datetime
    read_at: datetime | None = None
    """When the panel was asked for the state, some time before `at`; None where it was told."""
    name: str | None = None
    """None where only the state was told."""
    named_at: datetime | None = None
    """When the panel was asked for the name, be it earlier or later than for the state."""
    is_in_use: bool = False
    """It is UNKNOWN whether it runs, and known that nothing keeps it from that."""
    uptime: timedelta | None = None
    is_pushed: bool = False
    """By a live connection, at once."""
    pushed_at: datetime | None = None
    """When its state was pushed, where that counts more than what was read."""
    is_first: bool = False
    """The first one of a connection: what was before is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody asked for through the bot, and what has not happened yet."""

    action: Action
    asker: Asker
    at: datetime
    done_at: datetime | None = field(default=None, compare=False)
    """When whoever followed it had seen its end, be it that nothing was to do; None so far."""

    def counts(self, outlook: Outlook, at: datetime) -> bool:
        """Whether what happens now may come of it; clocks may jump."""
        age = abs(at - (self.done_at or self.at))
        moved_at = outlook.moved_at
        is_on_its_way = moved_at is not None and abs(at - moved_at) <= _ON_ITS_WAY
        # Only whole lists show who comes and goes, and they come now and then.
        is_slow = is_on_its_way or self.action in (Action.CREATE, Action.DELETE)
        return age <= (_ORDER_GOES_ON if is_slow else _ORDER_COUNTS)

    def is_over(self, at: datetime) -> bool:
        """Whether nothing that happens from now on comes of it."""
        return abs(at - self.at) > _ORDER_GOES_ON

    def is_spent(self, state: ServerState | None, look: Look) -> bool:
        """Whether it has had its end and nothing is left to be told of it; `state` is as told."""
        if self.done_at is None:
            return False
        if self.action is Action.RESTART:
            # Only a reading may be of before.
            return look.is_pushed and look.state is not ServerState.RUNNING
        return state is not None and state is _END.get(self.action)

    def is_missed(self, state: ServerState) -> bool:
        """Whether a server that is so at its end should be up by it."""
        return state is ServerState.OFFLINE and self.action in (Action.START, Action.RESTART)

    def expects(self, before: ServerState, after: ServerState) -> bool:
        """Whether such a change is its end."""
        match self.action:
            case Action.START | Action.RESTART:
                return after is ServerState.RUNNING
            case Action.STOP | Action.KILL:
                return after is ServerState.OFFLINE
            case Action.SUSPEND:
                return ServerState.SUSPENDED in (before, after)
        return False

    def passes(self, before: ServerState | None, after: ServerState) -> bool:
        """Whether such a change is half of it: it goes down, and that is not yet the end."""
        is_going_down = (before, after) == (ServerState.RUNNING, ServerState.OFFLINE)
        return is_going_down and self.action in (Action.RESTART, Action.SUSPEND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What was seen of a server and is not told; only in memory, a restart of the bot forgets."""

    is_fresh: bool = False
    """Whether a resting state was seen since the bot was started."""
    read_at: datetime | None = None
    """Of the last reading: the same one may be handed in again and again."""
    last: ServerState | None = None
    """What was seen last."""
    candidate: ServerState | None = None
    """What is told once it has held; the told one itself where a restart must hold."""
    candidate_at: datetime | None = None
    name: str | None = None
    """A new name that must hold."""
    named_at: datetime | None = None
    """When that was read first: the same reading may be handed in again and again."""
    moved_at: datetime | None = None
    """When it was last seen on its way from one resting state to another."""
    is_stopping: bool = False
    """It was seen going down in an orderly way."""
    pushed: ServerState | None = None
    pushed_at: datetime | None = None
    uptime: timedelta | None = None
    """Of the process, when it was last seen running."""
    uptime_at: datetime | None = None
    is_silent: bool = False
    """Whether the last look that was asked for told no uptime of a running process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What came of one look."""

    track: Track
    outlook: Outlook
    events: tuple[Event, ...] = ()
    is_order_done: bool = False


@dataclass(slots=True)
class News:
    """What came of looking: what changed in what is stored, and what is to be told."""

    tracks: dict[ServerRef, Track | None] = field(default_factory=dict)
    incidents: dict[str, Incident | None] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    """The ids of servers whose order has come to its end."""

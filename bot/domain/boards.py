"""What a board shows of which servers, and how that is dealt out to messages. Pure; no words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.domain.servers import Capability, ServerState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.domain.incidents import Trouble
    from bot.domain.news import Pause
    from bot.domain.servers import Server, ServerRef

MOST_SERVERS = 500
"""On one board; of more it says how many they are."""
MOST_BOARDS = 25
"""Of one guild: Discord suggests no more of them."""
_PER_MESSAGE = 25
"""Servers; Discord takes that many in a menu, and their lines in one message."""
_MOST_WITH_BUTTONS, _PER_MESSAGE_WITH_BUTTONS = 50, 10
"""Beyond, a menu opens what the buttons offer: each takes 3 of a message's 40 components."""
_OUT_OF_SIGHT = frozenset({ServerState.UNREACHABLE, ServerState.UNKNOWN})
_JITTER, _MOMENT = timedelta(seconds=30), timedelta(minutes=2)


class BoardProblem(StrEnum):
    """Why a board cannot be made or moved so."""

    PLACE = "names a server and a panel"
    CHANNEL = "is to be in a channel where the bot may not write"
    TOO_MANY = "is one too many"
    SAME = "is there already"


class BoardPause(StrEnum):
    """Why a board is not kept up although its channel can be written to."""

    REFUSED = "refused"
    """Discord takes nothing in its place, whatever it says; tried again when somebody asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A place in a channel that shows servers; no server is every one of the panel."""

    id: int | None = None
    guild_id: int
    channel_id: int
    panel_id: str | None = None
    """None is all panels of the guild."""
    server_id: str | None = None
    buttons: bool
    created_by: int
    created_at: datetime
    pause: Pause | BoardPause | None = None

    def covers(self, ref: ServerRef) -> bool:
        """Whether it shows this server, if its guild uses it."""
        return self.panel_id in (None, ref.panel_id) and self.server_id in (None, ref.server_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Since when a server is in its state."""

    state: ServerState
    since: datetime | None = None
    """None is not known: it was so when the bot first looked."""
    former: Seen | None = None
    """What was before, of one that is out of sight: it may turn out to be so still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardMessage:
    """One message of a board; the pages of a board are in its messages in the order of ids."""

    id: int = 0
    """Ours; 0 before it is stored, which is before it is posted."""
    board_id: int
    guild_id: int
    channel_id: int
    asked_at: datetime
    message_id: int | None = None
    """Discord's; None: it was about to be posted, and may be there."""
    digest: str | None = None
    """Of what it shows; None is to be shown anew."""
    seen: Mapping[ServerRef, Seen]
    """What was known of the servers that it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One server on a board."""

    server: Server
    seen: Seen
    panel: str | None = None
    """Its name, where servers of several panels stand together."""
    capabilities: frozenset[Capability] = frozenset()

    @property
    def face(self) -> tuple[object, ...]:
        """All of it that a board shows."""
        server = self.server
        shown = (server.ref, server.name, server.state, server.addresses[:1])
        return (*shown, self.seen.since, self.panel, self.capabilities)


class Style(StrEnum):
    """What can be done on a board."""

    TEXT = "text"
    MENU = "menu"
    BUTTONS = "buttons"
    """And a menu."""


class Lost(NamedTuple):
    """A panel that was not seen since the bot was started."""

    name: str
    trouble: Trouble | None
    """Why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that a board shows."""

    title: str | None
    """The name of its panel, where it shows one."""
    lines: tuple[Line, ...]
    lost: tuple[Lost, ...] = ()
    is_panel_gone: bool = False
    """Whether the one panel that it is about is no longer there for its guild."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one message of a board shows."""

    title: str | None
    lines: tuple[Line, ...]
    lost: tuple[Lost, ...]
    number: int
    """From 0; the first one shows what is said of all."""
    pages: int
    total: int
    counts: Mapping[ServerState, int]
    """Of all servers, not of this page's alone."""
    style: Style
    is_panel_gone: bool

    @property
    def more(self) -> int:
        """How many servers have no place on the board."""
        return max(self.total - MOST_SERVERS, 0)

    @property
    def face(self) -> tuple[object, ...]:
        """All of it that is shown: pages with the same look the same, whatever else differs."""
        of_all = (self.title, self.lost, self.number, self.pages, self.total, self.counts)
        return (*of_all, self.style, self.is_panel_gone, tuple(line.face for line in self.lines))


@dataclass(frozen=True, slots=True)
class Drawing:
    """A page as its message shows it."""

    digest: str
    """Another one as soon as it would look different."""
    look: Any
    """What the desk has made of it, for itself."""


def lay_out(content: Content, *, buttons: bool) -> list[Page]:
    """Deal servers out to messages, at least one; it is a matter of their number only."""
    lines = content.lines[:MOST_SERVERS]
    style, size = Style.TEXT, _PER_MESSAGE
    if buttons and len(lines) > _MOST_WITH_BUTTONS:
        style = Style.MENU
    elif buttons:
        style, size = Style.BUTTONS, _PER_MESSAGE_WITH_BUTTONS
    starts = range(0, max(len(lines), 1), size)
    counts = Counter(line.server.state for line in content.lines)
    return [
        Page(
            title=content.title,
            lines=lines[start : start + size],
            lost=content.lost,
            number=number,
            pages=len(starts),
            total=len(content.lines),
            counts=counts,
            style=style,
            is_panel_gone=content.is_panel_gone,
        )
        for number, start in enumerate(starts)
    ]


def look(before: Seen | None, server: Server) -> Seen:
    """Return since when a server is as it is now, as far as that is known.

    What has changed while nobody looked has done so at a time that nobody knows.
    """
    is_back = before is not None and before.state in _OUT_OF_SIGHT
    known = before.former if before is not None and is_back else before
    if server.state in _OUT_OF_SIGHT:
        if before is not None and before.state is server.state:
            return before
        since = None if before is None else server.observed_at
        return Seen(state=server.state, since=since, former=known)
    began = _began(server)
    if known is not None and known.state is server.state:
        # Later than that, it was started anew meanwhile.
        is_same = began is None or (known.since is not None and began <= known.since + _JITTER)
        return known if is_same else Seen(state=server.state, since=began)
    if began is None and before is not None and not _was_away(before, server):
        began = server.observed_at
    return Seen(state=server.state, since=began)


def recalled(seen: Seen) -> Seen:
    """Return what an earlier run of the bot has seen: nobody has looked since."""
    if seen.state in _OUT_OF_SIGHT:
        return seen
    return Seen(state=ServerState.UNKNOWN, former=seen)


def _was_away(before: Seen, server: Server) -> bool:
    """Whether it was out of sight for longer than a moment."""
    if before.state not in _OUT_OF_SIGHT:
        return False
    return before.since is None or server.observed_at - before.since > _MOMENT


def verb(line: Line) -> Capability | None:
    """Return the order that its button gives, None where only its card can be opened."""
    wanted = {
        ServerState.OFFLINE: Capability.START,
        ServerState.RUNNING: Capability.RESTART,
        ServerState.STARTING: Capability.RESTART,
    }.get(line.server.state)
    return wanted if wanted in line.capabilities else None


def _began(server: Server) -> datetime | None:
    """Return when its process was started."""
    uptime = server.resources.uptime if server.resources else None
    if server.state is not ServerState.RUNNING or uptime is None:
        return None
    return server.observed_at - uptime

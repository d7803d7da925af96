"""What is kept of every attempt. Knows nothing of where it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.domain.servers import ServerRef


class Door(StrEnum):
    """The way by which an attempt came in."""

    COMMAND = "command"
    BUTTON = "button"
    FORM = "form"
    MENU = "menu"
    ITSELF = "itself"
    """Nobody asked: an event of Discord, or time."""


class Change(StrEnum):
    """What an admin did to the bot itself; stands in an entry where an action would."""

    RULES_SEEN = "rules seen"
    RULE_ADDED = "rule added"
    RULE_REMOVED = "rule removed"
    RULE_RESTORED = "rule restored"
    RULE_EXPIRY = "rule expiry"
    PANEL_LISTED = "panel listed"
    PANEL_ADDED = "panel added"
    PANEL_TESTED = "panel tested"
    PANEL_SERVERS = "panel servers"
    PANEL_EDITED = "panel edited"
    PANEL_KEY = "panel key"
    PANEL_REMOVED = "panel removed"
    PANEL_RESTORED = "panel restored"
    NEWS_SEEN = "news seen"
    NEWS_ADDED = "news added"
    NEWS_EDITED = "news edited"
    NEWS_REMOVED = "news removed"
    NEWS_RESTORED = "news restored"
    NEWS_TESTED = "news tested"
    NEWS_MUTED = "news muted"
    NEWS_UNMUTED = "news unmuted"
    BOARD_ADDED = "board added"
    BOARD_REFRESHED = "board refreshed"
    BOARD_MOVED = "board moved"
    BOARD_REMOVED = "board removed"
    SETTINGS = "settings"
    HEALTH_SEEN = "health seen"
    """Written down only where it was denied."""
    DATA_DELETED = "data deleted"


LOOKS = frozenset({Change.RULES_SEEN, Change.NEWS_SEEN})
"""What changes nothing, and is written down only where it was denied."""


class Outcome(StrEnum):
    """How an attempt ended."""

    DENIED = "denied"
    REFUSED = "refused"
    """Never sent: busy, not offered, not a valid command."""
    SENT = "sent"
    """About to be given to the panel; a second entry says how it ended."""
    ACCEPTED = "accepted"
    """The panel took it; nothing more is known (console commands)."""
    DONE = "done"
    NO_EFFECT = "no_effect"
    NOT_UP = "not_up"
    """The panel took it, and the server went down, or stayed down, instead of coming up."""
    FAILED = "failed"
    """The panel said no."""
    UNKNOWN = "unknown"
    """Sent, and the result was never seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One attempt, allowed or not, or how one ended; written once and never changed."""

    at: datetime
    """Aware, UTC; when it was asked for."""
    guild_id: int
    user_id: int
    action: str
    ref: ServerRef
    server_name: str
    door: Door
    outcome: Outcome
    rule_id: int | None = None
    """The rule that decided; None for admins and where no rule spoke."""
    detail: str | None = None
    """The reason given, the command text, or what went wrong."""
    duration: timedelta | None = None
    """From the request to its outcome."""
    id: int | None = None
    """Set once it is stored; of one guild the later entry has the larger one."""
    key: str = field(default_factory=lambda: uuid4().hex, init=False, compare=False)
    """Of this very entry, and of no copy: however often it is stored, it is there once."""

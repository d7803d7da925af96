"""The words of rights: actions, bundles of them, who asks, and rules. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Action(StrEnum):
    """The rights that a rule can give or take."""

    VIEW = "view"
    START = "start"
    STOP = "stop"
    RESTART = "restart"
    KILL = "kill"
    COMMAND = "command"
    LOGS = "logs"
    CREATE = "create"
    """Of a panel, or of all: there is no server yet."""
    UPDATE = "update"
    BUILD = "build"
    SUSPEND = "suspend"
    """And unsuspend."""
    DELETE = "delete"
    MANAGE = "manage"
    """To configure the bot in the guild; only a rule about all servers gives it."""


class Bundle(StrEnum):
    """Several actions under one word."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    MANAGER = "manager"
    CONSOLE = "console"
    EVERYTHING = "everything"
    """All but to configure the bot."""


_OPERATOR = frozenset({Action.VIEW, Action.START, Action.RESTART})
BUNDLES: Mapping[Bundle, frozenset[Action]] = MappingProxyType(
    {
        Bundle.VIEWER: frozenset({Action.VIEW}),
        Bundle.OPERATOR: _OPERATOR,
        Bundle.MANAGER: _OPERATOR | {Action.STOP, Action.KILL, Action.LOGS},
        Bundle.CONSOLE: frozenset({Action.VIEW, Action.LOGS, Action.COMMAND}),
        Bundle.EVERYTHING: frozenset(Action) - {Action.MANAGE},
    }
)


def actions_of(grant: Action | Bundle) -> frozenset[Action]:
    """Return the actions that a word stands for."""
    return BUNDLES[grant] if isinstance(grant, Bundle) else frozenset({grant})


ON_A_SERVER = tuple(
    action for action in Action if action not in (Action.VIEW, Action.CREATE, Action.MANAGE)
)
"""The rights that include to view the server; to create servers shows none that are there."""


class Subject(StrEnum):
    """Whom a rule is about."""

    ROLE = "role"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Actor:
    """All that a service may know of a Discord user."""

    user_id: int
    guild_id: int
    role_ids: frozenset[int] = frozenset()
    """With the guild's own id, which is that of the role of everybody."""
    is_admin: bool = False
    """Has Manage Server in the guild."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of a guild's rights. Without a server it covers a panel, without both, all."""

    guild_id: int
    subject: Subject
    subject_id: int
    grant: Action | Bundle
    allow: bool
    panel_id: str | None = None
    server_id: str | None = None
    expires_at: datetime | None = None
    """Aware, UTC; from this second on the rule does not count."""
    commands: tuple[str, ...] = ()
    """Patterns such as `say *`, for what the rule says of COMMAND; none is any command."""
    subject_name: str | None = None
    """What the role or member was called when the rule was given; only a label."""
    created_by: int | None = None
    created_at: datetime | None = None
    id: int | None = None
    """Set once it is stored."""

    def __post_init__(self) -> None:
        if self.server_id is not None and self.panel_id is None:
            raise ValueError("a server is named together with its panel")

    @property
    def actions(self) -> frozenset[Action]:
        """What the rule gives or takes."""
        return actions_of(self.grant)

    @property
    def about(self) -> tuple[Subject, int, Action | Bundle, str | None, str | None]:
        """Of several rules about the same, the last one counts."""
        return self.subject, self.subject_id, self.grant, self.panel_id, self.server_id

    def is_live(self, at: datetime) -> bool:
        """Whether the rule counts at this time."""
        return self.expires_at is None or at < self.expires_at

    def fits(self, line: str) -> bool:
        """Whether a pattern is the whole of a line; `*` is any text, `?` one character."""
        return any(fnmatchcase(line, pattern.replace("[", "[[]")) for pattern in self.commands)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, and why: by a rule, as an admin, or because no rule said so."""

    allowed: bool
    rule: Rule | None = None
    """One that allows and yet decided against it has patterns, and none of them fits."""
    as_admin: bool = False

"""Who may do what to which server, and by which rule. Pure: rules in, decision out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.domain.servers import ServerRef


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
    """Patterns such as `say *`, where COMMAND is among the actions; none is any command."""
    created_by: int | None = None
    created_at: datetime | None = None
    id: int | None = None
    """Set once it is stored."""

    def __post_init__(self) -> None:
        if self.server_id is not None and self.panel_id is None:
            raise ValueError("a server is named together with its panel")

    def matches(self, actor: Actor, ref: ServerRef, *, at: datetime) -> bool:
        """Whether the rule speaks about this actor and this server at this time."""
        subject = (
            self.subject_id == actor.user_id
            if self.subject is Subject.MEMBER
            else self.subject_id in actor.role_ids
        )
        return (
            subject
            and self.guild_id == actor.guild_id
            and self.panel_id in (None, ref.panel_id)
            and self.server_id in (None, ref.server_id)
            and (self.expires_at is None or at < self.expires_at)
        )

    @property
    def actions(self) -> frozenset[Action]:
        """What the rule gives or takes."""
        return BUNDLES[self.grant] if isinstance(self.grant, Bundle) else frozenset({self.grant})

    @property
    def precedence(self) -> tuple[int, bool, bool]:
        """More specific scope first, then member over role, then deny over allow."""
        scope = (self.panel_id is not None) + (self.server_id is not None)
        return scope, self.subject is Subject.MEMBER, not self.allow


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, and why: by a rule, as an admin, or because no rule said so."""

    allowed: bool
    rule: Rule | None = None
    as_admin: bool = False


class AccessPolicy:
    """The rules of one guild, ready to be asked."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)

    def decide(self, actor: Actor, action: Action, ref: ServerRef, at: datetime) -> Decision:
        """Decide and name the rule that decided. Any right on a server includes to view it."""
        if actor.is_admin:
            return Decision(allowed=True, as_admin=True)
        matching = [rule for rule in self._rules if rule.matches(actor, ref, at=at)]
        decision = _strongest(matching, action)
        if action is not Action.VIEW or decision.allowed:
            return decision
        others = (_strongest(matching, other) for other in _ON_A_SERVER)
        return next((other for other in others if other.allowed), decision)


_ON_A_SERVER = tuple(
    action for action in Action if action not in (Action.VIEW, Action.CREATE, Action.MANAGE)
)
"""To create servers on a panel is no right on those that are there."""


def _strongest(matching: list[Rule], action: Action) -> Decision:
    rules = [rule for rule in matching if action in rule.actions]
    if not rules:
        return Decision(allowed=False)
    rule = max(rules, key=lambda rule: rule.precedence)
    return Decision(allowed=rule.allow, rule=rule)

"""Decides who may do what to which server, and by which rule. Pure: rules in, decision out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.access import ON_A_SERVER, Action, Decision, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from bot.domain.access import Actor, Rule
    from bot.domain.servers import ServerRef

    _Scope = tuple[int, str | None, str | None]
    """Guild, panel and server."""
    _Rules = dict[int, list[Rule]]
    """By whom they are about."""
    _Level = tuple[Mapping[Action, _Rules], AbstractSet[int]]
    """Rules of one strength, and whom of those that they are about the actor is."""

_NOBODY: Mapping[str, bool] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sight:
    """What one actor may view at one moment, resolved beforehand."""

    everything: bool
    """What no entry of `panels` speaks of."""
    panels: Mapping[str, bool]
    servers: Mapping[str, Mapping[str, bool]]
    """By panel and server id: the exceptions from what their panel's word is."""

    def of_panel(self, panel_id: str) -> tuple[bool, Mapping[str, bool]]:
        """Return whether servers of a panel may be viewed, and by id those that differ."""
        usual = self.panels.get(panel_id, self.everything)
        return usual, self.servers.get(panel_id, _NOBODY)

    def sees(self, ref: ServerRef) -> bool:
        """Whether the server may be viewed."""
        usual, exceptions = self.of_panel(ref.panel_id)
        return exceptions.get(ref.server_id, usual)


class AccessPolicy:
    """The rules of one guild, laid out by scope, action and subject."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._members: dict[_Scope, dict[Action, _Rules]] = {}
        self._roles: dict[_Scope, dict[Action, _Rules]] = {}
        self._subjects: dict[Subject, _Rules] = {subject: defaultdict(list) for subject in Subject}
        for rule in self.rules:
            self._subjects[rule.subject][rule.subject_id].append(rule)
            levels = self._members if rule.subject is Subject.MEMBER else self._roles
            scope = levels.setdefault((rule.guild_id, rule.panel_id, rule.server_id), {})
            for action in rule.actions:
                scope.setdefault(action, {}).setdefault(rule.subject_id, []).append(rule)

    def changed(self, *, added: Iterable[Rule] = (), removed: Iterable[Rule] = ()) -> AccessPolicy:
        """Return the policy with some stored rules more, and without others; oldest first."""
        gone = {rule.id for rule in removed}
        kept = [rule for rule in (*self.rules, *added) if rule.id not in gone]
        return AccessPolicy(sorted(kept, key=lambda rule: rule.id or 0))

    def decide(
        self, actor: Actor, action: Action, ref: ServerRef, at: datetime, *, line: str | None = None
    ) -> Decision:
        """Decide and name the rule that decided. Any right on a server includes to view it.

        `line` is the console command for COMMAND, trimmed; without one it is asked whether there
        are any that may be sent.
        """
        if actor.is_admin:
            return Decision(allowed=True, as_admin=True)
        levels = self._levels(actor, ref)
        decision = _strongest(levels, action, at, line)
        if action is not Action.VIEW or decision.allowed:
            return decision
        others = (_strongest(levels, other, at) for other in ON_A_SERVER)
        return next((other for other in others if other.allowed), decision)

    def sight(self, actor: Actor, at: datetime) -> Sight:
        """Resolve what the actor may view, for looking at many servers at once."""
        if actor.is_admin:
            return Sight(everything=True, panels={}, servers={})
        guild_id = actor.guild_id
        scopes = {(rule.panel_id, rule.server_id) for rule in self._about(actor)}
        everywhere = self._verdicts(actor, (guild_id, None, None), at)
        of_panels = {
            panel_id: everywhere | self._verdicts(actor, (guild_id, panel_id, None), at)
            for panel_id in {panel_id for panel_id, _ in scopes if panel_id is not None}
        }
        servers: dict[str, dict[str, bool]] = {}
        for panel_id, server_id in scopes:
            if panel_id is not None and server_id is not None:
                own = self._verdicts(actor, (guild_id, panel_id, server_id), at)
                seen = _includes_view(of_panels[panel_id] | own)
                servers.setdefault(panel_id, {})[server_id] = seen
        panels = {panel_id: _includes_view(words) for panel_id, words in of_panels.items()}
        return Sight(_includes_view(everywhere), panels, servers)

    def _about(self, actor: Actor) -> Iterator[Rule]:
        """Yield the rules about the actor, as a member or by a role."""
        yield from self._subjects[Subject.MEMBER].get(actor.user_id, ())
        roles = self._subjects[Subject.ROLE]
        for role_id in roles.keys() & actor.role_ids:
            yield from roles[role_id]

    def _verdicts(self, actor: Actor, scope: _Scope, at: datetime) -> dict[Action, bool]:
        """Return what rules of just this scope say, of actions about which they say anything."""
        roles, members = self._roles.get(scope, {}), self._members.get(scope, {})
        said = {}
        for action, found in roles.items():
            if verdict := _heard(found, actor.role_ids, action, at):
                said[action] = verdict.allowed
        for action, found in members.items():
            if verdict := _heard(found, {actor.user_id}, action, at):
                said[action] = verdict.allowed
        return said

    def _levels(self, actor: Actor, ref: ServerRef) -> list[_Level]:
        """Return what there is about the actor: the nearest scope first, members before roles."""
        guild_id, member = actor.guild_id, frozenset({actor.user_id})
        levels: list[_Level] = []
        for scope in (
            (guild_id, ref.panel_id, ref.server_id),
            (guild_id, ref.panel_id, None),
            (guild_id, None, None),
        ):
            if scope in self._members:
                levels.append((self._members[scope], member))
            if scope in self._roles:
                levels.append((self._roles[scope], actor.role_ids))
        return levels


def _strongest(
    levels: list[_Level], action: Action, at: datetime, line: str | None = None
) -> Decision:
    """Let the first level speak that has a word to say."""
    for rules, subjects in levels:
        found = rules.get(action)
        if found and (decision := _heard(found, subjects, action, at, line)):
            return decision
    return Decision(allowed=False)


def _heard(
    found: _Rules,
    subjects: AbstractSet[int],
    action: Action,
    at: datetime,
    line: str | None = None,
) -> Decision | None:
    """Let the rules about some roles, or about the member, speak as equals."""
    heard = found.keys() & subjects
    rules = [
        rule for who in heard for rule in found[who] if rule.expires_at is None or rule.is_live(at)
    ]
    return _judge(rules, action, line) if rules else None


def _includes_view(said: Mapping[Action, bool]) -> bool:
    return any(said.get(action) for action in (Action.VIEW, *ON_A_SERVER))


def _judge(rules: list[Rule], action: Action, line: str | None) -> Decision | None:
    """Decide among rules of equal strength; None where none of them speaks of this line."""
    # Most rules have neither end nor patterns, and this is asked for every one of them.
    for rule in rules:
        if not rule.allow and (not rule.commands or _speaks(rule, action, line, unasked=False)):
            return Decision(allowed=False, rule=rule)
    allows = [rule for rule in rules if rule.allow]
    for rule in allows:
        if not rule.commands or _speaks(rule, action, line, unasked=True):
            return Decision(allowed=True, rule=rule)
    return Decision(allowed=False, rule=allows[0]) if allows else None


def _speaks(rule: Rule, action: Action, line: str | None, *, unasked: bool) -> bool:
    """Whether a rule with patterns has a word to say; they are about commands alone."""
    if action is not Action.COMMAND:
        return True
    return unasked if line is None else rule.fits(line)

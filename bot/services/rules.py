"""The use cases of rights: give, take, bring back, explain. All for who may configure the bot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.access import Action, Actor, Rule, Subject
from bot.domain.audit import Change, Outcome
from bot.domain.errors import InvalidRule, UnknownRule
from bot.domain.grants import Explained, Given, NamedRule, summary
from bot.domain.servers import ServerRef
from bot.services.gate import NOWHERE
from bot.services.places import Places

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import timedelta

    from bot.domain.audit import Door
    from bot.domain.grants import RuleWish
    from bot.domain.policy import AccessPolicy
    from bot.domain.ports import Clock
    from bot.domain.servers import Server
    from bot.services.access import AccessService
    from bot.services.audit import Attempt, AuditService
    from bot.services.directory import ServerDirectory
    from bot.services.gate import Gate
    from bot.services.panels import PanelEntry, PanelRegistry

_EVERYDAY = (
    Action.VIEW,
    Action.START,
    Action.RESTART,
    Action.STOP,
    Action.KILL,
    Action.COMMAND,
    Action.LOGS,
)
"""The rights that are worth a word when another one was given or taken."""


class RuleService:
    """Every call passes the gate, every change is written down."""

    def __init__(
        self,
        *,
        gate: Gate,
        access: AccessService,
        panels: PanelRegistry,
        directory: ServerDirectory,
        audit: AuditService,
        clock: Clock,
    ) -> None:
        self._gate = gate
        self._access = access
        self._places = Places(panels, directory)
        self._directory = directory
        self._audit = audit
        self._clock = clock

    async def give(self, actor: Actor, wish: RuleWish, *, door: Door) -> Given:
        """Allow or deny as wished; what was said about the same before is replaced.

        Raises `InvalidRule`, `UnknownServer`, `AmbiguousServer` and `UnknownPanel`.
        """
        named = wish.server or wish.panel or ""
        async with self._gate.managing(actor, Change.RULE_ADDED, name=named, door=door) as attempt:
            wish.check()
            panel_id, server_id = await self._places.find(
                actor, server=wish.server, panel=wish.panel
            )
            now = self._clock.now()
            rule = Rule(
                guild_id=actor.guild_id,
                subject=wish.subject,
                subject_id=wish.subject_id,
                subject_name=wish.subject_name,
                grant=wish.grant,
                allow=wish.allow,
                panel_id=panel_id,
                server_id=server_id,
                expires_at=now + wish.lasts if wish.lasts else None,
                commands=tuple(wish.commands),
                created_by=actor.user_id,
                created_at=now,
            )
            replaced = await self._access.add(rule)
        given = await self._note(attempt, replaced.rule)
        former = tuple(rule.id or 0 for rule in replaced.former)
        return self._effect(Given(given=given, former=former), wish.who, replaced.policy)

    async def refuse(self, actor: Actor, error: InvalidRule, *, door: Door) -> None:
        """Raise it for a wish that says nothing; only who may wish at all is told what is wrong."""
        async with self._gate.managing(actor, Change.RULE_ADDED, door=door):
            raise error

    async def expire(
        self, actor: Actor, rule_id: int, lasts: timedelta, *, door: Door
    ) -> NamedRule:
        """Let a rule end; it is replaced by one that does. Raises `RuleChanged`."""
        async with self._gate.managing(actor, Change.RULE_EXPIRY, door=door) as attempt:
            rule = await self._access.find(actor.guild_id, rule_id)
            now = self._clock.now()
            until = replace(
                rule, id=None, expires_at=now + lasts, created_by=actor.user_id, created_at=now
            )
            replaced = await self._access.add(until, instead_of=rule_id)
        return await self._note(attempt, replaced.rule)

    async def remove(self, actor: Actor, rule_id: int, *, door: Door) -> NamedRule:
        """End a rule, and return it; raises `UnknownRule` and `RuleChanged`."""
        async with self._gate.managing(actor, Change.RULE_REMOVED, door=door) as attempt:
            if not await self._access.named(actor.guild_id, [rule_id]):
                raise UnknownRule
            rule = await self._access.remove(actor.guild_id, rule_id)
        return await self._note(attempt, rule)

    async def restore(
        self,
        actor: Actor,
        rule_ids: Collection[int],
        *,
        instead_of: int | None,
        roles: Collection[int] | None = None,
        door: Door,
    ) -> list[NamedRule]:
        """Bring ended rules back, where one is named instead of it; raises as `AccessService`."""
        async with self._gate.managing(actor, Change.RULE_RESTORED, door=door) as attempt:
            rules = await self._access.restore(
                actor.guild_id, rule_ids, instead_of=instead_of, roles=roles
            )
        return [await self._note(attempt, rule) for rule in rules]

    async def listed(
        self, actor: Actor, *, role_id: int | None, server: str | None, door: Door
    ) -> tuple[list[NamedRule], Server | None]:
        """Return the rules that count: all, or those of a role, or those that speak of a server."""
        async with self._gate.managing(actor, Change.RULES_SEEN, door=door):
            rules = await self._access.rules_of(actor.guild_id)
            found = await self._places.server(actor, server) if server else None
        ref = found.ref if found else None
        chosen = [
            rule
            for rule in rules
            if (role_id is None or (rule.subject, rule.subject_id) == (Subject.ROLE, role_id))
            and (ref is None or rule.panel_id in (None, ref.panel_id))
            and (ref is None or rule.server_id in (None, ref.server_id))
        ]
        return [self.named(rule) for rule in sorted(chosen, key=_order)], found

    async def explain(
        self,
        actor: Actor,
        member: Actor,
        action: Action,
        text: str,
        *,
        line: str | None = None,
        door: Door,
    ) -> Explained:
        """Say whether a member may do something to a server, and which rule decides."""
        async with self._gate.managing(actor, Change.RULES_SEEN, door=door):
            server = await self._places.server(actor, text)
            ref = _asked_of(action, server.ref)
            line = line.strip() if line and action is Action.COMMAND else None
            decision = await self._access.decide(member, action, ref, line=line)
        return Explained(
            member=member,
            action=action,
            server=server,
            decision=decision,
            rule=self.named(decision.rule) if decision.rule else None,
            line=line,
        )

    async def preview(self, actor: Actor, role_id: int, *, door: Door) -> list[Server]:
        """Return what somebody with nothing but this role sees."""
        async with self._gate.managing(actor, Change.RULES_SEEN, door=door):
            roles = frozenset({role_id, actor.guild_id})
            return await self._directory.visible(
                Actor(user_id=0, guild_id=actor.guild_id, role_ids=roles)
            )

    async def suggest_servers(self, actor: Actor, typed: str) -> list[Server]:
        """Return servers of the guild, also those that the actor may not see; for managers."""
        if not await self._gate.may(actor, Action.MANAGE, NOWHERE):
            return []
        return await self._places.servers(actor, typed)

    async def suggest_panels(self, actor: Actor, typed: str) -> list[PanelEntry]:
        """Return panels of the guild; for managers."""
        if not await self._gate.may(actor, Action.MANAGE, NOWHERE):
            return []
        return self._places.panels(actor, typed)

    async def suggest_rules(self, actor: Actor) -> Iterator[NamedRule]:
        """Return all rules that count, the newest first; for managers."""
        may = await self._gate.may(actor, Action.MANAGE, NOWHERE)
        rules = await self._access.rules_of(actor.guild_id) if may else []
        return map(self.named, reversed(rules))

    def named(self, rule: Rule) -> NamedRule:
        """Return a rule with the names of what it is limited to."""
        return NamedRule(rule, *self._places.names(rule.guild_id, rule.panel_id, rule.server_id))

    async def _note(self, attempt: Attempt, rule: Rule) -> NamedRule:
        """Write down that it was done."""
        named = self.named(rule)
        place = named.server or named.panel or ""
        done = replace(attempt, name=place, detail=summary(rule))
        await self._audit.record(done, Outcome.DONE)
        return named

    def _effect(self, given: Given, who: Actor, policy: AccessPolicy) -> Given:
        """Add what the rule comes to among all the others; the storage is not asked again."""
        rule, now = given.given.rule, self._clock.now()
        ref = ServerRef(rule.panel_id or "", rule.server_id or "")
        others = []
        if rule.grant not in (Action.CREATE, Action.MANAGE):
            for action in _EVERYDAY:
                decision = policy.decide(who, action, ref, now)
                if decision.allowed is not rule.allow and action not in rule.actions:
                    others.append(action)
        outruled = {}
        for action in Action:
            if action in rule.actions and (rule.allow or not rule.commands):
                decision = policy.decide(who, action, ref, now)
                if decision.allowed is not rule.allow and decision.rule:
                    outruled[action] = decision.rule
        return replace(
            given,
            others=tuple(others),
            outruled=tuple(outruled),
            narrower=sum(_narrows(other, rule) for other in policy.rules if other.is_live(now)),
            outruled_by=next((self.named(stronger) for stronger in outruled.values()), None),
            is_admin=who.is_admin,
        )


def _narrows(other: Rule, rule: Rule) -> bool:
    """Whether a rule about the same role or member makes an exception from another."""
    is_within = other.panel_id is not None and rule.panel_id in (None, other.panel_id)
    return (
        (other.subject, other.subject_id) == (rule.subject, rule.subject_id)
        and other.allow is not rule.allow
        and is_within
        and rule.server_id is None
        and (rule.panel_id is None or other.server_id is not None)
        and bool(other.actions & rule.actions)
    )


def _asked_of(action: Action, ref: ServerRef) -> ServerRef:
    """To create is a right on the panel, to configure one in the guild."""
    if action is Action.MANAGE:
        return NOWHERE
    return ServerRef(ref.panel_id, "") if action is Action.CREATE else ref


def _order(rule: Rule) -> tuple[str, int, str, str, int]:
    return rule.subject, rule.subject_id, rule.panel_id or "", rule.server_id or "", rule.id or 0

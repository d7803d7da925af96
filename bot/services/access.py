"""Decides who may do what, from the stored rules, and changes them. Asks nobody's leave."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.access import Subject
from bot.domain.errors import InvalidRule, RuleChanged, RuleProblem, StorageUnavailable
from bot.domain.policy import AccessPolicy
from bot.domain.shared_calls import SharedCalls

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence
    from datetime import datetime

    from bot.domain.access import Action, Actor, Decision, Rule
    from bot.domain.policy import Sight
    from bot.domain.ports import Clock, RuleRepository
    from bot.domain.servers import ServerRef


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a change of rules came to: the one that counts now, and those that did before."""

    rule: Rule
    former: tuple[Rule, ...]
    policy: AccessPolicy
    """Of the guild, with the change."""


class AccessService:
    """Keeps each guild's policy in memory, since every keystroke of autocomplete asks it."""

    def __init__(self, rules: RuleRepository, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._policies: dict[int, AccessPolicy] = {}
        self._reading: SharedCalls[AccessPolicy] = SharedCalls()
        self._changing: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        """By guild: one change after the other, so that none is lost."""

    async def decide(
        self, actor: Actor, action: Action, ref: ServerRef, *, line: str | None = None
    ) -> Decision:
        """Decide, naming the rule; raises `StorageUnavailable` if the rules cannot be read.

        `line` is the console command that is about to be sent.
        """
        policy = await self._policy(actor.guild_id)
        return policy.decide(actor, action, ref, self._clock.now(), line=line)

    async def sight(self, actor: Actor) -> Sight:
        """Return what the actor may view at this moment; raises like `decide`."""
        policy = await self._policy(actor.guild_id)
        return policy.sight(actor, self._clock.now())

    async def rules_of(self, guild_id: int) -> list[Rule]:
        """Return the rules that count, oldest first; raises `StorageUnavailable`."""
        now = self._clock.now()
        return [rule for rule in (await self._policy(guild_id)).rules if rule.is_live(now)]

    async def find(self, guild_id: int, rule_id: int) -> Rule:
        """Return a rule that is not ended; raises `RuleChanged` for any other."""
        return _find(await self._policy(guild_id), rule_id)

    async def named(self, guild_id: int, rule_ids: Collection[int]) -> dict[int, Rule]:
        """Return rules by their ids, also those that have ended."""
        rules = (await self._policy(guild_id)).rules
        found = {rule.id: rule for rule in rules if rule.id in rule_ids}
        if missing := set(rule_ids) - found.keys():
            ended = await self._rules.ended(guild_id, missing)
            found |= {rule.id: rule for rule in ended}
        return {rule_id: rule for rule_id, rule in found.items() if rule_id is not None}

    async def add(self, rule: Rule, *, instead_of: int | None = None) -> Replaced:
        """Store a rule in place of those about the same; it counts from the next decision on.

        Raises `RuleChanged` where the one that it is to replace is ended already.
        """
        async with self._change(rule.guild_id) as policy:
            if instead_of is not None:
                _find(policy, instead_of)
            now = self._clock.now()
            former = _twins(policy, rule, now)
            stored = await self._rules.add(rule, at=now, instead_of=_ids(former))
            changed = policy.changed(added=[stored], removed=former)
            self._policies[rule.guild_id] = changed
        return Replaced(stored, former, changed)

    async def remove(self, guild_id: int, rule_id: int) -> Rule:
        """End a rule, and return it; raises `RuleChanged` where it does not count any more."""
        async with self._change(guild_id) as policy:
            rule = _find(policy, rule_id)
            await self._rules.remove(guild_id, [rule_id], at=self._clock.now())
            self._policies[guild_id] = policy.changed(removed=[rule])
        return rule

    async def restore(
        self,
        guild_id: int,
        rule_ids: Collection[int],
        *,
        instead_of: int | None = None,
        roles: Collection[int] | None = None,
    ) -> Sequence[Rule]:
        """Bring ended rules back, where one is named instead of it; returns those brought back.

        Raises `RuleChanged` where somebody has changed one of them since, and `InvalidRule` where
        one is about a role that is not in `roles`: ids of all there are, None where not known.
        """
        async with self._change(guild_id) as policy:
            now = self._clock.now()
            replaced = [] if instead_of is None else [_find(policy, instead_of)]
            ended = await self._rules.ended(guild_id, rule_ids)
            others = {twin.id for rule in ended for twin in _twins(policy, rule, now)}
            if len(ended) != len(set(rule_ids)) or others - {instead_of}:
                raise RuleChanged
            named = {rule.subject_id for rule in ended if rule.subject is Subject.ROLE}
            if roles is not None and not named <= set(roles):
                raise InvalidRule(RuleProblem.ROLE_GONE)
            await self._rules.restore(guild_id, rule_ids, at=now, instead_of=_ids(replaced))
            self._policies[guild_id] = policy.changed(added=ended, removed=replaced)
        return ended

    async def forget_subject(self, guild_id: int, subject: Subject, subject_id: int) -> int:
        """End all rules about a role or member that is gone; returns how many there were."""
        async with self._change(guild_id) as policy:
            gone = [
                rule
                for rule in policy.rules
                if (rule.subject, rule.subject_id) == (subject, subject_id)
            ]
            if gone:
                await self._rules.remove(guild_id, _ids(gone), at=self._clock.now())
                self._policies[guild_id] = policy.changed(removed=gone)
        return len(gone)

    async def delete_guild(self, guild_id: int) -> None:
        """Delete all rules of a guild for good, those that were ended too."""
        async with self._change(guild_id):
            await self._rules.delete_guild(guild_id)
            self._policies[guild_id] = AccessPolicy(())

    async def _policy(self, guild_id: int) -> AccessPolicy:
        policy = self._policies.get(guild_id)
        return policy or await self._reading.get(guild_id, partial(self._read, guild_id))

    async def _read(self, guild_id: int) -> AccessPolicy:
        policy = AccessPolicy(await self._rules.rules_of(guild_id))
        self._policies[guild_id] = policy
        return policy

    @asynccontextmanager
    async def _change(self, guild_id: int) -> AsyncIterator[AccessPolicy]:
        """Let one change follow the other, so that none is lost.

        While rules change there is a policy, so that nobody reads and keeps what was before.
        """
        async with self._changing[guild_id]:
            policy = await self._policy(guild_id)
            try:
                yield policy
            except (StorageUnavailable, asyncio.CancelledError):
                # Whether the change was stored is for the next reader to find out.
                self._policies.pop(guild_id, None)
                raise


def _find(policy: AccessPolicy, rule_id: int) -> Rule:
    for rule in policy.rules:
        if rule.id == rule_id:
            return rule
    raise RuleChanged


def _twins(policy: AccessPolicy, rule: Rule, at: datetime) -> tuple[Rule, ...]:
    """Return what counts and is about the same."""
    return tuple(twin for twin in policy.rules if twin.about == rule.about and twin.is_live(at))


def _ids(rules: Collection[Rule]) -> list[int]:
    return [rule.id for rule in rules if rule.id is not None]

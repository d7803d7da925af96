"""Decides who may do what, from the stored rules, and changes them. Asks nobody's leave."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.errors import RuleChanged
from bot.domain.policy import AccessPolicy

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.domain.access import Action, Actor, Decision, Rule, Subject
    from bot.domain.policy import Sight
    from bot.domain.ports import Clock, RuleRepository
    from bot.domain.servers import ServerRef


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a change of rules came to: the one that counts now, and those that did before."""

    rule: Rule
    former: tuple[Rule, ...]


class AccessService:
    """Keeps each guild's policy in memory, since every keystroke of autocomplete asks it."""

    def __init__(self, rules: RuleRepository, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._policies: dict[int, AccessPolicy] = {}
        self._changes = 0
        """Counted, so that rules read before a change are not kept after it."""
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
        for rule in (await self._policy(guild_id)).rules:
            if rule.id == rule_id:
                return rule
        raise RuleChanged

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
        async with self._changing[rule.guild_id]:
            if instead_of is not None:
                await self.find(rule.guild_id, instead_of)
            former = await self._twins(rule)
            stored = await self._rules.add(rule, at=self._clock.now(), instead_of=_ids(former))
            self._forget_policy(rule.guild_id)
        return Replaced(stored, former)

    async def remove(self, guild_id: int, rule_id: int) -> Rule:
        """End a rule, and return it; raises `RuleChanged` where it does not count any more."""
        async with self._changing[guild_id]:
            rule = await self.find(guild_id, rule_id)
            await self._rules.remove(guild_id, [rule_id], at=self._clock.now())
            self._forget_policy(guild_id)
        return rule

    async def restore(
        self, guild_id: int, rule_ids: Collection[int], *, instead_of: int | None = None
    ) -> Sequence[Rule]:
        """Bring ended rules back, where one is named instead of it; returns those brought back.

        Raises `RuleChanged` where somebody has changed one of them since.
        """
        async with self._changing[guild_id]:
            now = self._clock.now()
            if instead_of is not None:
                await self.find(guild_id, instead_of)
            ended = await self._rules.ended(guild_id, rule_ids)
            others = [twin.id for rule in ended for twin in await self._twins(rule)]
            if len(ended) != len(set(rule_ids)) or set(others) - {instead_of}:
                raise RuleChanged
            ids = () if instead_of is None else (instead_of,)
            await self._rules.restore(guild_id, rule_ids, at=now, instead_of=ids)
            self._forget_policy(guild_id)
        return ended

    async def forget_subject(self, guild_id: int, subject: Subject, subject_id: int) -> int:
        """End all rules about a role or member that is gone; returns how many there were."""
        async with self._changing[guild_id]:
            rules = (await self._policy(guild_id)).rules
            gone = [
                rule for rule in rules if (rule.subject, rule.subject_id) == (subject, subject_id)
            ]
            if gone:
                await self._rules.remove(guild_id, _ids(gone), at=self._clock.now())
                self._forget_policy(guild_id)
        return len(gone)

    async def delete_guild(self, guild_id: int) -> None:
        """Delete all rules of a guild for good, those that were ended too."""
        async with self._changing[guild_id]:
            await self._rules.delete_guild(guild_id)
            self._forget_policy(guild_id)

    async def _policy(self, guild_id: int) -> AccessPolicy:
        policy = self._policies.get(guild_id)
        if policy is None:
            changes = self._changes
            policy = AccessPolicy(await self._rules.rules_of(guild_id))
            if changes == self._changes:
                self._policies[guild_id] = policy
        return policy

    def _forget_policy(self, guild_id: int) -> None:
        self._changes += 1
        self._policies.pop(guild_id, None)

    async def _twins(self, rule: Rule) -> tuple[Rule, ...]:
        rules = (await self._policy(rule.guild_id)).rules
        return tuple(other for other in rules if other.about == rule.about)


def _ids(rules: Collection[Rule]) -> list[int]:
    return [rule.id for rule in rules if rule.id is not None]

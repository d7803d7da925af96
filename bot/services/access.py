"""Decides who may do what, from the stored rules. Speaks to nobody and renders nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.access import AccessPolicy

if TYPE_CHECKING:
    from bot.domain.access import Action, Actor, Decision, Rule
    from bot.domain.ports import Clock, RuleRepository
    from bot.domain.servers import ServerRef


class AccessService:
    """Keeps each guild's policy in memory, since every keystroke of autocomplete asks it."""

    def __init__(self, rules: RuleRepository, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._policies: dict[int, AccessPolicy] = {}
        self._changes = 0
        """Counted, so that rules read before a change are not kept after it."""

    async def decide(self, actor: Actor, action: Action, ref: ServerRef) -> Decision:
        """Decide, naming the rule; raises `StorageUnavailable` if the rules cannot be read."""
        policy = self._policies.get(actor.guild_id)
        if policy is None:
            changes = self._changes
            policy = AccessPolicy(await self._rules.rules_of(actor.guild_id))
            if changes == self._changes:
                self._policies[actor.guild_id] = policy
        return policy.decide(actor, action, ref, self._clock.now())

    async def add(self, rule: Rule) -> Rule:
        """Store a rule; it counts from the next decision on."""
        stored = await self._rules.add(rule)
        self._changes += 1
        self._policies.pop(rule.guild_id, None)
        return stored

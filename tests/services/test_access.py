"""Rules are read once, count at once when added, and expire while they are remembered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.errors import StorageUnavailable
from tests.fakes import FakeClock, MemoryRules, make_server
from tests.services.house import ADMIN, GUILD, STRANGER, House, allow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.access import Rule

_REF = make_server().ref


async def test_the_rules_of_a_guild_are_read_once(house: House) -> None:
    for _ in range(3):
        await house.access.decide(STRANGER, Action.VIEW, _REF)
    assert house.rules.reads == 1


async def test_a_new_rule_counts_from_the_next_decision_on(house: House) -> None:
    assert not (await house.access.decide(STRANGER, Action.START, _REF)).allowed
    stored = (await house.access.add(allow(STRANGER.user_id, Action.START))).rule
    decision = await house.access.decide(STRANGER, Action.START, _REF)
    assert decision.allowed
    assert decision.rule == stored
    assert stored.id is not None


async def test_a_rule_expires_while_it_is_remembered() -> None:
    clock = FakeClock()
    rule = replace(
        allow(STRANGER.user_id, Action.START), expires_at=clock.now() + timedelta(minutes=1)
    )
    house = House(clock=clock, rules=MemoryRules(rule))
    assert (await house.access.decide(STRANGER, Action.START, _REF)).allowed
    clock.advance(60)
    assert not (await house.access.decide(STRANGER, Action.START, _REF)).allowed


async def test_guilds_do_not_share_rules(house: House) -> None:
    await house.access.add(allow(STRANGER.user_id, Action.START))
    elsewhere = replace(STRANGER, guild_id=GUILD + 1)
    assert not (await house.access.decide(elsewhere, Action.START, _REF)).allowed


async def test_rules_that_cannot_be_read_allow_nobody(house: House) -> None:
    house.rules.is_broken = True
    with pytest.raises(StorageUnavailable):
        await house.access.decide(ADMIN, Action.VIEW, _REF)
    house.rules.is_broken = False
    assert (await house.access.decide(ADMIN, Action.VIEW, _REF)).allowed


async def test_a_rule_added_while_the_rules_are_read_counts_from_then_on() -> None:
    class SlowRules(MemoryRules):
        def __init__(self) -> None:
            super().__init__()
            self.reading, self.go_on = asyncio.Event(), asyncio.Event()

        async def rules_of(self, guild_id: int) -> Sequence[Rule]:
            found = await super().rules_of(guild_id)
            if self.reads == 1:
                self.reading.set()
                await self.go_on.wait()
            return found

    rules = SlowRules()
    house = House(rules=rules)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        early = group.create_task(house.access.decide(STRANGER, Action.START, _REF))
        await rules.reading.wait()
        await house.access.add(allow(STRANGER.user_id, Action.START))
        rules.go_on.set()
    assert not early.result().allowed
    assert (await house.access.decide(STRANGER, Action.START, _REF)).allowed

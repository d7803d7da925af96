"""Rules are read once, count at once when added, and expire while they are remembered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action, Subject
from bot.domain.errors import StorageUnavailable
from tests.fakes import FakeClock, MemoryRules, make_server
from tests.services.house import ADMIN, GUILD, STRANGER, House, allow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from datetime import datetime

    from bot.domain.access import Rule

_REF = make_server().ref


class SlowRules(MemoryRules):
    """Rights that are found at once, and handed over when the test says so."""

    def __init__(self, *rules: Rule) -> None:
        super().__init__(*rules)
        self.reading, self.go_on = asyncio.Event(), asyncio.Event()

    async def rules_of(self, guild_id: int) -> Sequence[Rule]:
        found = await super().rules_of(guild_id)
        self.reading.set()
        await self.go_on.wait()
        return found


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


async def test_who_asks_at_the_same_time_shares_one_read_of_the_rules() -> None:
    rules = SlowRules()
    house = House(rules=rules)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(house.access.decide(STRANGER, Action.START, _REF))
        await rules.reading.wait()
        rules.go_on.set()
    assert rules.reads == 1


async def test_a_rule_added_while_the_rules_are_read_counts_from_then_on() -> None:
    rules = SlowRules()
    house = House(rules=rules)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        early = group.create_task(house.access.decide(STRANGER, Action.START, _REF))
        await rules.reading.wait()
        group.create_task(house.access.add(allow(STRANGER.user_id, Action.START)))
        rules.go_on.set()
    assert not early.result().allowed
    assert (await house.access.decide(STRANGER, Action.START, _REF)).allowed


async def test_rules_deleted_while_they_are_read_do_not_count_from_then_on() -> None:
    rules = SlowRules(allow(STRANGER.user_id, Action.START))
    house = House(rules=rules)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        early = group.create_task(house.access.decide(STRANGER, Action.START, _REF))
        await rules.reading.wait()
        group.create_task(house.access.delete_guild(GUILD))
        rules.go_on.set()
    assert early.result().allowed
    assert not (await house.access.decide(STRANGER, Action.START, _REF)).allowed


async def test_no_change_of_rules_makes_anybody_read_them_again() -> None:
    rules = MemoryRules(allow(STRANGER.user_id, Action.STOP), allow(7, Action.VIEW))
    house = House(rules=rules)
    access = house.access
    first = (await access.add(allow(STRANGER.user_id, Action.START))).rule
    second = (await access.add(replace(first, id=None, allow=False))).rule
    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: access.restore(GUILD, _ids(first), instead_of=second.id),
        lambda: access.remove(GUILD, first.id or 0),
        lambda: access.restore(GUILD, _ids(first)),
        lambda: access.forget_subject(GUILD, Subject.MEMBER, 7),
        lambda: access.remove(GUILD, 1),
        lambda: access.add(replace(first, id=None, grant=Action.KILL)),
        lambda: access.restore(GUILD, [1]),
        lambda: access.delete_guild(GUILD),
    ]
    for change in changes:
        before = rules.reads
        await change()
        known = await access.rules_of(GUILD)
        assert rules.reads == before
        assert known == await rules.rules_of(GUILD)


async def test_a_change_that_may_or_may_not_be_stored_is_looked_up() -> None:
    class Vague(MemoryRules):
        async def add(
            self, rule: Rule, *, at: datetime | None = None, instead_of: Collection[int] = ()
        ) -> Rule:
            await super().add(rule, at=at, instead_of=instead_of)
            raise StorageUnavailable("the answer was lost")

    house = House(rules=Vague())
    with pytest.raises(StorageUnavailable):
        await house.access.add(allow(STRANGER.user_id, Action.START))
    assert (await house.access.decide(STRANGER, Action.START, _REF)).allowed


async def test_what_has_ended_by_itself_was_not_replaced(house: House) -> None:
    until = house.clock.now() + timedelta(minutes=1)
    ending = replace(allow(STRANGER.user_id, Action.START), expires_at=until)
    first = (await house.access.add(ending)).rule
    second = await house.access.add(replace(ending, allow=False))
    assert second.former == (first,)
    house.clock.advance(60)
    third = await house.access.add(replace(ending, expires_at=None))
    assert third.former == ()


def _ids(*rules: Rule) -> list[int]:
    return [rule.id for rule in rules if rule.id is not None]

"""Rules are ended and brought back, several in one go, and never those of another guild."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action, Bundle, Rule, Subject
from bot.storage.rules import SqlRules
from tests.fakes import NOON

if TYPE_CHECKING:
    from bot.domain.ports import RuleRepository
    from bot.storage.engine import Database

_RULE = Rule(
    guild_id=1,
    subject=Subject.ROLE,
    subject_id=20,
    subject_name="Überhelfer \N{PICK}",
    grant=Bundle.CONSOLE,
    allow=True,
    panel_id="main",
    commands=("say *", "说 *"),
    created_by=2**63 - 1,
    created_at=NOON,
)


@pytest.fixture
def rules(database: Database) -> RuleRepository:
    return SqlRules(database)


@pytest.mark.parametrize("grant", [*Bundle, *Action])
async def test_a_rule_comes_back_with_all_that_is_said_of_it(
    rules: RuleRepository, grant: Action | Bundle
) -> None:
    stored = await rules.add(replace(_RULE, grant=grant))
    assert await rules.rules_of(1) == [stored]
    assert stored == replace(_RULE, grant=grant, id=stored.id)


async def test_a_rule_takes_the_place_of_others(rules: RuleRepository) -> None:
    first, second = [await rules.add(_RULE) for _ in range(2)]
    third = await rules.add(_RULE, at=NOON, instead_of=_ids(first, second))
    assert await rules.rules_of(1) == [third]
    assert await rules.ended(1, _ids(first, second, third)) == [first, second]


async def test_an_ended_rule_is_brought_back_in_the_place_of_another(
    rules: RuleRepository,
) -> None:
    first, second = [await rules.add(_RULE) for _ in range(2)]
    await rules.remove(1, _ids(first), at=NOON)
    assert await rules.rules_of(1) == [second]
    await rules.restore(1, _ids(first), at=NOON, instead_of=_ids(second))
    assert await rules.rules_of(1) == [first]
    assert await rules.ended(1, _ids(first, second)) == [second]


async def test_nothing_is_done_to_rules_of_another_guild(rules: RuleRepository) -> None:
    ours, theirs = await rules.add(_RULE), await rules.add(replace(_RULE, guild_id=2))
    ended = await rules.add(replace(_RULE, guild_id=2))
    await rules.remove(2, _ids(ended), at=NOON)

    await rules.remove(1, _ids(theirs), at=NOON)
    await rules.restore(1, _ids(ended), at=NOON, instead_of=_ids(theirs))
    replacing = await rules.add(_RULE, at=NOON, instead_of=_ids(theirs))

    assert await rules.rules_of(2) == [theirs]
    assert await rules.ended(1, _ids(ended)) == []
    assert await rules.rules_of(1) == [ours, replacing]


async def test_thousands_of_rules_are_ended_at_once(rules: RuleRepository) -> None:
    stored = [await rules.add(replace(_RULE, subject_id=number)) for number in range(1200)]
    await rules.remove(1, _ids(*stored), at=NOON)
    assert await rules.rules_of(1) == []


async def test_the_rules_of_a_guild_are_deleted_for_good(rules: RuleRepository) -> None:
    ours, theirs = await rules.add(_RULE), await rules.add(replace(_RULE, guild_id=2))
    ended = await rules.add(_RULE)
    await rules.remove(1, _ids(ended), at=NOON)
    await rules.delete_guild(1)
    assert await rules.rules_of(1) == []
    assert await rules.ended(1, _ids(ours, ended)) == []
    assert await rules.rules_of(2) == [theirs]


def _ids(*rules: Rule) -> list[int]:
    return [rule.id for rule in rules if rule.id is not None]

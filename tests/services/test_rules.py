"""Rules are given, replaced, ended and brought back by those who may, and by nobody else."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.access import Action, Actor, Bundle, Rule, Subject
from bot.domain.audit import Change, Door, Outcome
from bot.domain.errors import (
    InvalidRule,
    NotAllowed,
    RuleChanged,
    RuleProblem,
    StorageUnavailable,
    UnknownPanel,
    UnknownRule,
    UnknownServer,
)
from bot.domain.grants import RuleWish
from tests.fakes import FakeClock, MemoryRules, make_server
from tests.services.house import ADMIN, GUILD, OPERATOR, OTHER_GUILD, STRANGER, VIEWER, House, allow

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine
    from datetime import datetime

_HELPERS = 30
_HELPER = Actor(user_id=14, guild_id=GUILD, role_ids=frozenset({_HELPERS}))


def _wish(grant: Action | Bundle = Action.RESTART, **more: Any) -> RuleWish:  # noqa: ANN401 - its fields
    wish = RuleWish(
        subject=Subject.ROLE,
        subject_id=_HELPERS,
        subject_name="Helpers",
        who=replace(_HELPER, user_id=0),
        grant=grant,
        allow=True,
    )
    return replace(wish, **more)


async def _may(house: House, action: Action, actor: Actor = _HELPER) -> bool:
    return (await house.access.decide(actor, action, house.server.ref)).allowed


async def test_a_given_right_counts_at_once_and_is_written_down(house: House) -> None:
    outcome = await house.access_rules.give(
        ADMIN, _wish(Bundle.OPERATOR, server="survival"), door=Door.COMMAND
    )
    rule = outcome.given.rule
    assert (rule.panel_id, rule.server_id) == ("main", "1a2b3c4d")
    assert (outcome.given.panel, outcome.given.server) == ("Main panel", "Survival")
    assert (rule.created_by, rule.created_at) == (ADMIN.user_id, house.clock.now())
    assert outcome.others == (Action.STOP, Action.KILL, Action.COMMAND, Action.LOGS)
    assert outcome.outruled == ()
    assert await _may(house, Action.RESTART)
    [row] = house.rows
    assert (row.action, row.outcome, row.user_id) == (Change.RULE_ADDED, Outcome.DONE, 10)
    assert (row.server_name, row.detail) == ("Survival", "allow operator · role Helpers")


async def test_a_rule_about_a_panel_is_limited_to_it(house: House) -> None:
    outcome = await house.access_rules.give(ADMIN, _wish(panel="MAIN PANEL"), door=Door.COMMAND)
    assert outcome.given.rule.panel_id == "main"
    assert outcome.given.panel == "Main panel"
    house.add_to_backup(make_server("Spare", "7", panel_id="backup"))
    assert [s.name for s in await house.directory.visible(_HELPER)] == ["Survival"]


async def test_a_right_ends_by_itself_at_the_second() -> None:
    clock = FakeClock()
    house = House(clock=clock)
    await house.access_rules.give(ADMIN, _wish(lasts=timedelta(minutes=30)), door=Door.COMMAND)
    clock.advance(30 * 60 - 1)
    assert await _may(house, Action.RESTART)
    clock.advance(1)
    assert not await _may(house, Action.RESTART)
    rules, _ = await house.access_rules.listed(
        ADMIN, role_id=_HELPERS, server=None, door=Door.COMMAND
    )
    assert rules == []


async def test_the_last_word_counts(house: House) -> None:
    first = await house.access_rules.give(ADMIN, _wish(), door=Door.COMMAND)
    second = await house.access_rules.give(ADMIN, _wish(allow=False), door=Door.COMMAND)
    assert second.former == (first.given.rule.id,)
    assert not await _may(house, Action.RESTART)
    assert second.others == ()


async def test_an_undone_rule_gives_way_to_the_former_one(house: House) -> None:
    first = await house.access_rules.give(ADMIN, _wish(), door=Door.COMMAND)
    second = await house.access_rules.give(ADMIN, _wish(allow=False), door=Door.COMMAND)
    back = await house.access_rules.restore(
        ADMIN, second.former, instead_of=second.given.rule.id, door=Door.BUTTON
    )
    assert [named.rule for named in back] == [first.given.rule]
    assert await _may(house, Action.RESTART)
    with pytest.raises(RuleChanged):
        await house.access_rules.restore(
            ADMIN, second.former, instead_of=second.given.rule.id, door=Door.BUTTON
        )
    assert [(row.action, row.outcome) for row in house.rows][-2:] == [
        (Change.RULE_RESTORED, Outcome.DONE),
        (Change.RULE_RESTORED, Outcome.REFUSED),
    ]


async def test_a_removed_rule_is_not_brought_back_beside_a_newer_one(house: House) -> None:
    given = await house.access_rules.give(ADMIN, _wish(), door=Door.COMMAND)
    number = given.given.rule.id or 0
    await house.access_rules.remove(ADMIN, number, door=Door.COMMAND)
    await house.access_rules.give(ADMIN, _wish(allow=False), door=Door.COMMAND)
    with pytest.raises(RuleChanged):
        await house.access_rules.restore(ADMIN, [number], instead_of=None, door=Door.BUTTON)
    assert not await _may(house, Action.RESTART)


async def test_a_rule_about_a_role_that_is_deleted_stays_ended(house: House) -> None:
    given = await house.access_rules.give(ADMIN, _wish(), door=Door.COMMAND)
    ids = [given.given.rule.id or 0]
    await house.access_rules.remove(ADMIN, ids[0], door=Door.COMMAND)
    restore = house.access_rules.restore
    with pytest.raises(InvalidRule) as caught:
        await restore(ADMIN, ids, instead_of=None, roles={GUILD}, door=Door.BUTTON)
    assert caught.value.problem is RuleProblem.ROLE_GONE
    assert house.rows[-1].outcome is Outcome.REFUSED
    assert not await _may(house, Action.RESTART)
    await restore(ADMIN, ids, instead_of=None, roles={GUILD, _HELPERS}, door=Door.BUTTON)
    assert await _may(house, Action.RESTART)


async def test_only_what_was_a_rule_can_have_been_changed(house: House) -> None:
    given = await house.access_rules.give(ADMIN, _wish(), door=Door.COMMAND)
    number = given.given.rule.id or 0
    await house.access_rules.remove(ADMIN, number, door=Door.COMMAND)
    for rule_id, error in ((number, RuleChanged), (0, UnknownRule), (number + 1, UnknownRule)):
        with pytest.raises(error):
            await house.access_rules.remove(ADMIN, rule_id, door=Door.COMMAND)


async def test_an_end_is_set_later(house: House) -> None:
    given = await house.access_rules.give(
        ADMIN, _wish(Action.COMMAND, commands=("say *",)), door=Door.COMMAND
    )
    named = await house.access_rules.expire(
        ADMIN, given.given.rule.id or 0, timedelta(hours=1), door=Door.MENU
    )
    assert named.rule.commands == ("say *",)
    assert named.rule.expires_at == house.clock.now() + timedelta(hours=1)
    house.clock.advance(3600)
    assert not await _may(house, Action.COMMAND)
    with pytest.raises(RuleChanged):
        await house.access_rules.expire(
            ADMIN, given.given.rule.id or 0, timedelta(hours=1), door=Door.MENU
        )


async def test_a_stronger_rule_is_named(house: House) -> None:
    deny = (await house.access_rules.give(ADMIN, _wish(allow=False), door=Door.COMMAND)).given
    outcome = await house.access_rules.give(ADMIN, _wish(Bundle.OPERATOR), door=Door.COMMAND)
    assert outcome.outruled == (Action.RESTART,)
    assert outcome.outruled_by == deny


async def test_narrower_rules_that_say_otherwise_are_counted(house: House) -> None:
    await house.access_rules.give(ADMIN, _wish(server="survival"), door=Door.COMMAND)
    await house.access_rules.give(ADMIN, _wish(panel="main"), door=Door.COMMAND)
    outcome = await house.access_rules.give(
        ADMIN, _wish(Bundle.EVERYTHING, allow=False), door=Door.COMMAND
    )
    assert outcome.narrower == 2
    outcome = await house.access_rules.give(
        ADMIN, _wish(panel="main", allow=False), door=Door.COMMAND
    )
    assert outcome.narrower == 1


async def test_it_is_said_that_a_rule_does_not_bind_an_admin(house: House) -> None:
    wish = _wish(subject=Subject.MEMBER, subject_id=10, who=ADMIN, allow=False)
    assert (await house.access_rules.give(ADMIN, wish, door=Door.COMMAND)).is_admin


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"server": "Atlantis"}, UnknownServer),
        ({"panel": "Atlantis"}, UnknownPanel),
        ({"server": "Survival", "panel": "Main panel"}, InvalidRule),
    ],
)
async def test_what_is_not_understood_is_refused_and_written_down(
    house: House, asked: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await house.access_rules.give(ADMIN, _wish(**asked), door=Door.COMMAND)
    [row] = house.rows
    assert (row.action, row.outcome) == (Change.RULE_ADDED, Outcome.REFUSED)


_CALLS: dict[str, Callable[[House, Actor], Coroutine[Any, Any, object]]] = {
    "give": lambda house, who: house.access_rules.give(who, _wish(), door=Door.COMMAND),
    "expire": lambda house, who: house.access_rules.expire(
        who, 1, timedelta(hours=1), door=Door.MENU
    ),
    "remove": lambda house, who: house.access_rules.remove(who, 1, door=Door.COMMAND),
    "restore": lambda house, who: house.access_rules.restore(
        who, [1], instead_of=None, door=Door.BUTTON
    ),
    "listed": lambda house, who: house.access_rules.listed(
        who, role_id=None, server=None, door=Door.COMMAND
    ),
    "explain": lambda house, who: house.access_rules.explain(
        who, who, Action.VIEW, "Survival", door=Door.COMMAND
    ),
    "preview": lambda house, who: house.access_rules.preview(who, 20, door=Door.COMMAND),
}


@pytest.mark.parametrize("call", _CALLS)
@pytest.mark.parametrize("who", [VIEWER, STRANGER, replace(OPERATOR, guild_id=OTHER_GUILD)])
async def test_nobody_else_gets_anywhere(house: House, call: str, who: Actor) -> None:
    before = await house.access.rules_of(GUILD)
    with pytest.raises(NotAllowed) as caught:
        await _CALLS[call](house, who)
    assert caught.value.action is Action.MANAGE
    assert [row.outcome for row in house.rows] == [Outcome.DENIED]
    assert await house.access.rules_of(GUILD) == before


@pytest.mark.parametrize("who", [VIEWER, STRANGER])
async def test_nothing_is_suggested_to_anybody_else(house: House, who: Actor) -> None:
    rules = house.access_rules
    assert await rules.suggest_servers(who, "") == []
    assert await rules.suggest_panels(who, "") == []
    assert list(await rules.suggest_rules(who)) == []


async def test_who_may_manage_by_a_rule_finds_servers_that_he_may_not_view() -> None:
    house = House(rules=MemoryRules(allow(VIEWER.user_id, Action.MANAGE)))
    assert await house.directory.visible(VIEWER) == []
    [found] = await house.access_rules.suggest_servers(VIEWER, "surv")
    given = await house.access_rules.give(VIEWER, _wish(server=found.ref.key), door=Door.COMMAND)
    assert given.given.server == "Survival"
    assert [entry.name for entry in await house.access_rules.suggest_panels(VIEWER, "main")]


async def test_a_rule_of_another_guild_cannot_be_touched(house: House) -> None:
    theirs = replace(allow(5, Action.VIEW), guild_id=OTHER_GUILD)
    number = (await house.access.add(theirs)).rule.id or 0
    with pytest.raises(UnknownRule):
        await house.access_rules.remove(ADMIN, number, door=Door.COMMAND)
    with pytest.raises(RuleChanged):
        await house.access_rules.expire(ADMIN, number, timedelta(1), door=Door.MENU)
    await house.access.remove(OTHER_GUILD, number)
    with pytest.raises(RuleChanged):
        await house.access_rules.restore(ADMIN, [number], instead_of=None, door=Door.BUTTON)


async def test_admins_at_the_same_time_lose_nothing(house: House) -> None:
    wishes = [_wish(subject_id=number) for number in range(40)]
    twice = [_wish(subject_id=99, allow=number % 2 == 0) for number in range(20)]
    async with asyncio.TaskGroup() as group:
        for wish in (*wishes, *twice):
            group.create_task(house.access_rules.give(ADMIN, wish, door=Door.COMMAND))
    subjects = [rule.subject_id for rule in await house.access.rules_of(GUILD)]
    assert set(range(40)) <= set(subjects)
    assert subjects.count(99) == 1


async def test_rules_of_a_role_or_about_a_server_are_listed(house: House) -> None:
    give = house.access_rules.give
    house.add(make_server("Creative", "ffff0000"))
    await give(ADMIN, _wish(server="survival"), door=Door.COMMAND)
    await give(ADMIN, _wish(server="creative"), door=Door.COMMAND)
    await give(ADMIN, _wish(panel="main"), door=Door.COMMAND)
    listed = house.access_rules.listed
    rules, _ = await listed(ADMIN, role_id=_HELPERS, server=None, door=Door.COMMAND)
    assert [named.server for named in rules] == [None, "Survival", "Creative"]
    rules, server = await listed(ADMIN, role_id=_HELPERS, server="survival", door=Door.COMMAND)
    assert [named.server for named in rules] == [None, "Survival"]
    assert server == house.server


async def test_the_deciding_rule_is_explained(house: House) -> None:
    explain = house.access_rules.explain
    given = await house.access_rules.give(
        ADMIN, _wish(Action.COMMAND, commands=("say *",)), door=Door.COMMAND
    )
    answer = await explain(
        ADMIN, _HELPER, Action.COMMAND, "survival", line=" op me ", door=Door.COMMAND
    )
    assert not answer.decision.allowed
    assert answer.rule == given.given
    answer = await explain(
        ADMIN, _HELPER, Action.COMMAND, "survival", line=" say hi ", door=Door.COMMAND
    )
    assert answer.decision.allowed
    answer = await explain(ADMIN, ADMIN, Action.DELETE, "survival", door=Door.COMMAND)
    assert answer.decision.as_admin
    answer = await explain(ADMIN, OPERATOR, Action.MANAGE, "survival", door=Door.COMMAND)
    assert answer.decision.allowed


async def test_a_preview_is_what_a_member_with_only_that_role_sees(house: House) -> None:
    house.add(make_server("Creative", "ffff0000"))
    await house.access_rules.give(ADMIN, _wish(server="creative"), door=Door.COMMAND)
    seen = await house.access_rules.preview(ADMIN, _HELPERS, door=Door.COMMAND)
    assert [server.name for server in seen] == ["Creative"]
    assert seen == await house.directory.visible(_HELPER)


async def test_what_everybody_may_is_part_of_a_preview(house: House) -> None:
    await house.access_rules.give(ADMIN, _wish(subject_id=GUILD), door=Door.COMMAND)
    assert await house.access_rules.preview(ADMIN, _HELPERS, door=Door.COMMAND)


async def test_a_deleted_role_leaves_no_rule(house: House) -> None:
    await house.access_rules.give(ADMIN, _wish(), door=Door.COMMAND)
    member = _wish(subject=Subject.MEMBER, who=_HELPER)
    await house.access_rules.give(ADMIN, member, door=Door.COMMAND)
    assert await house.access.forget_subject(GUILD, Subject.ROLE, _HELPERS) == 1
    left = [rule for rule in await house.access.rules_of(GUILD) if rule.subject_id == _HELPERS]
    assert [rule.subject for rule in left] == [Subject.MEMBER]
    assert await house.access.forget_subject(GUILD, Subject.ROLE, _HELPERS) == 0


async def test_rules_that_cannot_be_read_change_nothing(house: House) -> None:
    house.rules.is_broken = True
    for call in _CALLS.values():
        with pytest.raises(StorageUnavailable):
            await call(house, ADMIN)


async def test_a_right_that_was_given_is_told_though_the_rules_cannot_be_read_any_more() -> None:
    class LastBreath(MemoryRules):
        async def add(
            self, rule: Rule, *, at: datetime | None = None, instead_of: Collection[int] = ()
        ) -> Rule:
            stored = await super().add(rule, at=at, instead_of=instead_of)
            self.is_broken = True
            return stored

    house = House(rules=LastBreath())
    given = await house.access_rules.give(ADMIN, _wish(), door=Door.COMMAND)
    assert given.others == (Action.START, Action.STOP, Action.KILL, Action.COMMAND, Action.LOGS)
    assert await _may(house, Action.RESTART)


async def test_a_guild_may_have_ten_thousand_rules() -> None:
    rules = [
        Rule(
            guild_id=GUILD,
            subject=Subject.ROLE,
            subject_id=number,
            subject_name=f"Role {number} 👑 שלום",
            grant=Action.VIEW,
            allow=True,
        )
        for number in range(1000, 11_000)
    ]
    house = House(rules=MemoryRules(*rules))
    await house.access_rules.give(ADMIN, _wish(), door=Door.COMMAND)
    assert await _may(house, Action.RESTART)
    listed, _ = await house.access_rules.listed(ADMIN, role_id=None, server=None, door=Door.COMMAND)
    assert len(listed) == 10_001

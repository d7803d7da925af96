"""Rules read well in every language, fit into Discord, and do nothing that names could want."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.access import Action, Actor, Bundle, Decision, Rule, Subject
from bot.domain.grants import Explained, Given, NamedRule
from bot.domain.guilds import GuildSettings
from bot.ui.access import Expire, TakeBack
from bot.ui.access_options import ACTIONS, GRANTS
from bot.ui.access_pages import TurnAccess, Wanted
from bot.ui.render import rules
from tests.fakes import NOON, make_server
from tests.ui.render.judge import INVISIBLE, hostile_texts, threats, unseen
from tests.ui.render.languages import CHINESE, ENGLISH, EVERY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.ui.i18n import Words

_RULE = Rule(
    id=7,
    guild_id=1,
    subject=Subject.ROLE,
    subject_id=20,
    subject_name="Helpers",
    grant=Action.RESTART,
    allow=True,
    panel_id="main",
    server_id="1a2b3c4d",
    created_by=10,
    created_at=NOON,
)
_CHOSEN = GuildSettings(guild_id=1, time_zone="Asia/Shanghai")
_NAMED = NamedRule(_RULE, "Main panel", "Survival")


def _every_rule(
    text: str = "Survival", grants: Sequence[Action | Bundle] = (*Bundle, *Action)
) -> Iterator[NamedRule]:
    """Yield a rule of every kind and shape, with the same foreign text in every place."""
    places: list[tuple[str | None, str | None, str | None, str | None]] = [
        (None, None, None, None),
        ("main", None, text, None),
        ("main", None, None, None),
        ("main", "a", text, text),
        ("main", "a", None, None),
    ]
    for grant in grants:
        for panel_id, server_id, panel, server in places:
            for allow in (True, False):
                rule = replace(
                    _RULE,
                    grant=grant,
                    allow=allow,
                    panel_id=panel_id,
                    server_id=server_id,
                    subject_name=text,
                    expires_at=NOON if allow else None,
                    commands=(text,) * 20 if grant is Action.COMMAND else (),
                )
                yield NamedRule(rule, panel, server)


def test_giving_one_right_is_one_plain_sentence() -> None:
    given = Given(given=_NAMED, former=(), others=(Action.STOP, Action.KILL, Action.COMMAND))
    assert rules.given(given, ENGLISH) == (
        "<@&20> may now restart **Survival**. They still may not: stop, kill, send commands."
    )


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({}, "<@&20> may restart **Survival**"),
        ({"allow": False}, "<@&20> may not restart **Survival**"),
        ({"subject": Subject.MEMBER}, "<@20> may restart **Survival**"),
        ({"subject_id": 1}, "everybody here may restart **Survival**"),
        ({"grant": Bundle.OPERATOR}, "<@&20> may view, start, restart **Survival**"),
        ({"grant": Bundle.EVERYTHING}, "<@&20> may do everything with **Survival**"),
        (
            {"grant": Action.COMMAND, "commands": ("say *", "list")},
            "<@&20> may send commands to **Survival** · only like `say *`, `list`",
        ),
        (
            {"grant": Action.COMMAND, "commands": ("op *",), "allow": False},
            "<@&20> may not send commands to **Survival** · like `op *`",
        ),
        ({"expires_at": NOON}, "<@&20> may restart **Survival** · ends <t:1782907200:R>"),
    ],
)
def test_a_rule_is_a_sentence(changed: dict[str, Any], text: str) -> None:
    named = NamedRule(replace(_RULE, **changed), "Main panel", "Survival")
    assert rules.says(named, ENGLISH) == text


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (NamedRule(replace(_RULE, server_id=None), "Main"), "may restart all servers of **Main**"),
        (NamedRule(replace(_RULE, server_id=None)), "all servers of a panel that is gone"),
        (NamedRule(_RULE, "Main"), "may restart a server that I do not see now"),
        (NamedRule(replace(_RULE, panel_id=None, server_id=None)), "may restart all servers"),
        (
            NamedRule(replace(_RULE, panel_id=None, server_id=None, allow=False)),
            "may not restart any server",
        ),
        (
            NamedRule(replace(_RULE, grant=Action.CREATE, server_id=None), "Main"),
            "may create servers on **Main**",
        ),
        (
            NamedRule(replace(_RULE, grant=Action.MANAGE, panel_id=None, server_id=None)),
            "may configure me",
        ),
    ],
)
def test_what_a_rule_is_about_has_a_name_or_none(rule: NamedRule, text: str) -> None:
    assert text in rules.says(rule, ENGLISH)


def test_what_makes_a_rule_weaker_than_it_looks_is_said() -> None:
    given = Given(
        given=_NAMED,
        former=(),
        outruled=(Action.RESTART,),
        outruled_by=NamedRule(replace(_RULE, allow=False), "Main", "Survival"),
        narrower=2,
    )
    text = rules.given(given, ENGLISH)
    assert "2 rules about single servers or panels say otherwise" in text
    assert "for restart a stronger rule counts: <@&20> may not restart **Survival**" in text
    assert "passes every rule" in rules.given(replace(given, is_admin=True), ENGLISH)


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_no_name_does_anything(t: Words) -> None:
    for text in hostile_texts(3, 40):
        for named in _every_rule(text, grants=(Action.COMMAND, Bundle.EVERYTHING)):
            told = "\n".join(
                [
                    rules.line(named, t),
                    rules.given(_all_of(named), t),
                    *(rules.explained(each, t) for each in _answers(named, text)),
                ]
            )
            assert threats(told) == []
            assert unseen(told.replace("\n", "")) == []


@pytest.mark.parametrize("name", ["x" * 300, "生" * 300, *INVISIBLE])
@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_everything_fits_into_discord(name: str, t: Words) -> None:
    for named in _every_rule(name):
        assert len(rules.line(named, t)) <= 400
        assert 1 <= len(rules.suggestion(named, name, _CHOSEN, t)) <= 100
        assert len(rules.given(_all_of(named), t)) <= 2000
        for answer in _answers(named, name):
            assert len(rules.explained(answer, t)) <= 2000
    page = rules.listed(list(_every_rule(name))[:8], 9999, (998, 1250), t)
    assert len(page) <= 4000


def test_rules_are_read_in_chinese() -> None:
    assert rules.says(_NAMED, CHINESE) == "<@&20> 可以对 **Survival** 执行“重启”"
    for english, chinese in zip(_every_rule(), _every_rule(), strict=True):
        assert rules.says(english, ENGLISH) != rules.says(chinese, CHINESE)


def test_bundles_come_first_and_all_fit_into_a_menu() -> None:
    values = [choice.value for choice in GRANTS]
    assert values[: len(Bundle)] == list(Bundle)
    assert set(values) == {*Bundle, *Action}
    assert {choice.value for choice in ACTIONS} == set(Action)
    assert len(GRANTS) <= 25
    assert all(len(choice.name) <= 100 for choice in (*GRANTS, *ACTIONS))


def test_custom_ids_are_never_too_long() -> None:
    ids = (10**9 - 1,) * 20
    assert len(str(TakeBack(ids[0], ids).custom_id)) <= 100
    assert len(str(Expire(ids[0], ids).custom_id)) <= 100
    longest = Wanted(page=9999, role_id=2**64 - 1, server="k" * 70)
    assert len(str(TurnAccess(longest).custom_id)) <= 100


def _all_of(named: NamedRule) -> Given:
    return Given(
        given=named,
        former=(),
        others=tuple(Action),
        outruled=tuple(Action),
        outruled_by=named,
        narrower=3,
    )


def _answers(named: NamedRule, name: str) -> Iterator[Explained]:
    for action in (Action.VIEW, Action.COMMAND, Action.MANAGE):
        for decision in (
            Decision(allowed=False),
            Decision(allowed=True, as_admin=True),
            Decision(allowed=False, rule=named.rule),
            Decision(allowed=True, rule=named.rule),
        ):
            yield Explained(
                member=Actor(user_id=10, guild_id=1),
                action=action,
                server=make_server(name),
                decision=decision,
                rule=named if decision.rule else None,
                line=name if action is Action.COMMAND else None,
            )

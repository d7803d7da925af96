"""Rules in, decision out: precedence, expiry, what any right includes, and admins."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.access import Action, Actor, Rule, Subject
from bot.domain.policy import AccessPolicy
from bot.domain.servers import ServerRef
from tests.fakes import NOON

_GUILD = 1
_ROLE, _OTHER_ROLE = 20, 21
_SURVIVAL = ServerRef("main", "survival")
_MIA = Actor(user_id=10, guild_id=_GUILD, role_ids=frozenset({_ROLE, _OTHER_ROLE}))


def _rule(
    allow: bool,
    subject: Subject = Subject.ROLE,
    scope: str = "all",
    *,
    subject_id: int | None = None,
    action: Action = Action.START,
    guild_id: int = _GUILD,
) -> Rule:
    return Rule(
        guild_id=guild_id,
        subject=subject,
        subject_id=subject_id or (_MIA.user_id if subject is Subject.MEMBER else _ROLE),
        grant=action,
        allow=allow,
        panel_id=None if scope == "all" else "main",
        server_id="survival" if scope == "server" else None,
    )


_ALLOW = {
    (subject, scope): _rule(True, subject, scope)
    for subject in Subject
    for scope in ("all", "panel", "server")
}
_DENY = {
    (subject, scope): _rule(False, subject, scope)
    for subject in Subject
    for scope in ("all", "panel", "server")
}
_WEAKEST_FIRST = [
    rules[subject, scope]
    for scope in ("all", "panel", "server")
    for subject in (Subject.ROLE, Subject.MEMBER)
    for rules in (_ALLOW, _DENY)
]


def test_nothing_is_allowed_without_a_rule() -> None:
    for action in Action:
        decision = AccessPolicy([]).decide(_MIA, action, _SURVIVAL, NOON)
        assert (decision.allowed, decision.rule, decision.as_admin) == (False, None, False)


@pytest.mark.parametrize("stronger", range(1, len(_WEAKEST_FIRST)))
def test_the_stronger_rule_decides_whatever_stands_beside_it(stronger: int) -> None:
    rule = _WEAKEST_FIRST[stronger]
    weaker = _WEAKEST_FIRST[:stronger]
    for rules in ([*weaker, rule], [rule, *weaker]):
        decision = AccessPolicy(rules).decide(_MIA, Action.START, _SURVIVAL, NOON)
        assert decision.rule is rule
        assert decision.allowed is rule.allow


@pytest.mark.parametrize(
    "stranger",
    [
        _rule(True, guild_id=2),
        _rule(True, subject_id=22),
        _rule(True, Subject.MEMBER, subject_id=11),
        _rule(True, Subject.MEMBER, subject_id=_ROLE),
        _rule(True, Subject.ROLE, subject_id=_MIA.user_id),
        _rule(True, action=Action.STOP),
        Rule(
            guild_id=_GUILD,
            subject=Subject.ROLE,
            subject_id=_ROLE,
            grant=Action.START,
            allow=True,
            panel_id="other",
        ),
        Rule(
            guild_id=_GUILD,
            subject=Subject.ROLE,
            subject_id=_ROLE,
            grant=Action.START,
            allow=True,
            panel_id="main",
            server_id="creative",
        ),
        Rule(
            guild_id=_GUILD,
            subject=Subject.ROLE,
            subject_id=_ROLE,
            grant=Action.START,
            allow=True,
            panel_id="other",
            server_id="survival",
        ),
    ],
    ids=[
        "guild",
        "role",
        "member",
        "role-id-as-member",
        "member-id-as-role",
        "action",
        "panel",
        "server",
        "same-id-elsewhere",
    ],
)
def test_a_rule_about_something_else_does_not_count(stranger: Rule) -> None:
    decision = AccessPolicy([stranger]).decide(_MIA, Action.START, _SURVIVAL, NOON)
    assert not decision.allowed
    assert decision.rule is None


def test_a_deny_for_one_of_several_roles_beats_an_allow_for_another() -> None:
    rules = [_rule(True), _rule(False, subject_id=_OTHER_ROLE)]
    assert not AccessPolicy(rules).decide(_MIA, Action.START, _SURVIVAL, NOON).allowed


def test_a_rule_counts_until_the_second_in_which_it_expires() -> None:
    end = NOON + timedelta(seconds=10)
    rule = Rule(
        guild_id=_GUILD,
        subject=Subject.MEMBER,
        subject_id=_MIA.user_id,
        grant=Action.START,
        allow=True,
        expires_at=end,
    )
    policy = AccessPolicy([rule])
    moment = timedelta(microseconds=1)
    assert policy.decide(_MIA, Action.START, _SURVIVAL, end - moment).allowed
    assert not policy.decide(_MIA, Action.START, _SURVIVAL, end).allowed
    assert not policy.decide(_MIA, Action.VIEW, _SURVIVAL, end).allowed


def test_a_deny_that_expired_gives_way_to_the_allow_below_it() -> None:
    deny = Rule(
        guild_id=_GUILD,
        subject=Subject.MEMBER,
        subject_id=_MIA.user_id,
        grant=Action.START,
        allow=False,
        expires_at=NOON,
    )
    policy = AccessPolicy([deny, _rule(True)])
    assert not policy.decide(_MIA, Action.START, _SURVIVAL, NOON - timedelta(seconds=1)).allowed
    assert policy.decide(_MIA, Action.START, _SURVIVAL, NOON).allowed


@pytest.mark.parametrize(
    "action", [action for action in Action if action not in (Action.CREATE, Action.MANAGE)]
)
def test_any_right_on_a_server_includes_to_view_it(action: Action) -> None:
    rule = _rule(True, action=action)
    decision = AccessPolicy([rule]).decide(_MIA, Action.VIEW, _SURVIVAL, NOON)
    assert decision.allowed
    assert decision.rule is rule


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.VIEW])
def test_to_view_includes_no_other_right(action: Action) -> None:
    policy = AccessPolicy([_rule(True, action=Action.VIEW)])
    assert not policy.decide(_MIA, action, _SURVIVAL, NOON).allowed


def test_a_right_still_includes_to_view_where_viewing_is_denied() -> None:
    policy = AccessPolicy([_rule(False, action=Action.VIEW), _rule(True, action=Action.START)])
    assert policy.decide(_MIA, Action.VIEW, _SURVIVAL, NOON).allowed


def test_a_denied_right_includes_nothing() -> None:
    policy = AccessPolicy([_rule(False, action=Action.START)])
    assert not policy.decide(_MIA, Action.VIEW, _SURVIVAL, NOON).allowed


def test_a_denial_to_view_names_its_rule() -> None:
    rule = _rule(False, action=Action.VIEW)
    assert AccessPolicy([rule]).decide(_MIA, Action.VIEW, _SURVIVAL, NOON).rule is rule


@pytest.mark.parametrize("action", Action)
def test_an_admin_passes_everything_and_it_is_said_why(action: Action) -> None:
    admin = Actor(user_id=10, guild_id=_GUILD, is_admin=True)
    deny = _rule(False, Subject.MEMBER, "server", action=action)
    decision = AccessPolicy([deny]).decide(admin, action, _SURVIVAL, NOON)
    assert (decision.allowed, decision.rule, decision.as_admin) == (True, None, True)


def test_a_server_is_named_together_with_its_panel() -> None:
    with pytest.raises(ValueError, match="with its panel"):
        Rule(
            guild_id=1,
            subject=Subject.ROLE,
            subject_id=2,
            grant=Action.VIEW,
            allow=True,
            server_id="1a2b3c4d",
        )


def test_who_may_create_servers_on_a_panel_does_not_see_those_of_others() -> None:
    rule = Rule(
        guild_id=1,
        subject=Subject.MEMBER,
        subject_id=2,
        grant=Action.CREATE,
        allow=True,
        panel_id="main",
    )
    actor = Actor(user_id=2, guild_id=1)
    policy = AccessPolicy([rule])
    assert policy.decide(actor, Action.CREATE, ServerRef("main", ""), NOON).allowed
    assert not policy.decide(actor, Action.VIEW, ServerRef("main", "1a2b3c4d"), NOON).allowed

"""Rules about commands: which of several speaks of a line, and what of those without one."""

from __future__ import annotations

import pytest

from bot.domain.access import Action, Actor, Bundle, Rule, Subject
from bot.domain.policy import AccessPolicy
from bot.domain.servers import ServerRef
from tests.fakes import NOON

_MIA = Actor(user_id=10, guild_id=1, role_ids=frozenset({20}))
_SURVIVAL = ServerRef("main", "survival")


def _rule(
    *commands: str, allow: bool = True, grant: Action | Bundle = Action.COMMAND, **scope: str
) -> Rule:
    return Rule(
        guild_id=1,
        subject=Subject.ROLE,
        subject_id=20,
        grant=grant,
        allow=allow,
        commands=commands,
        panel_id=scope.get("panel_id"),
        server_id=scope.get("server_id"),
    )


def _may(line: str | None, *rules: Rule, action: Action = Action.COMMAND) -> bool:
    return AccessPolicy(rules).decide(_MIA, action, _SURVIVAL, NOON, line=line).allowed


@pytest.mark.parametrize(
    ("pattern", "line", "fits"),
    [
        ("say *", "say hello", True),
        ("say *", "say ", True),
        ("say *", "say", False),
        ("say *", "Say hello", False),
        ("say *", "op me; say hello", False),
        ("list", "list", True),
        ("list", "list all", False),
        ("tp ? ?", "tp a b", True),
        ("tp ? ?", "tp a bc", False),
        ("*", "anything at all", True),
        ("say [hi]", "say [hi]", True),
        ("say [hi]", "say h", False),
        ("say [!a]", "say b", False),
        ("a.b", "axb", False),
        ("说 *", "说 你好 🎉", True),
        ("say *", "say line\u2028another", True),
    ],
)
def test_a_pattern_is_the_whole_line(pattern: str, line: str, fits: bool) -> None:
    assert _may(line, _rule(pattern)) is fits


def test_without_a_line_it_is_asked_whether_any_may_be_sent() -> None:
    assert _may(None, _rule("say *"))
    assert _may(None, _rule(), _rule("op *", allow=False))
    assert not _may(None, _rule("say *"), _rule(allow=False))
    assert _may(None, _rule("say *"), action=Action.VIEW)


def test_a_denied_pattern_beats_what_is_allowed_beside_it() -> None:
    rules = _rule(), _rule("op *", allow=False)
    assert _may("say hi", *rules)
    assert not _may("op me", *rules)


def test_where_only_some_commands_are_allowed_the_others_are_not() -> None:
    rules = _rule("say *", panel_id="main", server_id="survival"), _rule()
    assert _may("say hi", *rules)
    assert not _may("op me", *rules)


def test_a_denied_pattern_that_does_not_fit_leaves_the_word_to_the_next_rule() -> None:
    rules = _rule("op *", allow=False, panel_id="main", server_id="survival"), _rule()
    assert _may("say hi", *rules)
    assert not _may("op me", *rules)
    assert not _may("say hi", rules[0])


def test_patterns_do_not_touch_the_other_rights_of_a_bundle() -> None:
    rule = _rule("say *", grant=Bundle.CONSOLE)
    assert _may(None, rule, action=Action.LOGS)
    assert _may("op me", rule, action=Action.VIEW)
    assert not _may("op me", rule)


def test_the_rule_whose_patterns_do_not_fit_is_named() -> None:
    rule = _rule("say *")
    decision = AccessPolicy([rule]).decide(_MIA, Action.COMMAND, _SURVIVAL, NOON, line="op me")
    assert (decision.allowed, decision.rule) == (False, rule)


def test_a_pattern_made_to_run_wild_is_answered_at_once() -> None:
    rule = _rule("*a" * 50 + "b")
    assert not _may("a" * 500, rule)  # without care it takes years

"""The policy against a second one, written from the page on rights as plainly as can be."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.access import BUNDLES, Action, Actor, Bundle, Rule, Subject
from bot.domain.policy import AccessPolicy
from bot.domain.servers import ServerRef
from tests.fakes import NOON

_LINES = (None, "say hi", "say", "op me", "list", "say [hi]", "")
_PATTERNS = ("say *", "say", "*", "op ?e", "l?st", "say [hi]", "*[*", "S*")
_BUNDLED: dict[object, frozenset[Action]] = dict(BUNDLES.items())
_REFS = [ServerRef(panel, server) for panel in ("main", "backup") for server in ("a", "b")]

# What is drawn often meets: rules that speak of the same thing are what this is about.
_SCOPES = [
    *[("main", "a")] * 4,
    *[("main", None)] * 3,
    *[(None, None)] * 3,
    ("main", "b"),
    ("backup", None),
    ("backup", "a"),
]
_PEOPLE, _ROLES = (10, 10, 10, 11, 20), (20, 20, 20, 21, 21, 10)
_GRANTS = (*[Action.COMMAND] * 12, *[Action.START] * 6, Bundle.CONSOLE, *Bundle, *Action)
_ENDS = (
    *[None] * 4,
    NOON,
    NOON - timedelta(seconds=1),
    NOON + timedelta(microseconds=1),
)
_ACTIONS = (*[Action.COMMAND] * 8, *[Action.START] * 4, *[Action.VIEW] * 4, *Action)


@st.composite
def _rule(draw: st.DrawFn) -> Rule:
    panel_id, server_id = draw(st.sampled_from(_SCOPES))
    subject = draw(st.sampled_from(Subject))
    return Rule(
        guild_id=draw(st.sampled_from((1, 1, 1, 1, 1, 1, 2))),
        subject=subject,
        subject_id=draw(st.sampled_from(_PEOPLE if subject is Subject.MEMBER else _ROLES)),
        grant=draw(st.sampled_from(_GRANTS)),
        allow=draw(st.booleans()),
        panel_id=panel_id,
        server_id=server_id,
        expires_at=draw(st.sampled_from(_ENDS)),
        commands=tuple(draw(st.lists(st.sampled_from(_PATTERNS), max_size=2))),
    )


_RULES = st.lists(_rule(), max_size=10)
_ACTORS = st.builds(
    Actor,
    user_id=st.sampled_from(_PEOPLE),
    guild_id=st.sampled_from((1, 1, 1, 1, 2)),
    role_ids=st.frozensets(st.sampled_from(_ROLES)),
    is_admin=st.sampled_from((False, False, False, False, True)),
)


def _reads(pattern: str, line: str) -> bool:
    """Whether a pattern is the whole of a line, letter by letter."""
    if not pattern:
        return not line
    if pattern[0] == "*":
        return _reads(pattern[1:], line) or bool(line and _reads(pattern, line[1:]))
    return bool(line) and pattern[0] in ("?", line[0]) and _reads(pattern[1:], line[1:])


def _naive(
    rules: list[Rule], actor: Actor, action: Action, ref: ServerRef, line: str | None
) -> tuple[bool, list[Rule]]:
    """Return the decision and the rules any of which may be named for it."""
    if actor.is_admin:
        return True, []
    allowed, why = _by_rules(rules, actor, action, ref, line)
    if action is Action.VIEW and not allowed:
        for other in Action:
            if other not in (Action.VIEW, Action.CREATE, Action.MANAGE):
                also, because = _by_rules(rules, actor, other, ref, None)
                if also:
                    return True, because
    return allowed, why


def _by_rules(
    rules: list[Rule], actor: Actor, action: Action, ref: ServerRef, line: str | None
) -> tuple[bool, list[Rule]]:
    for scope in ("server", "panel", "all"):
        for subject in (Subject.MEMBER, Subject.ROLE):
            equal = [
                rule
                for rule in rules
                if rule.guild_id == actor.guild_id
                and rule.subject is subject
                and (
                    rule.subject_id == actor.user_id
                    if subject is Subject.MEMBER
                    else rule.subject_id in actor.role_ids
                )
                and (action is rule.grant or action in _BUNDLED.get(rule.grant, ()))
                and not (rule.expires_at and rule.expires_at <= NOON)
                and (rule.panel_id, rule.server_id)
                == {
                    "server": (ref.panel_id, ref.server_id),
                    "panel": (ref.panel_id, None),
                    "all": (None, None),
                }[scope]
            ]
            denies = [rule for rule in equal if not rule.allow]
            allows = [rule for rule in equal if rule.allow]
            if action is Action.COMMAND and line is None:
                denies = [rule for rule in denies if not rule.commands]
            elif action is Action.COMMAND:
                denies = [rule for rule in denies if _lets(rule, line or "")]
            if denies:
                return False, denies
            fitting = allows
            if action is Action.COMMAND and line is not None:
                fitting = [rule for rule in allows if _lets(rule, line)]
            if fitting:
                return True, fitting
            if allows:
                return False, allows
    return False, []


def _lets(rule: Rule, line: str) -> bool:
    return not rule.commands or any(_reads(pattern, line) for pattern in rule.commands)


@settings(max_examples=700, deadline=None)
@given(
    rules=_RULES,
    actor=_ACTORS,
    action=st.sampled_from(_ACTIONS),
    ref=st.sampled_from([*[_REFS[0]] * 4, *_REFS]),
    line=st.sampled_from(_LINES),
)
def test_both_policies_decide_alike_and_name_a_rule_that_says_so(
    rules: list[Rule], actor: Actor, action: Action, ref: ServerRef, line: str | None
) -> None:
    allowed, because = _naive(rules, actor, action, ref, line)

    decision = AccessPolicy(rules).decide(actor, action, ref, NOON, line=line)

    assert decision.allowed is allowed
    assert decision.as_admin is actor.is_admin
    assert (decision.rule in because) if because else (decision.rule is None)


@settings(deadline=None)
@given(rules=_RULES, actor=_ACTORS, data=st.data())
def test_the_order_of_the_rules_does_not_matter(
    rules: list[Rule], actor: Actor, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(rules))
    action, ref = data.draw(st.sampled_from(_ACTIONS)), data.draw(st.sampled_from(_REFS))

    first, second = (
        AccessPolicy(each).decide(actor, action, ref, NOON) for each in (rules, shuffled)
    )

    assert first.allowed is second.allowed


@settings(max_examples=200, deadline=None)
@given(rules=_RULES, actor=_ACTORS)
def test_what_is_resolved_beforehand_is_what_is_decided_one_by_one(
    rules: list[Rule], actor: Actor
) -> None:
    policy = AccessPolicy(rules)
    sight = policy.sight(actor, NOON)
    for ref in (*_REFS, ServerRef("main", "unheard"), ServerRef("unheard", "a")):
        assert sight.sees(ref) is policy.decide(actor, Action.VIEW, ref, NOON).allowed, ref

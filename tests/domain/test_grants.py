"""What an admin asks for makes sense, or is refused with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.access import Action, Actor, Bundle, Rule, Subject
from bot.domain.errors import InvalidRule, RuleProblem
from bot.domain.grants import RuleWish, duration, patterns, summary
from tests.fakes import NOON

_WISH = RuleWish(
    subject=Subject.ROLE,
    subject_id=20,
    subject_name="Helpers",
    who=Actor(user_id=0, guild_id=1),
    grant=Action.RESTART,
    allow=True,
)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        (" 1D 12 h", timedelta(days=1, hours=12)),
        ("1h30m", timedelta(minutes=90)),
        ("52w", timedelta(days=364)),
    ],
)
def test_a_duration_is_read(text: str, length: timedelta) -> None:
    assert duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "1", "h", "-1h", "1y", "0m", "3 days", "1.5h", "999999w", "1000000w", "1h,", "٣"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidRule) as caught:
        duration(text)
    assert caught.value.problem is RuleProblem.DURATION


def test_patterns_are_parted_by_semicolons() -> None:
    assert patterns(" say *; whitelist add * ;;say *") == ("say *", "whitelist add *")


@pytest.mark.parametrize(
    "text", ["", " ; ", "say\nop", "say \x1b", "a" * 101, ";".join(map(str, range(21))), "\ud83d"]
)
def test_patterns_that_no_command_fits_are_refused(text: str) -> None:
    with pytest.raises(InvalidRule) as caught:
        patterns(text)
    assert caught.value.problem is RuleProblem.PATTERN


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"server": "Survival", "panel": "Main"}, RuleProblem.PLACE),
        ({"grant": Action.MANAGE, "server": "Survival"}, RuleProblem.MANAGE),
        ({"grant": Action.MANAGE, "panel": "Main"}, RuleProblem.MANAGE),
        ({"grant": Action.CREATE, "server": "Survival"}, RuleProblem.CREATE),
        ({"commands": ("say *",)}, RuleProblem.COMMANDS),
        ({"commands": ("say *",), "grant": Bundle.OPERATOR}, RuleProblem.COMMANDS),
        (
            {"commands": ("say *",), "grant": Bundle.CONSOLE, "allow": False},
            RuleProblem.COMMANDS,
        ),
    ],
)
def test_what_makes_no_sense_is_refused(asked: dict[str, Any], problem: RuleProblem) -> None:
    with pytest.raises(InvalidRule) as caught:
        replace(_WISH, **asked).check()
    assert caught.value.problem is problem


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"grant": Action.CREATE, "panel": "Main"},
        {"grant": Action.MANAGE},
        {"grant": Action.COMMAND, "allow": False, "commands": ("op *",)},
        {"grant": Bundle.CONSOLE, "commands": ("say *",), "server": "Survival"},
        {"grant": Bundle.EVERYTHING, "commands": ("say *",)},
    ],
)
def test_what_makes_sense_is_taken(asked: dict[str, Any]) -> None:
    replace(_WISH, **asked).check()


def test_a_rule_is_one_line_for_the_audit() -> None:
    rule = Rule(
        guild_id=1,
        subject=Subject.ROLE,
        subject_id=20,
        subject_name="Helpers",
        grant=Action.COMMAND,
        allow=False,
        expires_at=NOON,
        commands=("op *", "stop"),
    )
    assert summary(rule) == (
        "deny command · role Helpers · until 2026-07-01 12:00 UTC · only: op *; stop"
    )

"""The examples of `docs/rights.md`, line by line."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access import Action, Actor, Bundle, Rule, Subject
from bot.domain.policy import AccessPolicy
from bot.domain.servers import ServerRef
from tests.fakes import NOON

_PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
_IDS = {"@Helpers": 20, "@Muted": 21, "@Hugo": 10}
_HUGO = Actor(user_id=10, guild_id=1, role_ids=frozenset({1, 20, 21}))
_RULE = re.compile(r"(allow|deny) (@\w+) (\w+), (all|survival)(, ended a minute ago)?")


def _examples() -> list[tuple[str, bool]]:
    table = _PAGE.read_text("utf-8").partition("may Hugo, a Helper, restart survival?")[2]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    found = [row.strip("| ").split(" | ") for row in rows]
    return [(rules, answer.startswith("yes")) for rules, answer in found if answer[:2] in "noyes"]


def _rules(text: str) -> list[Rule]:
    grants: dict[str, Action | Bundle] = {word.value: word for word in (*Action, *Bundle)}
    return [
        Rule(
            guild_id=1,
            subject=Subject.MEMBER if who == "@Hugo" else Subject.ROLE,
            subject_id=_IDS[who],
            grant=grants[grant],
            allow=verb == "allow",
            panel_id="main" if where == "survival" else None,
            server_id="survival" if where == "survival" else None,
            expires_at=NOON - timedelta(minutes=1) if ended else None,
        )
        for verb, who, grant, where, ended in _RULE.findall(text)
    ]


@pytest.mark.parametrize(("text", "expected"), _examples())
def test_an_example_of_the_page_holds(text: str, *, expected: bool) -> None:
    rules = _rules(text)
    assert len(rules) == len(re.findall("allow|deny", text))
    decision = AccessPolicy(rules).decide(
        _HUGO, Action.RESTART, ServerRef("main", "survival"), NOON
    )
    assert decision.allowed is expected


def test_there_are_examples() -> None:
    assert len(_examples()) == 8

"""How names answer to what somebody types."""

from __future__ import annotations

import pytest

from bot.services.ranking import Match, match


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("Survival", "", Match.PREFIX),
        ("Survival", "surv", Match.PREFIX),
        ("Survival", " SURV ", Match.PREFIX),
        ("STRASSE", "straß", Match.PREFIX),
        ("Old Survival", "surv", Match.WORD),
        ("old-survival", "surv", Match.WORD),
        ("old_survival", "surv", Match.WORD),
        ("Survival", "viva", Match.INSIDE),
        ("Survival", "svl", Match.LETTERS),
        ("Survival", "lvs", Match.NONE),
        ("Survival", "survivals", Match.NONE),
        ("", "a", Match.NONE),
        ("生存服务器", "服务", Match.INSIDE),
    ],
)
def test_a_name_answers_as_well_as_it_fits(name: str, typed: str, expected: Match) -> None:
    assert match(name, typed) is expected

"""What the bot writes into the audit is read in the reader's words, whoever reads it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain import errors
from bot.domain.access import Action, Bundle, Rule, Subject
from bot.domain.audit import AuditEntry, Change, Door, Outcome
from bot.domain.grants import summary
from bot.domain.panels import PanelProblem
from bot.domain.servers import ServerRef, ServerState
from bot.ui.render.audit_detail import detail_words
from bot.ui.render.history import TEXT_LIMIT, told
from tests.fakes import NOON, make_server
from tests.ui.render.judge import hostile_texts, threats, unseen
from tests.ui.render.languages import CHINESE, ENGLISH

ENTRY = AuditEntry(
    at=NOON,
    guild_id=1,
    user_id=10,
    action=Change.PANEL_ADDED,
    ref=ServerRef("", ""),
    server_name="x",
    door=Door.FORM,
    outcome=Outcome.REFUSED,
)
RULE = Rule(
    guild_id=1,
    subject=Subject.ROLE,
    subject_id=20,
    subject_name="Helpers",
    grant=Bundle.OPERATOR,
    allow=True,
    expires_at=datetime(2026, 11, 21, 15, 1, tzinfo=UTC),
)
_ASCII_WORD = re.compile(r"[a-z]{4,}")
_ERRORS: list[errors.DeckhandError] = [
    errors.UnknownServer("77"),
    errors.UnknownServer("o'7"),
    errors.AmbiguousServer("77", (make_server("7", "7"),)),
    errors.UnknownPanel("77"),
    errors.DraftGone(),
    errors.UnknownRule(),
    errors.RuleChanged(),
    errors.UnknownNews(),
    *map(errors.InvalidNews, errors.NewsProblem),
    *map(errors.InvalidRule, errors.RuleProblem),
    *map(errors.InvalidPanel, PanelProblem),
    errors.StorageUnavailable("locked"),
    errors.PanelUnreachable("g1", "timeout"),
    errors.PanelUnreachable("g1", "timeout", node=True),
    errors.PanelAddressRefused("g1"),
    errors.PanelAddressRefused("g1", node=True),
    errors.PanelAuthFailed("g1", "403"),
    errors.PanelForbidden("g1", "403"),
    errors.PanelRateLimited("g1", 3),
    errors.PanelRateLimited("g1", None),
    errors.PanelConflict("g1", ServerState.SUSPENDED),
    errors.PanelConflict("g1", ServerState.UNKNOWN),
    errors.ServerOffline("g1"),
    errors.ServerNotFound("g1", "s1"),
    errors.PanelRefused("g1", "77"),
    errors.PaymentRequired("g1", "77"),
    errors.PanelProtocolError("g1", "no JSON"),
    errors.OutcomeUnknown("g1", "restart"),
]


@pytest.mark.parametrize("error", _ERRORS, ids=str)
def test_what_failed_is_said_in_the_readers_language(error: errors.DeckhandError) -> None:
    chinese = detail_words(replace(ENTRY, detail=str(error)), CHINESE)
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert not _ASCII_WORD.search(chinese)
    assert detail_words(replace(ENTRY, detail=str(error)), ENGLISH)


@pytest.mark.parametrize(
    ("detail", "english"),
    [
        ("the key is refused", "the panel refused the key"),
        ("no such host · no key can look like that", "there is no such host · no key can look"),
        ("all, also future ones", "all servers, also those still to come"),
        ("3 used", "3 servers"),
        ("role deleted · 2 rules", "the role was deleted · 2 rules"),
        ("no server is called 'nothing'", "no such server: `'nothing'`"),
        ("was Harbour", "its name was: `Harbour`"),
        ("never seen before", "`never seen before`"),
    ],
)
def test_what_was_done_is_too(detail: str, english: str) -> None:
    entry = replace(ENTRY, detail=detail)
    assert detail_words(entry, ENGLISH).startswith(english)
    if english[0] != "`":
        assert re.search(r"[\u4e00-\u9fff]", detail_words(entry, CHINESE))


def test_a_rule_is_told_with_its_end_in_the_readers_time() -> None:
    entry = replace(ENTRY, action=Change.RULE_ADDED, outcome=Outcome.DONE, detail=summary(RULE))
    end = "<t:1795273260:f>"
    assert detail_words(entry, ENGLISH) == (
        f"✅ Helpers · operator: view, start, restart · until {end}"
    )
    chinese = detail_words(entry, CHINESE)
    assert end in chinese
    assert "查看" in chinese
    rule = replace(RULE, allow=False, grant=Action.COMMAND, commands=("say *",), expires_at=None)
    entry = replace(entry, detail=summary(rule))
    assert detail_words(entry, ENGLISH) == "⛔ Helpers · send commands · `say *`"


def test_a_name_cannot_pretend_to_an_end() -> None:
    rule = replace(RULE, expires_at=None, subject_name="X · until 2030-01-01 00:00 UTC")
    entry = replace(ENTRY, action=Change.RULE_ADDED, outcome=Outcome.DONE, detail=summary(rule))
    assert "<t:" not in detail_words(entry, ENGLISH)


@pytest.mark.parametrize("day", ["2030-01-01", "2030-99-99"])
def test_a_panel_cannot_pretend_to_be_a_rule(day: str) -> None:
    name = f"allow operator · role Helpers · until {day} 00:00 UTC"
    detail = f"{name} · only: x, https://panel.example"
    for outcome in Outcome:
        entry = replace(ENTRY, action=Change.PANEL_EDITED, outcome=outcome, detail=detail)
        words = detail_words(replace(entry, server_name=name), ENGLISH)
        assert "✅" not in words
        assert "<t:" not in words
        assert "`allow operator" in words


def test_a_reason_stays_what_was_typed() -> None:
    entry = replace(ENTRY, action=Action.RESTART, outcome=Outcome.SENT, detail="busy")
    assert detail_words(entry, CHINESE) == "`busy`"
    entry = replace(entry, outcome=Outcome.REFUSED, detail="lag · busy")
    assert detail_words(entry, ENGLISH) == "`lag` · another action was not finished"


def test_foreign_text_in_it_is_harmless() -> None:
    for foreign in hostile_texts(seed=2, count=300):
        rule = summary(replace(RULE, subject_name=foreign, commands=(foreign,)))
        for detail in (rule, f"panel g1 refused: {foreign}", f"was {foreign}", f"{foreign} · busy"):
            for change in (Change.RULE_ADDED, Change.PANEL_EDITED):
                line = told([replace(ENTRY, action=change, detail=detail)], {}, ENGLISH, limit=9999)
                assert threats(line) == unseen(line) == [], foreign


@pytest.mark.parametrize("words", [ENGLISH, CHINESE])
def test_six_long_ones_fit(words: object) -> None:
    rule = summary(replace(RULE, subject_name="*" * 99, commands=("*" * 99,) * 20))
    parts = " · ".join(["*" * 300, *["panel g1 refused: " + "*" * 300] * 3])
    for detail in (rule, parts):
        entry = replace(ENTRY, action=Change.RULE_ADDED, server_name="*" * 300, detail=detail)
        assert len(told([entry] * 6, {}, words, limit=TEXT_LIMIT)) <= TEXT_LIMIT  # type: ignore[arg-type]

"""Lines of the history: every word is there, foreign text is harmless, nothing is too long."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access import Action, Rule, Subject
from bot.domain.audit import AuditEntry, Change, Door, Outcome
from bot.domain.grants import NamedRule
from bot.domain.guilds import Setting
from bot.domain.servers import ServerRef
from bot.services.history import PER_PAGE
from bot.ui.render.history import TEXT_LIMIT, told
from tests.fakes import NOON
from tests.ui.render.judge import hostile_texts, threats, unseen
from tests.ui.render.languages import CHINESE, ENGLISH

ENTRY = AuditEntry(
    id=1,
    at=NOON,
    guild_id=1,
    user_id=10,
    action=Action.RESTART,
    ref=ServerRef("main", "a"),
    server_name="Survival",
    door=Door.BUTTON,
    outcome=Outcome.DONE,
    duration=timedelta(seconds=42),
)
RULE = Rule(guild_id=1, subject=Subject.ROLE, subject_id=20, grant=Action.RESTART, allow=True, id=7)


def text(entry: AuditEntry, *rules: NamedRule) -> str:
    named = {each.rule.id: each for each in rules if each.rule.id is not None}
    return told([entry], named, ENGLISH, limit=TEXT_LIMIT)


def test_a_line_says_who_what_how_and_why() -> None:
    assert text(replace(ENTRY, rule_id=7), NamedRule(RULE)) == (
        "✅ <t:1782907200:f> <@10>: restart **Survival** · button · done 42 s\n"
        "-# rule: <@&20> may restart all servers"
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "has the Manage Server permission"),
        ({"outcome": Outcome.DENIED}, "no rule allows it"),
        ({"rule_id": 8}, "by a rule that is deleted since"),
        ({"outcome": Outcome.REFUSED}, None),
        ({"door": Door.ITSELF}, None),
    ],
)
def test_what_decided_is_said_as_far_as_anything_did(
    changes: dict[str, object], why: str | None
) -> None:
    lines = text(replace(ENTRY, **changes)).split("\n-# ")  # type: ignore[arg-type]
    assert lines[1:] == ([why] if why else [])


@pytest.mark.parametrize("words", [ENGLISH, CHINESE])
def test_there_is_a_word_for_everything(words: object) -> None:
    deeds = [replace(ENTRY, action=deed) for deed in (*Action, *Change)]
    doors = [replace(ENTRY, door=door) for door in Door]
    outcomes = [replace(ENTRY, outcome=outcome) for outcome in Outcome]
    chosen = [
        replace(ENTRY, action=Change.SETTINGS, server_name=setting, detail="33")
        for setting in Setting
    ]
    lines = [
        told([entry], {}, words, limit=TEXT_LIMIT)  # type: ignore[arg-type]
        for entry in (*deeds, *doors, *outcomes, *chosen)
    ]
    for group in (Action, Change, Door, Outcome, Setting):
        some, lines = lines[: len(group)], lines[len(group) :]
        assert len(set(some)) == len(group)


def test_chinese_is_chinese() -> None:
    for change in Change:
        line = told([replace(ENTRY, action=change)], {}, CHINESE, limit=TEXT_LIMIT)
        assert re.search(r"[\u4e00-\u9fff]", line)


def test_a_choice_is_told_with_what_was_chosen() -> None:
    entry = replace(ENTRY, action=Change.SETTINGS, server_name=Setting.AUDIT_CHANNEL, detail="33")
    assert "settings **Audit channel** → <#33> · " in text(entry)
    for setting, detail, value in (
        (Setting.AUDIT_CHANNEL, None, "none"),
        (Setting.LANGUAGE, "zh-CN", "中文"),
        (Setting.LANGUAGE, None, "the one of this Discord server"),
        (Setting.PRIVATE_REPLIES, "True", "for the asker alone"),
        (Setting.PRIVATE_REPLIES, "False", "for everybody"),
        (Setting.CONFIRM, "always", "before kill, stop, restart and delete"),
        (Setting.TIME_ZONE, "Asia/Shanghai", "`Asia/Shanghai`"),
    ):
        line = text(replace(entry, server_name=setting, detail=detail))
        assert f"** → {value} · " in line


def test_foreign_text_is_harmless() -> None:
    for foreign in hostile_texts(seed=1, count=500):
        for action in (Action.RESTART, Change.PANEL_ADDED, Change.SETTINGS, foreign):
            entry = replace(ENTRY, action=action, server_name=foreign, detail=foreign)
            line = text(entry).split("\n-# ")[0]
            assert threats(line) == unseen(line) == [], foreign
            assert "\n" not in line


@pytest.mark.parametrize("words", [ENGLISH, CHINESE])
def test_a_page_at_its_longest_is_taken_by_discord(words: object) -> None:
    rule = replace(RULE, subject_id=2**63, commands=tuple("x" * 100 for _ in range(20)))
    named = {7: NamedRule(replace(rule, panel_id="m", server_id="a"), "*" * 200, "*" * 200)}
    entry = replace(
        ENTRY,
        user_id=2**63,
        rule_id=7,
        server_name="*" * 300,
        detail="*" * 500,
        action=Action.BUILD,
        duration=timedelta(days=3, hours=3),
    )
    page = told([entry] * PER_PAGE, named, words, limit=TEXT_LIMIT)  # type: ignore[arg-type]
    assert len(page) <= TEXT_LIMIT

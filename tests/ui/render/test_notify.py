"""Subscriptions read well in every language, fit into Discord, and mention nobody by a name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import AuditEntry, Change, Door, Outcome
from bot.domain.errors import InvalidNews
from bot.domain.events import EventKind, Preset
from bot.domain.news import Mute, Pause, kinds_of
from bot.domain.notify import NamedMute, NamedSubscription, mute_summary, summary
from bot.domain.servers import ServerRef
from bot.ui.notify_options import events_of
from bot.ui.notify_pages import _PER_PAGE
from bot.ui.render import notify
from bot.ui.render.audit_detail import detail_words
from bot.ui.render.events import CHOICES, event_word, event_words
from tests.fakes import NOON
from tests.fakes_news import make_subscription
from tests.ui.render.judge import hostile_texts, threats, unseen
from tests.ui.render.languages import CHINESE, ENGLISH, EVERY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ui.i18n import Words

LONG = 2**63 - 1
LIMIT = 4000
OBSTACLES = ["x" * 220] * 3
"""No obstacle is longer."""
MUTE = Mute(guild_id=1, until=NOON + timedelta(hours=1), muted_by=10, muted_at=NOON)


def every_place(text: str) -> Iterator[NamedSubscription]:
    """Every kind and shape, with the same foreign text in every place."""
    stored = make_subscription(
        *EventKind, *Preset, guild_id=LONG, channel_id=LONG, mention_role_id=LONG
    )
    yield NamedSubscription(stored)
    yield NamedSubscription(replace(stored, panel_id="main"), text)
    yield NamedSubscription(replace(stored, panel_id="main"))
    yield NamedSubscription(replace(stored, panel_id="main", server_id="1"), text, text)
    yield NamedSubscription(replace(stored, panel_id="main", server_id="1"), text)


def mutes(text: str) -> Iterator[NamedMute]:
    for named in every_place(text):
        place = named.subscription
        mute = replace(
            MUTE, panel_id=place.panel_id, server_id=place.server_id, muted_by=LONG, reason=text
        )
        yield NamedMute(mute, named.panel, named.server)
        yield NamedMute(replace(mute, until=None, reason=None), named.panel, named.server)


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_nothing_that_a_name_or_a_reason_says_does_anything(t: Words) -> None:
    for text in hostile_texts(seed=11, count=60):
        for named in every_place(text):
            said = notify.saved(named, "", [], t)
            assert not threats(said.replace(f"<@&{LONG}>", "").replace(f"<#{LONG}>", ""))
            for channel in (text, None):
                suggested = notify.suggestion(named, channel, t)
                assert 0 < len(suggested) <= 100
                assert not unseen(suggested)
        for mute in mutes(text):
            said = notify.mute_line(mute, t)
            assert not threats(said.replace(f"<@{LONG}>", ""))
            assert 0 < len(notify.mute_suggestion(mute, t)) <= 100


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_the_longest_page_fits_into_a_message(t: Words) -> None:
    longest = "*" * 200
    for named in every_place(longest):
        paused = replace(named, subscription=replace(named.subscription, pause=Pause.REFUSED))
        for found in (OBSTACLES, []):
            page = [(paused, found)] * _PER_PAGE
            title = notify.list_title((50, 11, 12), t, has_mutes=True)
            assert len(title) + len(notify.listed(page, t)) <= LIMIT
            assert len(notify.saved(paused, "x" * 60, found, t)) <= LIMIT / 2
    assert sum(len(notify.mute_line(mute, t)) for mute in list(mutes(longest))[:_PER_PAGE]) <= LIMIT
    assert sum(map(len, notify.blind([longest] * 25, t))) <= LIMIT / 8


@pytest.mark.parametrize("pause", [None, *Pause])
def test_a_role_that_is_never_mentioned_is_said(pause: Pause | None) -> None:
    kinds = (EventKind.STOPPED, EventKind.SUSPENDED, EventKind.REMOVED)
    for more, is_said in (((), True), ((EventKind.THRESHOLD,), False), ((Preset.CHANGES,), False)):
        stored = replace(make_subscription(*kinds, *more, mention_role_id=20), pause=pause)
        for found in ([], ["not there"]):
            said = [text for text in notify.obstacles(stored, found, ENGLISH) if "<@&20>" in text]
            assert bool(said) == is_said
    without = make_subscription(*kinds)
    assert notify.obstacles(without, [], ENGLISH) == []


def test_where_crashes_are_not_seen_is_said() -> None:
    assert notify.blind([], ENGLISH) == []
    [text] = notify.blind(["*A*", "B", "C", "D", "E"], ENGLISH)
    assert text.startswith(r"-# \*A\*, B, C and 2 more: I see there that a server stopped")


@pytest.mark.parametrize("pause", Pause)
def test_why_nothing_is_told_is_said_in_each_language(pause: Pause) -> None:
    paused = replace(make_subscription(), pause=pause)
    [english], [chinese] = [notify.obstacles(paused, [], t) for t in (ENGLISH, CHINESE)]
    assert english.startswith("⏸️ Paused")
    assert chinese != english
    assert notify.obstacles(paused, ["not there"], ENGLISH) == ["⚠️ not there"]


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("word", CHOICES)
def test_every_word_is_understood_as_it_is_read(t: Words, word: EventKind | Preset) -> None:
    read = event_word(word, t)
    assert read
    for typed in (word.value, word.value.upper(), read, f"  {read} "):
        assert events_of(typed, t) == {word}
    if t is not ENGLISH:
        assert read != event_word(word, ENGLISH)


def test_no_two_words_that_are_offered_mean_the_same() -> None:
    assert len({kinds_of(frozenset({word})) for word in CHOICES}) == len(CHOICES)
    assert kinds_of(frozenset(CHOICES)) == set(EventKind)


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_one_that_is_not_offered_is_understood_and_read_as_the_one_that_is(t: Words) -> None:
    assert events_of("action", t) == {Preset.ACTIONS}
    assert event_words([EventKind.ACTION], t) == event_word(Preset.ACTIONS, t)
    assert event_words([EventKind.ACTION, Preset.ACTIONS], t) == event_word(Preset.ACTIONS, t)


def test_several_words_are_separated_in_any_way() -> None:
    wanted = {EventKind.CRASHED, EventKind.INSTALL_FAILED, Preset.CHANGES}
    for text in (
        "crashed;install_failed;all changes",
        "Crashed, install failed, All  Changes,",
        "crashed；install failed、all changes",  # noqa: RUF001 - of a Chinese keyboard
    ):
        assert events_of(text, ENGLISH) == wanted


@pytest.mark.parametrize("text", ["", " ", ";", "crash", "crashed explosions", "@everyone"])
def test_what_is_no_word_is_named(text: str) -> None:
    with pytest.raises(InvalidNews) as caught:
        events_of(text, ENGLISH)
    assert caught.value.detail == text.strip()


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_of_many_words_some_are_shown(t: Words) -> None:
    assert event_words([EventKind.ADDED, Preset.PROBLEMS], ENGLISH) == "problems, new"
    assert "+" not in event_words([EventKind.ADDED], t)
    assert len(event_words([*Preset, *EventKind], t)) < 200
    assert "13" in event_words([*Preset, *EventKind], t)


def test_the_audit_says_what_a_channel_is_told() -> None:
    stored = make_subscription(EventKind.CRASHED, Preset.PROBLEMS, mention_role_id=20)
    assert detail(Change.NEWS_ADDED, summary(stored)) == "<#30> · problems, crashed · <@&20>"
    until = int((NOON + timedelta(hours=1)).timestamp())
    muted = replace(MUTE, reason="until 2026-13-99 99:99 UTC")
    assert detail(Change.NEWS_MUTED, mute_summary(muted)) == (
        f"until <t:{until}:f> · `until 2026-13-99 99:99 UTC`"
    )
    assert detail(Change.NEWS_MUTED, mute_summary(replace(MUTE, until=None))) == ""


def detail(change: Change, text: str) -> str:
    entry = AuditEntry(
        at=NOON,
        guild_id=1,
        user_id=10,
        action=change,
        ref=ServerRef("", ""),
        server_name="",
        door=Door.COMMAND,
        outcome=Outcome.DONE,
        detail=text or None,
    )
    return detail_words(entry, ENGLISH)

"""Lines of news: every word is there, foreign text is harmless, nothing is too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.events import Asker, Event, EventKind
from bot.domain.incidents import UNWATCHED, Trouble
from bot.domain.news import MOST_LINES, Announcement, Pause
from bot.ui.render import lost
from bot.ui.render.events import kind_word
from bot.ui.render.history import TEXT_LIMIT
from bot.ui.render.news import news, title
from tests.fakes import NOON
from tests.fakes_news import make_event
from tests.ui.render.judge import hostile_texts, threats, unseen
from tests.ui.render.languages import CHINESE, ENGLISH, EVERY

if TYPE_CHECKING:
    from bot.ui.i18n import Words

GUILD = 1
ONE = {"main": "Main panel"}
TWO = ONE | {"other": "Other panel"}
HERE, ELSEWHERE = Asker(10, GUILD), Asker(10, 2)
LATER = NOON + timedelta(minutes=12, seconds=3)


def message(*events: Event, role_ids: tuple[int, ...] = (), names: bool = True) -> Announcement:
    return Announcement(
        guild_id=GUILD,
        channel_id=30,
        batch_id=1,
        events=events,
        role_ids=role_ids,
        names_servers=names,
    )


def said(event: Event, t: Words = ENGLISH, *, panels: dict[str, str] = ONE) -> str:
    return news(message(event), t, panels)


@pytest.mark.parametrize(
    "kind", [EventKind.FLAPPING, EventKind.THRESHOLD, EventKind.RECOVERED], ids=str
)
def test_what_goes_on_with_a_server_that_is_gone_has_not_become_good(kind: EventKind) -> None:
    event = replace(make_event(kind), incident="i", since=NOON, is_over=True, detail="deleted")
    trouble = "the trouble with **Survival** ended with its removal"
    assert said(event) == f"🗑️ {trouble} · <t:1782907200:R>"
    gone = make_event(EventKind.REMOVED)
    assert said(gone) == "🗑️ **Survival** is gone from its panel · <t:1782907200:R>"


def test_a_node_that_has_no_servers_any_more_is_gone() -> None:
    event = make_event(EventKind.RECOVERED, None, name="node-1", incident="i")
    said_of_it = said(replace(event, since=NOON, is_over=True, detail="deleted"))
    assert said_of_it == "🗑️ **node-1** is gone from its panel · <t:1782907200:R>"


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (make_event(), "🔴 **Survival** stopped · by itself · <t:1782907200:R>"),
        (
            replace(make_event(), asker=HERE),
            "🔴 **Survival** stopped · asked by <@10> · <t:1782907200:R>",
        ),
        (
            replace(make_event(), asker=ELSEWHERE),
            "🔴 **Survival** stopped · asked for in another Discord server · <t:1782907200:R>",
        ),
        (replace(make_event(), was_away=True), "🔴 **Survival** stopped · while I was away"),
        (
            make_event(EventKind.CRASHED),
            "💥 **Survival** crashed · <t:1782907200:R>",
        ),
        (
            replace(make_event(EventKind.CRASHED), asker=HERE),
            "💥 **Survival** did not come up · asked by <@10> · <t:1782907200:R>",
        ),
        (
            replace(make_event(EventKind.RENAMED, name="New"), former_name="Old"),
            "🏷️ **Old** is now called **New** · <t:1782907200:R>",
        ),
        (
            replace(
                make_event(EventKind.ACTION),
                asker=HERE,
                action=Action.RESTART,
                outcome=Outcome.DONE,
                detail="lag",
            ),
            "👤 <@10>: restart **Survival** · done · `lag` · <t:1782907200:R>",
        ),
        (
            replace(
                make_event(EventKind.ACTION),
                asker=ELSEWHERE,
                action=Action.COMMAND,
                outcome=Outcome.ACCEPTED,
                detail="op somebody",
            ),
            (
                "👤 somebody in another Discord server: send commands to **Survival** · "
                "the panel took it · <t:1782907200:R>"
            ),
        ),
        (
            replace(make_event(EventKind.FLAPPING), incident="f", since=NOON, count=12),
            "🔁 **Survival** keeps changing · 12 changes · since <t:1782907200:R>",
        ),
        (
            replace(make_event(EventKind.FLAPPING), incident="f", count=6, detail="offline"),
            "🔁 **Survival** keeps changing · 6 changes · 🔴 offline · since <t:1782907200:R>",
        ),
        (
            replace(make_event(EventKind.THRESHOLD), incident="t", measure="disk", percent=96.7),
            "⚠️ **Survival** uses nearly all of its disk space · 97 % · since <t:1782907200:R>",
        ),
    ],
)
def test_a_line_says_what_happened_and_who_asked_for_it(event: Event, text: str) -> None:
    assert said(event) == text


def outage(**changes: object) -> Event:
    event = replace(
        make_event(EventKind.UNREACHABLE, None, name="", incident="i"),
        since=NOON,
        servers=("Survival", "Creative"),
        count=12,
        detail=Trouble.NO_ANSWER,
    )
    return replace(event, **changes)  # type: ignore[arg-type]


def test_an_outage_is_told_with_what_it_hides_and_closed_with_its_duration() -> None:
    assert said(outage()) == (
        "📡 The panel **Main panel** does not answer · since <t:1782907200:R>\n"
        "-# 12 servers are out of sight: Survival, Creative and 10 more"
    )
    over = outage(kind=EventKind.RECOVERED, is_over=True, at=LATER)
    assert said(over) == (
        "✅ The panel **Main panel** answers again · it took 12 min 3 s · <t:1782907923:R>"
    )
    node = outage(name="node-1")
    assert said(node, panels=TWO).startswith(
        "📡 The node **node-1** does not answer · Main panel · since"
    )


@pytest.mark.parametrize("trouble", [*Trouble, None, "something else"])
def test_why_a_panel_gives_no_list_is_said(trouble: str | None) -> None:
    text = said(outage(detail=trouble))
    assert text.startswith("📡 The panel **Main panel** ")
    assert ("does not list its servers" in text) is (trouble not in list(Trouble)[:-1])


@pytest.mark.parametrize(
    ("state", "told", "shown"),
    [
        ("running", "✅ **Survival** has calmed down", "🟢 running"),
        ("offline", "🔁 **Survival** no longer changes", "🔴 offline"),
    ],
)
def test_that_a_server_no_longer_changes_is_good_only_if_it_runs(
    state: str, told: str, shown: str
) -> None:
    event = replace(make_event(EventKind.FLAPPING, at=LATER), incident="f", since=NOON, count=12)
    assert said(replace(event, is_over=True, detail=state)) == (
        f"{told} · 12 changes · {shown} · it took 12 min 3 s · <t:1782907923:R>"
    )


def test_who_follows_one_server_is_not_told_the_names_of_others() -> None:
    assert "Creative" not in news(message(outage(), names=False), ENGLISH, ONE)


def test_the_panel_is_named_where_there_are_several() -> None:
    assert "Main panel" not in said(make_event())
    assert "· Main panel ·" in said(make_event(), panels=TWO)


def test_a_role_is_mentioned_at_the_end() -> None:
    told = message(make_event(), make_event(EventKind.CRASHED), role_ids=(77, 78))
    assert news(told, ENGLISH, ONE).splitlines()[2] == "<@&77> <@&78>"


def test_many_are_summed_up_by_the_newest_of_each_server_and_all_problems() -> None:
    events = [
        make_event(kind, f"server-{number}", name=f"S{number}")
        for number in range(100)
        for kind in (EventKind.CRASHED, EventKind.STARTED)
    ]
    lines = news(message(*events), ENGLISH, ONE).splitlines()
    assert lines[0].startswith("📰 **200 changes** · ")
    assert lines[1].startswith("🟢 started: **100** · S0, S1, ")
    assert lines[2].startswith("💥 crashed: **100** · S0, ")
    assert lines[1].endswith(" more")
    assert len(lines) == 3


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_has_words_in_every_language(kind: EventKind, t: Words) -> None:
    event = replace(make_event(kind), incident="i" if kind is EventKind.FLAPPING else None)
    for over in (False, True):
        line = said(replace(event, is_over=over), t)
        assert "Survival" in line
        assert "\n" not in line
    assert kind_word(kind, t)
    if t is CHINESE:
        assert kind_word(kind, t) != kind_word(kind, ENGLISH)


def test_hostile_names_do_no_harm_and_fit() -> None:
    texts = list(hostile_texts(11, 200, longest=40))
    for count in (1, MOST_LINES, len(texts)):
        for kind in EventKind:
            events = [
                replace(
                    make_event(kind, f"server-{number}", name=text),
                    former_name=text,
                    servers=(text,) * 20,
                    count=300,
                    action=text,
                    outcome=text,
                    detail=text,
                    measure=text,
                    asker=HERE,
                )
                for number, text in enumerate(texts[:count] if count > 1 else texts[-1:])
            ]
            told = news(message(*events, role_ids=(77,)), ENGLISH, {"main": texts[-1]})
            assert threats(told) == []
            assert unseen(told.replace("\n", "")) == []
            assert 0 < len(told) <= TEXT_LIMIT


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "📰 1 change, which Discord does not let me describe here"),
        (1000, "📰 1000 changes, which Discord does not let me describe here"),
    ],
)
def test_what_discord_refuses_is_told_without_a_name_and_mentions(count: int, said: str) -> None:
    events = [make_event(EventKind.CRASHED, name=f"Server {number}") for number in range(count)]
    unsaid = replace(message(*events, role_ids=(7,)), is_unsaid=True)
    assert news(unsaid, ENGLISH, TWO).splitlines() == [said, "<@&7>"]
    assert title(unsaid, ENGLISH, TWO) == "📰"


def test_hostile_names_of_what_hides_servers() -> None:
    for text in hostile_texts(12, 300, longest=40):
        event = outage(servers=(text,) * 30, name=text, count=300)
        told = said(event, panels={"main": text, "other": text})
        assert threats(told) == []
        assert unseen(told.replace("\n", "")) == []
        assert len(told) <= TEXT_LIMIT


def test_a_post_in_a_forum_has_a_name() -> None:
    long = make_event(name="**" + "n" * 200)
    assert len(title(message(long), ENGLISH, ONE)) <= 100
    assert title(message(make_event()), ENGLISH, ONE) == "🔴 Survival"
    assert title(message(outage()), ENGLISH, ONE) == "📡 Main panel"
    maybe_a_restart = replace(make_event(), incident="stop-1")
    assert title(message(maybe_a_restart), ENGLISH, ONE) == "📰 Survival"
    assert title(message(make_event(), make_event()), ENGLISH, ONE) == "2 changes"


@pytest.mark.parametrize("pause", Pause)
def test_admins_are_told_why_nothing_is_told(pause: Pause) -> None:
    assert "<#30>" in lost.news(30, pause, ENGLISH)
    assert "Nothing is lost" in lost.news(30, pause, ENGLISH)


def test_what_is_no_longer_watched_has_not_become_good() -> None:
    last = outage(name="Ma*in", is_over=True, kind=EventKind.RECOVERED, detail=UNWATCHED)
    assert said(last) == "🗑️ **Ma\\*in** is no longer watched · <t:1782907200:R>"
    text = news(message(*(make_event(name=f"S{n}") for n in range(12)), last), ENGLISH, ONE)
    assert "🗑️ gone: **1** · Ma\\*in" in text
    reason = replace(make_event(EventKind.ACTION), asker=HERE, action="stop", detail=UNWATCHED)
    assert "no longer" not in said(reason)


def test_an_event_of_an_unknown_panel_is_told_all_the_same() -> None:
    event = replace(outage(), ref=None, panel_id="gone")
    assert "**gone**" in said(event)


def test_a_summary_tells_what_is_over_from_what_goes_on() -> None:
    events = [
        make_event(EventKind.FLAPPING, str(number), name=f"S{number}", incident=f"f{number}")
        for number in range(20)
    ]
    calm = [replace(event, is_over=True) for event in events[:12]]
    text = news(message(*calm, *events[12:]), ENGLISH, ONE)
    assert "keeps changing: **8** · S12, " in text
    assert "✅ keeps changing (over): **12** · S0, " in text

"""A board never goes over Discord's limits, and nothing that a panel says does anything in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.boards import (
    MOST_SERVERS,
    BoardProblem,
    Content,
    Line,
    Lost,
    Seen,
    lay_out,
)
from bot.domain.incidents import Trouble
from bot.domain.news import Pause
from bot.domain.servers import Capability, ServerState
from bot.services.boards import NamedBoard
from bot.ui.board_items import board_view
from bot.ui.i18n import words
from bot.ui.render import board as render
from bot.ui.render import lost
from tests.fakes import NOON, make_server
from tests.fakes_boards import make_board
from tests.ui.render.judge import hostile_texts, threats, unseen
from tests.ui.render.languages import CHINESE, ENGLISH
from tests.ui.render.layout import every_part, text_of
from tests.ui.render.limits import check_layout

LONGEST = "*" * 300
MARK = (1 << 31) - 1


def shown(
    name: str = "Survival",
    number: int = 0,
    *,
    state: ServerState = ServerState.RUNNING,
    address: str = "198.51.100.7:25565",
    panel: str | None = None,
) -> Line:
    server = replace(make_server(name, f"{number}", state=state), addresses=(address,))
    return Line(
        server=server,
        seen=Seen(state=state, since=NOON),
        panel=panel,
        capabilities=frozenset(Capability),
    )


def content(*lines: Line, title: str | None = None, lost: tuple[Lost, ...] = ()) -> Content:
    return Content(title=title, lines=lines, lost=lost)


names = st.text(max_size=120) | st.sampled_from([LONGEST, "@everyone" * 20, "://" * 60, ""])
contents = st.builds(
    lambda some, count, title, panel: content(
        *(
            shown(name, number, state=state, address=address, panel=panel)
            for number, (name, state, address) in zip(range(count), some * count, strict=False)
        ),
        title=title,
        lost=(Lost(LONGEST, Trouble.ADDRESS),) * 5,
    ),
    st.lists(st.tuples(names, st.sampled_from(ServerState), names), min_size=1, max_size=5),
    st.integers(0, 60) | st.just(MOST_SERVERS + 1),
    st.none() | names,
    st.none() | names,
)


@settings(max_examples=25, deadline=None)
@given(contents, st.booleans(), st.sampled_from(["en-US", "zh-CN"]))
def test_a_board_is_never_over_the_limits(wanted: Content, buttons: bool, language: str) -> None:
    for page in lay_out(wanted, buttons=buttons):
        view = board_view(page, words(language), mark=MARK)
        check_layout(view)
        assert len(every_part(view)) <= 40
        assert view.content_length() <= 4000


@pytest.mark.parametrize("t", [ENGLISH, CHINESE], ids=["English", "Chinese"])
@pytest.mark.parametrize("buttons", [True, False])
def test_the_fullest_pages_fit(t: object, buttons: bool) -> None:
    state = max(ServerState, key=lambda each: len(render.line(shown(state=each), ENGLISH)))
    lines = (
        shown(LONGEST, number, state=state, address=LONGEST, panel=LONGEST)
        for number in range(MOST_SERVERS)
    )
    for page in lay_out(content(*lines, title=LONGEST), buttons=buttons):
        check_layout(board_view(page, t, mark=MARK))  # type: ignore[arg-type]


@pytest.mark.parametrize("buttons", [True, False])
def test_hostile_texts_do_nothing(buttons: bool) -> None:
    texts = hostile_texts(5, 300)
    while some := tuple(islice(texts, 10)):
        lines = [shown(text, number, address=text, panel=text) for number, text in enumerate(some)]
        blind = tuple(Lost(text, Trouble.ADDRESS) for text in some)
        for title in some[:2]:
            [page] = lay_out(content(*lines, title=title, lost=blind), buttons=buttons)
            [box] = board_view(page, ENGLISH, mark=MARK).children
            text = text_of(box).removeprefix("### ")
            assert threats(text) == []
            assert unseen(text.replace("\n", " ")) == []


def test_a_line_says_state_and_since_when_and_where() -> None:
    since = f"<t:{int(NOON.timestamp())}:R>"
    assert render.line(shown(panel="Main"), ENGLISH) == (
        f"🟢 **Survival** · running · since {since} · Main · `198.51.100.7:25565`"
    )
    unknown = replace(shown(), seen=Seen(state=ServerState.RUNNING))
    assert render.line(unknown, ENGLISH) == "🟢 **Survival** · running · `198.51.100.7:25565`"


def test_nothing_that_changes_by_itself_is_shown() -> None:
    line = shown()
    later = replace(line.server, observed_at=NOON + timedelta(hours=1), description="x", node="y")
    assert render.line(replace(line, server=later), ENGLISH) == render.line(line, ENGLISH)


def test_the_first_message_sums_up() -> None:
    states = [ServerState.RUNNING] * 25 + [ServerState.OFFLINE] * 1
    lines = (shown(number=number, state=state) for number, state in enumerate(states))
    first, second = lay_out(content(*lines, title="Main"), buttons=False)
    assert render.heading(first, ENGLISH) == (
        "### Main · page 1 of 2\n🟢 25 running · 🔴 1 offline"
    )
    assert render.heading(second, ENGLISH) == "### Main · page 2 of 2"


def test_an_empty_board_says_so() -> None:
    [page] = lay_out(content(), buttons=True)
    check_layout(board_view(page, ENGLISH, mark=MARK))
    assert "no server to be shown" in render.heading(page, ENGLISH)
    [page] = lay_out(content(lost=(Lost("Main", Trouble.NO_ANSWER),)), buttons=True)
    assert "**Main** does not answer" in render.heading(page, ENGLISH)
    assert "no server to be shown" not in render.heading(page, ENGLISH)


@pytest.mark.parametrize("t", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_answers_name_the_board_and_its_channel(t: object) -> None:
    for name in (None, "Survival", LONGEST):
        board = make_board(channel_id=77, panel_id=None if name is None else "main")
        named = NamedBoard(replace(board, id=5), name)
        for say in (render.created, render.refreshed, render.moved, render.removed):
            text = say(named, t)  # type: ignore[arg-type]
            assert "<#77>" in text
            assert len(text) <= 2000
        assert len(render.choice(named, "c" * 100, t)) <= 100  # type: ignore[arg-type]


@pytest.mark.parametrize("pause", Pause)
def test_who_wants_a_paused_board_shown_anew_is_told_why_not(pause: Pause) -> None:
    named = NamedBoard(replace(make_board(channel_id=77), id=5, pause=pause))
    assert render.refreshed(named, ENGLISH) == lost.board(77, pause, ENGLISH)


def test_every_problem_and_every_pause_has_its_words() -> None:
    assert render.problems(ENGLISH).keys() == set(BoardProblem)
    assert len({lost.board(7, pause, ENGLISH) for pause in Pause}) == len(Pause)

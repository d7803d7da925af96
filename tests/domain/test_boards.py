"""Servers are dealt out to messages so that none is lost, and times change only with states."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import chain, pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.boards import (
    MOST_SERVERS,
    Content,
    Line,
    Seen,
    Style,
    lay_out,
    look,
    recalled,
    verb,
)
from bot.domain.servers import Capability, ServerState
from tests.fakes import NOON, make_server

DOWN = ServerState.UNREACHABLE


def content(count: int) -> Content:
    servers = [make_server(f"s{number}", f"{number}") for number in range(count)]
    lines = tuple(Line(server=each, seen=Seen(state=each.state)) for each in servers)
    return Content(title=None, lines=lines)


@given(st.integers(0, 700), st.booleans())
def test_every_server_has_its_place_once_and_in_order(count: int, buttons: bool) -> None:
    shown = content(count)
    pages = lay_out(shown, buttons=buttons)
    assert tuple(chain(*(page.lines for page in pages))) == shown.lines[:MOST_SERVERS]
    assert [page.number for page in pages] == list(range(len(pages)))
    assert all(page.lines for page in pages) or count == 0
    assert len({(page.style, page.pages, page.total, page.more) for page in pages}) == 1
    assert len(pages) <= 20
    assert pages[0].more == max(count - MOST_SERVERS, 0)
    assert pages[0].counts.get(ServerState.RUNNING, 0) == count
    if not buttons:
        assert pages[0].style is Style.TEXT


def test_few_servers_get_buttons_and_many_a_menu() -> None:
    assert {page.style for page in lay_out(content(50), buttons=True)} == {Style.BUTTONS}
    assert {page.style for page in lay_out(content(51), buttons=True)} == {Style.MENU}


def test_a_server_that_was_never_seen_before_is_so_since_nobody_knows() -> None:
    assert look(None, make_server(state=ServerState.OFFLINE)).since is None


def test_a_running_process_says_since_when() -> None:
    server = make_server(uptime=timedelta(hours=2))
    assert look(None, server).since == NOON - timedelta(hours=2)


def test_an_impossible_uptime_says_nothing() -> None:
    server = make_server(uptime=timedelta(days=40_000))
    assert look(None, server).since is None


def test_a_change_was_when_it_was_observed() -> None:
    before = look(None, make_server())
    stopped = make_server(state=ServerState.OFFLINE, observed_at=NOON + timedelta(minutes=1))
    assert look(before, stopped).since == NOON + timedelta(minutes=1)


def test_an_outage_hides_the_time_and_does_not_change_it() -> None:
    before = Seen(state=ServerState.OFFLINE, since=NOON)
    later = NOON + timedelta(hours=1)
    hidden = look(before, make_server(state=DOWN, observed_at=later))
    unknown = look(hidden, make_server(state=ServerState.UNKNOWN, observed_at=later))
    assert (hidden.since, hidden.state) == (later, DOWN)
    back = make_server(state=ServerState.OFFLINE, observed_at=later + timedelta(hours=1))
    assert look(unknown, back) == before


def test_what_changed_while_nobody_looked_did_so_nobody_knows_when() -> None:
    before = Seen(state=ServerState.RUNNING, since=NOON)
    hidden = look(before, make_server(state=DOWN))
    later = NOON + timedelta(days=3)
    stopped = make_server(state=ServerState.OFFLINE, observed_at=later)
    assert look(hidden, stopped) == Seen(state=ServerState.OFFLINE)
    assert look(recalled(before), stopped) == Seen(state=ServerState.OFFLINE)
    soon = NOON + timedelta(minutes=1)
    assert look(hidden, replace(stopped, observed_at=soon)).since == soon


def test_an_earlier_run_knows_what_is_so_still() -> None:
    for state in (ServerState.OFFLINE, ServerState.RUNNING):
        before = Seen(state=state, since=NOON)
        later = make_server(state=state, observed_at=NOON + timedelta(days=3))
        assert look(recalled(before), later) == before
    hidden = Seen(state=DOWN, since=NOON, former=before)
    assert look(recalled(hidden), make_server(state=DOWN)) == hidden


def test_a_process_that_is_younger_than_the_outage_began_in_it() -> None:
    before = Seen(state=ServerState.RUNNING, since=NOON)
    hidden = look(before, make_server(state=DOWN))
    back = make_server(observed_at=NOON + timedelta(hours=2), uptime=timedelta(minutes=1))
    assert look(hidden, back).since == NOON + timedelta(minutes=119)


def test_a_process_that_was_started_anew_between_two_looks_says_since_when() -> None:
    before = Seen(state=ServerState.RUNNING, since=NOON - timedelta(days=3))
    assert look(before, make_server(uptime=timedelta(seconds=10))).since == NOON - timedelta(
        seconds=10
    )
    about = make_server(uptime=timedelta(days=3) - timedelta(seconds=20))
    assert look(before, about) == before


@given(st.lists(st.tuples(st.sampled_from(ServerState), st.none() | st.integers(0, 10**6))))
def test_while_the_state_is_the_same_only_a_younger_process_changes_anything(
    looks: list[tuple[ServerState, int | None]],
) -> None:
    seen: Seen | None = None
    history = []
    for number, (state, seconds) in enumerate(looks):
        uptime = None if seconds is None else timedelta(seconds=seconds)
        at = NOON + timedelta(seconds=number)
        seen = look(seen, make_server(state=state, observed_at=at, uptime=uptime))
        assert seen.state is state
        assert seen.former is None or seen.former.former is None
        history.append((seen, uptime))
    for (before, _), (after, uptime) in pairwise(history):
        is_same = before.state is not after.state or before == after
        is_younger = before.since is None or (after.since or NOON) > before.since
        assert is_same or (after.state is ServerState.RUNNING and uptime is not None and is_younger)


def test_a_button_offers_what_the_panel_can_do_in_that_state() -> None:
    everything = frozenset(Capability)

    def offered(state: ServerState, capabilities: frozenset[Capability]) -> Capability | None:
        server = make_server(state=state)
        line = Line(server=server, seen=Seen(state=state), capabilities=capabilities)
        return verb(line)

    assert offered(ServerState.OFFLINE, everything) is Capability.START
    assert offered(ServerState.RUNNING, everything) is Capability.RESTART
    assert offered(ServerState.SUSPENDED, everything) is None
    assert offered(ServerState.RUNNING, everything - {Capability.RESTART}) is None

"""That a server is taken out of use is told also where nobody can say whether it runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.events import EventKind
from bot.domain.servers import ServerState
from tests.domain.watching import MEMBER, Watched, seen

if TYPE_CHECKING:
    from bot.domain.servers import Server

UNKNOWN = ServerState.UNKNOWN
IN_USE = replace(seen(state=UNKNOWN), is_in_use=True)


def kinds(watched: Watched, *looks: Server) -> list[EventKind]:
    return [event.kind for look in looks for event in watched.look(look)]


@pytest.mark.parametrize(
    ("state", "begun", "ended"),
    [
        (ServerState.SUSPENDED, EventKind.SUSPENDED, EventKind.UNSUSPENDED),
        (ServerState.INSTALLING, EventKind.INSTALLING, EventKind.INSTALLED),
    ],
)
def test_what_blocks_a_server_is_told_and_its_end_whenever_it_has_held(
    state: ServerState, begun: EventKind, ended: EventKind
) -> None:
    watched, blocked = Watched(), seen(state=state)
    assert kinds(watched, IN_USE, IN_USE) == []
    for _ in range(2):
        assert kinds(watched, blocked, IN_USE, blocked) == []
        assert kinds(watched, blocked, blocked) == [begun]
        assert kinds(watched, IN_USE, IN_USE, IN_USE) == [ended]


def test_what_happened_while_the_bot_was_away_is_told() -> None:
    watched = Watched()
    watched.look(IN_USE)
    watched.restart()
    [event] = watched.look(seen(state=ServerState.SUSPENDED))
    assert (event.kind, event.was_away) == (EventKind.SUSPENDED, True)


def test_who_asked_for_it_is_told_at_once() -> None:
    watched = Watched()
    watched.look(IN_USE)
    for look, kind in (
        (seen(state=ServerState.SUSPENDED), EventKind.SUSPENDED),
        (IN_USE, EventKind.UNSUSPENDED),
    ):
        watched.order(Action.SUSPEND)
        [event] = watched.look(look)
        assert (event.kind, event.asker) == (kind, MEMBER)


@pytest.mark.parametrize("state", [ServerState.RUNNING, ServerState.OFFLINE])
def test_that_it_is_in_use_says_nothing_of_whether_it_runs(state: ServerState) -> None:
    watched, known = Watched(), seen(state=state)
    assert kinds(watched, IN_USE, IN_USE, known, known, IN_USE, IN_USE, known, known) == []
    assert kinds(watched, IN_USE, *[seen(state=ServerState.SUSPENDED)] * 2) == [EventKind.SUSPENDED]
    assert kinds(watched, IN_USE, IN_USE, known, known) == [EventKind.UNSUSPENDED]
    # What it does after that is news again.
    other = ServerState.OFFLINE if state is ServerState.RUNNING else ServerState.RUNNING
    assert len(kinds(watched, seen(state=other), IN_USE, seen(state=other), seen(state=other))) == 1


def test_where_a_panel_tells_nothing_at_all_nothing_is_told() -> None:
    watched, unknown = Watched(), seen(state=UNKNOWN)
    assert kinds(watched, unknown, *[seen(state=ServerState.SUSPENDED)] * 2) == []
    assert kinds(watched, unknown, unknown, unknown) == []

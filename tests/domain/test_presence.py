"""Servers come and go when two lists say so, and one list alone says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.events import EventKind
from bot.domain.servers import ServerState
from tests.domain.test_changes import kinds
from tests.domain.watching import MEMBER, Watched, seen

if TYPE_CHECKING:
    from bot.domain.events import Asker


def pair() -> Watched:
    """Return a panel with two servers."""
    watched = Watched()
    watched.look(seen("one"), seen("two"))
    watched.look(seen("one"), seen("two"))
    return watched


def test_a_new_server_is_told_and_its_state_is_known() -> None:
    watched = pair()
    both = (seen("one"), seen("two"))
    assert not watched.look(*both, seen("three", ServerState.INSTALLING))
    (event,) = watched.look(*both, seen("three", ServerState.INSTALLING))
    assert (event.kind, event.name, event.was_away) == (EventKind.ADDED, "Three", False)
    told = [watched.look(*both, seen("three", ServerState.OFFLINE)) for _ in range(2)]
    assert kinds(*told) == [EventKind.INSTALLED]


def test_a_server_that_one_list_forgets_is_still_there() -> None:
    watched = pair()
    for _ in range(3):
        assert not watched.look(seen("one"))
        assert not watched.look(seen("one"), seen("two"))


def test_a_server_that_is_gone_is_told_once() -> None:
    watched = pair()
    assert not watched.look(seen("one"))
    (event,) = watched.look(seen("one"))
    assert (event.kind, event.name) == (EventKind.REMOVED, "Two")
    assert not watched.look(seen("one"))
    assert set(watched.tracks) == {"one"}


def test_who_created_and_deleted_it_is_told_at_once() -> None:
    watched = pair()
    watched.order(Action.DELETE, "two")
    watched.order(Action.CREATE, "three")
    told = watched.look(seen("one"), seen("three"), after=2)
    assert [(event.kind, event.name, event.asker) for event in told] == [
        (EventKind.REMOVED, "Two", MEMBER),
        (EventKind.ADDED, "Three", MEMBER),
    ]


@pytest.mark.parametrize(("minutes", "asker"), [(10, MEMBER), (12, None)])
def test_an_order_is_too_old_at_some_time(minutes: int, asker: Asker | None) -> None:
    watched = pair()
    watched.order(Action.DELETE, "two")
    watched.order(Action.CREATE, "three")
    told = watched.look(seen("one"), seen("three"), after=minutes * 60)
    assert len(told) == (0 if asker is None else 2)
    told = [*told, *watched.look(seen("one"), seen("three"))]
    assert [(event.kind, event.asker) for event in told] == [
        (EventKind.REMOVED, asker),
        (EventKind.ADDED, asker),
    ]


def test_what_is_deleted_without_ever_being_gone_from_the_list_is_gone() -> None:
    watched = pair()
    lists = [watched.look(seen("one"), seen("two", ServerState.DELETED)) for _ in range(2)]
    assert kinds(*lists) == [EventKind.REMOVED]


def test_a_server_that_is_listed_twice_is_one() -> None:
    watched = pair()
    for _ in range(3):
        assert not watched.look(seen("one"), seen("two"), seen("two"), seen("one"))


def test_a_server_that_got_another_id_is_another_and_what_was_told_of_it_is_told() -> None:
    watched = pair()
    renumbered = (seen("1", name="One"), seen("two"))
    assert not watched.look(*renumbered)
    told = watched.look(*renumbered)
    assert [(event.kind, event.name, event.ref) for event in told] == [
        (EventKind.REMOVED, "One", seen("one").ref),
        (EventKind.ADDED, "One", seen("1").ref),
    ]
    assert set(watched.tracks) == {"1", "two"}


def test_what_came_and_went_while_the_bot_was_away() -> None:
    watched = pair()
    watched.restart()
    assert not watched.look(seen("one"), seen("three"))
    told = watched.look(seen("one"), seen("three"))
    assert [(event.kind, event.was_away) for event in told] == [
        (EventKind.REMOVED, True),
        (EventKind.ADDED, True),
    ]


def test_a_look_at_one_server_says_nothing_of_the_others() -> None:
    watched = pair()
    for _ in range(3):
        assert not watched.glance(seen("two"))
        assert not watched.glance(seen("three"))
    assert not watched.look(seen("one"), seen("two"))

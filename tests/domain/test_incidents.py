"""What goes on for a while is one message: begun once, edited, closed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.errors import PanelAuthFailed, PanelRateLimited, PanelUnreachable
from bot.domain.events import EventKind
from bot.domain.incidents import Trouble
from bot.domain.servers import ServerState
from tests.domain.test_changes import kinds
from tests.domain.watching import MEMBER, Watched, seen

if TYPE_CHECKING:
    from bot.domain.servers import Server

OFFLINE, RUNNING = ServerState.OFFLINE, ServerState.RUNNING
STARTING, STOPPING = ServerState.STARTING, ServerState.STOPPING
DOWN = PanelUnreachable("main", "http://10.0.0.7 timed out")
BUSY = PanelRateLimited("main", 5)


def trio(*blind: str, node: str = "n1") -> list[Server]:
    """Return three servers of a node and one of another; those named are out of reach."""
    places = {"one": node, "two": node, "three": node, "four": "n2"}
    return [
        seen(server_id, ServerState.UNREACHABLE if server_id in blind else RUNNING, node=place)
        for server_id, place in places.items()
    ]


@pytest.fixture
def watched() -> Watched:
    """A panel with four servers on two nodes."""
    panel = Watched()
    panel.look(*trio())
    panel.look(*trio())
    return panel


def test_a_panel_that_does_not_answer_is_told_when_that_has_held(watched: Watched) -> None:
    assert not watched.fail(DOWN)
    since = watched.at
    (event,) = watched.fail(DOWN)
    assert (event.kind, event.ref, event.name) == (EventKind.UNREACHABLE, None, "")
    assert (event.since, event.count, event.detail) == (since, 4, Trouble.NO_ANSWER)
    assert event.servers == ("Four", "One", "Three", "Two")
    assert event.incident is not None
    assert not watched.fail(DOWN)
    (end,) = watched.look(*trio())
    assert (end.kind, end.incident, end.is_over) == (EventKind.RECOVERED, event.incident, True)
    assert (end.since, event.told_at, end.told_at) == (since, None, event.at)
    assert not watched.incidents


def test_a_panel_that_fails_once_is_not_worth_a_word(watched: Watched) -> None:
    for _ in range(3):
        assert not watched.fail(DOWN)
        assert not watched.look(*trio())


def test_a_panel_that_asks_for_patience_is_there_for_a_while(watched: Watched) -> None:
    for _ in range(5):
        assert not watched.fail(BUSY)
    (event,) = watched.fail(BUSY)
    assert (event.kind, event.detail) == (EventKind.UNREACHABLE, Trouble.OTHER)
    assert event.since is not None
    assert event.at - event.since == timedelta(minutes=5)


def test_a_panel_that_fails_in_other_ways_each_time_is_told_as_it_failed_last(
    watched: Watched,
) -> None:
    refused = PanelAuthFailed("main", "401")
    told = [watched.fail(error) for error in (DOWN, refused, DOWN, refused)]
    assert [[event.detail for event in some] for some in told] == [
        [],
        [Trouble.KEY_REFUSED],
        [],
        [],
    ]


def test_a_panel_that_asks_for_patience_in_between_does_not_answer(watched: Watched) -> None:
    assert not watched.fail(DOWN, after=5)
    assert not watched.fail(BUSY, after=5)
    (event,) = watched.fail(DOWN, after=5)
    assert event.detail is Trouble.NO_ANSWER


def test_another_trouble_is_an_edit(watched: Watched) -> None:
    watched.fail(DOWN)
    (first,) = watched.fail(DOWN)
    assert not watched.fail(PanelAuthFailed("main", "401"))
    (second,) = watched.fail(PanelAuthFailed("main", "401"))
    assert (second.incident, second.detail) == (first.incident, Trouble.KEY_REFUSED)


def test_a_panel_that_was_never_read_is_not_told_to_be_down() -> None:
    watched = Watched()
    assert not watched.fail(DOWN)
    assert not watched.fail(DOWN)


def test_an_incident_survives_a_restart_of_the_bot(watched: Watched) -> None:
    watched.fail(DOWN)
    (first,) = watched.fail(DOWN)
    watched.restart()
    assert not watched.fail(DOWN)
    assert not watched.fail(DOWN)
    (end,) = watched.look(*trio())
    assert (end.incident, end.is_over, end.told_at) == (first.incident, True, first.at)


def test_each_incident_has_an_id_of_its_own(watched: Watched) -> None:
    ids = set()
    for _ in range(3):
        watched.fail(DOWN)
        (event,) = watched.fail(DOWN)
        ids.add(event.incident)
        watched.look(*trio())
    assert len(ids) == 3
    assert all(len(str(incident)) <= 64 for incident in ids)


def test_the_servers_of_a_node_are_one_incident(watched: Watched) -> None:
    assert not watched.look(*trio("one", "two"))
    (event,) = watched.look(*trio("one", "two"))
    assert (event.kind, event.ref, event.name) == (EventKind.UNREACHABLE, None, "n1")
    assert (event.count, event.servers) == (2, ("One", "Two"))
    assert event.server_ids == ("one", "two")
    assert not watched.look(*trio("one", "two"))
    assert not watched.look(*trio("one", "two", "three"))
    (more,) = watched.look(*trio("one", "two", "three"))
    assert (more.incident, more.count) == (event.incident, 3)
    (fewer,) = watched.look(*trio("three"))
    assert (fewer.count, fewer.servers) == (1, ("Three",))
    assert fewer.server_ids == ("one", "three", "two")
    (end,) = watched.look(*trio())
    assert (end.kind, end.is_over, end.count) == (EventKind.RECOVERED, True, 3)


def test_one_server_alone_is_its_own_incident_until_more_join(watched: Watched) -> None:
    watched.look(*trio("two"))
    (event,) = watched.look(*trio("two"))
    assert (event.ref, event.name) == (seen("two").ref, "Two")
    watched.look(*trio("two", "three"))
    (more,) = watched.look(*trio("two", "three"))
    assert (more.incident, more.ref, more.name) == (event.incident, None, "n1")


def test_a_server_that_joins_as_another_leaves_makes_it_the_nodes(watched: Watched) -> None:
    watched.look(*trio("two"))
    (event,) = watched.look(*trio("two", "three"))
    assert event.ref == seen("two").ref
    (other,) = watched.look(*trio("three"))
    assert (other.incident, other.ref, other.servers) == (event.incident, None, ("Three",))


def test_one_that_is_out_of_reach_for_one_look_is_not_worth_a_word(watched: Watched) -> None:
    for _ in range(3):
        assert not watched.look(*trio("one", "two"))
        assert not watched.look(*trio())


def test_out_of_reach_is_not_off(watched: Watched) -> None:
    told = [watched.look(*trio("one")) for _ in range(3)]
    told += [watched.look(*trio()) for _ in range(2)]
    assert kinds(*told) == [EventKind.UNREACHABLE, EventKind.RECOVERED]


def test_what_one_list_forgets_is_not_back(watched: Watched) -> None:
    watched.look(*trio("one"))
    watched.look(*trio("one"))
    assert not watched.look(*trio("one")[1:])
    assert not watched.look(*trio("one"))


def test_servers_that_a_guild_does_not_use_are_not_named(watched: Watched) -> None:
    watched.used = {"two", "four"}
    watched.look(*trio("one", "two"))
    (event,) = watched.look(*trio("one", "two"))
    assert (event.count, event.servers) == (1, ("Two",))


def test_a_server_that_flaps_is_one_message_with_a_count(watched: Watched) -> None:
    watched.push(RUNNING, is_first=True, after=60)
    told = [watched.push(state, after=5) for state in (OFFLINE, RUNNING) * 4]
    assert kinds(*told) == [
        EventKind.CRASHED,
        EventKind.STARTED,
        EventKind.CRASHED,
        EventKind.STARTED,
        *[EventKind.FLAPPING] * 4,
    ]
    events = [event for some in told for event in some if event.kind is EventKind.FLAPPING]
    assert [event.count for event in events] == [5, 6, 7, 8]
    assert [event.detail for event in events] == [OFFLINE, RUNNING] * 2
    assert len({event.incident for event in events}) == 1
    assert [event.told_at for event in events] == [None, *[events[0].at] * 3]
    assert not watched.look(*trio(), after=300)
    (end,) = watched.look(*trio(), after=300)
    assert (end.kind, end.is_over, end.count, end.detail) == (
        EventKind.FLAPPING,
        True,
        8,
        RUNNING,
    )
    assert kinds(watched.push(OFFLINE)) == [EventKind.CRASHED]


def flap(watched: Watched, *ways: ServerState) -> None:
    """Go up and down by itself until one message stands for it, and on by `ways`."""
    watched.push(RUNNING, is_first=True, after=60)
    for state in (OFFLINE, RUNNING, OFFLINE, RUNNING, *ways):
        watched.push(state, after=5)


def calm(watched: Watched, state: ServerState) -> list[tuple[EventKind, bool, str | None]]:
    """Let it stay as it is; returns what is told of that."""
    four = [seen(state=state, node="n1"), *trio()[1:]]
    told = [watched.look(*four, after=300) for _ in range(2)]
    assert not watched.incidents
    return [(event.kind, event.is_over, event.detail) for some in told for event in some]


def test_one_that_flaps_and_stays_down_has_crashed(watched: Watched) -> None:
    flap(watched, OFFLINE)
    down = watched.at
    end, crash = watched.look(seen(state=OFFLINE, node="n1"), *trio()[1:], after=600)
    assert (end.kind, end.is_over, end.detail) == (EventKind.FLAPPING, True, OFFLINE)
    assert (crash.kind, crash.incident, crash.at) == (EventKind.CRASHED, None, down)
    assert (crash.ref, crash.name) == (end.ref, "One")
    assert kinds(watched.push(RUNNING)) == [EventKind.STARTED]


def test_one_that_flaps_and_is_stopped_by_somebody_has_calmed_down(watched: Watched) -> None:
    flap(watched, OFFLINE)
    for action, state in ((Action.START, RUNNING), (Action.STOP, OFFLINE)):
        watched.order(action)
        watched.push(state, after=5)
    assert calm(watched, OFFLINE) == [(EventKind.FLAPPING, True, OFFLINE)]


def test_one_that_is_started_by_somebody_and_goes_down_by_itself_is_told(watched: Watched) -> None:
    flap(watched, OFFLINE)
    watched.order(Action.START)
    watched.push(RUNNING, after=5)
    watched.push(STOPPING, after=5)
    watched.push(OFFLINE)
    assert [kind for kind, _, _ in calm(watched, OFFLINE)] == [
        EventKind.FLAPPING,
        EventKind.STOPPED,
    ]


def test_a_crash_before_what_was_told_by_itself_is_not_told_after_that(watched: Watched) -> None:
    flap(watched, OFFLINE)
    for state, kind in ((RUNNING, EventKind.STARTED), (OFFLINE, EventKind.STOPPED)):
        watched.restart()
        (found,) = watched.look(seen(state=state, node="n1"), *trio()[1:])
        assert (found.kind, found.was_away) == (kind, True)
    assert calm(watched, OFFLINE) == [(EventKind.FLAPPING, True, OFFLINE)]


def test_nor_after_a_stop_for_which_somebody_asked_who_wanted_it_up_again(watched: Watched) -> None:
    flap(watched, OFFLINE)
    watched.restart()
    assert kinds(watched.look(*trio())) == [EventKind.STARTED]
    watched.order(Action.RESTART)
    assert not watched.push(OFFLINE, after=30)
    (stop,) = watched.settle(after=31)
    assert (stop.kind, stop.asker) == (EventKind.STOPPED, MEMBER)
    assert calm(watched, OFFLINE) == [(EventKind.FLAPPING, True, OFFLINE)]


def test_another_name_is_nothing_that_it_did(watched: Watched) -> None:
    flap(watched, OFFLINE)
    renamed = [seen(name="Other", state=OFFLINE, node="n1"), *trio()[1:]]
    assert kinds(*(watched.look(*renamed) for _ in range(2))) == [EventKind.RENAMED]
    told = [watched.look(*renamed, after=300) for _ in range(2)]
    assert kinds(*told) == [EventKind.FLAPPING, EventKind.CRASHED]


def test_a_stop_that_was_half_of_a_restart_is_one_change(watched: Watched) -> None:
    watched.push(RUNNING, is_first=True, after=60)
    ways = [(STOPPING, OFFLINE, STARTING, RUNNING)] * 4
    told = [watched.push(state, after=2) for way in ways for state in way]
    assert kinds(*told) == [EventKind.STOPPED, EventKind.RESTARTED] * 4
    watched.push(STOPPING)
    assert kinds(watched.push(OFFLINE)) == [EventKind.FLAPPING]


def test_changes_that_are_far_apart_do_not_flap(watched: Watched) -> None:
    watched.push(RUNNING, is_first=True, after=60)
    told = [watched.push(state, after=400) for state in (OFFLINE, RUNNING) * 4]
    assert EventKind.FLAPPING not in kinds(*told)


def test_what_is_nearly_used_up_is_told_once_until_it_has_eased() -> None:
    watched = Watched()
    for memory in (90, 96):
        assert not watched.look(seen(memory=memory))
    (event,) = watched.look(seen(memory=97))
    assert (event.kind, event.measure, event.percent) == (EventKind.THRESHOLD, "memory", 97)
    for memory in (99, 90, 97, 86):
        assert not watched.look(seen(memory=memory))
    (end,) = watched.look(seen(memory=84))
    assert (end.incident, end.is_over, end.percent) == (event.incident, True, 84)
    assert not watched.look(seen(memory=96))
    assert not watched.look(seen(memory=90))
    assert not watched.look(seen(memory=96))


def test_memory_of_a_server_that_is_off_is_free() -> None:
    watched = Watched()
    told = [watched.look(seen(memory=99)) for _ in range(2)]
    told += [watched.look(seen(state=OFFLINE)) for _ in range(2)]
    assert kinds(*told) == [EventKind.THRESHOLD, EventKind.THRESHOLD, EventKind.STOPPED]


def lost(watched: Watched, *servers: Server) -> list[tuple[EventKind, bool, str | None]]:
    """Let servers go; returns what is told of incidents."""
    told = [watched.look(*servers) for _ in range(3)]
    assert not watched.incidents
    events = [event for some in told for event in some if event.incident]
    return [(event.kind, event.is_over, event.detail) for event in events]


def test_what_goes_on_with_a_server_is_over_when_that_is_gone() -> None:
    watched = Watched()
    for _ in range(2):
        watched.look(seen(memory=99), seen("two"))
    watched.push(RUNNING, is_first=True, after=60)
    for state in (OFFLINE, RUNNING) * 3:
        watched.push(state, after=5)
    assert len(watched.incidents) == 2
    assert sorted(lost(watched, seen("two"))) == [
        (EventKind.FLAPPING, True, ServerState.DELETED),
        (EventKind.THRESHOLD, True, ServerState.DELETED),
    ]


def test_one_that_is_gone_cannot_be_reached_again(watched: Watched) -> None:
    for _ in range(2):
        watched.look(*trio("one"))
    assert lost(watched, *trio()[1:]) == [(EventKind.RECOVERED, True, ServerState.DELETED)]


def test_a_node_whose_servers_are_gone_does_not_answer_again(watched: Watched) -> None:
    for _ in range(2):
        watched.look(*trio("one", "two", "three"))
    gone = (EventKind.RECOVERED, True, ServerState.DELETED)
    assert lost(watched, *trio()[3:]) == [gone]


def test_a_node_that_has_others_answers_again(watched: Watched) -> None:
    for _ in range(2):
        watched.look(*trio("one", "two"))
    assert lost(watched, *trio()[2:]) == [(EventKind.RECOVERED, True, None)]


def test_one_reading_is_one_however_often_it_is_handed_on() -> None:
    watched = Watched()
    watched.look(seen(memory=10))
    full = seen(memory=97)
    assert [*watched.look(full), *watched.look_again(full), *watched.look_again(full)] == []
    assert kinds(watched.look(full)) == [EventKind.THRESHOLD]

"""What is seen is stored with what is told of it, once; a database that fails delays it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.events import Asker, EventKind
from bot.domain.servers import ServerRef, ServerState
from tests.fakes import make_server
from tests.fakes_news import CHANNEL
from tests.services.observing import DOWN, MEMBER, OFFLINE, RUNNING, UP, Post, running

if TYPE_CHECKING:
    from datetime import datetime


async def test_events_are_stored_with_deliveries_and_their_channels_woken(post: Post) -> None:
    assert not await post.look(DOWN)
    assert await post.look(DOWN) == [EventKind.STOPPED]
    (delivery,) = post.news.deliveries.values()
    assert (delivery.channel_id, post.woken) == (CHANNEL, [CHANNEL])
    assert post.news.kept[UP.ref].state is OFFLINE


async def test_a_look_that_shows_nothing_new_writes_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post.news, "commit", None)
    for _ in range(5):
        assert not await post.look(UP)


async def test_whoever_listens_learns_what_was_looked_at_since_the_start(post: Post) -> None:
    looked_at: list[str] = []
    post.start()
    post.observer.listen(looked_at.append)
    post.news.is_broken = True
    await post.look(UP)
    assert not looked_at  # it is not known yet what went on
    post.news.is_broken = False
    await post.look(UP)
    await post.fail()
    assert looked_at == ["main"] * 3


async def test_after_a_restart_only_the_difference_is_told(post: Post) -> None:
    post.start()
    assert not await post.look(UP)
    post.start()
    assert await post.look(DOWN) == [EventKind.STOPPED]
    assert post.news.events[-1].was_away


async def test_a_crash_in_flapping_is_not_told_after_what_two_restarts_have_found(
    post: Post,
) -> None:
    for index, state in enumerate((RUNNING, *(OFFLINE, RUNNING) * 2, OFFLINE)):
        post.clock.advance(5)
        await post.observer.pushed(UP.ref, state, post.clock.now(), is_first=index == 0)
    await post.ledger.save()
    assert post.news.events[-1].kind is EventKind.FLAPPING
    for server, kind in ((UP, EventKind.STARTED), (DOWN, EventKind.STOPPED)):
        post.start()
        assert await post.look(server) == [kind]
    told = [kind for _ in range(10) for kind in await post.look(DOWN)]
    assert told == [EventKind.FLAPPING]


async def test_what_cannot_be_stored_is_told_later_and_the_operator_now(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    post.news.is_broken = True
    for _ in range(5):
        assert not await post.look(DOWN)
    assert (post.ledger.held, post.ledger.problem is None) == (1, False)
    assert caplog.text.count("nothing is told until it can") == 1
    post.news.is_broken = False
    assert await post.look(DOWN) == [EventKind.STOPPED]
    assert post.ledger.problem is None
    assert caplog.text.count("what changed can be stored again") == 1


async def test_it_is_tried_again_without_another_look(post: Post) -> None:
    async with running(post):
        await post.look(DOWN)
        post.news.is_broken = True
        await post.look(DOWN)
        await post.clock.wait_asleep(1)
        post.news.is_broken = False
        await post.clock.tick()
        await post.told.wait()
    assert [event.kind for event in post.news.events] == [EventKind.STOPPED]


async def test_nothing_is_taken_for_new_while_nobody_can_read_what_was_told(post: Post) -> None:
    post.start()
    post.news.is_broken = True
    assert not await post.look(DOWN)
    await post.observer.pushed(UP.ref, OFFLINE, post.clock.now())
    post.news.is_broken = False
    assert await post.look(DOWN) == [EventKind.STOPPED]


async def test_a_commit_that_is_cut_short_is_not_repeated(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, committed = post.news.commit, asyncio.Event()

    async def slow(**what: object) -> None:
        await stored(**what)  # type: ignore[arg-type]
        committed.set()
        await asyncio.Event().wait()

    await post.look(DOWN)
    post.clock.advance(60)
    monkeypatch.setattr(post.news, "commit", slow)
    now = post.clock.now()
    async with running(post):
        await post.observer.looked(list(post.panels), [replace(DOWN, observed_at=now)], now)
        await committed.wait()
    monkeypatch.undo()
    await post.ledger.save()
    assert len(post.news.events) == 1


async def test_what_has_to_hold_for_a_moment_is_told_without_another_look(post: Post) -> None:
    post.note(Action.RESTART, Outcome.SENT)
    async with running(post):
        now = post.clock.now
        await post.observer.pushed(UP.ref, RUNNING, now(), is_first=True)
        await post.observer.pushed(UP.ref, ServerState.STOPPING, now())
        await post.observer.pushed(UP.ref, OFFLINE, now())
        for _ in range(30):
            assert not post.news.events
            await post.clock.tick()
        await post.told.wait()
    assert [event.kind for event in post.news.events] == [EventKind.STOPPED]


@pytest.mark.parametrize(
    ("action", "detail", "asker"),
    [
        (Action.STOP, "lunch", MEMBER),
        (Action.COMMAND, "stop", MEMBER),
        (Action.COMMAND, "/Restart now", MEMBER),
        (Action.COMMAND, "say stop", None),
        (Action.LOGS, None, None),
    ],
)
async def test_who_asked_for_it_is_known_from_what_is_written_down(
    post: Post, action: Action, detail: str | None, asker: Asker | None
) -> None:
    post.note(action, Outcome.SENT, detail)
    post.clock.advance(2)
    await post.observer.pushed(UP.ref, OFFLINE, post.clock.now(), is_first=True)
    await post.ledger.save()
    (event,) = post.news.events
    assert (event.kind, event.asker) == (EventKind.STOPPED, asker)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.NO_EFFECT, Outcome.DONE])
async def test_an_order_excuses_nothing_after_its_end(post: Post, outcome: Outcome) -> None:
    post.note(Action.RESTART, Outcome.SENT)
    post.note(Action.RESTART, outcome)
    await post.observer.pushed(UP.ref, RUNNING, post.clock.now(), is_first=True)
    await post.observer.pushed(UP.ref, OFFLINE, post.clock.now())
    await post.ledger.save()
    *_, event = post.news.events
    assert (event.kind, event.asker) == (EventKind.CRASHED, None)


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        (Action.BUILD, Outcome.DONE),
        (Action.BUILD, Outcome.FAILED),
        (Action.UPDATE, Outcome.DONE),
        (Action.SUSPEND, Outcome.FAILED),
    ],
)
async def test_what_else_is_asked_for_does_not_hide_who_stopped_it(
    post: Post, action: Action, outcome: Outcome
) -> None:
    post.note(Action.KILL, Outcome.SENT)
    post.clock.advance(1)
    for each in (Outcome.SENT, outcome):
        post.note(action, each, user_id=12)
    await post.observer.pushed(UP.ref, RUNNING, post.clock.now(), is_first=True)
    await post.observer.pushed(UP.ref, OFFLINE, post.clock.now())
    await post.ledger.save()
    (event,) = post.news.events
    assert (event.kind, event.asker) == (EventKind.STOPPED, MEMBER)


async def test_who_asked_for_another_name_is_told_although_it_was_stopped_since(
    post: Post,
) -> None:
    post.note(Action.UPDATE, Outcome.SENT)
    post.note(Action.STOP, Outcome.SENT, user_id=12)
    now = post.clock.now()
    await post.observer.looked_at(list(post.panels), make_server(name="Other"), now)
    await post.ledger.save()
    (event,) = post.news.events
    assert (event.kind, event.asker) == (EventKind.RENAMED, MEMBER)


async def test_an_order_that_is_written_down_after_its_end_has_ended(post: Post) -> None:
    post.ask(Action.STOP)
    await post.observer.looked_at(list(post.panels), DOWN, post.clock.now())
    post.note(Action.STOP, Outcome.SENT)
    await post.observer.looked_at(list(post.panels), UP, post.clock.now())
    await post.observer.looked_at(list(post.panels), UP, post.clock.now())
    await post.observer.pushed(UP.ref, RUNNING, post.clock.now(), is_first=True)
    await post.observer.pushed(UP.ref, OFFLINE, post.clock.now())
    await post.ledger.save()
    assert post.kinds_and_askers() == [
        (EventKind.STOPPED, MEMBER),
        (EventKind.STARTED, None),
        (EventKind.CRASHED, None),
    ]


async def test_the_same_panel_of_two_guilds_is_told_to_both_with_one_order() -> None:
    post = Post()
    post.share()
    await post.look(UP)
    post.note(Action.STOP, Outcome.SENT)
    await post.observer.looked_at(list(post.panels), DOWN, post.clock.now())
    await post.ledger.save()
    assert [(event.panel_id, event.asker) for event in post.news.events] == [
        ("main", MEMBER),
        ("other", MEMBER),
    ]


async def test_a_panel_that_fails_is_told(post: Post) -> None:
    await post.fail()
    assert [event.kind for event in post.news.events] == [EventKind.UNREACHABLE]
    assert len(post.news.going_on) == 1


async def _create(post: Post, *askers: Asker) -> list[datetime]:
    """Let each of them create a server on the panel."""
    times = []
    for asker in askers:
        post.clock.advance(5)
        times.append(post.clock.now())
        post.observer.asked(ServerRef("main", ""), Action.CREATE, asker, times[-1])
    return times


FIRST, SECOND = Asker(1, MEMBER.guild_id), Asker(2, MEMBER.guild_id)
X, Y, Z = (make_server(name=each, server_id=each) for each in "xyz")


def _by_whom(post: Post) -> list[tuple[str, Asker | None]]:
    return [(event.name, event.asker) for event in post.news.events]


async def test_who_created_which_server_is_told(post: Post) -> None:
    for server, at in zip((Y, X), await _create(post, FIRST, SECOND), strict=True):
        post.observer.created(server.ref, at)
    await post.look(UP, X, Y)
    for _ in range(2):
        await post.look(UP, X, Y, Z)
    assert _by_whom(post) == [("x", SECOND), ("y", FIRST), ("z", None)]


async def test_one_who_creates_several_is_told_with_each(post: Post) -> None:
    await _create(post, FIRST, FIRST)
    await post.look(UP, X, Y)
    for _ in range(2):
        await post.look(UP, X, Y, Z)
    assert _by_whom(post) == [("x", FIRST), ("y", FIRST), ("z", None)]


async def test_of_two_who_create_nobody_is_told_with_the_server_of_the_other(post: Post) -> None:
    times = await _create(post, FIRST, SECOND)
    assert not await post.look(UP, X, Y)
    for server, at in zip((Y, X), times, strict=True):
        post.observer.created(server.ref, at)
    await post.look(UP, X, Y)
    assert _by_whom(post) == [("x", SECOND), ("y", FIRST)]


async def test_what_a_panel_never_says_is_told_without_who_it_was(post: Post) -> None:
    await _create(post, FIRST, SECOND)
    for _ in range(2):
        await post.look(UP, X, Y)
    assert _by_whom(post) == [("x", None), ("y", None)]


async def test_what_is_ordered_of_a_new_server_outlives_the_word_that_it_is_there(
    post: Post,
) -> None:
    new = make_server("New", "new")
    for _ in range(2):
        await post.look(UP)
    [at] = await _create(post, MEMBER)
    post.observer.created(new.ref, at)
    post.clock.advance(1)
    post.observer.asked(new.ref, Action.KILL, MEMBER, post.clock.now())
    await post.look(UP, new)
    await post.observer.pushed(new.ref, RUNNING, post.clock.now(), is_first=True)
    await post.observer.pushed(new.ref, OFFLINE, post.clock.now())
    await post.ledger.save()
    assert post.kinds_and_askers() == [(EventKind.ADDED, MEMBER), (EventKind.STOPPED, MEMBER)]

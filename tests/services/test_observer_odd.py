"""What fails at one server, whatever it was, costs only the news of that one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain import panel_watch
from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.compare import compare
from bot.domain.events import EventKind
from bot.domain.servers import Resources
from tests.fakes import make_server
from tests.services.observing import DOWN, MEMBER, OFFLINE, RUNNING, UP, Post, running

if TYPE_CHECKING:
    from bot.domain.changes import Compared, Look, Order, Outlook, Track
    from bot.domain.events import Asker
    from bot.domain.servers import ServerState

BAD, GOOD = (replace(UP.ref, panel_id=panel_id) for panel_id in ("main", "other"))


@pytest.fixture
async def post() -> Post:
    """One with a running server that was seen, on a panel that two guilds have."""
    post = Post()
    post.share()
    assert not await post.look(UP)
    return post


def _break(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing of one of the two be compared from here on."""

    def compare_or_fail(
        track: Track,
        outlook: Outlook,
        look: Look,
        order: Order | None = None,
        *,
        renaming: Order | None = None,
    ) -> Compared:
        if look.ref == BAD:
            raise ValueError("a bug")
        return compare(track, outlook, look, order, renaming=renaming)

    monkeypatch.setattr(panel_watch, "compare", compare_or_fail)


async def _push(post: Post, *states: ServerState) -> None:
    for index, state in enumerate(states):
        for ref in (BAD, GOOD):
            now = post.clock.now()
            await post.observer.pushed(ref, state, now, is_first=index == 0)


async def _told(post: Post) -> list[tuple[str, EventKind, Asker | None]]:
    await post.ledger.save()
    return [(event.panel_id, event.kind, event.asker) for event in post.news.events]


async def test_a_push_that_cannot_be_compared_breaks_nothing_off(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _break(monkeypatch)
    await _push(post, RUNNING, OFFLINE)
    assert await _told(post) == [("other", EventKind.CRASHED, None)]
    assert "comparing main:1a2b3c4d failed unexpectedly" in caplog.text


async def test_an_order_is_taken_in_though_what_was_seen_before_cannot_be_compared(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.look(DOWN)
    _break(monkeypatch)
    post.clock.advance(1)
    post.note(Action.START, Outcome.SENT)
    await _push(post, OFFLINE, RUNNING)
    assert await _told(post) == [
        ("other", EventKind.STOPPED, None),
        ("other", EventKind.STARTED, MEMBER),
    ]


async def test_the_end_of_an_order_is_told_where_it_can_be(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(monkeypatch)
    ordered_at = post.clock.now()
    assert await post.observer.done(UP.ref, Action.RESTART, MEMBER, ordered_at, seen=UP)
    assert await _told(post) == [("other", EventKind.RESTARTED, MEMBER)]


async def test_what_has_held_is_told_where_it_can_be_and_a_bug_is_logged_once(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    post.note(Action.RESTART, Outcome.SENT)
    async with running(post):
        await _push(post, RUNNING, OFFLINE)
        _break(monkeypatch)
        for _ in range(30):
            await post.clock.tick()
        await post.told.wait()
    assert await _told(post) == [("other", EventKind.STOPPED, MEMBER)]
    assert caplog.text.count("comparing main:1a2b3c4d failed unexpectedly") == 1


async def test_figures_that_cannot_be_measured_cost_only_their_own_news(
    caplog: pytest.LogCaptureFixture,
) -> None:
    post = Post()
    beyond = Resources(memory_bytes=10**400, memory_limit_bytes=1)  # in percent it is no number
    odd = replace(make_server("Odd", "0000"), resources=beyond)
    other = make_server("Other", "ffff")
    for _ in range(2):
        await post.look(odd, UP, other)
    for _ in range(2):
        await post.look(odd, DOWN, replace(other, state=OFFLINE))
    told = [event.name for event in post.news.events if event.kind is EventKind.STOPPED]
    assert sorted(told) == ["Other", UP.name]
    assert "measuring main:0000 failed unexpectedly" in caplog.text
    sane = replace(odd, resources=None, state=OFFLINE)
    for _ in range(2):
        await post.look(sane, DOWN, replace(other, state=OFFLINE))
    assert (post.news.events[-1].kind, post.news.events[-1].name) == (EventKind.STOPPED, "Odd")

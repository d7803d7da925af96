"""The bot is killed before a receipt has had its last word: what it ordered is told once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.access import Action
from bot.domain.audit import AuditEntry, Door, Outcome
from bot.domain.events import EventKind
from bot.domain.servers import ServerState
from tests.services.observing import DOWN, MEMBER, OFFLINE, RUNNING, UP, Post

RESTARTING = (ServerState.STOPPING, OFFLINE, ServerState.STARTING, RUNNING)


@pytest.mark.parametrize("is_stored", [True, False])
async def test_a_restart_that_its_receipt_goes_on_with_is_told_once(is_stored: bool) -> None:
    post = Post()
    await post.look(UP)
    ordered_at = post.clock.now()
    post.observer.asked(UP.ref, Action.RESTART, MEMBER, ordered_at)
    for state in RESTARTING:
        post.clock.advance(3)
        await post.observer.pushed(UP.ref, state, post.clock.now())
    if is_stored:
        await post.ledger.save()
    post.start()
    post.observer.asked(UP.ref, Action.RESTART, MEMBER, ordered_at)
    await post.observer.pushed(UP.ref, RUNNING, post.clock.now(), is_first=True)
    end = AuditEntry(
        at=ordered_at,
        guild_id=MEMBER.guild_id,
        user_id=MEMBER.user_id,
        action=Action.RESTART,
        ref=UP.ref,
        server_name=UP.name,
        door=Door.COMMAND,
        outcome=Outcome.DONE,
    )
    post.observer.noted(end)
    for _ in range(2):
        await post.look(UP)
    told = [(event.kind, event.asker) for event in post.news.events]
    assert told == [(EventKind.RESTARTED, MEMBER)]


async def test_one_panel_of_two_guilds_is_told_to_whichever_was_not() -> None:
    post = Post()
    for panel_id in ("main", "other"):
        post.panels.put(post.entry(panel_id, source="same"))
    await post.look(DOWN)
    ordered_at = post.clock.now()
    post.observer.asked(UP.ref, Action.RESTART, MEMBER, ordered_at)
    main, other = post.panels
    await post.observer.looked_at([main], UP, ordered_at)
    await post.ledger.save()
    post.start()
    post.observer.asked(UP.ref, Action.RESTART, MEMBER, ordered_at)
    for _ in range(2):
        await post.look(UP)
    told = [(event.panel_id, event.asker) for event in post.news.events]
    assert told == [("main", MEMBER), ("other", MEMBER)]
    kept = [post.news.kept[replace(UP.ref, panel_id=one.panel_id)] for one in (main, other)]
    assert [track.ordered_at for track in kept] == [ordered_at] * 2

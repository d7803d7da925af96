"""What was acted on is looked at closely until it rests; nobody is asked twice for one thing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.access import Action
from bot.domain.audit import AuditEntry, Door, Outcome
from bot.domain.errors import PanelUnreachable
from bot.domain.servers import PowerAction, ServerRef, ServerState
from bot.services.attention import Attention
from tests.services.house import ADMIN, GUILD
from tests.services.observing import Post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.services.house import House


@asynccontextmanager
async def _attending(house: House) -> AsyncIterator[None]:
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(house.attention.run())
        yield
        task.cancel()


async def _pass(house: House, seconds: float) -> None:
    """Let the time pass in steps of a second, each taken in."""
    for _ in range(int(seconds)):
        house.clock.advance(1)
        for _ in range(20):
            await asyncio.sleep(0)


def _states(house: House) -> list[ServerState]:
    return [state for look in house.sightings.looks for state in look.states.values()]


async def test_a_server_is_seen_through_its_states_until_it_rests(house: House) -> None:
    await house.panel.power("1a2b3c4d", PowerAction.RESTART)
    async with _attending(house):
        house.attention.attend(house.server.ref)
        await house.clock.wait_asleep(1)
        await _pass(house, 60)
        asked = house.panel.calls["get_server"]
        assert 8 <= asked <= 10
        await _pass(house, 600)
        assert house.panel.calls["get_server"] == asked
    seen = list(dict.fromkeys(_states(house)))
    assert seen == [ServerState.OFFLINE, ServerState.STARTING, ServerState.RUNNING]
    assert all(look.is_part for look in house.sightings.looks)
    assert house.directory.get(house.server.ref) is not None


async def test_what_was_pushed_is_passed_on_and_not_what_the_panel_kept(house: House) -> None:
    server = await house.panel.get_server("1a2b3c4d")
    assert server.state is ServerState.RUNNING
    async with _attending(house):
        house.attention.attend(house.server.ref)
        await house.clock.wait_asleep(1)
        now = house.clock.now()
        house.directory.note(
            replace(server, state=ServerState.OFFLINE, observed_at=now, pushed_at=now)
        )
        await _pass(house, 12)
    assert house.panel.calls["get_server"] > 1
    assert set(_states(house)) == {ServerState.OFFLINE}
    known = house.directory.get(house.server.ref)
    assert known is not None
    assert known.state is ServerState.OFFLINE


async def test_what_somebody_else_has_seen_is_not_asked_for_again(house: House) -> None:
    async with _attending(house):
        house.attention.attend(house.server.ref)
        await house.clock.wait_asleep(1)
        for _ in range(30):
            house.directory.note(house.server)
            await _pass(house, 1)
    assert house.panel.calls["get_server"] == 0
    assert _states(house)


@pytest.mark.parametrize("changed", [{"state": ServerState.OFFLINE}, {"name": "Lie"}])
async def test_what_somebody_else_has_seen_is_seen_once(
    house: House, changed: dict[str, Any]
) -> None:
    post = Post(clock=house.clock)
    await post.look(house.server)
    attention = Attention(house.panels, house.directory, house.clock, observer=post.observer)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(attention.run())
        attention.attend(house.server.ref)
        await house.clock.wait_asleep(1)
        await _pass(house, 1)
        now = house.clock.now()
        lie = replace(house.server, observed_at=now, **changed)
        house.directory.replace("main", [lie])
        await post.observer.looked(list(post.panels), [lie], now)
        await _pass(house, 2)
        assert house.panel.calls["get_server"] == 0
        await _pass(house, 3)
        assert house.panel.calls["get_server"] == 1
        task.cancel()
    await post.ledger.save()
    assert post.news.events == []


async def test_whatever_was_given_to_a_panel_is_attended_to(house: House) -> None:
    entry = AuditEntry(
        at=house.clock.now(),
        guild_id=GUILD,
        user_id=ADMIN.user_id,
        action=Action.SUSPEND,
        ref=house.server.ref,
        server_name="Survival",
        door=Door.COMMAND,
        outcome=Outcome.SENT,
    )
    async with _attending(house):
        house.attention.noted(replace(entry, action=Action.LOGS))
        house.attention.noted(replace(entry, outcome=Outcome.DENIED))
        house.attention.noted(replace(entry, ref=ServerRef("main", "")))
        await _pass(house, 3)
        assert house.panel.calls["get_server"] == 0
        house.attention.noted(entry)
        await house.clock.wait_asleep(1)
        await _pass(house, 3)
        assert house.panel.calls["get_server"] == 1


async def test_one_that_never_rests_is_let_go_after_a_while(house: House) -> None:
    house.panel.timelines[PowerAction.STOP] = ((0, ServerState.STOPPING),)
    await house.panel.power("1a2b3c4d", PowerAction.STOP)
    async with _attending(house):
        house.attention.attend(house.server.ref)
        await house.clock.wait_asleep(1)
        await _pass(house, 700)
        asked = house.panel.calls["get_server"]
        assert asked > 100
        await _pass(house, 60)
        assert house.panel.calls["get_server"] == asked


async def test_a_panel_that_fails_does_not_end_it_nor_one_that_goes_hold_it(house: House) -> None:
    house.panel.errors["get_server"] = PanelUnreachable("main", "refused")
    async with _attending(house):
        house.attention.attend(house.server.ref)
        await house.clock.wait_asleep(1)
        await _pass(house, 12)
        assert house.panel.calls["get_server"] == 4
        house.panel.errors["get_server"] = KeyError("a bug")
        await _pass(house, 6)
        house.panel.errors.clear()
        await _pass(house, 3)
        assert _states(house) == [ServerState.RUNNING]
        house.panels.remove("main")
        await _pass(house, 10)
        house.attention.attend(house.server.ref)
        await _pass(house, 10)
    assert house.panel.calls["get_server"] == 8

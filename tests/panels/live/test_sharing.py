"""Several watchers of one server, and those that leave, fail or do not read."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from bot.domain import live
from bot.domain.servers import ServerState
from tests.panels.live.site import see, soon

if TYPE_CHECKING:
    from bot.panels.pterodactyl import Pterodactyl
    from tests.panels.live.site import LiveSite


async def test_watchers_share_one_connection(site: LiveSite, panel: Pterodactyl) -> None:
    async with AsyncExitStack() as stack:
        watches = [
            await stack.enter_async_context(panel.watch(site.server.identifier)) for _ in range(5)
        ]
        for watch in watches:
            assert (await see(watch, live.State)).state is ServerState.RUNNING
        site.server.power("stop")
        for watch in watches:
            assert (await see(watch, live.State)).state is ServerState.STOPPING

        assert len(site.wings.sockets) == 1
    assert (site.tokens, site.wings.handshakes) == (1, 1)


async def test_the_connection_outlives_the_watcher_that_opened_it(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async with AsyncExitStack() as later:
        async with panel.watch(site.server.identifier) as first:
            await see(first, live.State)
            second = await later.enter_async_context(panel.watch(site.server.identifier))
            await see(second, live.State)
        site.server.power("stop")
        assert (await see(second, live.State)).state is ServerState.STOPPING
        await second.command("list")
        await see(second, live.Console, where=lambda event: event.line == "list")

    assert site.wings.handshakes == 1


async def test_who_comes_later_is_told_how_it_stands(site: LiveSite, panel: Pterodactyl) -> None:
    async with panel.watch(site.server.identifier) as first:
        await see(first, live.State)
        site.server.power("stop")
        await see(first, live.State)
        async with panel.watch(site.server.identifier) as second:
            assert isinstance(await soon(anext(aiter(second))), live.Connected)
            state = await soon(anext(aiter(second)))

    assert isinstance(state, live.State)
    assert state.state is ServerState.STOPPING


async def test_the_socket_is_closed_with_its_last_watcher(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.Connected)
    await soon(site.wings.wait_for_sockets(0))

    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.Connected)

    assert site.wings.handshakes == 2


async def test_a_cancelled_watcher_leaves_nothing_behind(
    site: LiveSite, panel: Pterodactyl
) -> None:
    before = asyncio.all_tasks()

    async def watch_for_ever() -> None:
        async with panel.watch(site.server.identifier) as watch:
            async for _ in watch:
                pass

    async with asyncio.TaskGroup() as group:
        task = group.create_task(watch_for_ever())
        await soon(site.wings.wait_for_sockets(1))
        task.cancel()
    await soon(site.wings.wait_for_sockets(0))

    # The stand-in still ends the handler of the socket that was closed.
    assert not [task for task in asyncio.all_tasks() - before if "bot/panels" in repr(task)]


async def test_an_error_of_the_watcher_comes_out_as_it_is(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async def fail() -> None:
        async with panel.watch(site.server.identifier) as watch:
            await see(watch, live.Connected)
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        await fail()


async def test_a_watcher_that_does_not_read_misses_lines_and_no_state(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async with (
        panel.watch(site.server.identifier) as quick,
        panel.watch(site.server.identifier) as slow,
    ):
        await see(quick, live.State)
        for number in range(1500):
            await site.wings.emit(site.server, "console output", f"line {number}")
            await see(quick, live.Console, where=lambda event: event.line == f"line {number}")  # noqa: B023 - called at once
        site.server.power("stop")
        await see(quick, live.State)
        await site.wings.emit(site.server, "console output", "the last")
        await see(quick, live.Console, where=lambda event: event.line == "the last")
        seen: list[live.Event] = []
        async with asyncio.timeout(10):
            async for event in slow:
                seen.append(event)
                if event == live.Console(event.at, "the last"):
                    break

    lines = [event.line for event in seen if isinstance(event, live.Console)]
    assert [event.state for event in seen if isinstance(event, live.State)] == [
        ServerState.RUNNING,
        ServerState.STOPPING,
    ]
    assert len(lines) < 600
    assert "line 1499" in lines
    assert "line 0" not in lines


async def test_watchers_one_after_the_other_need_one_token(
    site: LiveSite, panel: Pterodactyl
) -> None:
    for _ in range(5):
        async with panel.watch(site.server.identifier) as watch:
            await see(watch, live.State)

    assert (site.tokens, site.wings.handshakes) == (1, 5)


async def test_a_token_that_is_of_no_use_is_not_kept_for_the_next_watcher(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
    site.clock.advance(5)
    site.wings.restart()
    site.clock.advance(5)

    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
    assert site.tokens == 2

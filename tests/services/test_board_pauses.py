"""Boards wait while their channel cannot be written to, and go on as soon as it can."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest

from bot.domain.boards import BoardPause
from bot.domain.health import Boards
from bot.domain.news import Pause
from bot.domain.servers import ServerState
from tests.fakes_boards import CHANNEL, GUILD, PaperDesk, make_board
from tests.services.board_keeping import changed, keeping
from tests.services.house import House


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def desk(house: House) -> PaperDesk:
    return PaperDesk(house.clock)


@pytest.mark.parametrize("pause", Pause)
async def test_a_lost_channel_is_told_once_and_taken_up_again(
    house: House, desk: PaperDesk, pause: Pause
) -> None:
    async with keeping(house, desk) as keeper:
        board = await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        assert keeper.follows(GUILD) == {(None, None)}
        told: list[int] = []
        keeper.listen(told.append)
        desk.standings[CHANNEL] = pause
        for state in (ServerState.OFFLINE, ServerState.RUNNING, ServerState.OFFLINE):
            changed(house, state)
            keeper.look_again(GUILD)
            await desk.until(lambda: bool(desk.warned))
        assert house.board_store.kept[board.id or 0].pause is pause
        assert keeper.follows(GUILD) == set()
        assert told == [GUILD]
        desk.standings.clear()
        keeper.look_again(GUILD)
        await desk.until(lambda: desk.names() == [["Survival: offline"]])
    assert told == [GUILD, GUILD]
    assert desk.warned == [(CHANNEL, pause)]
    assert house.board_store.kept[board.id or 0].pause is None


async def test_a_right_that_returns_without_a_word_is_noticed(
    house: House, desk: PaperDesk
) -> None:
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        desk.standings[CHANNEL] = Pause.NOT_ALLOWED
        changed(house, ServerState.OFFLINE)
        await desk.until(lambda: bool(desk.warned))
        desk.standings.clear()
        await desk.until(lambda: desk.names() == [["Survival: offline"]])
    assert len(desk.warned) == 1


async def test_who_wants_it_shown_anew_has_it_looked_at(house: House, desk: PaperDesk) -> None:
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        desk.standings[CHANNEL] = Pause.NOT_ALLOWED
        changed(house, ServerState.OFFLINE)
        await desk.until(lambda: bool(desk.warned))
        await house.clock.wait_asleep(1)
        assert keeper.kept() == Boards(count=1, paused=1, failed=0)
        desk.standings.clear()
        before = house.clock.monotonic()
        [board] = keeper.of_guild(GUILD)
        await keeper.refresh(board)
        await desk.until(lambda: desk.names() == [["Survival: offline"]])
        assert keeper.kept() == Boards(count=1, paused=0, failed=0)
    assert house.clock.monotonic() - before < 60


async def test_a_right_that_returns_while_admins_are_told_is_noticed(
    house: House, desk: PaperDesk
) -> None:
    async def give_back() -> None:
        desk.standings.clear()
        desk.asked.clear()
        house.board_keeper.look_again(GUILD)
        await desk.asked.wait()

    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        desk.standings[CHANNEL] = Pause.NOT_ALLOWED
        desk.meanwhile = give_back
        before = house.clock.monotonic()
        changed(house, ServerState.OFFLINE)
        await desk.until(lambda: desk.names() == [["Survival: offline"]])
    assert house.clock.monotonic() - before < 60
    assert len(desk.warned) == 1


async def test_a_board_that_discord_refuses_is_told_once_and_tried_again_when_asked(
    house: House, desk: PaperDesk
) -> None:
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board(server_id=house.server.ref.server_id, panel_id="main"))
        await desk.until(lambda: len(desk.sheets) == 1)
        desk.refuses = True
        refused = await keeper.add(make_board())
        await desk.until(lambda: bool(desk.warned))
        # The patrol looks for what is there, and the other board goes on.
        await desk.until(lambda: desk.count("find") == 2)
        changed(house, ServerState.OFFLINE)
        await desk.until(lambda: desk.names() == [["Survival: offline"]])
        keeper.look_again(GUILD)
        await desk.until(lambda: desk.count("find") == 3)
        assert (desk.warned, desk.count("refuse")) == ([(CHANNEL, BoardPause.REFUSED)], 1)
        assert house.board_store.kept[refused.id or 0].pause is BoardPause.REFUSED
        desk.refuses = False
        [_, now] = keeper.of_guild(GUILD)
        assert (await keeper.refresh(now)).pause is None
        await desk.until(lambda: len(desk.sheets) == 2)
    assert desk.names() == [["Survival: offline"]] * 2


async def test_a_refused_board_waits_while_the_database_is_down_and_is_told_once(
    house: House, desk: PaperDesk
) -> None:
    desk.refuses = True
    desk.meanwhile = partial(_unplug, house)
    async with keeping(house, desk) as keeper:
        board = await keeper.add(make_board())
        await desk.until(lambda: bool(desk.warned))
        desk.meanwhile = None
        await house.clock.tick()
        house.board_store.is_broken = False
        is_paused = asyncio.Event()
        keeper.listen(lambda _guild_id: is_paused.set())
        await desk.until(lambda: desk.count("refuse") == 2)
        async with asyncio.timeout(5):
            await is_paused.wait()
    assert house.board_store.kept[board.id or 0].pause is BoardPause.REFUSED
    assert desk.warned == [(CHANNEL, BoardPause.REFUSED)]


async def _unplug(house: House) -> None:
    house.board_store.is_broken = True


async def test_a_refused_board_that_cannot_be_paused_is_tried_ever_more_slowly(
    house: House, desk: PaperDesk
) -> None:
    desk.refuses = True
    async with keeping(house, desk) as keeper:
        board = await keeper.add(make_board())
        # It was moved, and the answer was lost.
        house.board_store.kept[board.id or 0] = replace(board, channel_id=CHANNEL + 1)
        await desk.until(lambda: desk.count("refuse") == 4)
    at = [when for asked, when in desk.requests if asked == "refuse"]
    assert [after - before for before, after in pairwise(at)] == [2, 4, 8]
    assert desk.warned == [(CHANNEL, BoardPause.REFUSED)]

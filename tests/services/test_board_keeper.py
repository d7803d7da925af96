"""Boards show the present state: edited only for a change, found again, recreated."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import PanelUnreachable
from bot.domain.health import Boards
from bot.domain.servers import ServerState
from bot.services.board_keeper import BoardKeeper
from bot.services.board_lines import BoardLines
from tests.fakes import make_server
from tests.fakes_boards import GUILD, PaperDesk, make_board
from tests.services.board_keeping import changed, keeping
from tests.services.house import OTHER_GUILD, House

if TYPE_CHECKING:
    from bot.domain.servers import Server

OTHER_CHANNEL = 31


@pytest.fixture
def house() -> House:
    house = House()
    house.add(make_server("Creative", "2", state=ServerState.OFFLINE))
    return house


@pytest.fixture
def desk(house: House) -> PaperDesk:
    return PaperDesk(house.clock)


def restarted(house: House) -> House:
    """Return the house after a restart of the bot: only what is stored is known."""
    keeper = BoardKeeper(
        store=house.board_store,
        lines=BoardLines(house.panels, house.directory),
        clock=house.clock,
        rate=house.rate,
    )
    house.directory.listen(keeper.panel_changed)
    house.board_keeper = keeper
    return house


def many(count: int) -> list[Server]:
    return [make_server(f"Server {number:03}", f"s{number:03}") for number in range(count)]


async def test_a_board_shows_its_servers_and_each_change(house: House, desk: PaperDesk) -> None:
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        assert desk.names() == [["Creative: offline", "Survival: running"]]
        changed(house, ServerState.STOPPING)
        await desk.until(lambda: desk.names() == [["Creative: offline", "Survival: stopping"]])
    assert len(desk.sheets) == 1


async def test_a_message_is_edited_at_most_once_in_five_seconds(
    house: House, desk: PaperDesk
) -> None:
    states = (ServerState.STOPPING, ServerState.OFFLINE, ServerState.STARTING, ServerState.RUNNING)
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        for number in range(40):
            changed(house, states[number % 4])
            house.clock.advance(1)
            await asyncio.sleep(0)
        await desk.until(lambda: desk.names() == [["Creative: offline", "Survival: running"]])
    [sheet] = desk.sheets.values()
    gaps = [after - before for before, after in pairwise(sheet.edits)]
    assert len(sheet.edits) > 3
    assert min(gaps) >= 5


async def test_many_messages_of_one_channel_are_edited_slowly(
    house: House, desk: PaperDesk
) -> None:
    house.directory.replace("main", many(100))
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: len(desk.sheets) == 4)
        house.clock.advance(7200)
        house.directory.fail("main", PanelUnreachable("main", "refused"))
        begun = house.clock.monotonic()
        await desk.until(lambda: desk.count("edit") == 4)
    edits = [at for verb, at in desk.requests if verb == "edit" and at >= begun]
    assert all(after - before >= 2 for before, after in pairwise(edits))
    assert all("unreachable" in line for page in desk.names() for line in page)


async def test_what_changes_nothing_on_the_board_edits_nothing(
    house: House, desk: PaperDesk
) -> None:
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        for _ in range(3):
            house.clock.advance(60)
            for server in house.directory.servers_of("main"):
                house.directory.note(replace(server, observed_at=house.clock.now()))
            keeper.panel_changed("main")
            keeper.guild_changed(GUILD)
            await house.clock.wait_asleep(1)
    assert [verb for verb, _ in desk.requests] == ["post"]


async def test_a_restart_finds_the_messages_and_edits_nothing(
    house: House, desk: PaperDesk
) -> None:
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        changed(house, ServerState.OFFLINE)
        await desk.until(lambda: desk.count("edit") == 1)
        house.clock.advance(100)
    restarted(house)
    await house.board_keeper.load()
    async with keeping(house, desk):
        await desk.until(lambda: desk.count("find") == 1)
        await house.clock.wait_asleep(1)
        shown = next(iter(desk.sheets.values())).page.lines[1].seen
        assert desk.count("edit") == 1
        changed(house, ServerState.RUNNING)
        await desk.until(lambda: desk.count("edit") == 2)
    assert shown.since is not None
    assert len(desk.sheets) == 1


async def test_after_a_restart_it_waits_until_its_panels_were_looked_at(
    house: House, desk: PaperDesk
) -> None:
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
    servers = house.directory.servers_of("main")
    house.directory.drop("main")
    restarted(house)
    await house.board_keeper.load()
    async with keeping(house, desk):
        await house.clock.wait_asleep(1)
        house.directory.replace("main", servers)
        await desk.until(lambda: desk.count("find") == 1)
    assert desk.count("edit") == 0


async def test_a_panel_that_was_not_seen_since_the_start_is_named(
    house: House, desk: PaperDesk
) -> None:
    house.directory.drop("main")
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        house.directory.fail("main", PanelUnreachable("main", "refused"))
        await desk.until(lambda: bool(desk.sheets))
        assert next(iter(desk.sheets.values())).page.lost[0].name == "Main panel"
        house.directory.replace("main", many(1))
        await desk.until(lambda: desk.names() == [["Server 000: running"]])


async def test_after_a_crash_with_a_message_on_its_way_it_is_found(
    house: House, desk: PaperDesk
) -> None:
    crashed = asyncio.Event()
    desk.crash = crashed.set
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await crashed.wait()
    desk.crash = None
    restarted(house)
    await house.board_keeper.load()
    async with keeping(house, desk):
        await desk.until(lambda: desk.count("edit") == 1)
    assert len(desk.sheets) == 1
    assert [note.message_id for note in house.board_store.notes.values()] == [*desk.sheets]


async def test_a_deleted_message_is_made_anew_and_the_order_stays(
    house: House, desk: PaperDesk
) -> None:
    house.directory.replace("main", many(30))
    async with keeping(house, desk) as keeper:
        board = await keeper.add(make_board())
        await desk.until(lambda: len(desk.sheets) == 3)
        shown = desk.names()
        del desk.sheets[min(desk.sheets)]
        await keeper.refresh(board)
        await desk.until(lambda: desk.names() == shown)


async def test_a_deleted_message_is_noticed_without_any_change(
    house: House, desk: PaperDesk
) -> None:
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        desk.sheets.clear()
        await desk.until(lambda: bool(desk.sheets))
    assert house.clock.monotonic() <= 1000


async def test_fewer_servers_need_fewer_messages(house: House, desk: PaperDesk) -> None:
    house.directory.replace("main", many(500))
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: len(desk.sheets) == 20)
        assert [line for page in desk.names() for line in page][-1] == "Server 499: running"
        house.directory.replace("main", many(51))
        await desk.until(lambda: len(desk.sheets) == 3 and len(desk.names()[-1]) == 1)


async def test_a_moved_board_leaves_nothing_behind(house: House, desk: PaperDesk) -> None:
    async with keeping(house, desk) as keeper:
        board = await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        assert await keeper.move(board, OTHER_CHANNEL)
        await desk.until(lambda: not desk.names() and len(desk.names(OTHER_CHANNEL)) == 1)
    assert len(house.board_store.notes) == 1


async def test_a_removed_board_is_deleted_also_after_a_restart(
    house: House, desk: PaperDesk
) -> None:
    async with keeping(house, desk) as keeper:
        board = await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
    await house.board_keeper.remove(board)
    restarted(house)
    await house.board_keeper.load()
    async with keeping(house, desk):
        await desk.until(lambda: not desk.sheets)
        await desk.until(lambda: not house.board_store.notes)


async def test_a_board_of_a_deleted_guild_goes(house: House, desk: PaperDesk) -> None:
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        await house.life.delete(GUILD)
        await desk.until(lambda: not desk.sheets)
        assert keeper.of_guild(GUILD) == []


async def test_what_discord_does_not_take_is_tried_again_ever_more_slowly(
    house: House, desk: PaperDesk
) -> None:
    desk.not_taken = 3
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
    posts = [at for verb, at in desk.requests if verb == "post"]
    gaps = [after - before for before, after in pairwise(posts)]
    assert gaps == [2, 4, 8]
    assert house.board_keeper.kept() == Boards(count=1, paused=0, failed=3)


async def test_a_database_that_is_down_delays_and_repeats_nothing(
    house: House, desk: PaperDesk, caplog: pytest.LogCaptureFixture
) -> None:
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        house.board_store.is_broken = True
        changed(house, ServerState.OFFLINE)
        await desk.until(lambda: desk.count("edit") == 1)
        house.board_store.is_broken = False
        changed(house, ServerState.RUNNING)
        await desk.until(lambda: desk.count("edit") == 2)
    assert "is put off: the database is not available" in caplog.text
    assert len(desk.sheets) == 1


async def test_a_bug_ends_neither_the_bot_nor_the_worker(
    house: House, desk: PaperDesk, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("a bug")

    async with keeping(house, desk) as keeper:
        desk.crash = fail
        await keeper.add(make_board())
        await house.clock.wait_asleep(2)
        desk.crash = None
        await desk.until(lambda: bool(house.board_store.notes) and desk.count("find") == 1)
    assert "failed unexpectedly" in caplog.text
    assert len(desk.sheets) == 1


async def test_only_what_the_guild_uses_is_shown(house: House, desk: PaperDesk) -> None:
    entry = house.panels["main"]
    house.panels.put(replace(entry, server_ids=frozenset({"2"})))
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: desk.names() == [["Creative: offline"]])
        assert keeper.follows(GUILD) == {(None, None)}
        assert keeper.follows(OTHER_GUILD) == set()
        house.panels.put(entry)
        await desk.until(lambda: desk.names() == [["Creative: offline", "Survival: running"]])
        house.panels.remove("main")
        await desk.until(lambda: desk.names() == [[]])


async def test_boards_of_one_server_and_of_one_panel_show_that(
    house: House, desk: PaperDesk
) -> None:
    house.add_to_backup(make_server("Mirror", panel_id="backup"))
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board(panel_id="main", server_id="2"))
        await keeper.add(make_board(panel_id="backup", channel_id=OTHER_CHANNEL))
        await desk.until(lambda: len(desk.sheets) == 2)
    assert desk.names() == [["Creative: offline"]]
    assert desk.names(OTHER_CHANNEL) == [["Mirror: running"]]


async def test_since_when_is_told_and_stays_over_an_outage(house: House, desk: PaperDesk) -> None:
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board(panel_id="main", server_id=house.server.ref.server_id))
        await desk.until(lambda: bool(desk.sheets))
        house.clock.advance(60)
        stopped = house.clock.now()
        changed(house, ServerState.OFFLINE)
        await desk.until(lambda: desk.names() == [["Survival: offline"]])
        house.directory.fail("main", PanelUnreachable("main", "refused"))
        await desk.until(lambda: desk.names() == [["Survival: unreachable"]])
        house.clock.advance(timedelta(hours=1).total_seconds())
        changed(house, ServerState.OFFLINE)
        await desk.until(lambda: desk.names() == [["Survival: offline"]])
    assert next(iter(desk.sheets.values())).page.lines[0].seen.since == stopped

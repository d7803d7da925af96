"""Many boards cost little, stay within Discord's limit, and none holds up another."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.boards import Seen
from bot.domain.channels import NotTaken
from bot.domain.errors import PanelUnreachable
from bot.domain.servers import Resources, ServerRef, ServerState
from bot.services.board_lines import BoardLines
from tests.fakes import NOON, make_server
from tests.fakes_boards import CHANNEL, GUILD, PaperDesk, make_board
from tests.services.board_keeping import changed, keeping
from tests.services.house import House
from tests.services.test_board_keeper import many, restarted

if TYPE_CHECKING:
    from bot.domain.boards import BoardMessage, Drawing, Line
    from bot.services.board_keeper import BoardKeeper


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def desk(house: House) -> PaperDesk:
    return PaperDesk(house.clock)


class StubbornDesk(PaperDesk):
    """Takes no edit of the first message that was posted."""

    async def edit(self, drawing: Drawing, message: BoardMessage) -> None:
        if message.message_id == min(self.sheets):
            raise NotTaken(await self._done("refuse", ""))
        await super().edit(drawing, message)


async def test_what_looks_the_same_is_not_drawn(house: House, desk: PaperDesk) -> None:
    house.directory.replace("main", many(100))
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: len(desk.sheets) == 4)
        drawn = desk.drawn
        house.clock.advance(60)
        for server in house.directory.servers_of("main"):
            usage = Resources(cpu_percent=50)
            other = replace(server, resources=usage, observed_at=house.clock.now())
            house.directory.note(other)
        changed(house, ServerState.STOPPING, "Server 099")
        await desk.until(lambda: desk.count("edit") == 4)
    # The counts stand on all of them.
    assert desk.drawn == drawn + 4


async def test_another_language_is_looked_for_and_sent_only_where_it_differs(
    house: House, desk: PaperDesk
) -> None:
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: bool(desk.sheets))
        drawn = desk.drawn
        keeper.guild_changed(GUILD)
        await desk.until(lambda: desk.count("find") == 1)
    assert desk.drawn == drawn + 1
    assert desk.count("edit") == 0


async def test_a_message_that_is_refused_holds_up_no_other(house: House) -> None:
    desk = StubbornDesk(house.clock)
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board())
        await desk.until(lambda: len(desk.sheets) == 1)
        await keeper.add(make_board(server_id=house.server.ref.server_id, panel_id="main"))
        await desk.until(lambda: len(desk.sheets) == 2)
        changed(house, ServerState.STOPPING)
        await desk.until(lambda: desk.count("refuse") == 6)
        changed(house, ServerState.OFFLINE)
        begun = house.clock.monotonic()
        await desk.until(lambda: desk.names()[1] == ["Survival: offline"])
    assert house.clock.monotonic() - begun <= 10


async def test_many_channels_at_once_stay_within_the_limit_for_all_of_them(
    house: House, desk: PaperDesk
) -> None:
    async with keeping(house, desk) as keeper:
        await in_channels(100, keeper, desk)
        changed(house, ServerState.STOPPING)
        await desk.until(lambda: desk.count("edit") == 100)
    for verb in ("post", "edit"):
        at = sorted(when for asked, when in desk.requests if asked == verb)
        assert all(at[n + 40] - at[n] >= 1 for n in range(60))


async def test_channels_that_hear_nothing_from_discord_hold_up_no_other(house: House) -> None:
    desk = DeafDesk(house.clock)
    async with keeping(house, desk) as keeper:
        await in_channels(30, keeper, desk, shown=10)


class DeafDesk(PaperDesk):
    """Keeps whoever posts in one of the first twenty channels waiting."""

    async def post(self, drawing: Drawing, message: BoardMessage, *, maybe_there: bool) -> int:
        if message.channel_id < CHANNEL + 20:
            await asyncio.Event().wait()
        return await super().post(drawing, message, maybe_there=maybe_there)


async def test_messages_are_looked_for_over_the_quarter_of_an_hour(
    house: House, desk: PaperDesk
) -> None:
    async with keeping(house, desk) as keeper:
        await in_channels(10, keeper, desk)
        await desk.until(lambda: desk.count("find") == 20)
    at = [when for asked, when in desk.requests if asked == "find"]
    assert at[-1] - at[0] >= 900


async def test_after_a_restart_all_are_looked_for_soon_and_others_have_their_turn(
    house: House, desk: PaperDesk
) -> None:
    async with keeping(house, desk) as keeper:
        await in_channels(100, keeper, desk)
    restarted(house)
    await house.board_keeper.load()
    before, begun = desk.count("find"), house.clock.monotonic()
    async with keeping(house, desk):
        await desk.until(lambda: desk.count("find") == before + 100)
        soon = house.clock.monotonic() - begun
        await desk.until(lambda: desk.count("find") == before + 201)
    at = [when for asked, when in desk.requests if asked == "find"][before:]
    assert soon < 15
    # News share the limit, and there may be many at that time.
    assert all(at[n + 20] - at[n] > 1 for n in range(80))
    assert at[200] - at[100] > 890
    assert desk.count("edit") == 0


async def test_a_restart_while_a_panel_is_down_deletes_no_page(
    house: House, desk: PaperDesk
) -> None:
    house.directory.replace("main", many(60))
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board(buttons=False))
        await desk.until(lambda: len(desk.sheets) == 3)
        posted = [*desk.sheets]
    house.directory.drop("main")
    restarted(house)
    await house.board_keeper.load()
    house.directory.fail("main", PanelUnreachable("main", "refused"))
    async with keeping(house, desk):
        await desk.until(lambda: bool(desk.sheets[posted[0]].page.lost))
        begun = house.clock.monotonic()
        await desk.until(lambda: house.clock.monotonic() > begun + 2000)
        house.directory.replace("main", many(60))
        await desk.until(lambda: len(desk.names()[0]) == 25)
    assert [*desk.sheets] == posted


async def test_a_list_that_is_short_for_a_moment_deletes_no_page(
    house: House, desk: PaperDesk
) -> None:
    house.directory.replace("main", many(60))
    async with keeping(house, desk) as keeper:
        await keeper.add(make_board(buttons=False))
        await desk.until(lambda: len(desk.sheets) == 3)
        for _ in range(5):
            house.directory.replace("main", many(10))
            await desk.until(lambda: len(desk.names()[0]) == 10)
            house.directory.replace("main", many(60))
            await desk.until(lambda: len(desk.names()[0]) == 25)
        assert desk.count("delete") == 0
        house.directory.replace("main", many(10))
        await desk.until(lambda: len(desk.sheets) == 1)


def test_what_is_gone_is_forgotten(house: House) -> None:
    lines = BoardLines(house.panels, house.directory)
    seen = Seen(state=ServerState.OFFLINE, since=NOON)
    gone, of_no_panel = ServerRef("main", "gone"), ServerRef("gone", "1")
    house.directory.replace("main", [make_server(state=ServerState.OFFLINE)])
    lines.remember({house.server.ref: seen, gone: seen, of_no_panel: seen})
    lines.forget_gone()
    [line] = shown(lines)
    assert line.seen == seen
    house.directory.replace("main", [make_server("Back", "gone", state=ServerState.OFFLINE)])
    [line] = shown(lines)
    assert line.seen.since is None


def shown(lines: BoardLines) -> tuple[Line, ...]:
    """Return what a board of all servers shows."""
    content = lines.of(make_board())
    assert content is not None
    return content.lines


async def in_channels(
    count: int, keeper: BoardKeeper, desk: PaperDesk, *, shown: int | None = None
) -> None:
    """Make a board in each of so many channels, and wait until these, or so many, are there."""
    for number in range(count):
        await keeper.add(make_board(channel_id=CHANNEL + number))
    await desk.until(lambda: len(desk.sheets) == (shown or count))

"""What is told of the bot's health is what is the case, to who may know it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Door, Outcome
from bot.domain.changes import News
from bot.domain.errors import NotAllowed, PanelUnreachable
from bot.domain.health import Boards, Connection, Waiting
from bot.domain.incidents import Trouble
from bot.domain.news import Pause
from tests.fakes_boards import make_board
from tests.fakes_news import GUILD, make_event, make_subscription
from tests.services.house import ADMIN, OTHER_GUILD, VIEWER

if TYPE_CHECKING:
    from tests.services.house import House

CONNECTED = Connection(is_ready=True, latency_seconds=0.04, guilds=2)


class Line:
    """A connection to Discord."""

    def __init__(self) -> None:
        self.now = CONNECTED

    def connection(self) -> Connection:
        return self.now


@pytest.fixture
def line(house: House) -> Line:
    line = Line()
    house.health.attach(line)
    return line


async def tell(house: House, *, guild_id: int = GUILD, minutes: int = 0) -> None:
    """Let a piece of news wait that is so old."""
    subscription = await house.subscriptions.add(make_subscription(guild_id=guild_id))
    event = make_event(at=house.clock.now() - timedelta(minutes=minutes))
    await house.news.commit(tracks={}, incidents={}, news=[(event, [subscription])])


async def test_before_discord_is_there_nobody_can_be_served(house: House) -> None:
    assert await house.health.obstacles() == ["the connection to Discord is not ready"]
    assert (await house.health.look()).connection == Connection()


async def test_nothing_is_in_the_way_of_a_bot_that_works(house: House, line: Line) -> None:
    assert await house.health.obstacles() == []
    line.now = replace(CONNECTED, is_ready=False)
    assert len(await house.health.obstacles()) == 1


async def test_a_panel_that_is_down_is_in_nobodys_way(house: House, line: Line) -> None:
    house.directory.fail("main", PanelUnreachable("main", "it is gone"))

    assert line.now.is_ready
    assert await house.health.obstacles() == []


async def test_without_the_database_the_rest_is_known(house: House, line: Line) -> None:
    house.news.is_broken = True

    health = await house.health.look()

    assert health.waiting is None
    assert health.database is not None
    assert "unplugged" in health.database
    assert health.connection == line.now
    [reason] = await house.health.obstacles()
    assert "unplugged" in reason


async def test_the_log_says_once_that_nothing_can_be_stored_and_once_that_it_can(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.services.health")
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(house.health.run())
        await house.clock.wait_asleep(1)
        for is_broken in (False, True, True, False, False):
            house.news.is_broken = is_broken
            house.clock.advance(10)
            await house.clock.wait_asleep(1)
        task.cancel()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "nothing can be stored: the database is not available: unplugged"),
        ("INFO", "the database takes again what is to be stored"),
    ]


async def test_only_the_log_waits_until_the_bot_has_written_what_it_has(
    house: House, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[bool] = []

    async def check(*, in_turn: bool) -> None:
        turns.append(in_turn)

    monkeypatch.setattr(house.news, "check", check)
    await house.health.of_guild(ADMIN, door=Door.COMMAND)
    assert await house.health.obstacles() == []
    assert line.now.is_ready
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(house.health.run())
        await house.clock.tick()
        await house.clock.wait_asleep(1)
        task.cancel()
    assert turns == [False, False, True]


async def test_what_the_database_did_not_take_is_told_as_held(house: House, line: Line) -> None:
    assert line.now.is_ready
    house.news.is_broken = True
    house.ledger.note(News(events=[make_event()]))
    await house.ledger.save()
    house.news.is_broken = False  # it can be read again, and nothing was written so far

    health = await house.health.look()

    assert health.told.held == 1
    assert health.database is not None
    assert len(await house.health.obstacles()) == 1
    await house.ledger.save()
    assert (await house.health.look()).told.held == 0
    assert await house.health.obstacles() == []


async def test_what_the_database_never_takes_is_told_as_lost(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(**_: object) -> None:
        raise ValueError("no database takes that")

    monkeypatch.setattr(house.news, "commit", refuse)
    house.ledger.note(News(events=[make_event()]))
    await house.ledger.save()
    told = (await house.health.look()).told
    assert (told.held, told.lost) == (0, 1)


async def test_all_is_counted_for_the_operator(house: House) -> None:
    house.budgets["main"] = 17
    await tell(house, minutes=5)
    await tell(house, guild_id=OTHER_GUILD, minutes=7)

    health = await house.health.look()

    assert health.budgets == {"main": 17}
    oldest_at = house.clock.now() - timedelta(minutes=7)
    assert health.waiting == Waiting(count=2, oldest_at=oldest_at)


async def test_boards_are_counted(house: House) -> None:
    await house.board_keeper.add(make_board())
    for guild_id in (GUILD, GUILD, OTHER_GUILD):
        board = make_board(guild_id=guild_id)
        await house.board_keeper.add(replace(board, pause=Pause.NOT_ALLOWED))

    assert (await house.health.look()).boards == Boards(count=4, paused=3, failed=0)
    mine = await house.health.of_guild(ADMIN, door=Door.COMMAND)
    assert mine.paused_boards == 2


async def test_a_guild_is_told_what_concerns_it(house: House, line: Line) -> None:
    await tell(house, minutes=5)
    await tell(house, guild_id=OTHER_GUILD, minutes=7)
    paused = await house.subscriptions.add(make_subscription())
    assert paused.id is not None
    await house.subscriptions.pause([paused.id], Pause.NOT_ALLOWED, channel_id=paused.channel_id)
    house.directory.fail("backup", PanelUnreachable("backup", "it is gone"))

    mine = await house.health.of_guild(ADMIN, door=Door.COMMAND)

    assert [(each.name, each.trouble) for each in mine.panels] == [
        ("Backup panel", Trouble.NO_ANSWER),
        ("Main panel", None),
    ]
    assert mine.waiting == Waiting(count=1, oldest_at=house.clock.now() - timedelta(minutes=5))
    assert mine.paused == 1
    assert mine.connection == line.now
    other = await house.health.of_guild(replace(ADMIN, guild_id=OTHER_GUILD), door=Door.COMMAND)
    assert [each.name for each in other.panels] == ["Backup panel"]
    assert other.paused == 0


async def test_who_may_not_configure_the_bot_is_told_nothing(house: House) -> None:
    with pytest.raises(NotAllowed):
        await house.health.of_guild(VIEWER, door=Door.COMMAND)
    [row] = house.rows
    assert (row.action, row.outcome) == ("health seen", Outcome.DENIED)

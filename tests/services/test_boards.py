"""Only who may configure the bot makes boards, and all that is done is written down."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.audit import Change, Door, Outcome
from bot.domain.boards import MOST_BOARDS, BoardProblem
from bot.domain.errors import (
    InvalidBoard,
    NotAllowed,
    StorageUnavailable,
    UnknownBoard,
    UnknownPanel,
    UnknownServer,
)
from bot.services.boards import BoardWish
from tests.fakes_boards import make_board
from tests.services.house import ADMIN, GUILD, OPERATOR, OTHER_GUILD, STRANGER, House

if TYPE_CHECKING:
    from bot.domain.access import Actor
    from bot.services.boards import NamedBoard

CHANNEL = 30


@pytest.fixture
def house() -> House:
    return House()


async def made(house: House, actor: Actor = ADMIN, **choices: Any) -> NamedBoard:  # noqa: ANN401 - fields of a wish
    wish = BoardWish(**({"channel_id": CHANNEL, "is_writable": True} | choices))
    return await house.boards.create(actor, wish, door=Door.COMMAND)


async def test_boards_are_about_all_a_panel_or_a_server(house: House) -> None:
    everything = await made(house)
    panel = await made(house, panel="main PANEL")
    server = await made(house, server="survival", buttons=False)
    names = [(each.panel, each.server) for each in (everything, panel, server)]
    assert names == [(None, None), ("Main panel", None), ("Main panel", "Survival")]
    places = [(board.panel_id, board.server_id) for board in house.board_keeper.of_guild(GUILD)]
    assert places == [(None, None), ("main", None), ("main", house.server.ref.server_id)]
    assert list(house.board_store.kept.values()) == house.board_keeper.of_guild(GUILD)
    assert [(row.action, row.outcome, row.server_name, row.detail) for row in house.rows] == [
        (Change.BOARD_ADDED, Outcome.DONE, name, f"channel {CHANNEL}")
        for name in ("", "Main panel", "Survival")
    ]


@pytest.mark.parametrize("actor", [STRANGER, replace(ADMIN, is_admin=False)])
async def test_who_may_not_configure_gets_nowhere(house: House, actor: Actor) -> None:
    board = (await made(house)).board
    number = board.id or 0
    with pytest.raises(NotAllowed):
        await made(house, actor, server="Survival")
    with pytest.raises(NotAllowed):
        await house.boards.refresh(actor, number, door=Door.COMMAND)
    with pytest.raises(NotAllowed):
        await house.boards.move(actor, number, 31, is_writable=True, door=Door.COMMAND)
    with pytest.raises(NotAllowed):
        await house.boards.remove(actor, number, door=Door.COMMAND)
    assert await house.boards.suggest(actor) == []
    assert house.board_keeper.of_guild(GUILD) == [board]
    assert [row.outcome for row in house.rows[1:]] == [Outcome.DENIED] * 4


async def test_who_has_the_right_by_a_rule_needs_no_other(house: House) -> None:
    assert (await made(house, OPERATOR)).board.created_by == OPERATOR.user_id
    assert len(await house.boards.suggest(OPERATOR)) == 1


@pytest.mark.parametrize(
    ("choices", "problem"),
    [
        ({"server": "Survival", "panel": "Main panel"}, BoardProblem.PLACE),
        ({"is_writable": False}, BoardProblem.CHANNEL),
        ({"panel": "backup", "buttons": False}, BoardProblem.SAME),
    ],
)
async def test_what_makes_no_sense_is_refused_and_written_down(
    house: House, choices: dict[str, Any], problem: BoardProblem
) -> None:
    await made(house, panel="backup")
    with pytest.raises(InvalidBoard) as refused:
        await made(house, **choices)
    assert refused.value.problem is problem
    assert house.rows[-1].outcome is Outcome.REFUSED
    assert len(house.board_keeper.of_guild(GUILD)) == 1


async def test_a_guild_has_so_many_and_no_more(house: House) -> None:
    for number in range(MOST_BOARDS):
        await made(house, channel_id=number)
    with pytest.raises(InvalidBoard) as refused:
        await made(house)
    assert refused.value.problem is BoardProblem.TOO_MANY


async def test_who_asks_at_the_same_time_gets_no_more(house: House) -> None:
    asked = await asyncio.gather(*(made(house) for _ in range(3)), return_exceptions=True)
    assert [each.problem for each in asked if isinstance(each, InvalidBoard)] == [
        BoardProblem.SAME
    ] * 2
    for number in range(MOST_BOARDS - 2):
        await made(house, channel_id=number)
    await asyncio.gather(
        made(house, panel="main"), made(house, panel="backup"), return_exceptions=True
    )
    assert len(house.board_keeper.of_guild(GUILD)) == MOST_BOARDS


async def test_two_that_move_at_the_same_time_do_not_meet(house: House) -> None:
    numbers = [(await made(house, channel_id=channel)).board.id or 0 for channel in (31, 32)]
    await asyncio.gather(
        *(
            house.boards.move(ADMIN, number, CHANNEL, is_writable=True, door=Door.COMMAND)
            for number in numbers
        ),
        return_exceptions=True,
    )
    assert [each.channel_id for each in house.board_keeper.of_guild(GUILD)] == [CHANNEL, 32]


async def test_what_is_not_there_cannot_be_shown(house: House) -> None:
    with pytest.raises(UnknownServer):
        await made(house, server="nowhere")
    with pytest.raises(UnknownPanel):
        await made(house, panel="nowhere")
    foreign = await house.board_keeper.add(make_board(guild_id=OTHER_GUILD))
    for number in (0, 99, foreign.id or 0):
        with pytest.raises(UnknownBoard):
            await house.boards.refresh(ADMIN, number, door=Door.COMMAND)
        with pytest.raises(UnknownBoard):
            await house.boards.move(ADMIN, number, 31, is_writable=True, door=Door.COMMAND)
        with pytest.raises(UnknownBoard):
            await house.boards.remove(ADMIN, number, door=Door.COMMAND)
    assert house.board_keeper.of_guild(OTHER_GUILD) == [foreign]


async def test_a_board_is_moved_and_removed(house: House) -> None:
    number = (await made(house)).board.id or 0
    moved = await house.boards.move(ADMIN, number, 31, is_writable=True, door=Door.COMMAND)
    assert house.board_keeper.of_guild(GUILD) == [moved.board]
    assert moved.board.channel_id == 31
    for channel_id, is_writable in ((31, True), (32, False)):
        with pytest.raises(InvalidBoard):
            await house.boards.move(
                ADMIN, number, channel_id, is_writable=is_writable, door=Door.COMMAND
            )
    await house.boards.remove(ADMIN, number, door=Door.COMMAND)
    assert house.board_store.kept == {}
    assert house.board_keeper.of_guild(GUILD) == []


async def test_without_the_database_nothing_is_made(house: House) -> None:
    board = (await made(house)).board
    house.board_store.is_broken = True
    with pytest.raises(StorageUnavailable):
        await made(house, panel="main")
    with pytest.raises(StorageUnavailable):
        await house.boards.remove(ADMIN, board.id or 0, door=Door.COMMAND)
    with pytest.raises(StorageUnavailable):
        await house.boards.move(ADMIN, board.id or 0, 31, is_writable=True, door=Door.COMMAND)
    assert house.board_keeper.of_guild(GUILD) == [board]


async def test_what_is_gone_has_no_name(house: House) -> None:
    await made(house, panel="backup")
    await made(house, server="Survival")
    house.directory.forget(house.server.ref)
    house.panels.remove("backup")
    names = [(each.panel, each.server) for each in await house.boards.suggest(ADMIN)]
    assert names == [(None, None), ("Main panel", None)]

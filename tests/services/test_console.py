"""A console command is one plain line; whatever becomes of it is written down."""

from __future__ import annotations

import pytest

from bot.domain.audit import Door, Outcome
from bot.domain.errors import (
    InvalidCommand,
    NotAllowed,
    OutcomeUnknown,
    PanelError,
    PanelUnreachable,
    ServerOffline,
)
from bot.domain.servers import ServerState
from tests.fakes import make_server
from tests.services.house import OPERATOR, VIEWER, House


async def test_a_command_arrives_trimmed_and_is_written_down(house: House) -> None:
    server = await house.console.send(OPERATOR, "survival", "  say hi ", door=Door.FORM)
    assert server.name == "Survival"
    assert house.panel.commands == [("1a2b3c4d", "say hi")]
    [row] = house.rows
    assert (row.action, row.detail, row.door) == ("command", "say hi", Door.FORM)
    assert row.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    "line", ["", "   ", "say a\nop me", "say a\rop me", "say \x1b[31m", "say\u2028op", "a\x00b"]
)
async def test_what_is_not_one_plain_line_never_reaches_the_panel(house: House, line: str) -> None:
    with pytest.raises(InvalidCommand):
        await house.console.send(OPERATOR, "survival", line, door=Door.COMMAND)
    assert house.panel.calls["send_command"] == 0
    assert [row.outcome for row in house.rows] == [Outcome.REFUSED]


async def test_text_in_any_script_is_a_plain_line(house: House) -> None:
    await house.console.send(OPERATOR, "survival", "say 你好, ça va? 🎉", door=Door.COMMAND)
    assert house.panel.commands == [("1a2b3c4d", "say 你好, ça va? 🎉")]


async def test_a_missing_right_stops_it(house: House) -> None:
    with pytest.raises(NotAllowed):
        await house.console.send(VIEWER, "survival", "op me", door=Door.COMMAND)
    assert house.panel.calls["send_command"] == 0


async def test_an_offline_server_takes_no_commands(house: House) -> None:
    house.add(make_server(state=ServerState.OFFLINE))
    with pytest.raises(ServerOffline):
        await house.console.send(OPERATOR, "survival", "say hi", door=Door.COMMAND)
    assert [row.outcome for row in house.rows] == [Outcome.FAILED]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (PanelUnreachable("main", "refused"), Outcome.FAILED),
        (OutcomeUnknown("main", "command"), Outcome.UNKNOWN),
    ],
)
async def test_a_failed_command_is_sent_once_and_written_down(
    house: House, error: PanelError, outcome: Outcome
) -> None:
    house.panel.errors["send_command"] = error
    with pytest.raises(type(error)):
        await house.console.send(OPERATOR, "survival", "say hi", door=Door.COMMAND)
    assert house.panel.calls["send_command"] == 1
    [row] = house.rows
    assert row.outcome is outcome
    assert row.detail == f"say hi · {error}"

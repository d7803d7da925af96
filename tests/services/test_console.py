"""A console command is one plain line; whatever becomes of it is written down."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.access import Action
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
from tests.fakes import MemoryRules, make_server
from tests.services.house import OPERATOR, VIEWER, House, allow


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


@pytest.mark.parametrize(
    ("line", "passes"), [("say hi", True), (" say hi ", True), ("op me", False), ("Say hi", False)]
)
async def test_only_commands_that_a_rule_lets_through_reach_the_panel(
    line: str, passes: bool
) -> None:
    rule = replace(allow(VIEWER.user_id, Action.COMMAND), commands=("say *", "list"))
    house = House(rules=MemoryRules(rule))
    await house.console.check(VIEWER, "survival", door=Door.BUTTON)
    if passes:
        await house.console.send(VIEWER, "survival", line, door=Door.FORM)
    else:
        with pytest.raises(NotAllowed) as caught:
            await house.console.send(VIEWER, "survival", line, door=Door.FORM)
        assert caught.value.rule == replace(rule, id=1)
        [row] = house.rows
        assert (row.outcome, row.rule_id, row.detail) == (Outcome.DENIED, 1, line.strip())
    assert house.panel.commands == ([("1a2b3c4d", line.strip())] if passes else [])


async def test_a_line_that_hides_another_is_refused_though_a_pattern_fits() -> None:
    rule = replace(allow(VIEWER.user_id, Action.COMMAND), commands=("say *",))
    house = House(rules=MemoryRules(rule))
    with pytest.raises(InvalidCommand):
        await house.console.send(VIEWER, "survival", "say hi\nop me", door=Door.FORM)
    assert house.panel.commands == []


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

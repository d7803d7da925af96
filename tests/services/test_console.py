"""A console command is one plain line; whatever becomes of it is written down."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.audit import Door, Outcome
from bot.domain.errors import (
    InvalidCommand,
    NotAllowed,
    OutcomeUnknown,
    PanelError,
    PanelForbidden,
    PanelUnreachable,
    ServerOffline,
    StorageUnavailable,
)
from bot.domain.servers import Capability, ServerState
from tests.fakes import MemoryRules, make_server
from tests.services.house import OPERATOR, VIEWER, House, allow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.domain.access import Actor
    from bot.services.console import Sent


async def _sent(house: House, line: str, actor: Actor = OPERATOR) -> Sent:
    """Send it, and let the time pass in which there may be an answer."""
    sending = house.console.send(actor, "survival", line, door=Door.FORM)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(sending)
        await house.panel.console.run_until_done(task)
    return task.result()


async def test_a_command_arrives_trimmed_and_is_written_down(house: House) -> None:
    sent = await _sent(house, "  say hi ")
    assert sent.server.name == "Survival"
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
    await _sent(house, "say 你好, ça va? 🎉")
    assert house.panel.commands == [("1a2b3c4d", "say 你好, ça va? 🎉")]


async def test_a_command_that_cannot_be_written_down_is_not_sent(house: House) -> None:
    house.audit_log.is_broken = True
    with pytest.raises(ExceptionGroup) as caught:
        await _sent(house, "say hi")
    assert caught.group_contains(StorageUnavailable)
    assert house.panel.commands == []
    house.audit_log.is_broken = False
    await _sent(house, "say ho")
    outcomes = [row.outcome for row in house.audit_log.entries]
    assert outcomes == [Outcome.REFUSED, Outcome.SENT, Outcome.ACCEPTED]


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
        await _sent(house, line, VIEWER)
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


async def test_what_is_printed_after_a_command_comes_with_it(house: House) -> None:
    house.panel.console.replies = ["There are 0 players", "> "]
    sent = await _sent(house, "list")
    assert (sent.output, sent.is_live) == (("There are 0 players", "> "), True)
    assert house.panel.console.watches == []


async def test_a_command_that_prints_nothing_is_waited_for_two_seconds(house: House) -> None:
    assert (await _sent(house, "save-all")).output == ()
    [row] = house.rows
    assert row.duration is not None
    assert house.clock.now() - (row.at + row.duration) == timedelta(seconds=2)


async def test_a_console_that_never_rests_is_read_for_five_seconds(house: House) -> None:
    async def babble() -> None:
        await house.panel.console.wait_watched()
        while house.panel.console.watches:
            house.panel.console.print("noise")
            await house.clock.sleep(0.5)

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        noise = group.create_task(babble())
        sent = await _sent(house, "list")
        noise.cancel()
    assert sent.output is not None
    assert 10 <= len(sent.output) <= 11


@pytest.mark.parametrize("way", ["slow", "forbidden", "not offered", "cut"])
async def test_the_command_does_not_hang_on_its_output(
    house: House, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    console = house.panel.console
    if way == "slow":
        console.is_connected = False
    elif way == "forbidden":
        console.error = PanelForbidden("main", "no websocket.connect")
    elif way == "not offered":
        house.panel.capabilities -= {Capability.LIVE}
    else:
        monkeypatch.setattr(house.panel, "send_command", _cutting(house))
    sent = await _sent(house, "list")
    assert (sent.output, sent.is_live) == (None, way != "not offered")
    assert [row.outcome for row in house.rows] == [Outcome.ACCEPTED]


def _cutting(house: House) -> Callable[[str, str], Awaitable[None]]:
    async def send_command(_server_id: str, _command: str) -> None:
        house.panel.console.tell(PanelForbidden("main", "taken away"))

    return send_command

"""Every command, as members with different rights see it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Member
    from tests.e2e.stage import Stage

_POWER = {"start": "Creative", "stop": "Survival", "restart": "Survival", "kill": "Survival"}


def _who(stage: Stage, name: str) -> Member:
    return {
        "owner": stage.owner,
        "moderator": stage.moderator,
        "helper": stage.helper,
        "guest": stage.guest,
    }[name]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("owner", {"Survival", "Creative", "Secret"}),
        ("moderator", {"Survival", "Creative", "Secret"}),
        ("helper", {"Survival", "Creative"}),
        ("guest", set()),
    ],
)
@pytest.mark.parametrize("command", ["server list", "status"])
async def test_the_list_holds_what_a_member_may_see(
    stage: Stage, command: str, who: str, seen: set[str]
) -> None:
    answer = await stage.answer(_who(stage, who), command)
    assert answer.ephemeral
    assert {name for name in ("Survival", "Creative", "Secret") if name in answer.text} == seen
    options = [label for menu in answer.selects for label, _ in menu.options]
    assert set(options) == seen


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ({"state": "running"}, ["Secret", "Survival"]),
        ({"state": "offline"}, ["Creative"]),
        ({"panel": "main"}, ["Creative", "Secret", "Survival"]),
        ({"panel": "Main panel"}, ["Creative", "Secret", "Survival"]),
        ({"panel": "other"}, []),
        ({"search": "surv"}, ["Survival"]),
        ({"location": "node-1"}, ["Creative", "Secret", "Survival"]),
        ({"location": "nowhere"}, []),
        ({"state": "running", "search": "creative"}, []),
    ],
)
async def test_the_list_can_be_narrowed(
    stage: Stage, options: dict[str, str], seen: list[str]
) -> None:
    answer = await stage.answer(stage.owner, "server list", **options)
    assert [label for menu in answer.selects for label, _ in menu.options] == seen


async def test_a_list_may_be_public(stage: Stage) -> None:
    answer = await stage.answer(stage.helper, "server list", private=False)
    assert not answer.ephemeral
    assert answer.visible_to(stage.guest)


@pytest.mark.parametrize("command", ["server status", "status"])
async def test_the_card_shows_what_is_known(stage: Stage, command: str) -> None:
    stage.world_time.advance(3600)
    card = await stage.answer(stage.helper, command, server="survival")
    assert not card.ephemeral
    for text in ("Survival", "running", "127.0.0.1:25565", "CPU", "Memory", "Main panel", "up 1 h"):
        assert text in card.text
    assert re.search(r"since <t:\d+:R>", card.text)
    assert re.search(r"seen <t:\d+:R>", card.text)


async def test_a_card_may_be_private(stage: Stage) -> None:
    card = await stage.answer(stage.helper, "server status", server="survival", private=True)
    assert card.ephemeral
    assert not card.visible_to(stage.owner)


@pytest.mark.parametrize("who", ["owner", "moderator", "helper"])
@pytest.mark.parametrize("command", ["server restart", "restart"])
async def test_a_restart_is_one_public_line_edited_through_its_phases(
    stage: Stage, command: str, who: str
) -> None:
    member = _who(stage, who)
    receipt = await stage.answer(member, command, server="Survival")
    await stage.until_text(receipt, f"{member.mention} is restarting **Survival**", "🟡 stopping")
    stage.world_time.advance(3)
    await stage.until_text(receipt, "🟡 starting")
    stage.world_time.advance(5)
    await stage.until_text(receipt, "**Survival** is running", f"asked by {member.mention}")
    assert stage.channel.messages == [receipt]
    assert stage.survival.signals == ["restart"]
    assert not receipt.pings


async def test_start_and_stop_end_in_their_state(stage: Stage) -> None:
    receipt = await stage.answer(stage.helper, "server start", server="Creative", reason="party")
    await stage.until_text(receipt, "🟡 starting", "reason: party")
    stage.world_time.advance(5)
    await stage.until_text(receipt, "**Creative** is running")
    receipt = await stage.answer(stage.owner, "server stop", server="Creative")
    await stage.until_text(receipt, "🟡 stopping")
    stage.world_time.advance(3)
    await stage.until_text(receipt, "**Creative** is offline")
    assert stage.creative.signals == ["start", "stop"]


async def test_a_crash_while_starting_is_told_in_words(stage: Stage) -> None:
    receipt = await stage.answer(stage.helper, "server start", server="Creative")
    await stage.until_text(receipt, "🟡 starting")
    stage.creative.crash()
    await stage.until_text(receipt, "**Creative** did not come up", "console")


@pytest.mark.parametrize("action", ["stop", "kill"])
async def test_a_missing_right_is_named_in_private_and_nothing_happens(
    stage: Stage, action: str
) -> None:
    answer = await stage.answer(stage.helper, f"server {action}", server="Survival")
    assert answer.ephemeral
    assert f"may not {action} **Survival**" in answer.text
    assert "Manage Server" in answer.text
    assert stage.survival.signals == []
    assert stage.channel_texts == []


@pytest.mark.parametrize("action", _POWER)
async def test_a_guest_may_do_nothing(stage: Stage, action: str) -> None:
    answer = await stage.answer(stage.guest, f"server {action}", server=_POWER[action])
    assert answer.ephemeral
    assert "I know no server called" in answer.text
    assert stage.survival.signals == stage.creative.signals == []


async def test_a_console_command_arrives_and_is_confirmed_in_private(stage: Stage) -> None:
    answer = await stage.answer(
        stage.moderator, "server command", server="survival", command="say hello"
    )
    assert answer.ephemeral
    assert "**Survival** took the command `say hello`" in answer.text
    assert stage.survival.console == ["say hello"]


async def test_a_console_command_with_a_line_break_is_never_passed_on(stage: Stage) -> None:
    answer = await stage.answer(
        stage.moderator, "server command", server="survival", command="say a\nop me"
    )
    assert "one line of plain text" in answer.text
    assert stage.survival.console == []


@pytest.mark.parametrize(
    ("who", "text"),
    [("helper", "may not send commands to **Survival**"), ("guest", "I know no server called")],
)
async def test_a_console_command_needs_its_right(stage: Stage, who: str, text: str) -> None:
    member = _who(stage, who)
    answer = await stage.answer(member, "server command", server="Survival", command="op me")
    assert answer.ephemeral
    assert text in answer.text
    assert stage.survival.console == []


async def test_several_servers_of_one_name_are_told_apart(quiet_stage: Stage) -> None:
    stage = quiet_stage
    twin = stage.add_server("SURVIVAL")
    await stage.start_bot()
    answer = await stage.answer(stage.owner, "server restart", server="survival")
    assert answer.ephemeral
    assert stage.survival.identifier in answer.text
    assert twin.identifier in answer.text
    assert stage.survival.signals == []
    receipt = await stage.answer(stage.owner, "server start", server=twin.identifier)
    await stage.until(lambda: twin.signals == ["start"])
    stage.world_time.advance(5)
    await stage.until_text(receipt, "is running")

"""Discord is told the commands when they changed, and at no other time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.startup import StartupError

if TYPE_CHECKING:
    from tests.e2e.stage import Stage

_MANAGE_SERVER = str(1 << 5)
_ROUTE = "/applications/{application_id}/commands"


def _syncs(stage: Stage) -> int:
    return len([e for e in stage.discord.exchanges if (e.method, e.route) == ("PUT", _ROUTE)])


async def test_unchanged_commands_are_told_once(quiet_stage: Stage) -> None:
    stage = quiet_stage
    for _ in range(2):
        await stage.stop_bot(await stage.start_bot())
    assert _syncs(stage) == 1


async def test_always_and_never_mean_what_they_say(quiet_stage: Stage) -> None:
    stage = quiet_stage
    for mode, syncs in (("always", 1), ("always", 2), ("never", 2)):
        await stage.stop_bot(await stage.start_bot(sync_commands=mode))
        assert _syncs(stage) == syncs


async def test_a_new_database_means_telling_them_again(quiet_stage: Stage) -> None:
    stage = quiet_stage
    await stage.stop_bot(await stage.start_bot())
    stage.reset_database()
    await stage.stop_bot(await stage.start_bot())
    assert _syncs(stage) == 2


async def test_a_refused_sync_is_tried_again_at_the_next_start(quiet_stage: Stage) -> None:
    stage = quiet_stage
    stage.discord.faults.refuse(f"PUT {_ROUTE}", 20012)
    with pytest.raises(StartupError, match="refused to start"):
        await stage.start_bot()
    await stage.stop_bot(await stage.start_bot())
    assert _syncs(stage) == 2


async def test_every_command_is_for_guilds_and_shown_to_whom_it_is_for(stage: Stage) -> None:
    shown = {
        command["name"]: command["default_member_permissions"] for command in stage.discord.commands
    }
    for_admins = ("access", "board", "manage", "notify", "panel", "settings", "setup")
    assert shown == {
        **dict.fromkeys(("server", "status", "restart", "bot")),
        **dict.fromkeys(for_admins, _MANAGE_SERVER),
    }
    for command in stage.discord.commands:
        assert command["contexts"] == [0]
        assert command["integration_types"] == [0]

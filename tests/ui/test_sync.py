"""Discord is told our commands when they changed, and only then."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING

import discord
import pytest
from discord import app_commands

from bot.startup import StartupError, tell_commands
from tests.ui.desk import APPLICATION
from tests.ui.memory import DictMemory

if TYPE_CHECKING:
    from bot.ui.client import Client
    from tests.ui.desk import Desk

_FOR_ALL = {"server", "restart", "status", "bot"}
_FOR_ADMINS = {"manage", "access", "board", "notify", "panel", "settings", "setup"}
_HASH = """
import asyncio
from bot.ui.client import Client
from bot.ui.cogs import build_cogs
from bot.ui.i18n import CommandTranslator
from bot.ui.sync import sync_commands

async def main():
    client = Client(None)
    for cog in build_cogs():
        await client.add_cog(cog)
    await client.tree.set_translator(CommandTranslator())
    async def told(): return []
    client.tree.sync = told
    print(await sync_commands(client.tree, None, mode="auto"))

asyncio.run(main())
"""


@pytest.fixture
def memory() -> DictMemory:
    return DictMemory()


async def _sync(client: Client, memory: DictMemory, *, mode: str = "auto") -> bool:
    return await tell_commands(client, memory, mode=mode, stop=asyncio.Event())


async def test_new_commands_are_told_once(client: Client, desk: Desk, memory: DictMemory) -> None:
    assert await _sync(client, memory)
    assert not await _sync(client, memory)

    (said,) = desk.said
    assert {command["name"] for command in said.body} == {*_FOR_ALL, *_FOR_ADMINS}


async def test_commands_are_offered_in_guilds_only(
    client: Client, desk: Desk, memory: DictMemory
) -> None:
    await _sync(client, memory)

    for command in desk.said[0].body:
        assert command["contexts"] == [0]
        assert command["integration_types"] == [0]


async def test_only_administration_is_hidden_from_members_by_default(
    client: Client, desk: Desk, memory: DictMemory
) -> None:
    """Discord shows it to those with Manage Server; it may be given to others there."""
    await _sync(client, memory)

    needed = {
        command["name"]: command["default_member_permissions"] for command in desk.said[0].body
    }
    hidden = {name: permission for name, permission in needed.items() if permission is not None}
    assert hidden == dict.fromkeys(_FOR_ADMINS, discord.Permissions(manage_guild=True).value)


async def test_a_changed_description_is_told_again(
    client: Client, desk: Desk, memory: DictMemory
) -> None:
    await _sync(client, memory)
    command = client.tree.get_command("restart")
    assert isinstance(command, app_commands.Command)
    command.description = "Turn it off and on again"

    assert await _sync(client, memory)
    assert len(desk.said) == 2


async def test_a_changed_translation_is_told_again(
    client: Client, desk: Desk, memory: DictMemory
) -> None:
    await _sync(client, memory)

    class Shouting(app_commands.Translator):
        async def translate(
            self,
            string: app_commands.locale_str,
            locale: discord.Locale,
            context: app_commands.TranslationContextTypes,
        ) -> str | None:
            is_described = context.location.name.endswith("description")
            return string.message.upper() if is_described else None

    await client.tree.set_translator(Shouting())

    assert await _sync(client, memory)


async def test_always_and_never_mean_what_they_say(
    client: Client, desk: Desk, memory: DictMemory
) -> None:
    assert [await _sync(client, memory, mode="always") for _ in range(2)] == [True, True]
    assert not await _sync(client, DictMemory(), mode="never")
    assert len(desk.said) == 2


async def test_another_application_is_told_as_well(
    client: Client, desk: Desk, memory: DictMemory
) -> None:
    await _sync(client, memory)

    [key] = memory.kept
    assert key == f"commands:{APPLICATION}"
    memory.kept = {"commands:901": memory.kept[key]}

    assert await _sync(client, memory)
    assert len(desk.said) == 2


async def test_what_discord_refused_is_not_taken_for_told(
    client: Client, desk: Desk, memory: DictMemory
) -> None:
    desk.refusal = (400, {"code": 30034, "message": "Max number of daily creates reached"})
    with pytest.raises(StartupError, match="Max number of daily creates"):
        await _sync(client, memory)
    desk.refusal = None

    assert await _sync(client, memory)


def test_the_hash_is_the_same_in_every_process() -> None:
    first, second = (
        subprocess.run(  # noqa: S603 - our own words in our own interpreter
            [sys.executable, "-W", "ignore", "-c", _HASH],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    )

    assert len(first) == 65
    assert first == second

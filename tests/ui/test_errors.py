"""A failure is told to the asker, privately and in words, at whatever stage the answer is."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING

import discord
import pytest
from discord import app_commands

from bot.domain.errors import UnknownServer
from bot.ui.errors import guard, respond
from bot.ui.transformers import ServerOption
from tests.ui.gateway import asked
from tests.ui.payloads import click, slash

if TYPE_CHECKING:
    from bot.ui.client import Client
    from tests.ui.desk import Desk

_ERROR = UnknownServer("atlantis")
_WORDS = "I know no server called `atlantis`."


def _button() -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="x", custom_id="x"))
    return view


async def test_before_any_answer_the_failure_is_the_private_answer(
    client: Client, desk: Desk
) -> None:
    await respond(asked(client, slash()), _ERROR)

    (said,) = desk.said
    assert said.is_callback
    assert said.is_private
    assert said.text.startswith(_WORDS)


@pytest.mark.parametrize("private", [True, False])
async def test_while_the_bot_seems_to_think_the_failure_takes_that_place(
    client: Client, desk: Desk, private: bool
) -> None:
    interaction = asked(client, slash())
    await interaction.response.defer(ephemeral=private, thinking=True)

    await respond(interaction, _ERROR)

    assert (desk.said[-1].method, desk.said[-1].path.rpartition("/")[2]) == ("PATCH", "@original")
    assert desk.said[-1].text.startswith(_WORDS)


async def test_after_a_button_was_taken_the_failure_is_a_private_message(
    client: Client, desk: Desk
) -> None:
    interaction = asked(client, click(_button(), "x"))
    await interaction.response.defer()

    await respond(interaction, _ERROR)

    assert desk.said[-1].method == "POST"
    assert not desk.said[-1].is_callback
    assert desk.said[-1].is_private
    assert desk.said[-1].text.startswith(_WORDS)


async def test_after_an_answer_the_failure_is_a_second_private_message(
    client: Client, desk: Desk
) -> None:
    interaction = asked(client, slash())
    await interaction.response.send_message("here it is")

    await respond(interaction, _ERROR)

    assert [said.text[:10] for said in desk.said] == ["here it is", _WORDS[:10]]
    assert desk.said[-1].is_private


async def test_a_failure_is_told_in_the_askers_language(client: Client, desk: Desk) -> None:
    await respond(asked(client, slash(locale="zh-CN")), _ERROR)

    assert desk.said[0].text.startswith("没有名为 `atlantis` 的服务器。")


async def test_what_discord_py_wraps_is_unwrapped(client: Client, desk: Desk) -> None:
    command = client.tree.get_command("status")
    assert isinstance(command, app_commands.Command)
    in_option = app_commands.TransformerError(
        "atlantis", discord.AppCommandOptionType.string, ServerOption()
    )
    in_option.__cause__ = _ERROR
    in_command = app_commands.CommandInvokeError(command, in_option)
    in_command.__cause__ = in_option

    await respond(asked(client, slash()), in_command)

    assert desk.said[0].text.startswith(_WORDS)


async def test_a_private_message_is_told_where_the_bot_works(client: Client, desk: Desk) -> None:
    await respond(asked(client, slash()), app_commands.NoPrivateMessage())

    assert desk.said[0].text == "I work inside a Discord server only."


async def test_a_missing_permission_is_named_as_such(client: Client, desk: Desk) -> None:
    desk.refusal = (403, {"code": 50013, "message": "Missing Permissions"})
    interaction = asked(client, slash())
    with pytest.raises(discord.Forbidden) as caught:
        await interaction.response.send_message("hello")
    desk.refusal = None

    await respond(interaction, caught.value)

    assert "missing a permission" in desk.said[-1].text


async def test_a_bug_is_told_by_a_number_that_the_log_has_too(
    client: Client, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await respond(asked(client, slash()), ZeroDivisionError("secret inner workings"))

    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    incident = re.fullmatch(r"incident ([0-9a-f]{6})", record.getMessage())
    assert incident
    assert record.exc_info
    assert f"the number {incident[1]}." in desk.said[0].text
    assert "ZeroDivisionError" not in desk.said[0].text
    assert "secret" not in desk.said[0].text


async def test_each_bug_has_a_number_of_its_own(client: Client, desk: Desk) -> None:
    for _ in range(2):
        await respond(asked(client, slash()), ZeroDivisionError())

    assert desk.said[0].text != desk.said[1].text


async def test_nobody_left_to_be_told_is_no_second_failure(
    client: Client, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.refusal = (404, {"code": 10062, "message": "Unknown interaction"})

    await respond(asked(client, slash()), _ERROR)

    assert "could not tell the asker about UnknownServer" in caplog.text


async def test_a_guarded_work_that_succeeds_says_nothing_more(client: Client, desk: Desk) -> None:
    interaction = asked(client, slash())

    await guard(interaction, _after(interaction, None))

    assert len(desk.said) == 1


async def test_a_guarded_work_that_fails_is_answered(client: Client, desk: Desk) -> None:
    interaction = asked(client, slash())

    await guard(interaction, _after(interaction, _ERROR))

    assert desk.said[-1].text.startswith(_WORDS)


async def test_a_guard_lets_a_stop_of_the_bot_pass(client: Client, desk: Desk) -> None:
    interaction = asked(client, slash())

    with pytest.raises(asyncio.CancelledError):
        await guard(interaction, _after(interaction, asyncio.CancelledError()))

    assert len(desk.said) == 1


async def _after(interaction: discord.Interaction[Client], error: BaseException | None) -> None:
    await interaction.response.defer()
    if error is not None:
        raise error


async def test_a_lost_connection_to_discord_ends_quietly(
    client: Client,
    unused_tcp_port: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    interaction = asked(client, slash())
    nobody = f"http://127.0.0.1:{unused_tcp_port}"
    monkeypatch.setattr(discord.http.Route, "BASE", nobody)

    await respond(interaction, _ERROR)

    assert "could not tell the asker about UnknownServer" in caplog.text

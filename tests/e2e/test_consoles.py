"""Consoles are read, watched and written to from Discord, on a node that says what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action

if TYPE_CHECKING:
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage


async def _watch(stage: Stage, **options: object) -> Message:
    """Let the moderator watch Survival, and wait until it is connected."""
    asked = await stage.slash(stage.moderator, "server watch", server="Survival", **options)
    message = await asked.reply()
    await stage.until_text(message, "-# live, ends <t:")
    return message


async def _print(stage: Stage, *lines: str) -> None:
    for line in lines:
        await stage.panel.wings.emit(stage.survival, "console output", line)


async def test_a_command_answers_with_what_the_console_printed(stage: Stage) -> None:
    answer = await stage.answer(
        stage.moderator, "server command", server="Survival", command="list"
    )
    assert answer.ephemeral
    assert "What it printed in the seconds after that:\n```\nlist\n[" in answer.text
    assert "There are 0 of a max of 20 players online" in answer.text
    assert stage.survival.console == ["list"]


async def test_a_command_is_sent_although_nobody_can_look(stage: Stage) -> None:
    path = f"/api/client/servers/{stage.survival.identifier}/websocket"
    stage.panel.faults.add("cut-before", path=path)
    answer = await stage.answer(stage.moderator, "server command", server="Survival", command="x")
    assert "I could not look at what it printed." in answer.text
    assert stage.survival.console == ["x"]


async def test_the_last_lines_are_read_in_private(stage: Stage) -> None:
    await stage.answer(stage.moderator, "server command", server="Survival", command="say <@1> `")
    message = await _watch(stage)
    answer = await stage.answer(stage.moderator, "server logs", server="Survival", lines=1)
    assert answer.ephemeral
    assert "The last line of **Survival**'s console:\n```\n[" in answer.text
    assert "[Server] <@1> \u02cb\n```" in answer.text
    assert answer.mentions == []
    await stage.click(stage.moderator, message, "Stop watching")
    await stage.until_text(message, "You stopped watching.")


async def test_a_long_log_comes_as_a_file(stage: Stage) -> None:
    message = await _watch(stage)
    for number in range(60):
        stage.survival.console.append(f"say {number} {'x' * 40}")
    await stage.until_text(message, "[Server] 59 ")
    answer = await stage.answer(stage.moderator, "server logs", server="Survival", lines=150)
    (file,) = answer.attachments
    assert file.filename == "console.txt"
    assert file.data.decode().count("\n") == 120
    assert "The last 120 lines" in answer.text
    await stage.click(stage.moderator, message, "Stop watching")
    await stage.until_text(message, "You stopped watching.")


async def test_a_server_that_is_down_shows_no_console(stage: Stage) -> None:
    answer = await stage.answer(stage.moderator, "server logs", server="Creative")
    assert "**Creative** shows no console: it is not running" in answer.text


async def test_the_card_offers_the_console_and_rights_are_checked_at_the_click(
    stage: Stage,
) -> None:
    card = await stage.answer(stage.helper, "server status", server="Survival")
    denied = await stage.press(stage.helper, card, "Logs")
    assert denied.ephemeral
    assert "You may not read the console of **Survival**" in denied.text
    told = await stage.press(stage.moderator, card, "Logs")
    assert told.ephemeral
    assert "**Survival** shows no console" in told.text


async def test_who_has_the_right_and_nothing_else_may_read_and_watch(quiet_stage: Stage) -> None:
    stage = quiet_stage
    await stage.allow(stage.secret, Action.LOGS)
    await stage.start_bot()
    answer = await stage.answer(stage.helper, "server logs", server="Secret")
    assert "**Secret** shows no console" in answer.text
    for command in ("server logs", "server watch"):
        assert (
            "I know no server" in (await stage.answer(stage.guest, command, server="Secret")).text
        )
        assert (
            "may not read the console of **Survival**"
            in (await stage.answer(stage.helper, command, server="Survival")).text
        )


async def test_what_happens_is_watched_in_one_message(stage: Stage) -> None:
    message = await _watch(stage, **{"for": 5})
    assert message.ephemeral
    await _print(stage, "\x1b[31mred\x1b[0m", "```@everyone")
    await stage.until_text(message, "```\nred\n\u02cb\u02cb\u02cb@everyone\n```")
    stage.survival.power("stop")
    await stage.until_text(message, "**stopping**")
    assert message.mentions == []

    await stage.click(stage.moderator, message, "Stop watching")
    await stage.until_text(message, "You stopped watching.")
    assert not message.buttons
    assert stage.channel_texts == []
    await stage.panel.wings.wait_until(lambda: not stage.panel.wings.sockets)


async def test_a_message_that_was_dismissed_is_not_followed_any_more(stage: Stage) -> None:
    message = await _watch(stage)
    message.deleted = True
    await _print(stage, "news")
    await stage.panel.wings.wait_until(lambda: not stage.panel.wings.sockets)


async def test_a_bot_that_stops_ends_the_watch_and_says_so(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    message = await _watch(stage)
    await stage.stop_bot(bot)
    assert "I am being stopped" in message.text
    assert not message.buttons


@pytest.mark.parametrize("command", ["server logs", "server watch"])
async def test_only_servers_with_a_live_console_are_suggested(stage: Stage, command: str) -> None:
    suggested = await stage.suggest(stage.moderator, "", command)
    assert {name.split(" ·")[0] for name, _ in suggested} == {"Survival", "Creative", "Secret"}
    assert await stage.suggest(stage.guest, "", command) == []

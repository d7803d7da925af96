"""Names and texts of a panel are shown, and do nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage

HOSTILE = {
    "everyone": "@everyone @here",
    "role": "<@&{role}> <@{owner}> <#{channel}>",
    "markup": "**bold** __line__ ~~gone~~ ||secret|| `code` > # - [link](https://evil.example)",
    "fence": "```\nbroken out",
    "long": "x" * 200,
    "wide": "🎉" * 100,
    "right-to-left": "abc\u202egnp.exe\u200b\u2066",
    "lines": "one\ntwo\r\nthree",
    "braces": "{server} {0} %s %(name)s",
    "blank": "   ",
    "zero-width": "\u200b",
    "timestamp": "<t:0:R> <:emoji:1> </server stop:1>",
}


def named(stage: Stage, name: str) -> str:
    return (
        name.replace("{role}", str(stage.helpers.id))
        .replace("{owner}", str(stage.owner.id))
        .replace("{channel}", str(stage.channel.id))
    )


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
async def test_a_hostile_name_is_harmless_everywhere(quiet_stage: Stage, name: str) -> None:
    stage = quiet_stage
    stage.survival.name = stage.survival.description = named(stage, name)
    await stage.start_bot()
    server = stage.survival.identifier
    messages = [
        await stage.answer(stage.owner, "server list", private=False),
        card := await stage.answer(stage.owner, "server status", server=server),
        await stage.press(stage.owner, card, "Kill"),
        await stage.answer(stage.owner, "server command", server=server, command="say hi"),
        await stage.answer(stage.guest, "server status", server=stage.survival.name or "x"),
        receipt := await stage.answer(stage.owner, "server stop", server=server, reason=name[:80]),
    ]
    form = await stage.click(stage.owner, card, "Command")
    assert form.modal is not None
    await stage.until_text(receipt, "🟡 stopping")
    refused = await stage.answer(stage.moderator, "server start", server=server)
    stage.world_time.advance(3)
    await stage.until_text(receipt, "🔴")
    for message in (*messages, refused):
        assert_harmless(message)
    for text, _ in await stage.suggest(stage.owner, ""):
        assert 1 <= len(text) <= 100


async def test_what_a_panel_says_is_shown_and_mentions_nobody(stage: Stage) -> None:
    stage.panel.faults.add(
        "html",
        path=f"/api/client/servers/{stage.survival.identifier}/power",
        status=422,
        body='{"errors": [{"code": "ValidationException", "status": "422", '
        '"detail": "@everyone **look** <@&1>"}]}',
    )
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.until_text(receipt, "refused")
    assert_harmless(receipt)


async def test_an_unknown_name_is_given_back_harmless(stage: Stage) -> None:
    answer = await stage.answer(stage.guest, "status", server="`@everyone` **x** <@&1>")
    assert_harmless(answer)


def assert_harmless(message: Message, *, ours: str = "") -> None:
    assert message.pings == []
    # Inline code shows its content as it is.
    text = re.sub(r"`[^`\n]*`", "", message.text.replace(ours, ""))
    for mention in re.findall(r"(?<!\\)<(?:@&|#|:|/|t:0)[^>]*>|@everyone|@here", text):
        raise AssertionError(f"{mention} in {message.text!r}")
    for wild in ("**bold**", "__line__", "||secret||", "](http", "\u202e", "one\ntwo"):
        assert wild not in text, message.text

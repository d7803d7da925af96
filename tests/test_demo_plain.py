"""What the demo prints and writes down of texts that would take a terminal over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.demo import _record
from bot.demo._console import converse
from bot.demo._record import Recorded, record
from bot.demo._stage import Stage
from bot.demo._tour import Step

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.demo._tour import Actor

HOSTILE = "\x1b[31mred \x1b]0;title\x07 \x00 \x9b2J \u202edne \rover"
SEEN = r"\x1b[31mred \x1b]0;title\x07 \x00 \x9b2J \u202edne"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """With a server and a message that are called so."""
    async with Stage.open(2) as stage, stage.bot.running():
        stage.harbour.shown()[0].add(HOSTILE)
        stage.discord.say(stage.members["guest"], stage.channel, HOSTILE)
        yield stage


async def test_nothing_takes_the_terminal_over(
    stage: Stage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed = tmp_path / "typed"
    typed.write_text(f"crash\n{HOSTILE}\n/server list {HOSTILE}\nquit\n", encoding="utf-8")
    with typed.open(encoding="utf-8") as source:
        monkeypatch.setattr("sys.stdin", source)
        await converse(stage, None)

    printed = capsys.readouterr().out
    assert f"  │ {SEEN}" in printed
    assert (
        f"! there are Survival, Creative, Lobby, Events, Museum, Classic, Website, Voice, {SEEN}"
        in printed
    )
    assert "! too much: " in printed
    assert not CONTROL.findall(printed)


async def test_nothing_that_is_written_down_takes_a_terminal_over(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def speak(actor: Actor) -> None:
        stage.discord.say(stage.members["guest"], stage.channel, f"Again: {HOSTILE}")
        await actor.slash("moderator", "/server list")
        raise AssertionError(HOSTILE)

    monkeypatch.setattr(_record, "STEPS", (Step(HOSTILE, HOSTILE, speak),))

    recorded = Recorded()
    await record(recorded, stage)

    assert f"> Again: {SEEN}" in recorded.text
    assert not CONTROL.findall(recorded.text)
    assert recorded.problem is not None
    assert not CONTROL.findall(recorded.problem)

"""The tour as it is written into a file, to its end or until it goes wrong."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
from typing import TYPE_CHECKING

import pytest

from bot import demo
from bot.cli._parser import build_parser
from bot.demo import _record
from bot.demo._stage import Stage
from bot.demo._tour import Step

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo._tour import Actor


@pytest.fixture
def unplayed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be played."""
    monkeypatch.setattr(Stage, "open", None)


def play(*arguments: str) -> int:
    """Return the exit status."""
    return demo.main(build_parser().parse_args(["demo", *arguments]))


async def _list(actor: Actor) -> None:
    await actor.slash("moderator", "/server list")


def test_the_tour_is_written_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = tmp_path / "tour.md"
    assert play("--record", str(told), "--seconds", "2") == 0
    assert capsys.readouterr() == ("", "")
    text = told.read_text(encoding="utf-8")
    for seen in (
        "**Mia (moderator)** types `/server list`",
        "only Mia sees it",
        "**Hugo (helper)** presses *Restart*",
        "> 🟢 **Survival** is running · ",
        "> I know no server called `Survival`.",
        "> 💥 **Creative** crashed · Main panel · ",
        "> @Gus may now view, start, restart **Survival**.",
    ):
        assert seen in text
    assert not re.search(r"<[@#t]|> -#", text)
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", text, re.MULTILINE)]
    assert numbers == [1, 2, 3, 4, 5, 6]


@pytest.mark.usefixtures("unplayed")
@pytest.mark.parametrize("name", ["", "nowhere/tour.md", "file/tour.md"])
def test_what_is_no_file_in_a_folder_is_told_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / name
    assert play("--record", str(path)) == 2
    reason = "it must be a file in a folder that exists"
    assert capsys.readouterr().err == f"{path} cannot be written: {reason}\n"


@pytest.mark.usefixtures("unplayed")
def test_what_cannot_be_opened_is_told_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listening = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(listening))
        for path, reason in (
            (listening, "No such device or address"),
            (tmp_path / ("x" * 300), "File name too long"),
        ):
            assert play("--record", str(path)) == 2
            assert capsys.readouterr().err == f"{path} cannot be written: {reason}\n"


def test_a_disk_that_is_full_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert play("--record", "/dev/full", "--seconds", "2") == 2
    assert capsys.readouterr().err == "/dev/full cannot be written: No space left on device\n"


def test_what_went_well_is_kept_where_the_tour_halts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(actor: Actor) -> None:
        await actor.slash("guest", "/manage update Survival")

    steps = (Step("One", "First.", _list), Step("Two", "Then.", fail), Step("Three", "", _list))
    monkeypatch.setattr(_record, "STEPS", steps)
    told = tmp_path / "tour.md"

    assert play("--record", str(told), "--seconds", "2") == 1

    text = told.read_text(encoding="utf-8")
    assert "**Mia (moderator)** types `/server list`" in text
    assert re.findall(r"^## (\d)\. ", text, re.MULTILINE) == ["1", "2"]
    reason = "Two: RefusedError: /manage is not offered to Gus"
    assert capsys.readouterr().err == f"the tour came to a halt: {reason}\n"


def test_what_went_well_is_kept_where_a_signal_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def end(actor: Actor) -> None:
        await _list(actor)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    monkeypatch.setattr(_record, "STEPS", (Step("One", "First.", end),))
    told = tmp_path / "tour.md"

    assert play("--record", str(told), "--seconds", "2") == 128 + signal.SIGTERM

    assert "**Mia (moderator)** types `/server list`" in told.read_text(encoding="utf-8")


@pytest.mark.usefixtures("unplayed")
@pytest.mark.parametrize("alone", ["--headless", "--record"])
@pytest.mark.parametrize("page", [("--port", "80"), ("--no-browser",)])
def test_options_of_the_page_are_refused_where_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], alone: str, page: tuple[str, ...]
) -> None:
    told = tmp_path / "tour.md"
    played = (alone, str(told)) if alone == "--record" else (alone,)
    assert play(*played, *page) == 2
    reason = f"--port and --no-browser are about the page: with {alone} there is none"
    assert capsys.readouterr().err == f"{reason}\n"
    assert not told.exists()

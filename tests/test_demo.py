"""The demo as a stranger runs it: by hand, from a file, from nothing, and by itself."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from tests.ports import free_port

if TYPE_CHECKING:
    from pathlib import Path

_PLAYED = """\
/server list
/status Survival
/foo
click Nothing
as helper
/server kill Lobby
as guest
/restart server:Survival
crash Nobody
panel sideways
help
nonsense
quit
"""

# Whatever is typed, and what is said to it.
_ODD = [
    ("/", "! / goes on with one of: "),
    ("/ server", "goes on with one of: "),
    ("/server", "! /server goes on with one of: "),
    ("/server logs", "! These options are required: ['server']"),
    ("/server logs Lobby many", "! lines: 'many' is no integer"),
    ("/server logs Lobby 5 6 7 8", "! too much: "),
    ("/access preview Nobody", "! role: 'Nobody' is no role"),
    ("/access preview Helpers", "This is what @Helpers can see"),
    ("/restart it's", "I know no server called `it's`"),
    ('/restart "never closed', "I know no server called `never closed`"),
    ("click", "! say which button: click Restart"),
    ("pick", "! no message has that"),
    ("say hello", "! no form is open; click Command on a card first"),
    ("fill Name=x", "! no form is open; click Command on a card first"),
    ("fill", "! no form is open; click Command on a card first"),
    ("as", "! there are owner, moderator, helper, guest"),
    ("crash", "! there are Survival"),
    ("panel", "! say panel up or panel down"),
    ("\"'", "! I do not know"),
    ("grüß 生存 \x00\x1b[2J", "! I do not know 'grüß'"),
    ("x" * 200_000, "! that is too long for one line"),
    ("y" * 20_000, "! I do not know 'yyy"),
    ("/status Lobby", "The lobby world"),
    ("click Start", "! The button 'Start' is disabled"),
    ("click Command", "answer with: say ..., or fill "),
    ("say", "! line wants 1 to "),
    ("fill", "! the form asks for "),
    ("fill Nothing=1", "! the form asks for "),
    ("say tell it's me", "**Lobby** took the command `tell it's me`"),
    ("/notify add #nowhere problems", "! channel: '#nowhere' is no channel"),
    ("/notify add #alerts problems", "From now on I tell there:"),
    ("/manage update Survival", "### Change Survival"),
    ("click Name", "a form opens: Survival: Name, "),
    ("say Name", "! this form takes no single text; answer with: fill Name=... "),
    ("fill Egg=Nothing", "! Egg is one of: "),
    ("as helper", "you are Hugo now"),
    ("fill Name=x ", "! no form is open; click Command on a card first"),
    ("/manage update Lobby", "! /manage is not offered to Hugo"),
    ("as moderator", "you are Mia now"),
    ("/manage delete Website", "a form opens: Delete for good?"),
    ("say Other", "That is not the server's name."),
    ("/manage delete Website ", "answer with: say ..., or fill "),
    ("fill Type the server's name=Website", "The panel has deleted **Website**"),
]


async def _demo(*arguments: str, typed: Path) -> tuple[int | None, str]:
    with typed.open("rb") as source:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", *arguments),
            stdin=source,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    async with asyncio.timeout(50):
        output, _ = await process.communicate()
    return process.returncode, output.decode()


async def test_it_plays_by_itself_and_says_that_all_was_well(tmp_path: Path) -> None:
    (tmp_path / "nothing").touch()
    status, output = await _demo("--headless", "--seconds", "3", typed=tmp_path / "nothing")
    summary = json.loads(output)
    assert (status, summary["ok"]) == (0, True)
    assert all(step["ok"] and step["saw"] for step in summary["steps"])
    assert summary["signals"]["Survival"] == ["restart"]


async def test_lines_from_a_file_are_carried_out(tmp_path: Path) -> None:
    typed = tmp_path / "typed"
    typed.write_text(_PLAYED, encoding="utf-8")
    status, output = await _demo(typed=typed)
    assert status == 0
    assert "Traceback" not in output
    for seen in (
        " servers\n",
        "goes on with one of: ",
        "! no message has that",
        "You may not kill **Lobby**",
        "I know no server called `Survival`",
        "! there are Survival, Creative, Lobby, Events",
        "! say panel up or panel down",
        "! I do not know 'nonsense'; type help",
    ):
        assert seen in output


async def test_whatever_is_typed_is_answered_in_words(tmp_path: Path) -> None:
    typed = tmp_path / "typed"
    typed.write_text("\n".join([*(line for line, _ in _ODD), "help", "quit"]), encoding="utf-8")
    status, output = await _demo(typed=typed)
    assert (status, "Traceback" in output) == (0, False)
    assert not [(line, said) for line, said in _ODD if said not in output]


@pytest.mark.parametrize("seconds", [(), ("--seconds", "1")])
async def test_without_input_it_ends_by_itself(tmp_path: Path, seconds: tuple[str, ...]) -> None:
    (tmp_path / "nothing").touch()
    status, output = await _demo(*seconds, typed=tmp_path / "nothing")
    assert status == 0
    assert "Traceback" not in output


async def test_it_says_where_the_page_is(tmp_path: Path) -> None:
    (tmp_path / "nothing").touch()
    port = free_port()
    status, output = await _demo("--port", str(port), "--seconds", "1", typed=tmp_path / "nothing")
    assert status == 0
    assert f"The demo is at http://127.0.0.1:{port}/\n" in output


async def test_a_port_in_use_is_told_and_a_second_demo_takes_another(tmp_path: Path) -> None:
    (tmp_path / "nothing").touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, output = await _demo("--port", str(port), typed=tmp_path / "nothing")
        assert status == 2
        assert output == (
            f"port {port} cannot be used: address already in use; "
            "take another, or leave --port out and any free one is taken\n"
        )

        status, output = await _demo("--no-browser", typed=tmp_path / "nothing")
        assert status == 0
        assert "http://127.0.0.1:" in output


@pytest.mark.parametrize("port", ["0", "-1", "65536", "x", "8.0", "", "²", "9" * 5000])
async def test_what_is_no_port_is_wrong_usage(tmp_path: Path, port: str) -> None:
    (tmp_path / "nothing").touch()
    status, output = await _demo("--port", port, typed=tmp_path / "nothing")
    assert status == 2
    assert "must be a number of 1 to 65535" in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_whoever_ends_it_finds_nothing_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--no-browser"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    async with asyncio.timeout(50):
        await process.stdout.readuntil(b"The demo is at ")
        assert len(_folders(tmp_path)) == 1
        process.send_signal(number)
        output = await process.stdout.read()
        assert await process.wait() == 128 + number
    assert b"Traceback" not in output
    assert not _folders(tmp_path)


def _folders(path: Path) -> list[str]:
    return [each.name for each in path.iterdir() if each.is_dir()]

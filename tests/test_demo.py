"""The demo as a stranger runs it: by hand, from a file, from nothing, and by itself."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

import pytest

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


@pytest.mark.parametrize("seconds", [(), ("--seconds", "1")])
async def test_without_input_it_ends_by_itself(tmp_path: Path, seconds: tuple[str, ...]) -> None:
    (tmp_path / "nothing").touch()
    status, output = await _demo(*seconds, typed=tmp_path / "nothing")
    assert status == 0
    assert "Traceback" not in output

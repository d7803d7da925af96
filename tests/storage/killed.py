"""Changes the master key in a child that is killed, again and again, each time a little later.

    python tests/storage/killed.py FOLDER STRIDE

A program of its own, because a process with an event loop and threads is not to be forked; it
imports nothing of the tests. A stride of 1 is every line of ours. Prints how many children were
killed, and fails where anything was lost.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.panels import StoredPanel
from bot.storage import key_file, keys, master_key, migrations
from bot.storage.crypto import Vault
from bot.storage.engine import Database
from bot.storage.key_file import KeyFile
from bot.storage.keys import KeySource
from bot.storage.panels import SqlPanels

if TYPE_CHECKING:
    from types import CodeType, FrameType

PANELS = 4
WATCHED = {key_file.__file__, keys.__file__, master_key.__file__}
CHANGING = {"rotate", "replace", "_put", "_write", "_sync", "reseal", "_reseal_note"}
"""The functions that change anything, or call what does."""


def panel(number: int) -> StoredPanel:
    return StoredPanel(
        panel_id=f"g{number}",
        guild_id=1,
        name="Panel",
        kind="pterodactyl",
        base_url="https://panel.example.com",
        credentials={"key": f"ptlc_{number}"},
        added_by=2,
        added_at=datetime(2026, 7, 1, 12, 0, number, tzinfo=UTC),
    )


async def unlocked(database: Database, source: KeySource) -> SqlPanels:
    return SqlPanels(database, await keys.unlock(database, source))


async def build(url: str, source: KeySource) -> None:
    async with Database(url) as database:
        bot = await unlocked(database, source)
        for number in range(PANELS):
            await bot.add(panel(number))


async def rotate(url: str, source: KeySource) -> None:
    async with Database(url) as database:
        await keys.rotate(database, source)


async def check(url: str, source: KeySource) -> None:
    """A bot starts; then the change is made once more, and all is as if nothing had been."""
    expected = [panel(number) for number in range(PANELS)]
    async with Database(url) as database:
        assert await (await unlocked(database, source)).all() == expected
        await keys.rotate(database, source)
        (key,) = source.keys()
        assert await SqlPanels(database, Vault([key])).all() == expected
    names = {each.name for each in source.file.path.parent.iterdir()}
    assert names == {"deckhand.db", "deckhand.db.key"}


def die_at(step: int) -> None:
    """Kill this process when it comes to that line of ours, counted from here."""
    left = step

    def count(_frame: FrameType, event: str, _: object) -> object:
        nonlocal left
        if event == "line":
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        return count

    def enter(frame: FrameType, _event: str, _: object) -> object:
        code: CodeType = frame.f_code
        is_ours = code.co_filename in WATCHED and code.co_name in CHANGING
        return count if is_ours else None

    sys.settrace(enter)  # type: ignore[arg-type]  # what mypy knows of it is narrower


def is_killed_at(step: int, url: str, source: KeySource) -> bool:
    child = os.fork()
    if not child:
        die_at(step)
        asyncio.run(rotate(url, source))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or not os.WEXITSTATUS(status)
    return os.WIFSIGNALED(status)


def main(folder: Path, stride: int) -> int:
    # Several transactions, so that there is something between them.
    vars(master_key)["_BATCH"] = 2
    original, present = folder / "original", folder / "present"
    original.mkdir()
    migrations.upgrade(url_in(original))
    asyncio.run(build(url_in(original), source_in(original)))
    for killed, step in enumerate(itertools.count(1, stride)):
        shutil.copytree(original, present)
        was_killed = is_killed_at(step, url_in(present), source_in(present))
        asyncio.run(check(url_in(present), source_in(present)))
        shutil.rmtree(present)
        if not was_killed:
            return killed
    raise AssertionError


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder}/deckhand.db"


def source_in(folder: Path) -> KeySource:
    return KeySource((), KeyFile(folder / "deckhand.db.key"))


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), int(sys.argv[2])))  # noqa: T201 - a program

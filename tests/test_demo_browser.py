"""When the demo opens a browser by itself, and when it leaves people alone."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import sys
import webbrowser
from threading import Event
from typing import TYPE_CHECKING

import pytest

from bot.demo import _browser

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://127.0.0.1:1/"
SECONDS = 50
"""After which a test gives up waiting."""


class Browser(webbrowser.BaseBrowser):
    """Remembers what it was shown, and is closed only by the test."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.shown: list[str] = []
        self.is_open = Event()
        self.is_closed = Event()

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        self.shown.append(url)
        self.is_open.set()
        return self.is_closed.wait(SECONDS)


def test_a_graphical_browser_is_opened_and_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = _at_hand(monkeypatch, "firefox")
    _browser.show(URL)
    assert browser.is_open.wait(SECONDS)
    assert browser.shown == [URL]
    browser.is_closed.set()


@pytest.mark.parametrize(
    ("name", "is_terminal"),
    [("firefox", False), ("lynx", True), ("www-browser", True)],
)
def test_nobody_is_shown_what_they_cannot_use(
    monkeypatch: pytest.MonkeyPatch, name: str, is_terminal: bool
) -> None:
    _at_hand(monkeypatch, name, is_terminal=is_terminal)
    monkeypatch.setattr(_browser, "Thread", None)
    _browser.show(URL)


def test_without_a_browser_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> webbrowser.BaseBrowser:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

    _browser.show(URL)


async def test_the_bot_starts_and_ends_while_the_browser_stays_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    open_until = tmp_path / "open-until"
    os.mkfifo(open_until)
    held = os.open(open_until, os.O_RDWR)
    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\nexec 3< {open_until}\necho It is open.\nread word <&3\n")
    browser.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(browser))
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo"), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    try:
        async with asyncio.timeout(SECONDS):
            await asyncio.to_thread(_until, ours, b"It is open.", b"This is the real bot")
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 128 + signal.SIGINT
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(held)
        os.close(ours)


def _at_hand(monkeypatch: pytest.MonkeyPatch, name: str, *, is_terminal: bool = True) -> Browser:
    browser = Browser(name)
    monkeypatch.setattr(webbrowser, "get", lambda: browser)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal, raising=False)
    return browser


def _until(terminal: int, *texts: bytes) -> None:
    """Read what a terminal shows until all of it is there; an end before that is an error."""
    seen = b""
    while not all(text in seen for text in texts):
        seen += os.read(terminal, 65536)

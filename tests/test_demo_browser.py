"""When the demo opens a browser by itself, and when it leaves people alone."""

from __future__ import annotations

import sys
import webbrowser

import pytest

from bot.demo import _browser

URL = "http://127.0.0.1:1/"


class Browser(webbrowser.BaseBrowser):
    """Remembers what it was shown."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.shown: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        self.shown.append(url)
        return True


@pytest.mark.parametrize(
    ("name", "is_terminal", "shown"),
    [
        ("firefox", True, [URL]),
        ("firefox", False, []),
        ("lynx", True, []),
        ("www-browser", True, []),
    ],
)
async def test_a_graphical_browser_is_opened_for_somebody_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, name: str, is_terminal: bool, shown: list[str]
) -> None:
    browser = Browser(name)
    monkeypatch.setattr(webbrowser, "get", lambda: browser)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal, raising=False)

    await _browser.show(URL)

    assert browser.shown == shown


async def test_without_a_browser_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> webbrowser.BaseBrowser:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

    await _browser.show(URL)

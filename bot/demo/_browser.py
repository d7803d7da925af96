"""Whether a browser is at hand, and how the page gets into it."""

from __future__ import annotations

import sys
import webbrowser
from threading import Thread

_OF_TEXT = frozenset({"elinks", "links", "lynx", "w3m", "www-browser"})
"""These would take the terminal over, and run no scripts."""


def show(url: str) -> None:
    """Open the page where somebody sits before a terminal with a browser; else do nothing."""
    if not sys.stdout.isatty():
        return
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if getattr(browser, "name", "") not in _OF_TEXT:
        # Some wait until the browser is closed: nothing waits for them, nor does the end.
        Thread(target=browser.open, args=(url,), daemon=True).start()

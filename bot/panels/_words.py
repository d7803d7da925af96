"""Tells the log which states a panel speaks of that no table here has. Has no table itself."""

from __future__ import annotations

import logging

_log = logging.getLogger(__name__)


class UnknownWords:
    """Those of one panel; each is logged once."""

    def __init__(self, panel_id: str) -> None:
        self._panel_id = panel_id
        self._known: set[str] = set()

    def note(self, *words: str | None) -> None:
        """Log the words that are new; None is no word."""
        for word in words:
            if word is not None and word not in self._known:
                self._known.add(word)
                _log.info("panel %s: %r is a state that is not known here", self._panel_id, word)

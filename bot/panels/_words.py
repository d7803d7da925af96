"""Tells the log, once, what a panel lists or says that nobody here knows. Has no table itself."""

from __future__ import annotations

import logging

_log = logging.getLogger(__name__)


class UnknownWords:
    """Those of one panel; each is logged once."""

    def __init__(self, panel_id: str) -> None:
        self._panel_id = panel_id
        self._known: set[str] = set()
        self._has_nameless = False

    def note(self, *words: str | None) -> None:
        """Log the words that are new; None is no word."""
        for word in words:
            if word is not None and word not in self._known:
                self._known.add(word)
                _log.info("panel %s: %r is a state that is not known here", self._panel_id, word)

    def note_nameless(self, count: int) -> None:
        """Log, the first time, that so many servers of a list have nothing that can be an id."""
        if count and not self._has_nameless:
            self._has_nameless = True
            _log.info(
                "panel %s lists servers without an id that can be one: they are left out",
                self._panel_id,
            )

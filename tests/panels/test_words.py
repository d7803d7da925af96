"""What no table has is told to the log, and told once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.panels._words import UnknownWords

if TYPE_CHECKING:
    import pytest


def test_a_word_is_logged_once_for_each_panel(caplog: pytest.LogCaptureFixture) -> None:
    main, other = UnknownWords("main"), UnknownWords("other")
    with caplog.at_level(logging.INFO):
        main.note_nameless(0)
        for _ in range(2):
            main.note("napping", None, "dreaming")
            main.note_nameless(3)
        other.note("napping")
    assert caplog.messages == [
        "panel main: 'napping' is a state that is not known here",
        "panel main: 'dreaming' is a state that is not known here",
        "panel main lists servers without an id that can be one: they are left out",
        "panel other: 'napping' is a state that is not known here",
    ]

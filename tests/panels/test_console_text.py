"""Console text: what is left of it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.panels._console_text import clean


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[12:00:00 INFO]: Done (3.0s)!", "[12:00:00 INFO]: Done (3.0s)!"),
        ("Créatif ✨ 建築 👩\u200d🚀", "Créatif ✨ 建築 👩\u200d🚀"),
        ("\x1b[33m\x1b[1m[Daemon]:\x1b[39m text\x1b[0m", "[Daemon]: text"),
        ("\x1b[38;2;255;0;0mred\x1b[m", "red"),
        ("\x1b[38:5:1mred", "red"),
        ("\x1b[?25l\x1b[2J\x1b[1;1Hhome", "home"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq device\x1b\\text", "text"),
        ("\x1b(Btext\x1b7\x1b=", "text"),
        ("\x9b31mred\x9d0;title\x9ctext", "redtext"),
        ("> \r[12:00] said", "[12:00] said"),
        ("10 %\r20 %\r\n", "20 %"),
        ("a\tb\n\nc", "a b c"),
        ("a\x00b\x08c\x7fd\x85e", "abcd e"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("half \ud800 a pair", "half  a pair"),
        ("\x1b[", ""),
        ("\x1b", ""),
        ("", ""),
    ],
)
def test_what_is_left(text: str, line: str) -> None:
    assert clean(text) == line


@given(st.text(st.characters(codec=None)))
def test_nothing_is_left_that_drives_a_terminal(text: str) -> None:
    line = clean(text)

    assert not [char for char in line if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
    assert clean(line) == line


def test_a_line_of_escapes_costs_no_more_than_its_length() -> None:
    assert clean("\x1b]" * 500_000) == ""
    assert clean("\x1b[" + "0;" * 500_000) == ""

"""What may be written to a console."""

from __future__ import annotations

import pytest

from bot.domain.commands import console_line
from bot.domain.errors import InvalidCommand


@pytest.mark.parametrize(
    "text", ["say hi", "say grüß Gott ✨", "say 👨\u200d👩\u200d👧", 'tell @a "x"']
)
def test_one_plain_line_is_taken_as_it_is(text: str) -> None:
    assert console_line(text) == text


def test_white_space_around_it_is_dropped() -> None:
    assert console_line("  stop \n") == "stop"


@pytest.mark.parametrize(
    "text",
    ["", " ", "a\nb", "a\rb", "a\x00b", "a\tb", "a\x1b[2J", "a\u2028b", "a\u2029b", "a\x85b"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidCommand):
        console_line(text)

"""Console text is shown as it is, and does nothing."""

from __future__ import annotations

import pytest

from bot.ui.render.console import console_block, console_file, fits
from tests.ui.render.judge import PIECES, threats


def test_lines_stand_in_a_block_with_their_blanks() -> None:
    assert console_block(["a  b", "  c"], 100) == "```\na  b\n  c\n```"


@pytest.mark.parametrize("piece", [*PIECES, "```\n@everyone\n```", "``", "`" * 10])
def test_nothing_breaks_out_of_the_block(piece: str) -> None:
    block = console_block([piece, "x" + piece, piece * 3], 1000)

    assert threats(block) == []
    assert block.count("```") == 2
    assert block.startswith("```\n")
    assert block.endswith("\n```")
    assert len(block.split("\n")) == 5


def test_the_newest_lines_that_fit_are_kept() -> None:
    lines = [f"line {number}" for number in range(100)]
    for limit in range(30, 60):
        block = console_block(lines, limit)
        assert len(block) <= limit
        assert block.split("\n")[-2] == "line 99"
        assert fits(lines[-3:], limit) is (len(console_block(lines[-3:], 1000)) <= limit)


def test_a_long_line_is_cut() -> None:
    assert console_block(["x" * 500], 1000, width=10) == "```\nxxxxxxxxx…\n```"


def test_a_file_holds_all_of_it() -> None:
    assert console_file(["a", "服务器", "\ud83d"]) == "a\n服务器\n?\n".encode()

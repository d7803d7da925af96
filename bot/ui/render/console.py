"""Text of a console, of which nobody knows what it holds: made harmless, cut, put into a block."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_FENCES = "```\n```"
_TICK = "\N{MODIFIER LETTER GRAVE ACCENT}"


def console_block(lines: Sequence[str], limit: int, *, width: int = 200) -> str:
    """Return a code block of at most `limit` characters with the last of the lines that fit."""
    room = limit - len(_FENCES)
    kept: list[str] = []
    for line in reversed(lines):
        text = _cut(_harmless(line), width)
        room -= len(text) + 1
        if room < 0:
            break
        kept.append(text)
    return "\n".join(["```", *reversed(kept), "```"])


def fits(lines: Sequence[str], limit: int) -> bool:
    """Whether a block of so many characters holds all of it, uncut."""
    return len(_FENCES) + sum(len(line) + 1 for line in lines) <= limit


def console_file(lines: Iterable[str]) -> bytes:
    """Return the lines as a text file."""
    return "".join(f"{line}\n" for line in lines).encode(errors="replace")


def _harmless(line: str) -> str:
    """Blanks stay as they are, since consoles show columns and maps with them."""
    seen = "".join(char for char in line if unicodedata.category(char) not in _HIDDEN)
    return seen.replace("`", _TICK)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"

"""What may be written to a server's console: one plain line. Sends nothing."""

from __future__ import annotations

import unicodedata

from bot.domain.errors import InvalidCommand

_FORBIDDEN = frozenset({"Cc", "Zl", "Zp"})
"""Control characters and separators of lines and paragraphs (Unicode categories)."""


def console_line(text: str) -> str:
    """Return the trimmed line; raises `InvalidCommand` for an empty one, or for more than one."""
    line = text.strip()
    if not line or any(unicodedata.category(char) in _FORBIDDEN for char in line):
        raise InvalidCommand
    return line

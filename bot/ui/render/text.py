"""Small pieces of text: foreign names made harmless, sizes, bars, times. Knows no servers."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_MARKUP = re.compile(r"([\\*_~`|<>#\[\]()])")
_LIST = re.compile(r"^(\d*)([-+.])(?= |$)")
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs"})
"""Unicode's control, format, private and lone surrogate characters, and all kinds of blanks."""
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks to Unicode, and yet nothing to the eye."""
_BAR_LENGTH = 10
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def plain(text: str, limit: int = 80) -> str:
    """Return foreign text as one harmless line: no markup, no mention, no link."""
    line = _MARKUP.sub(r"\\\1", label(text, limit))
    line = _LIST.sub(r"\1\\\2", line)
    return line.replace("@", "@\u200b").replace("://", ":\u200b//")


def label(text: str, limit: int = 80) -> str:
    """Return foreign text for places without markup: labels, choices, titles."""
    line = " ".join("".join(" " if _is_hidden(char) else char for char in text).split())
    return _cut(line, limit) if _is_seen(line) else "?"


def code(text: str, limit: int = 200) -> str:
    """Return foreign text as inline code that nothing can break out of."""
    return f"`{label(text, limit).replace('`', chr(0x2CB))}`"


def size(count: int) -> str:
    """Return bytes in the unit that reads best: `1.5 GiB`."""
    value = float(count)
    for unit in _UNITS[:-1]:
        if round(value) < 1024:  # noqa: PLR2004 - 1,024 of a unit make the next one
            return f"{figure(value)} {unit}"
        value /= 1024
    return f"{figure(value)} {_UNITS[-1]}"


def figure(value: float) -> str:
    """Return a number of three digits, or with all of its whole part; never an exponent."""
    return f"{value:.3g}" if 0.001 <= value < 999.5 else f"{value:.0f}"  # noqa: PLR2004 - here .3g needs none


def bar(share: float) -> str:
    """Return a small bar for a share of 0 to 1; usage beyond the limit fills it."""
    filled = round(min(max(share, 0.0), 1.0) * _BAR_LENGTH)
    return "▰" * filled + "▱" * (_BAR_LENGTH - filled)


def duration(length: timedelta) -> str:
    """Return a length of time by its two largest units: `2 h 5 min`, `42 s`."""
    seconds = max(int(length.total_seconds()), 0)
    parts = (
        (seconds // 86_400, "d"),
        (seconds // 3_600 % 24, "h"),
        (seconds // 60 % 60, "min"),
        (seconds % 60, "s"),
    )
    first = next((index for index, (count, _) in enumerate(parts) if count), len(parts) - 1)
    shown = [f"{count} {unit}" for count, unit in parts[first : first + 2] if count]
    return " ".join(shown) or "0 s"


def ago(at: datetime) -> str:
    """Return Discord's own markup for a relative time, which every reader sees locally."""
    return f"<t:{int(at.timestamp())}:R>"


def _is_hidden(char: str) -> bool:
    return char in _BLANK or unicodedata.category(char) in _HIDDEN


def _is_seen(line: str) -> bool:
    """Whether there is more than marks, which need a letter to stand on."""
    return any(unicodedata.category(char)[0] in "LNPS" for char in line)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"

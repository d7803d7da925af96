"""Makes console text harmless: no terminal sequences, no control characters. Cuts nothing off."""

from __future__ import annotations

import re
import unicodedata

# ECMA-48: control sequences (colours, cursor), strings up to their end (titles, links), and the
# escapes of two characters.
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]P^_X]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_GAP = re.compile(r"[\t\n\x0b\x0c\x85\u2028\u2029]+")
# Those that turn the direction of writing can make a line read as another one.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CONTROL = frozenset({"Cc", "Cs"})


def clean(text: str) -> str:
    """Return the line that a terminal would be left with, as plain text."""
    if text.isascii() and text.isprintable():
        return text
    text = _SEQUENCE.sub("", text)
    # What follows a carriage return is written over what stood before.
    text = text.rstrip("\r\n").rpartition("\r")[2]
    text = _GAP.sub(" ", text)
    return "".join(char for char in text if not _is_harmful(char))


def _is_harmful(char: str) -> bool:
    return char in _BIDI or unicodedata.category(char) in _CONTROL

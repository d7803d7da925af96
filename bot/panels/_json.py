"""Reads JSON that may hold anything anywhere. Knows no panel.

What is absent, null or of the wrong type becomes None (or empty), so that one odd field costs
only itself.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic_core import from_json

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOO_LARGE = 2**63
_BRACKET = re.compile(r"[{\[]")
_MOST_BRACKETS = 100
_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,20}(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?\s*")


def decode(body: bytes) -> object:
    """Return the JSON value, None for an empty body; `ValueError` for what is no JSON."""
    try:
        # As `json` does, and for an answer about one server in a third of its time.
        value: object = from_json(body)
    except ValueError:
        return _leniently(body) if body.strip() else None
    return value


def text(value: object) -> str | None:
    """Return a text; half of a surrogate pair, which cannot be sent on, becomes a ?."""
    if not isinstance(value, str):
        return None
    return value if value.isascii() else value.encode(errors="replace").decode()


def number(value: object) -> float | int | None:
    """Return a number that fits 64 bits; PHP writes integers, floats and texts as it likes."""
    if isinstance(value, str):
        value = _number_in(value)
    # By its exact type: true and false are numbers to Python.
    if type(value) is int or type(value) is float:
        return value if abs(value) < _TOO_LARGE else None
    return None


def integer(value: object) -> int | None:
    """Return a number without its fraction."""
    if type(value) is int and -_TOO_LARGE < value < _TOO_LARGE:
        return value
    found = number(value)
    return None if found is None else int(found)


def is_plain(value: object) -> bool:
    """Whether it is a text, true, false, or a number that there is; 1e999 is read as infinite."""
    return isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))


def milliseconds(value: object) -> timedelta | None:
    """Return a length of time; None for one that cannot be."""
    found = number(value)
    try:
        return None if found is None else timedelta(milliseconds=found)
    except OverflowError:
        return None


def mapping(value: object) -> Mapping[str, object]:
    """Return an object; PHP writes an empty one as a list."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Mapping[str, object]]:
    """Return the objects of a list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _leniently(body: bytes) -> object:
    """Take half a surrogate pair too, and a document that PHP prints its warnings before."""
    try:
        return _loads(body)
    except ValueError:
        content = body.decode(errors="replace").strip()
        if content.startswith(("{", "[")):
            raise
        return _after_warnings(content)


def _after_warnings(content: str) -> object:
    """Return the document that goes to the end; brackets in the warnings begin none that does."""
    for bracket in itertools.islice(_BRACKET.finditer(content), _MOST_BRACKETS):
        document = content[bracket.start() :]
        try:
            return _loads(document)
        except json.JSONDecodeError as error:
            # It was cut off, and what it holds must not be taken for it.
            if error.pos >= len(document):
                raise
    raise ValueError("no JSON")


def _loads(body: bytes | str) -> object:
    try:
        value: object = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _number_in(value: str) -> float | int | None:
    match = _NUMBER.fullmatch(value)
    if match is None:
        return None
    return float(value) if match[1] or match[2] else int(value)

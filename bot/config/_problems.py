"""The words for what is wrong in a configuration. Knows no value, so that it can tell none."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails


class ConfigError(Exception):
    """Everything that is wrong with a configuration, one sentence each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(_without_keys(problem) for problem in problems)
        super().__init__("\n".join(self.problems))


def sentence(details: ErrorDetails) -> str:
    """Say it as `panels[1].base_url: is missing`."""
    where = "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in details["loc"]
    ).removeprefix(".")
    words = _SENTENCES.get(details["type"])
    if words is None:
        words = details["msg"].removeprefix("Value error, ")
        words = re.sub("^(Input|String) should ", "must ", words)
    return f"{where}: {words}"


_SENTENCES = {
    "dict_type": "must be a mapping of keys to values",
    "extra_forbidden": "is not a known key",
    "frozen_set_type": "must be a list",
    "mapping_type": "must be a mapping of keys to values",
    "missing": "is missing",
    "model_type": "must be a mapping of keys to values",
    "string_pattern_mismatch": "must be 1 to 32 of the characters a-z, 0-9 and -",
    "string_type": "must be text (put a number in quotes)",
    "tuple_type": "must be a list",
}

_WORD = re.compile("[A-Za-z0-9_+=~.-]+")
_LONG_RUN = re.compile("[A-Za-z0-9]{22}")  # an id has at most 20 digits
_LONG = 16
_YEAR = 4


def _without_keys(problem: str) -> str:
    """Leave out what looks like a key that was put in a wrong place, such as a setting's name."""
    return _WORD.sub(_without_key, problem)


def _without_key(word: re.Match[str]) -> str:
    """Keep of a word with a key in it what leads there: `credentials.` of `credentials.MTk4…`."""
    parts = word[0].split(".")  # one of Discord's tokens has three by itself
    if not any(map(_is_like_a_key, parts)):
        return word[0]
    kept = takewhile(re.compile("[a-z_]*").fullmatch, parts)
    return ".".join([*kept, "***"])


def _is_like_a_key(part: str) -> bool:
    """Judge by what no setting and no usual name of a variable or a file has."""
    digits = sum(sign.isdigit() for sign in part)
    both_cases = part.lower() != part != part.upper()
    is_jumbled = digits > 0 and (both_cases or _YEAR < digits < len(part))
    return (is_jumbled and len(part) >= _LONG) or _LONG_RUN.search(part) is not None

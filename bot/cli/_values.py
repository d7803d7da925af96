"""Values as they are typed, `limits.memory=1024`, and the JSON that they stand for."""

from __future__ import annotations

import json
from typing import NoReturn

from bot.domain.administration import nested


def nest(settings: list[str]) -> dict[str, object]:
    """Return the object that `key=value` texts stand for; raises ValueError for what makes none.

    A dot in a key makes it nested. A value that is valid JSON is taken as such, any other as text.
    """
    values: dict[str, object] = {}
    for setting in settings:
        key, sign, value = setting.partition("=")
        if not sign or not all(key.split(".")):
            raise ValueError(f"{setting!r} is not of the form key=value")
        values[key] = _value(value)
    return nested(values)


def _value(text: str) -> object:
    try:
        value: object = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text
    return value


def _refuse(word: str) -> NoReturn:
    """NaN and Infinity, which are no JSON."""
    raise ValueError(word)

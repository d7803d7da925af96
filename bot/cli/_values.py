"""Values as they are typed, `limits.memory=1024`, and the JSON that they stand for."""

from __future__ import annotations

import json
from typing import NoReturn


def nest(settings: list[str]) -> dict[str, object]:
    """Return the object that `key=value` texts stand for; raises ValueError for what makes none.

    A dot in a key makes it nested. A value that is valid JSON is taken as such, any other as text.
    """
    nested: dict[str, object] = {}
    for setting in settings:
        key, sign, value = setting.partition("=")
        path = key.split(".")
        if not sign or not all(path):
            raise ValueError(f"{setting!r} is not of the form key=value")
        _put(nested, path, _value(value))
    return nested


def _put(nested: dict[str, object], path: list[str], value: object) -> None:
    name, *rest = path
    if not rest:
        nested[name] = value
        return
    inner = nested.setdefault(name, {})
    if not isinstance(inner, dict):
        raise ValueError(f"{name!r} has both a value and values below it")  # noqa: TRY004 - not of a wrong type, but given twice
    _put(inner, rest, value)


def _value(text: str) -> object:
    try:
        value: object = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text
    return value


def _refuse(word: str) -> NoReturn:
    """NaN and Infinity, which are no JSON."""
    raise ValueError(word)

"""Owns how a request of the page is read: nothing in it is believed. Carries nothing out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Mapping

Plain = str | int | float | bool

LONGEST_TEXT = 6000
"""What Discord takes as the value of an option."""
_LARGEST = 1 << 53
_LARGEST_ID = 1 << 64


class BadRequestError(Exception):
    """The request makes no sense; says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its number, what is to be done, and with what."""

    number: int
    verb: str
    body: Mapping[str, Any]

    @classmethod
    def read(cls, frame: str) -> Asked:
        """Read a frame; what cannot be answered with a `result` is a `BadRequestError`."""
        try:
            body = json.loads(frame, parse_constant=_no_constant)
            # What is escaped as half a character could not be written out again.
            json.dumps(body, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise BadRequestError("That is not JSON.") from None
        if not isinstance(body, dict):
            raise BadRequestError("That is no JSON object.")
        number = body.get("request")
        if not _is_whole(number):
            raise BadRequestError("That has no `request`, a whole number.")
        return cls(number, str(body.get("do")), body)

    def text(self, key: str, *, longest: int = LONGEST_TEXT, shortest: int = 0) -> str:
        """Return a text of this length."""
        value = self.body.get(key)
        if not isinstance(value, str) or not shortest <= len(value) <= longest:
            raise BadRequestError(f"`{key}` must be a text of {shortest} to {longest} characters.")
        return value

    def id(self, key: str) -> int:
        """Return an id, which is a text of digits."""
        found = as_id(self.body.get(key))
        if found is None:
            raise BadRequestError(f"`{key}` must be an id: a text of digits.")
        return found

    def whole(self, key: str, *, least: int, most: int) -> int:
        """Return a whole number in this range."""
        value = self.body.get(key)
        if not _is_whole(value) or not least <= value <= most:
            raise BadRequestError(f"`{key}` must be a whole number of {least} to {most}.")
        return value

    def flag(self, key: str) -> bool:
        """Return a boolean."""
        value = self.body.get(key)
        if not isinstance(value, bool):
            raise BadRequestError(f"`{key}` must be true or false.")
        return value

    def texts(self, key: str) -> list[str]:
        """Return a list of different texts."""
        value = self.body.get(key)
        if not _are_texts(value) or len(set(value)) != len(value):
            raise BadRequestError(f"`{key}` must be a list of different texts.")
        return value

    def plain_values(self, key: str) -> dict[str, Plain]:
        """Return an object of texts, numbers and booleans; none where it is left out."""
        value = self.body.get(key, {})
        if not isinstance(value, dict) or not all(map(_is_plain, value.values())):
            raise BadRequestError(f"`{key}` must be an object of texts, numbers and booleans.")
        return value

    def field_values(self, key: str) -> dict[str, str | list[str]]:
        """Return an object of texts and lists of texts."""
        value = self.body.get(key)
        fits = isinstance(value, dict) and all(
            isinstance(item, str) or _are_texts(item) for item in value.values()
        )
        if not fits:
            raise BadRequestError(f"`{key}` must be an object of texts and lists of texts.")
        return dict(value or {})


def as_id(value: object) -> int | None:
    """Return the id that a text of digits stands for, if it is one."""
    if not isinstance(value, str) or not (value.isascii() and value.isdigit()):
        return None
    # Python refuses to read numbers of thousands of digits.
    found = int(value) if len(value) <= len(str(_LARGEST_ID)) else _LARGEST_ID
    return found if found < _LARGEST_ID else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _are_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT
    return isinstance(value, bool | float) or _is_whole(value)

"""Owns how vps.org checks what it is sent, in the framework's sentences. Changes nothing."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from bot.simulators.panels.vpsorg_errors import denied, invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiohttp import web

    Check = Callable[[Any], Any]
    """Returns the value as it is kept; raises ValueError with a sentence."""

_NAME = re.compile(r"[A-Za-z0-9-]+")
_HOSTNAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")


async def read(request: web.Request) -> dict[str, Any]:
    """Return the object that was sent; none at all is an empty one."""
    body = await request.read()
    if not body:
        return {}
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post())
    if request.content_type != "application/json":
        raise denied(415, f'Unsupported media type "{request.content_type}" in request.')
    try:
        document = json.loads(body)
    except ValueError as error:
        raise denied(400, f"JSON parse error - {error}") from error
    if not isinstance(document, dict):
        kind = type(document).__name__
        said = f"Invalid data. Expected a dictionary, but got {kind}."
        raise invalid({"non_field_errors": [said]})
    return document


def check(
    values: Mapping[str, Any], checks: Mapping[str, Check], *, required: tuple[str, ...]
) -> dict[str, Any]:
    """Return the fields that are known and given; refuses all that is wrong at once."""
    wrong: dict[str, list[str]] = {}
    good: dict[str, Any] = {}
    for name, examine in checks.items():
        if name not in values:
            if name in required:
                wrong[name] = ["This field is required."]
        elif values[name] is None:
            wrong[name] = ["This field may not be null."]
        else:
            try:
                good[name] = examine(values[name])
            except ValueError as error:
                wrong[name] = [str(error)]
    if wrong:
        raise invalid(wrong)
    return good


def name(value: Any) -> str:
    """Letters, digits and hyphens."""
    found = _text(value)
    if not _NAME.fullmatch(found):
        raise ValueError("Enter a valid name: letters, numbers and hyphens.")
    return found


def hostname(value: Any) -> str:
    """A host name."""
    found = _text(value)
    if not _HOSTNAME.fullmatch(found):
        raise ValueError("Enter a valid hostname.")
    return found


def flag(value: Any) -> bool:
    """A boolean, also written as a text."""
    text = str(value).lower()
    if text not in _TRUE + _FALSE:
        raise ValueError("Must be a valid boolean.")
    return text in _TRUE


def choice(*words: str) -> Check:
    """One of a few words."""

    def examine(value: Any) -> str:
        if value not in words:
            raise ValueError(f'"{value}" is not a valid choice.')
        return str(value)

    return examine


def one_of(entries: Mapping[Any, Any]) -> Check:
    """The key of an object that there is."""

    def examine(value: Any) -> Any:
        if isinstance(value, bool | list | dict):
            raise ValueError(  # noqa: TRY004 - as with every other wrong value
                f"Incorrect type. Expected pk value, received {type(value).__name__}."
            )
        for key, entry in entries.items():
            if str(key) == str(value):
                return entry
        raise ValueError(f'Invalid pk "{value}" - object does not exist.')

    return examine


def several_of(entries: Mapping[Any, Any]) -> Check:
    """Keys of objects that there are."""

    def examine(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError(  # noqa: TRY004 - as with every other wrong value
                f'Expected a list of items but got type "{type(value).__name__}".'
            )
        return [one_of(entries)(entry) for entry in value]

    return examine


def _text(value: Any) -> str:
    if isinstance(value, bool | list | dict):
        raise ValueError("Not a valid string.")  # noqa: TRY004 - as with every other wrong value
    found = str(value).strip()
    if not found:
        raise ValueError("This field may not be blank.")
    return found

"""Reads how vps.org says no. Document 001 has the statuses and no bodies.

The service is a Django REST Framework: `{"detail": "..."}`, or sentences by field. Its own
client expects text that is no JSON as well.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.domain.errors import (
    PanelAuthFailed,
    PanelConflict,
    PanelInvalid,
    PanelProtocolError,
    PanelRateLimited,
    PanelRefused,
    PaymentRequired,
)
from bot.domain.servers import PowerAction, ServerState
from bot.panels import _json
from bot.panels._errors import Answer, error_of_status, plain
from bot.panels._json import mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.errors import PanelError
    from bot.panels._errors import Call

_INVALID = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
_ABOUT_NO_FIELD = frozenset({"detail", "message", "error", "non_field_errors", "__all__"})
_DEEPEST = 4
_LONGEST = 300.0
_ORDERS = frozenset(action.value for action in PowerAction)
_NOT_RUNNING = re.compile(r"\b(not (\w+ )?(running|active)|already stopped)\b", re.IGNORECASE)
_RUNNING = re.compile(r"\balready (running|active|started)\b", re.IGNORECASE)
_SUSPENDED = re.compile(r"\bsuspended\b", re.IGNORECASE)
_THROTTLED = re.compile(r"\bavailable in (\d{1,6}) seconds?\b", re.IGNORECASE)
# The framework may answer 403 where the token itself is bad; a missing right says neither.
_ABOUT_THE_TOKEN = re.compile(
    r"\b(invalid|incorrect|expired|revoked) (\w+ )?token\b"
    r"|\btoken (is |has |was )?(invalid|incorrect|expired|revoked)\b"
    r"|\bcredentials were not provided\b",
    re.IGNORECASE,
)


def decode(body: bytes) -> object:
    """Return the JSON, or as it is a text that is none; `ValueError` for a page or half JSON."""
    try:
        return _json.decode(body)
    except ValueError:
        said = body.decode()
        if "<" in said or said.lstrip().startswith(("{", "[")):
            raise
        return plain(said)


def read_error(  # noqa: PLR0911 - a table, one line for each status
    panel_id: str, call: Call, answer: Answer
) -> PanelError | None:
    """Return what the panel means; None for a success that is one."""
    if answer.status == HTTPStatus.NOT_FOUND and "detail" not in mapping(answer.data):
        # Not the framework's words for a server: they are about the path.
        return PanelProtocolError(
            panel_id,
            f"it does not know the path {call.path}; look at options.dialect, base_url"
            " and the kind",
        )
    if answer.data is None and answer.status >= HTTPStatus.BAD_REQUEST:
        return None
    fields = _fields(answer.data)
    detail = plain(" ".join(said for several in fields.values() for said in several))
    if answer.status < HTTPStatus.BAD_REQUEST:
        is_refusal = call.action in _ORDERS and mapping(answer.data).get("status") == "error"
        return _refused(panel_id, call, detail) if is_refusal else None
    if answer.status in _INVALID:
        refused = _refused(panel_id, call, detail)
        is_by_field = type(refused) is PanelRefused and any(fields)
        return PanelInvalid(panel_id, fields) if is_by_field else refused
    if answer.status == HTTPStatus.FORBIDDEN and _ABOUT_THE_TOKEN.search(detail):
        return PanelAuthFailed(panel_id, detail)
    if answer.status == HTTPStatus.PAYMENT_REQUIRED:
        return PaymentRequired(panel_id, detail)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        seconds = _THROTTLED.search(detail)
        return PanelRateLimited(panel_id, min(float(seconds[1]), _LONGEST) if seconds else None)
    if isinstance(answer.data, str):
        # Nobody can say whether the panel wrote it or a proxy.
        answer = Answer(answer.status, answer.headers, None)
    return error_of_status(panel_id, call, answer, detail=detail)


def _refused(panel_id: str, call: Call, detail: str) -> PanelError:
    if call.action in _ORDERS:
        if _SUSPENDED.search(detail):
            return PanelConflict(panel_id, ServerState.SUSPENDED, detail)
        if _NOT_RUNNING.search(detail):
            return PanelConflict(panel_id, ServerState.OFFLINE, detail)
        if _RUNNING.search(detail):
            return PanelConflict(panel_id, ServerState.RUNNING, detail)
    return PanelRefused(panel_id, detail or "it gave no reason")


def _fields(data: object) -> dict[str, tuple[str, ...]]:
    """Return the sentences by field; those about no field have the name ""."""
    entry = mapping(data)
    if entry.get("errors"):
        data = entry["errors"]
    else:
        whole = (text(entry.get(key)) for key in ("detail", "message", "error"))
        # Beside such a sentence stand codes, not fields.
        data = next(filter(None, whole), data)
    found: dict[str, tuple[str, ...]] = {}
    for name, said in _sentences(data, (), _DEEPEST):
        found[name] = (*found.get(name, ()), said)
    return found


def _sentences(value: object, path: tuple[str, ...], depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and plain(value):
        yield ".".join(path), plain(value)
    elif isinstance(value, list) and depth:
        for entry in value:
            yield from _sentences(entry, path, depth - 1)
    elif isinstance(value, dict) and depth:
        for name, entry in value.items():
            below = path if name in _ABOUT_NO_FIELD else (*path, plain(name))
            yield from _sentences(entry, below, depth - 1)

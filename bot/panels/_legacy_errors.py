"""Reads the error bodies of Pterodactyl 0.4 to 0.6. Asks nothing and repeats nothing.

0.4 and 0.5: `{"message", "status_code", "errors"?: {field: [sentences]}}`. What went wrong
unexpectedly is told with 503 and in the header `Retry-After`, where a mixed-up argument puts it.
0.6: `{"error": sentence or {field: [sentences]}, "http_code": number or true, "trace"}`.

A 500 to an order says nothing of its fate: 0.5 makes it of a node's 202, and 0.6 of details that
it has saved and then cannot show.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAuthFailed,
    PanelConflict,
    PanelForbidden,
    PanelInvalid,
    PanelProtocolError,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
    ServerOffline,
)
from bot.domain.servers import PowerAction, ServerState
from bot.panels._errors import error_of_status, plain
from bot.panels._json import mapping, mappings, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.errors import PanelError
    from bot.panels._errors import Answer, Call

_ABOUT_THE_KEY = re.compile(r"Invalid API Key|IP address|Unable to identify", re.IGNORECASE)
_ABOUT_THE_SIGNATURE = re.compile(r"\bHMAC\b|Authorization header", re.IGNORECASE)
_ABOUT_THE_SERVER = re.compile(r"No server by that ID|No query results for model", re.IGNORECASE)
_ABOUT_THE_NODE = re.compile(r"\bdaemon\b", re.IGNORECASE)
# How 0.6 quotes what a node answered; 412 is a command to a server that is not running.
_NODE_STATUS = re.compile(r"\bHTTP/(\d+)")
_HINT = "the secret key is wrong, or the panel sees another address than base_url: signed_base_url"
_LATER = "it is of version 0.7 or later; take the kind pterodactyl_v07, or pterodactyl for 1.x"
_UNSURE = frozenset({*PowerAction, "command", "update"})


def read_api_error(panel_id: str, call: Call, answer: Answer) -> PanelError | None:  # noqa: PLR0911 - a table, one line for each status
    """Return what 0.4 or 0.5 means; None where the body is not of their form."""
    body = mapping(answer.data)
    if answer.status == HTTPStatus.NOT_FOUND:
        return _missing(panel_id, call, body)
    if "message" not in body and "status_code" not in body:
        return None
    detail = plain(text(body.get("message")) or "")
    fields = _fields(body.get("errors"))
    if fields:
        return PanelInvalid(panel_id, fields)
    match answer.status:
        case 401:
            return PanelAuthFailed(panel_id, f"{detail.rstrip('.')}; {_HINT}")
        case 403 if _ABOUT_THE_KEY.search(detail):
            return PanelAuthFailed(panel_id, detail)
        case 503 if sentence := _sentence(answer.headers.get("Retry-After", "")):
            return PanelRefused(panel_id, sentence)
        case 400 | 422 if _ABOUT_THE_NODE.search(detail):
            return PanelUnreachable(panel_id, detail, node=True)
        case 500 if call.action in _UNSURE:
            return OutcomeUnknown(panel_id, call.action)
        case _:
            return error_of_status(panel_id, call, answer, detail=detail)


def read_v06_error(panel_id: str, call: Call, answer: Answer) -> PanelError | None:  # noqa: PLR0911 - the same
    """Return what 0.6 means; None where the body is not of its form."""
    body = mapping(answer.data)
    if answer.status == HTTPStatus.NOT_FOUND:
        return _missing(panel_id, call, body)
    if "error" not in body:
        return None
    fields = _fields(body["error"])
    if fields:
        return PanelInvalid(panel_id, fields)
    detail = plain(text(body["error"]) or "")
    match answer.status:
        case 400 if _ABOUT_THE_SIGNATURE.search(detail):
            return PanelAuthFailed(panel_id, f"{detail.rstrip('.')}; {_HINT}")
        case 403:
            return _denied(panel_id, detail)
        case 500:
            return _failed(panel_id, call, detail)
        case 504:
            return PanelUnreachable(panel_id, detail, node=True)
        case _:
            return error_of_status(panel_id, call, answer, detail=detail)


def _missing(panel_id: str, call: Call, body: Mapping[str, object]) -> PanelError:
    """Tell a server that is not there from a route: another generation says that in its words."""
    if mappings(body.get("errors")):
        return PanelProtocolError(panel_id, _LATER)
    said = text(body.get("message")) or text(body.get("error")) or ""
    if call.server_id is not None and _ABOUT_THE_SERVER.search(said):
        return ServerNotFound(panel_id, call.server_id)
    return PanelProtocolError(
        panel_id, f"it does not know the path {call.path}; look at options.dialect"
    )


def _fields(value: object) -> dict[str, tuple[str, ...]]:
    """Return the sentences by field; what has another form is no field."""
    found: dict[str, tuple[str, ...]] = {}
    for name, sentences in mapping(value).items():
        several = sentences if isinstance(sentences, list) else [sentences]
        found[plain(name)] = tuple(plain(each) for each in several if isinstance(each, str))
    return {name: sentences for name, sentences in found.items() if sentences}


def _sentence(header: str) -> str:
    """Return a header that is neither seconds nor a date."""
    return "" if header.endswith("GMT") or " " not in header.strip() else plain(header)


def _denied(panel_id: str, detail: str) -> PanelError:
    if _ABOUT_THE_KEY.search(detail):
        return PanelAuthFailed(panel_id, detail)
    if "suspended" in detail:
        return PanelConflict(panel_id, ServerState.SUSPENDED, detail)
    if "install process" in detail:
        return PanelConflict(panel_id, ServerState.INSTALLING, detail)
    return PanelForbidden(panel_id, detail)


def _failed(panel_id: str, call: Call, detail: str) -> PanelError:
    node = _NODE_STATUS.search(detail)
    if node is not None and call.action == "command" and node[1] == "412":
        return ServerOffline(panel_id)
    if node is not None:
        return PanelRefused(panel_id, detail)
    if call.action in _UNSURE:
        return OutcomeUnknown(panel_id, call.action)
    if call.path.startswith("/api/user/server/"):
        # The panel cannot render the usage of a node that does not answer.
        return PanelUnreachable(panel_id, detail, node=True)
    return PanelRefused(panel_id, detail)

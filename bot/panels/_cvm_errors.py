"""Reads what CVM answers: where the data begins, and what its errors mean. Sends nothing.

Errors come as `{"errors": ["<sentence>"]}`, of status 200 as well: for a server that it does not
know, CVM sets 404 and overwrites it. A path without a route ends in a page of PHP's, of status
500 or 200, that names the exception where PHP shows its errors. Sources: document 004; CVM's
branch feature/client-api.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.domain.errors import (
    PanelAuthFailed,
    PanelError,
    PanelProtocolError,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
)
from bot.panels._errors import error_of_status, plain
from bot.panels._json import mapping, text

if TYPE_CHECKING:
    from bot.panels._errors import Answer, Call

_PAGE = "a page"
"""What stands for a body without data."""
_ROUTERS_PAGE = "a page of the router"
"""What stands for the page that only a path without a route ends in."""

# A forgotten `var_dump` has braces of its own.
_DATA = re.compile(r'\{\s*"(?:response|errors)"\s*:')
_ROUTER = re.compile(r"\bRouterException\b")
_ABOUT_THE_TOKENS = re.compile(r"\btoken pair\b", re.IGNORECASE)
_UNROUTED = frozenset({HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR})
_OK = range(200, 300)


class NoRoute(PanelError):
    """A page instead of data: CVM has no such call, or has fallen over as `otherwise` says.

    With `is_certain` it has no such call, and nothing was done.
    """

    def __init__(self, panel_id: str, otherwise: PanelError, *, is_certain: bool) -> None:
        self.otherwise = otherwise
        self.is_certain = is_certain
        super().__init__(panel_id, f"panel {panel_id} answered with a page")


def decode(body: bytes) -> object:
    """Return the data; an empty object for an empty body, a word for what holds none."""
    content = body.decode(errors="replace").strip()
    if not content:
        return {}
    try:
        return _loads(content)
    except ValueError:
        return _ROUTERS_PAGE if _ROUTER.search(content) else _PAGE


def read_error(panel_id: str, call: Call, answer: Answer) -> PanelError | None:
    """Return what the panel means; None where it has no complaint."""
    if answer.data == _ROUTERS_PAGE:
        unknown = PanelProtocolError(
            panel_id, f"it does not know the path {call.path}; look at options.dialect"
        )
        return NoRoute(panel_id, unknown, is_certain=True)
    if answer.data == _PAGE or _is_missing(call, answer):
        otherwise = error_of_status(panel_id, call, replace(answer, data=None))
        if answer.status in _UNROUTED:
            return NoRoute(panel_id, otherwise, is_certain=False)
        return otherwise
    if answer.status == HTTPStatus.NOT_FOUND and call.server_id is None:
        return PanelProtocolError(
            panel_id, f"it does not know the path {call.path}; look at base_url and the kind"
        )
    errors = mapping(answer.data).get("errors")
    if errors:
        return _complaint(panel_id, call, answer, detail=_sentences(errors))
    return None if answer.status in _OK else error_of_status(panel_id, call, answer)


def _loads(content: str) -> object:
    try:
        value: object = json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except ValueError:
        start = _DATA.search(content)
        if start is None:
            raise
        value, _ = json.JSONDecoder().raw_decode(content, start.start())
    return value


def _is_missing(call: Call, answer: Answer) -> bool:
    """Whether nothing came where something should; an order is answered with nothing."""
    is_good = call.is_write and answer.status in _OK
    return answer.data == {} and not is_good


def _complaint(panel_id: str, call: Call, answer: Answer, *, detail: str) -> PanelError:
    match answer.status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            # 403 is about the pair as well: it is not made for this API.
            return PanelAuthFailed(panel_id, detail)
        case HTTPStatus.SERVICE_UNAVAILABLE if call.server_id is not None:
            return PanelUnreachable(panel_id, detail, node=True)
        case HTTPStatus.OK if _ABOUT_THE_TOKENS.search(detail):
            return PanelAuthFailed(panel_id, detail)
        case HTTPStatus.OK if call.server_id is not None:
            return ServerNotFound(panel_id, call.server_id)
        case HTTPStatus.OK | HTTPStatus.INTERNAL_SERVER_ERROR:
            return PanelRefused(panel_id, detail)
        case _:
            return error_of_status(panel_id, call, answer, detail=detail)


def _sentences(errors: object) -> str:
    entries = errors if isinstance(errors, list) else [errors]
    return plain(" ".join(text(entry) or "" for entry in entries)) or "no reason given"

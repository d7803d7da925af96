"""Reads the error bodies of Pterodactyl 0.7. Never reads their sentences.

Form: `{"errors": [{"code": "<exception class>", "status": "<number as text>", "detail"}]}`, for
a bad field `{"code": "<rule>", "detail", "source": {"field"}}`. Outside of debug mode nearly all
details are the same, and 500 is an everyday answer, so the code decides. Source: panel 0.7.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.domain.errors import (
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
from bot.domain.servers import ServerState
from bot.panels._errors import error_of_status, plain
from bot.panels._json import mapping, mappings, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.errors import PanelError
    from bot.panels._errors import Answer, Call

_INVALID = 422
_NO_CLIENT_API = (
    "it has no client API, which came with 0.7.4; if it is older than 0.7, take the kind"
    " pterodactyl_legacy"
)
_BAD_KEY = "it is wrong, an application key, or not allowed from this address"
_LATER = "if it is of version 1.x, take the kind pterodactyl"
_NODE_DOWN = "it takes no connection from the panel, or was too slow for it"
# The node says so of servers that are suspended or not installed; an old one also of a start
# without effect.
_NODE_REFUSED = "its node refuses it; perhaps it is suspended, or still being installed"
# Only commands have this: what the node answered is part of the sentence.
_NODE_STATUS = re.compile(r"HTTP/4\d\d\b")


def read_error(panel_id: str, call: Call, answer: Answer) -> PanelError | None:
    """Return what the panel means; None where the body is not of its form."""
    errors = mappings(mapping(answer.data).get("errors"))
    is_page = answer.data is None
    if answer.status == HTTPStatus.NOT_FOUND and not is_page and not (call.server_id and errors):
        return PanelProtocolError(panel_id, _NO_CLIENT_API)
    if not errors:
        return None
    code, detail = text(errors[0].get("code")) or "", text(errors[0].get("detail")) or ""
    if answer.status == _INVALID:
        return PanelInvalid(panel_id, _by_field(errors))
    return (
        _of_node(panel_id, code, detail=plain(detail))
        or _of_panel(panel_id, code, call=call, detail=plain(detail))
        or error_of_status(panel_id, call, answer, detail=plain(f"{code}: {detail}"))
    )


def _of_node(panel_id: str, code: str, *, detail: str) -> PanelError | None:
    match code:
        case "ConnectException":
            return PanelUnreachable(panel_id, _NODE_DOWN, node=True)
        case "ClientException":
            return PanelConflict(panel_id, ServerState.UNKNOWN, _NODE_REFUSED)
        case "ServerException":
            return PanelRefused(panel_id, "the server's node failed")
        case "DaemonConnectionException" if _NODE_STATUS.search(detail):
            return PanelConflict(panel_id, ServerState.UNKNOWN, _NODE_REFUSED)
        case "DaemonConnectionException":
            return PanelUnreachable(panel_id, detail, node=True)
    return None


def _of_panel(panel_id: str, code: str, *, call: Call, detail: str) -> PanelError | None:
    match code:
        case "PreconditionFailedHttpException":
            return ServerOffline(panel_id)
        case "FatalThrowableError" if call.server_id is not None:
            # 0.7.11 and later stumble over an identifier that they do not know.
            return ServerNotFound(panel_id, call.server_id)
        case "AuthenticationException":
            return PanelAuthFailed(panel_id, f"{detail} ({_LATER})")
        case "AccessDeniedHttpException" if call.is_write:
            return PanelForbidden(panel_id, "its user lacks the permission on this server")
        case "AccessDeniedHttpException":
            # Reading takes no right beyond the server itself, and that would be a 404.
            return PanelAuthFailed(panel_id, _BAD_KEY)
    return None


def _by_field(errors: Sequence[Mapping[str, object]]) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for error in errors:
        name = plain(text(mapping(error.get("source")).get("field")) or "")
        fields[name] = (*fields.get(name, ()), plain(text(error.get("detail")) or "not valid"))
    return fields

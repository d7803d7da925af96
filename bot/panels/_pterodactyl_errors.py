"""Reads the error bodies of Pterodactyl 1.x and Pelican. Never branches on a state's wording.

Form: `{"errors": [{"code": "<exception class>", "status": "<number as text>", "detail"}]}`.
The code goes before the status: a node's own 401 is passed through and says nothing of our
key. Pelican translates `detail`, so states are read from a server's details instead.
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
    PanelRefused,
    PanelUnreachable,
    ServerOffline,
)
from bot.domain.servers import ServerState
from bot.panels._errors import error_of_status, plain
from bot.panels._json import mapping, mappings, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.errors import PanelError
    from bot.panels._errors import Answer, Call

# A key locked to other addresses, or an application key; a missing right speaks of neither.
_ABOUT_THE_KEY = re.compile(r"\b(API|IP address|credentials)\b", re.IGNORECASE)


def read_error(  # noqa: PLR0911 - a table, one line for each code
    panel_id: str, call: Call, answer: Answer
) -> PanelError | None:
    """Return what the panel means; None where the body is not of its form."""
    errors = mappings(mapping(answer.data).get("errors"))
    if not errors:
        return None
    code = text(errors[0].get("code")) or ""
    detail = _detail(errors)
    match code, answer.status:
        case "DaemonConnectionException", 504:
            return PanelUnreachable(panel_id, detail, node=True)
        case "DaemonConnectionException", _:
            return PanelRefused(panel_id, detail)
        case "AuthenticationException", _:
            return PanelAuthFailed(panel_id, detail)
        case "TwoFactorAuthRequiredException", _:
            return PanelAuthFailed(panel_id, f"its owner must set up two factors: {detail}")
        case "AccessDeniedHttpException", _:
            # Where no server is meant, no single right can be missing.
            return _denied(panel_id, detail, is_right=call.server_id is not None)
        case "BadRequestHttpException", 400 if call.server_id is not None:
            # So do panels before 1.3 speak of a suspended server, also on its details; their
            # only other use of it is malformed JSON.
            return PanelConflict(panel_id, ServerState.SUSPENDED, detail)
        case "HttpException", 502 if call.action == "command":
            return ServerOffline(panel_id)
        case _:
            return error_of_status(panel_id, call, answer, detail=detail)


def read_admin_error(panel_id: str, call: Call, answer: Answer) -> PanelError | None:
    """Return what the panel means on its Application API, whose keys have rights of their own."""
    errors = mappings(mapping(answer.data).get("errors"))
    if errors and answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return _invalid(panel_id, errors)
    if errors and errors[0].get("code") == "AccessDeniedHttpException":
        return _denied(panel_id, _detail(errors), is_right=True)
    return read_error(panel_id, call, answer)


def _detail(errors: Sequence[Mapping[str, object]]) -> str:
    return plain(" ".join(text(error.get("detail")) or "" for error in errors))


def _invalid(panel_id: str, errors: Sequence[Mapping[str, object]]) -> PanelInvalid:
    fields: dict[str, tuple[str, ...]] = {}
    for error in errors:
        name = plain(text(mapping(error.get("meta")).get("source_field")) or "")
        fields[name] = (*fields.get(name, ()), plain(text(error.get("detail")) or "is not valid"))
    return PanelInvalid(panel_id, fields)


def _denied(panel_id: str, detail: str, *, is_right: bool) -> PanelError:
    # Panels before 1.8 say nothing at all of a wrong key.
    if not detail or not is_right or _ABOUT_THE_KEY.search(detail):
        return PanelAuthFailed(panel_id, detail or "wrong key")
    return PanelForbidden(panel_id, detail)

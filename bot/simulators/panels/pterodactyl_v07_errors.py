"""Owns what a 0.7 panel says when it refuses, outside of debug mode. Decides nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.simulators.panels.pterodactyl_errors import Refusal
from bot.simulators.panels.pterodactyl_errors import refuse as refuse_plainly

if TYPE_CHECKING:
    from aiohttp import web

LOGIN = "/auth/login"
GENERIC = "An error was encountered while processing this request."

_WITH_WORDS = frozenset({"DaemonConnectionException", "ValidationException"})
"""Codes that keep their own words; all others say the same."""


def invalid(field: str, rule: str, detail: str) -> Refusal:
    """Refuse a field of the body."""
    return Refusal(422, "ValidationException", detail=detail, meta={"field": field, "rule": rule})


def refuse(refusal: Refusal, *, request: web.Request, home: str) -> web.Response:
    """Answer with an error: JSON for those who ask for it, pages and redirects for browsers."""
    if refusal.code not in _WITH_WORDS:
        refusal.detail = GENERIC
    response = refuse_plainly(refusal, request=request, home=home, login=LOGIN)
    if refusal.meta is not None and response.status == 422:
        # These errors alone have no status, and name the rule that was broken as their code.
        error = {
            "code": refusal.meta["rule"],
            "detail": refusal.detail,
            "source": {"field": refusal.meta["field"]},
        }
        response.body = json.dumps({"errors": [error]}).encode()
    return response

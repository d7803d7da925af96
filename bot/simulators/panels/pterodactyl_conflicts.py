"""Owns which condition of a server forbids which calls, by version. Knows no rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.simulators.panels.pterodactyl_errors import Refusal

if TYPE_CHECKING:
    from bot.simulators.panels.pterodactyl_dialect import Dialect
    from bot.simulators.world import Server

_SUSPENDED = "This server is currently suspended and the functionality requested is unavailable."
_MAINTENANCE = (
    "The node of this server is currently under maintenance"
    " and the functionality requested is unavailable."
)
_CONDITIONS = {
    "installing": "This server has not yet completed its installation process,"
    " please try again later.",
    "install_failed": "This server has not yet completed its installation process,"
    " please try again later.",
    "restoring": "This server is currently restoring from a backup, please try again later.",
    "transferring": "This server is currently being transferred to a new machine,"
    " please try again later.",
}
"""What the panel says; a failed reinstallation forbids nothing."""


def check(server: Server, call: str, *, dialect: Dialect) -> None:
    """Refuse a call (`view`, `resources`, `power`, `command`) that the condition forbids."""
    if dialect.since(1, 3):
        if call != "view":
            _check(server, maintenance=dialect.since(1, 11))
    else:
        _check_before_1_3(server, call)


def _check(server: Server, *, maintenance: bool) -> None:
    detail = _CONDITIONS.get(server.condition or "")
    if server.suspended:
        detail = _SUSPENDED
    elif maintenance and server.node.maintenance:
        detail = _MAINTENANCE
    if detail:
        raise Refusal(409, "ServerStateConflictException", detail=detail)


def _check_before_1_3(server: Server, call: str) -> None:
    """Source: AuthenticateServerAccess of panel 1.2, where resources survive a suspension."""
    if server.suspended and call != "resources":
        raise Refusal(400, "BadRequestHttpException", detail=_SUSPENDED)
    if call == "view":
        return
    if server.condition in ("installing", "install_failed"):
        detail = "Server has not completed the installation process."
        raise Refusal(409, "ConflictHttpException", detail=detail)
    if server.condition == "transferring":
        detail = _CONDITIONS["transferring"]
        raise Refusal(409, "ServerTransferringException", detail=detail)

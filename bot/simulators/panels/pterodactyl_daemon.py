"""Owns how the panel reaches the daemon on a node, and what it makes of its failures."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.simulators.panels.pterodactyl_errors import GENERIC, Refusal

if TYPE_CHECKING:
    from bot.simulators.world import Node

_SAYS = {
    401: "The required authorization heads were not present in the request.",
    403: "You are not authorized to access this endpoint.",
    404: "The requested resource does not exist on this instance.",
}
"""The daemon's own words by status; from 500 on the panel does not pass them on."""


async def order(node: Node, timeout_seconds: float) -> bool:
    """Reach the daemon to have something done; False if it said yes and did nothing.

    The daemon's status is passed on as the panel's own.
    """
    await _connect(node, timeout_seconds)
    if isinstance(node.fault, int):
        status = node.fault
        if status in _SAYS:
            detail = (
                f"An error occurred on the remote host: {_SAYS[status]}. (request id: {uuid4()})"
            )
            raise Refusal(status, "DaemonConnectionException", detail=detail)
        raise Refusal(status, "DaemonConnectionException", detail=_trouble(status))
    # Any 2xx is good enough for the panel, even a page.
    return node.fault != "html"


async def ask(node: Node, timeout_seconds: float) -> None:
    """Reach the daemon to learn something; whatever status it answers becomes 504."""
    await _connect(node, timeout_seconds)
    if isinstance(node.fault, int):
        raise Refusal(504, "DaemonConnectionException", detail=_trouble(node.fault))
    if node.fault == "html":
        raise Refusal(500, "TypeError", detail=GENERIC)


async def _connect(node: Node, timeout_seconds: float) -> None:
    if node.fault == "hang":
        await asyncio.sleep(timeout_seconds)
    if node.fault in ("down", "hang", "reset"):
        raise Refusal(
            504,
            "DaemonConnectionException",
            detail="Could not establish a connection to the machine running this server."
            " Please try again.",
        )


def _trouble(status: int) -> str:
    return (
        "There was an error while communicating with the machine running this server. This error"
        f" has been logged, please try again. (code: {status}) (request_id: {uuid4()})"
    )

"""Owns how a panel before 0.7 reaches the daemon on a node. Knows no dialect's words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.simulators.world import Node

TIMEOUT_SECONDS = 5.0


class Unreachable(Exception):
    """The daemon takes no connection, or does not answer in time."""


class Failed(Exception):
    """The daemon answered with a status that is no success."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"HTTP/{status}")


async def reach(node: Node) -> bool:
    """Reach the daemon; False if it answered with a page, which is nobody's answer."""
    if node.fault == "hang":
        await asyncio.sleep(TIMEOUT_SECONDS)
    if node.fault in ("down", "hang", "reset"):
        raise Unreachable
    if isinstance(node.fault, int):
        raise Failed(node.fault)
    return node.fault != "html"

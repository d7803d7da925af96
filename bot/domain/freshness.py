"""How old what a panel answers may be, and which of two observations counts. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.servers import ServerState

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.servers import Server

CACHED = timedelta(seconds=20)
"""How old a panel's reading may be: Pterodactyl keeps usage and state for so long."""
POWER = (ServerState.RUNNING, ServerState.STARTING, ServerState.STOPPING, ServerState.OFFLINE)
"""All that a live connection tells, and all that a panel keeps for a while."""


def is_outdated(
    state: ServerState,
    read_at: datetime,
    since: datetime | None,
    *,
    staleness: timedelta = CACHED,
) -> bool:
    """Whether what was read may be of before a push, or an order, of then; clocks may jump."""
    if since is None or state not in POWER:
        return False
    return abs(read_at - since) <= staleness


def newest(known: Server, seen: Server, *, staleness: timedelta = CACHED) -> Server:
    """Return what was seen, in the state that was pushed where that counts more.

    Of two pushes the later one counts, however they come in: a connection may lag behind another.
    """
    if known.pushed_at is None or known.state not in POWER:
        return seen
    if seen.pushed_at is not None:
        is_kept = timedelta(0) < known.pushed_at - seen.pushed_at <= staleness
    else:
        is_kept = is_outdated(seen.state, seen.observed_at, known.pushed_at, staleness=staleness)
    if not is_kept:
        return seen
    return replace(seen, state=known.state, resources=known.resources, pushed_at=known.pushed_at)

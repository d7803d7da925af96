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
_UNREAD = (ServerState.UNKNOWN, ServerState.UNREACHABLE)
"""What a look that told nothing says of a server."""
_LATE = timedelta(minutes=15)
"""How much older than what is known an observation can be: whoever follows an order, for up to 11
minutes, knows the server as it was before. What seems to be older is not: the clock was set back.
"""


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


def merged(known: Server, seen: Server, *, staleness: timedelta = CACHED) -> Server:
    """Return what is known once this was seen too: of its power and of all else what is later."""
    is_read_later = not _is_before(seen.last_read, known.last_read)
    # What was heard since then can only be of power.
    is_kept = seen.state in (*POWER, *_UNREAD) or not is_read_later
    if is_kept and seen.pushed_at is None and _is_before(seen.observed_at, known.observed_at):
        power = known
    else:
        power = newest(known, seen, staleness=staleness)
    if is_read_later:
        return seen if power is seen else _with_power(seen, power)
    return known if power is known else _with_power(known, power)


def _is_before(at: datetime, other: datetime) -> bool:
    return timedelta(0) < other - at <= _LATE


def _with_power(server: Server, power: Server) -> Server:
    heard = server.heard(power.state, power.resources, at=power.observed_at)
    return replace(heard, pushed_at=power.pushed_at)

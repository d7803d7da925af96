"""Observations of one server before they count: what is taken of them, and what has to hold yet.

Pure; `compare` decides what they mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.changes import Look, Outlook
from bot.domain.servers import ServerState

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.servers import Server, ServerRef


def look_at(server: Server, at: datetime) -> Look:
    """Return what counts of an observation."""
    return Look(
        ref=server.ref,
        state=server.state,
        at=at,
        read_at=server.observed_at,
        name=server.name,
        named_at=server.last_read,
        is_in_use=server.is_in_use and server.state is ServerState.UNKNOWN,
        uptime=server.resources.uptime if server.resources is not None else None,
        pushed_at=server.pushed_at,
    )


def seen_again(outlook: Outlook, ref: ServerRef, at: datetime, *, before: datetime) -> Look | None:
    """Return a second look at what was seen once before that time, if anything was."""
    state, since = outlook.candidate, outlook.candidate_at
    if state is None or state is not outlook.last or since is None or since >= before:
        return None
    return Look(ref=ref, state=state, at=at, read_at=at)


def is_unsettled(outlook: Outlook) -> bool:
    """Whether there is something to settle: a push since it was first seen says so, too."""
    since, pushed_at = outlook.candidate_at, outlook.pushed_at
    is_pushed = since is not None and pushed_at is not None and pushed_at >= since
    return is_pushed and outlook.pushed is outlook.last is outlook.candidate


def has_held(outlook: Outlook, ref: ServerRef, at: datetime) -> Look | None:
    """Return a second look at what is unsettled, if anything is: nothing was pushed since."""
    if not is_unsettled(outlook) or outlook.candidate is None:
        return None
    return Look(ref=ref, state=outlook.candidate, at=at, is_pushed=True)

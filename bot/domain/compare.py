"""Turns looks at one server into what is to be told of it. Pure; knows no panel as a whole.

What differs is told when it has held: seen twice, or once before somebody gives an order, pushed by
a live connection, or asked for by somebody. Only resting states are told; through the others a
server is on its way. A stop that was pushed is told at once, and is told anew as a restart if the
server is soon up again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.changes import Compared, Outlook, Track
from bot.domain.events import Event, EventKind
from bot.domain.freshness import CACHED, POWER, is_outdated
from bot.domain.incidents import id_of_stop
from bot.domain.servers import ServerState

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.changes import Look, Order

GRACE = timedelta(seconds=30)
"""How long a server that was stopped may take to start again, for a restart and not a stop."""
_WAY = timedelta(seconds=2)
"""How long an answer may be on its way; it is read when it is here."""
_MOVING = (ServerState.STARTING, ServerState.STOPPING)
RESTING = (
    ServerState.RUNNING,
    ServerState.OFFLINE,
    ServerState.SUSPENDED,
    ServerState.INSTALLING,
    ServerState.INSTALL_FAILED,
)
"""The states that are told."""
_STOPPING_ORDERS = (Action.STOP, Action.KILL, Action.RESTART, Action.SUSPEND)
_ENTERED = {
    ServerState.SUSPENDED: EventKind.SUSPENDED,
    ServerState.INSTALLING: EventKind.INSTALLING,
    ServerState.INSTALL_FAILED: EventKind.INSTALL_FAILED,
}
_LEFT = {
    ServerState.SUSPENDED: EventKind.UNSUSPENDED,
    ServerState.INSTALLING: EventKind.INSTALLED,
    ServerState.INSTALL_FAILED: EventKind.INSTALLED,
}


def compare(
    track: Track,
    outlook: Outlook,
    look: Look,
    order: Order | None = None,
    *,
    renaming: Order | None = None,
) -> Compared:
    """Take in one look at a server that was seen before."""
    if order is not None and track.is_past(order, look.at):
        order = None
    given = order
    is_spent = order is not None and order.is_spent(track.state, look)
    if order is not None and (is_spent or not order.counts(outlook, look.at)):
        order = None
    if renaming is not None and not renaming.counts(outlook, look.at):
        renaming = None
    pushed_at = outlook.pushed_at or track.pushed_at
    if not look.is_pushed and _is_of_before(look, pushed_at):
        return Compared(track=track, outlook=outlook)
    if look.is_pushed and track.state not in (None, *POWER):
        # Whatever is suspended or being installed is off for its node; the panel knows better.
        return Compared(track=track, outlook=replace(outlook, pushed=look.state))
    named = _compare_names(track, outlook, look, renaming)
    if look.is_pushed or (look.state, look.read_at) != (outlook.last, outlook.read_at):
        found = _compare_states(named.track, named.outlook, look, order)
    else:
        found = Compared(track=named.track, outlook=named.outlook)
    outlook = replace(found.outlook, read_at=look.read_at or outlook.read_at)
    if look.is_pushed:
        outlook = replace(outlook, pushed=look.state, pushed_at=look.at)
    told, is_done = found.track, found.is_order_done or is_spent
    if is_done and given is not None:
        told = replace(told, ordered_at=given.at)
    events = named.events + found.events
    return Compared(track=told, outlook=outlook, events=events, is_order_done=is_done)


def first_sight(look: Look) -> tuple[Track, Outlook]:
    """Return what a server begins with; nothing is told."""
    name = look.name or look.ref.server_id
    if look.state in RESTING:
        return Track(name=name, state=look.state), _at_rest(Outlook(), look)
    return Track(name=name), Outlook(last=look.state)


def _is_of_before(look: Look, pushed_at: datetime | None) -> bool:
    """Whether the panel may not have known of a push of then when it was asked, or has answered."""
    times = look.at, look.read_at or look.at
    return any(is_outdated(look.state, at, pushed_at, staleness=CACHED + _WAY) for at in times)


def _compare_names(track: Track, outlook: Outlook, look: Look, renaming: Order | None) -> Compared:
    if look.name is None or look.name == track.name:
        kept = outlook if look.name is None or outlook.name is None else replace(outlook, name=None)
        return Compared(track=track, outlook=kept)
    is_seen_again = outlook.name == look.name and outlook.named_at != look.named_at
    if not (is_seen_again or renaming is not None or outlook.last is None):
        waiting = replace(outlook, name=look.name, named_at=look.named_at)
        return Compared(track=track, outlook=waiting)
    event = Event(
        kind=EventKind.RENAMED,
        panel_id=look.ref.panel_id,
        ref=look.ref,
        name=look.name,
        former_name=track.name,
        at=look.at,
        asker=renaming.asker if renaming is not None else None,
        was_away=outlook.last is None,
    )
    return Compared(
        track=replace(track, name=look.name), outlook=replace(outlook, name=None), events=(event,)
    )


def _compare_states(track: Track, outlook: Outlook, look: Look, order: Order | None) -> Compared:
    state = look.state
    if state in _MOVING:
        is_restart = order is not None and order.action is Action.RESTART
        moving = replace(
            outlook,
            last=state,
            # A restart that comes up again has not stayed down.
            candidate=None if is_restart and state is ServerState.STARTING else outlook.candidate,
            moved_at=look.at,
            is_stopping=outlook.is_stopping or state is ServerState.STOPPING,
        )
        return Compared(track=track, outlook=moving)
    # That a server is in use is less than a state of power, which is kept.
    is_telling = state in RESTING or (look.is_in_use and track.state not in POWER)
    if not is_telling:
        candidate = outlook.candidate if state is ServerState.UNKNOWN else None
        return Compared(track=track, outlook=replace(outlook, last=state, candidate=candidate))
    if track.state is None or (track.state is ServerState.UNKNOWN and state in POWER):
        return Compared(track=replace(track, state=state), outlook=_at_rest(outlook, look))
    if state is track.state:
        return _compare_processes(track, outlook, look, order)
    is_asked = order is not None and order.expects(track.state, state)
    is_half = order is not None and order.passes(track.state, state)
    was_away = _was_away(outlook, look) and not is_half
    if not (is_asked or was_away or _has_held(outlook, look, is_half=is_half)):
        if outlook.candidate is not state:
            outlook = replace(outlook, candidate=state, candidate_at=look.at)
        return Compared(track=track, outlook=replace(outlook, last=state))
    is_back = not is_asked and _is_back(track, outlook, look)
    kind = EventKind.RESTARTED if is_back else _kind(track.state, outlook, look, order)
    return _told(track, outlook, look, order, kind=kind)


def _has_held(outlook: Outlook, look: Look, *, is_half: bool) -> bool:
    """Whether a state that differs is no passing one."""
    is_seen_again = outlook.candidate is look.state
    if is_half:
        since = outlook.candidate_at
        return is_seen_again and since is not None and abs(look.at - since) >= GRACE
    return look.is_pushed or is_seen_again


def _is_back(track: Track, outlook: Outlook, look: Look) -> bool:
    """Whether a server that was told to have stopped has restarted."""
    if look.state is not ServerState.RUNNING or track.stopped_at is None:
        return False
    since = outlook.candidate_at if outlook.candidate is look.state else None
    return abs((since or look.at) - track.stopped_at) <= GRACE


def _kind(before: ServerState, outlook: Outlook, look: Look, order: Order | None) -> EventKind:
    if look.state in _ENTERED:
        return _ENTERED[look.state]
    if before in _LEFT:
        return _LEFT[before]
    if look.state is ServerState.RUNNING:
        return EventKind.STARTED
    is_seen_live = look.is_pushed and not look.is_first and outlook.pushed is ServerState.RUNNING
    is_asked = order is not None and order.action in (*_STOPPING_ORDERS, Action.DELETE)
    is_crash = is_seen_live and not outlook.is_stopping and not is_asked
    return EventKind.CRASHED if is_crash else EventKind.STOPPED


def _compare_processes(track: Track, outlook: Outlook, look: Look, order: Order | None) -> Compared:
    """Look for a restart behind a state that is the told one."""
    is_ordered = order is not None and order.action is Action.RESTART
    if look.state is not ServerState.RUNNING or not (outlook.is_fresh or is_ordered):
        return Compared(track=track, outlook=_at_rest(outlook, look))
    if is_ordered and order is not None and order.done_at is not None:
        # Whoever followed it has seen that; what is read, now and soon after, may be of before.
        look = replace(look, uptime=None, pushed_at=order.done_at)
        return _told(track, outlook, look, order, kind=EventKind.RESTARTED)
    was_down = is_ordered and outlook.candidate is ServerState.OFFLINE
    was_young = outlook.candidate is ServerState.RUNNING
    is_young = _is_younger(outlook, look)
    is_likely = was_down or outlook.moved_at or (was_young and look.uptime is None)
    if not is_young and (is_young is False or not is_likely):
        return Compared(track=track, outlook=_at_rest(outlook, look))
    if look.is_pushed or is_ordered or was_young:
        return _told(track, outlook, look, order, kind=EventKind.RESTARTED)
    held = replace(outlook, last=look.state, candidate=look.state, candidate_at=look.at)
    return Compared(track=track, outlook=held)


def _is_younger(outlook: Outlook, look: Look) -> bool | None:
    """Whether the process was begun after the last look at one; None where nobody can say."""
    if look.uptime is None or outlook.uptime is None or outlook.uptime_at is None:
        return None
    if look.at - look.uptime <= outlook.uptime_at - CACHED:
        return False
    return True if look.uptime < outlook.uptime else None


def _was_away(outlook: Outlook, look: Look) -> bool:
    """Whether nobody looked when it happened."""
    return not outlook.is_fresh and (look.is_first or not look.is_pushed)


def _told(
    track: Track, outlook: Outlook, look: Look, order: Order | None, *, kind: EventKind
) -> Compared:
    before, state = track.state, look.state
    is_done = order is not None and before is not None and order.expects(before, state)
    is_going_down = state is ServerState.OFFLINE and before is ServerState.RUNNING
    is_half = is_going_down and order is not None and order.action in _STOPPING_ORDERS
    asker = order.asker if order is not None and (is_done or is_half) else None
    stopped_at = track.stopped_at if kind is EventKind.RESTARTED else None
    is_seen_stopping = is_going_down and look.is_pushed and outlook.is_stopping
    is_open = kind is EventKind.STOPPED and is_seen_stopping and asker is None
    if is_open:
        stopped_at = look.at
    event = Event(
        kind=kind,
        panel_id=look.ref.panel_id,
        ref=look.ref,
        name=track.name,
        at=look.at,
        asker=asker,
        was_away=asker is None and _was_away(outlook, look),
        incident=id_of_stop(look.ref, stopped_at) if stopped_at is not None else None,
        since=stopped_at,
        told_at=None if is_open else stopped_at,
    )
    # A reading of before the change says nothing of the process that runs now.
    pushed_at = look.pushed_at or outlook.pushed_at
    rested = _at_rest(replace(outlook, uptime=None, pushed_at=pushed_at), look)
    return Compared(
        track=replace(
            track,
            state=state,
            pushed_at=look.at if look.is_pushed else look.pushed_at,
            stopped_at=look.at if is_open else None,
        ),
        outlook=rested,
        events=(event,),
        is_order_done=is_done,
    )


def _at_rest(outlook: Outlook, look: Look) -> Outlook:
    is_running = look.state is ServerState.RUNNING
    knows = is_running and look.uptime is not None
    is_silent = outlook.is_silent if look.is_pushed else not knows
    # Twice in a row without an uptime its clock may have jumped: what it said before is void.
    is_void = is_silent and outlook.is_silent and not look.is_pushed
    return replace(
        outlook,
        is_fresh=True,
        last=look.state,
        candidate=None,
        candidate_at=None,
        moved_at=None,
        is_stopping=False,
        uptime=look.uptime if knows else outlook.uptime if is_running and not is_void else None,
        uptime_at=look.at if knows else outlook.uptime_at,
        is_silent=is_silent,
    )

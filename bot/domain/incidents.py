"""What goes on for a while: one message, edited, closed with its duration. Pure.

Knows how an incident begins, goes on and is told; not when its panel was looked at.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from bot.domain.changes import Incident, IncidentKind
from bot.domain.errors import (
    PanelAddressRefused,
    PanelAuthFailed,
    PanelForbidden,
    PanelProtocolError,
    PanelRateLimited,
    PanelUnreachable,
)
from bot.domain.events import Event, EventKind
from bot.domain.servers import ServerRef, ServerState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from bot.domain.changes import Track
    from bot.domain.errors import PanelError

Key: TypeAlias = tuple[IncidentKind, str, str]
"""Under which an incident is found: its kind, what it is about, and of that the measure."""

UNWATCHED = "unwatched"
"""The detail of a last word: the panel is there no more, and nobody knows how it went on."""
_NAMES = 10
_FLAPPING_CHANGES = 5
_FLAPPING_WITHIN = timedelta(minutes=10)
_CALM_AFTER = timedelta(minutes=10)
_PATIENCE = timedelta(minutes=5)
_POWER_KINDS = (
    EventKind.STARTED,
    EventKind.STOPPED,
    EventKind.CRASHED,
    EventKind.RESTARTED,
)
_DOWN = (EventKind.STOPPED, EventKind.CRASHED)


class Trouble(StrEnum):
    """Why a panel cannot be read, without its address and other things that are for a few."""

    NO_ANSWER = "does not answer"
    KEY_REFUSED = "refuses the key"
    NO_RIGHT = "gives the key no right to it"
    NONSENSE = "answers nonsense"
    ADDRESS = "is at an address that is not allowed"
    OTHER = "gives no list"


_TROUBLES = (
    (PanelUnreachable, Trouble.NO_ANSWER),
    (PanelAuthFailed, Trouble.KEY_REFUSED),
    (PanelForbidden, Trouble.NO_RIGHT),
    (PanelProtocolError, Trouble.NONSENSE),
    (PanelAddressRefused, Trouble.ADDRESS),
)


def trouble_of(error: PanelError) -> Trouble:
    """Return the word for it."""
    fitting = (trouble for kind, trouble in _TROUBLES if isinstance(error, kind))
    return next(fitting, Trouble.OTHER)


def is_patience_asked(error: PanelError, since: datetime, at: datetime) -> bool:
    """Whether a panel that gave no list since then is there, and will give one in a moment."""
    return isinstance(error, PanelRateLimited) and abs(at - since) < _PATIENCE


def begun(
    kind: IncidentKind,
    panel_id: str,
    since: datetime,
    *,
    server_id: str | None = None,
    node: str | None = None,
    measure: str | None = None,
) -> Incident:
    """Return a new one, with an id that nothing else ever has."""
    words = (kind, panel_id, server_id or "", node or "", measure or "", since.isoformat())
    return Incident(
        id=f"{kind}-{_digest(words)}",
        kind=kind,
        panel_id=panel_id,
        server_id=server_id,
        node=node,
        since=since,
        measure=measure,
    )


def id_of_stop(ref: ServerRef, at: datetime) -> str:
    """Return the id under which a stop, and the restart that it may turn out to be, are told."""
    return f"stop-{_digest((ref.panel_id, ref.server_id, at.isoformat()))}"


def _digest(words: Iterable[str]) -> str:
    text = "\0".join(words).encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def key_of(incident: Incident) -> Key:
    """Return under what it is found."""
    about = incident.server_id or ""
    if incident.kind is IncidentKind.NODE:
        about = place_of(incident.node, about)
    return (incident.kind, about, incident.measure or "")


def place_of(node: str | None, server_id: str) -> str:
    """Return what fails together: the node, where it is known."""
    return f"server {server_id}" if node is None else f"node {node}"


def told(
    incident: Incident,
    at: datetime,
    *,
    tracks: Mapping[str, Track],
    uses: Callable[[str], bool],
    is_over: bool = False,
) -> Event:
    """Return the word of an incident as it is now; `uses` says which servers may be named."""
    is_blind = incident.kind in (IncidentKind.PANEL, IncidentKind.NODE)
    hidden = incident.touched if is_over else incident.hidden
    shown = tracks if incident.kind is IncidentKind.PANEL else hidden
    names = sorted(
        (tracks[each].name for each in shown if each in tracks and uses(each)), key=str.casefold
    )
    server_id, name, detail = incident.server_id, incident.node or "", incident.detail
    if server_id is not None:
        name = tracks[server_id].name if server_id in tracks else server_id
        if incident.kind is IncidentKind.FLAPPING and server_id in tracks:
            detail = detail or tracks[server_id].state
    return Event(
        kind=_kind_of(incident, is_over=is_over),
        panel_id=incident.panel_id,
        ref=None if server_id is None else ServerRef(incident.panel_id, server_id),
        name=name,
        at=at,
        incident=incident.id,
        since=incident.since,
        told_at=incident.told_at,
        is_over=is_over,
        servers=tuple(names[:_NAMES]) if is_blind else (),
        server_ids=incident.touched if server_id is None else (),
        count=len(names) if is_blind else incident.count,
        measure=incident.measure,
        detail=detail,
    )


def _kind_of(incident: Incident, *, is_over: bool) -> EventKind:
    match incident.kind:
        case IncidentKind.FLAPPING:
            return EventKind.FLAPPING
        case IncidentKind.THRESHOLD:
            return EventKind.THRESHOLD
    return EventKind.RECOVERED if is_over else EventKind.UNREACHABLE


def hiding(incident: Incident, hidden: frozenset[str]) -> Incident:
    """Return the same one of a node with what it hides now; several make it the node's."""
    is_alone = incident.server_id is not None and hidden <= {incident.server_id}
    return replace(
        incident,
        server_id=incident.server_id if is_alone else None,
        hidden=tuple(sorted(hidden)),
        touched=tuple(sorted(hidden.union(incident.touched))),
    )


def flapped(track: Track, event: Event, incident: Incident | None) -> tuple[Track, Incident | None]:
    """Count a change; returns the incident that stands for it, None where it stands for itself.

    What was asked for is no flapping, nor what happened while nobody looked.
    """
    if event.kind not in _POWER_KINDS or event.asker or event.was_away or event.ref is None:
        return track, None
    if incident is not None:
        count = incident.count + 1
        return track, replace(incident, count=count, changed_at=event.at, change=event.kind)
    if event.kind is EventKind.RESTARTED and event.incident is not None:
        return track, None  # its stop was counted
    recent = [at for at in track.changes if abs(event.at - at) <= _FLAPPING_WITHIN]
    changes = (*recent, event.at)[-_FLAPPING_CHANGES:]
    if len(changes) < _FLAPPING_CHANGES:
        return replace(track, changes=changes), None
    new = begun(
        IncidentKind.FLAPPING,
        event.panel_id,
        min(changes),
        server_id=event.ref.server_id,
    )
    new = replace(new, count=len(changes), changed_at=event.at, change=event.kind)
    return replace(track, changes=()), new


def overtaken(incident: Incident, event: Event) -> Incident:
    """Return it once an event was told by itself: what the server did before is not its last."""
    return incident if event.kind is EventKind.RENAMED else replace(incident, change=None)


def is_calm(incident: Incident, at: datetime) -> bool:
    """Whether a flapping server has not changed for a while."""
    changed_at = incident.changed_at
    is_flapping = incident.kind is IncidentKind.FLAPPING
    return is_flapping and (changed_at is None or abs(at - changed_at) >= _CALM_AFTER)


def last_change(incident: Incident, track: Track) -> list[Event]:
    """Return what a flapping server did last, to be told after all, if it is down since then.

    Nothing where that was told, or somebody has asked for something meanwhile.
    """
    kind, at, server_id = incident.change, incident.changed_at, incident.server_id
    if kind is None or at is None or server_id is None:
        return []
    is_down = kind in _DOWN and track.state is ServerState.OFFLINE
    if not is_down or (track.ordered_at is not None and track.ordered_at > at):
        return []
    ref = ServerRef(incident.panel_id, server_id)
    return [Event(kind=kind, panel_id=ref.panel_id, ref=ref, name=track.name, at=at)]

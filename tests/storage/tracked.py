"""Tracks and incidents to be stored; what they say does not matter to a store."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.changes import Incident, IncidentKind, Track
from bot.domain.servers import ServerState
from tests.fakes import NOON

ODD = NOON + timedelta(microseconds=1)
"""Orders are told apart by their times, to the last digit."""


def make_track(name: str) -> Track:
    return Track(name=name, state=ServerState.RUNNING, ordered_at=ODD, changes=(NOON,))


def make_incident(incident_id: str, panel_id: str) -> Incident:
    return Incident(
        id=incident_id,
        kind=IncidentKind.NODE,
        panel_id=panel_id,
        node="amsterdam",
        since=NOON,
        hidden=("1", "2"),
        touched=("1", "2", "3"),
    )

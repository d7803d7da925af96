"""Who hears of an event, and who is mentioned, of those who might. Keeps and stores nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.events import PINGING, EventKind
from bot.domain.news import is_hidden
from bot.domain.servers import Capability

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.events import Event
    from bot.domain.news import Mute, Subscription
    from bot.services.panels import PanelEntry


def is_shown(event: Event, entry: PanelEntry) -> bool:
    """Whether a guild uses what it is about: of a node at least one server."""
    if event.ref is not None:
        return entry.uses(event.ref.server_id)
    return not event.server_ids or any(entry.uses(each) for each in event.server_ids)


def hearing(
    event: Event,
    entry: PanelEntry,
    *,
    subscriptions: Iterable[Subscription],
    mutes: Iterable[Mute],
) -> list[Subscription]:
    """Return those of a guild's subscriptions that an event of its panel is told for."""
    counting = list(mutes)
    found = []
    for subscription in subscriptions:
        if subscription.wants(event) or subscription.wants(_as_problem(event, entry)):
            about = [each for each in subscription.hears_of(event) if entry.uses(each)]
            if not is_hidden(event, about, counting):
                found.append(subscription)
    return found


def mentions(subscription: Subscription, event: Event, entry: PanelEntry) -> bool:
    """Whether a subscription's role is mentioned for an event."""
    problem = _as_problem(event, entry)
    return problem.kind in PINGING and (problem is event or subscription.wants(problem))


def sees_crashes(entry: PanelEntry) -> bool:
    """Whether a panel tells how a server went down."""
    return Capability.LIVE in entry.panel.capabilities


def _as_problem(event: Event, entry: PanelEntry) -> Event:
    """Return as a crash what may be one, and nobody can know: a stop that nobody asked for."""
    is_stop = event.kind is EventKind.STOPPED and not event.was_away and event.asker is None
    if not is_stop or sees_crashes(entry):
        return event
    return replace(event, kind=EventKind.CRASHED)

"""Makes news of what members did to servers through the bot. Stores nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.events import Asker, Event, EventKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from bot.domain.audit import AuditEntry
    from bot.domain.news import Subscription

_DEEDS = frozenset(Action) - {Action.VIEW, Action.LOGS, Action.MANAGE}
_POWER = (Action.START, Action.STOP, Action.RESTART, Action.KILL)
_TOLD = frozenset(
    {Outcome.ACCEPTED, Outcome.DONE, Outcome.NO_EFFECT, Outcome.NOT_UP, Outcome.UNKNOWN}
)
"""How what went through may end; what was refused is for the audit alone."""


class Deeds:
    """What is told of an attempt is stored with the entry that says how it ended: once."""

    def __init__(
        self,
        *,
        matching: Callable[[Event], Sequence[Subscription]],
        wake: Callable[[Collection[int]], None],
    ) -> None:
        self._matching = matching
        self._wake = wake

    def news_of(self, entry: AuditEntry) -> Sequence[tuple[Event, Sequence[Subscription]]]:
        """Return what is to be stored with an entry."""
        if entry.action not in _DEEDS or entry.outcome not in _TOLD:
            return ()
        event = deed(entry)
        subscriptions = self._matching(event)
        return ((event, subscriptions),) if subscriptions else ()

    def stored(self, channel_ids: Collection[int]) -> None:
        """Let it be told."""
        if channel_ids:
            self._wake(channel_ids)


def deed(entry: AuditEntry) -> Event:
    """Return what is told of an attempt: the reason that was given, but no console line."""
    is_plain = entry.action in _POWER and entry.outcome is not Outcome.UNKNOWN
    return Event(
        kind=EventKind.ACTION,
        panel_id=entry.ref.panel_id,
        ref=entry.ref if entry.ref.server_id else None,
        name=entry.server_name,
        at=entry.at,
        asker=Asker(entry.user_id, entry.guild_id),
        action=entry.action,
        outcome=entry.outcome,
        detail=entry.detail if is_plain else None,
    )

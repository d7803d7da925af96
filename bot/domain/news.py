"""Who is told what, and where: subscriptions, mutes, and what is on its way. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.events import PRESETS, EventKind, Preset

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from bot.domain.events import Event


class Pause(StrEnum):
    """Why a subscription tells nothing for now; what happens meanwhile waits."""

    CHANNEL_GONE = "channel gone"
    NOT_ALLOWED = "not allowed"
    """The bot may not write there any more."""
    REFUSED = "refused"
    """Discord takes no message there, whatever it says."""


def kinds_of(words: frozenset[EventKind | Preset]) -> frozenset[EventKind]:
    """Return all kinds that the chosen words stand for."""
    found: frozenset[EventKind] = frozenset()
    for word in words:
        found |= PRESETS[word] if isinstance(word, Preset) else frozenset({word})
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What of a guild's servers is told in one channel; no server is every one of the panel."""

    id: int | None = None
    guild_id: int
    channel_id: int
    """A text channel, a thread, or a forum, where every message or incident is a post."""
    events: frozenset[EventKind | Preset]
    panel_id: str | None = None
    """None is all panels of the guild."""
    server_id: str | None = None
    mention_role_id: int | None = None
    """Mentioned for problems."""
    created_by: int
    created_at: datetime
    pause: Pause | None = None

    def wants(self, event: Event) -> bool:
        """Whether it is about this event; knows nothing of mutes and of the guild's panels.

        That the one server is gone which it tells of is its last news, whatever it tells else.
        """
        if self.panel_id not in (None, event.panel_id):
            return False
        is_last = event.kind is EventKind.REMOVED and self.server_id is not None
        return self._means(event) and (is_last or event.kind in kinds_of(self.events))

    def tells_only_ends(self, event: Event) -> bool:
        """Whether it tells of such an end, and never of the beginning."""
        is_end = event.kind is EventKind.RECOVERED
        return is_end and EventKind.UNREACHABLE not in kinds_of(self.events)

    def hears_of(self, event: Event) -> tuple[str, ...]:
        """Return the servers that an event says something of to it; none is a whole panel."""
        if event.ref is not None:
            return (event.ref.server_id,)
        return event.server_ids if self.server_id is None else (self.server_id,)

    def _means(self, event: Event) -> bool:
        """Whether its server is the one of the event, or one of those that a node hides."""
        if self.server_id is None:
            return True
        if event.ref is not None:
            return self.server_id == event.ref.server_id
        if event.kind is EventKind.ACTION:
            return False
        return not event.server_ids or self.server_id in event.server_ids


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one run of the bot has come with writing down what it sees."""

    run: str
    """A word of its own, of at most 32 characters."""
    number: int
    """Grows with what is written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Nothing is told of some servers of a guild until a time; kept only as long as it counts."""

    id: int | None = None
    guild_id: int
    panel_id: str | None = None
    server_id: str | None = None
    until: datetime | None = None
    """None is until somebody ends it."""
    reason: str | None = None
    muted_by: int
    muted_at: datetime

    def counts(self, event: Event) -> bool:
        """Whether it is about the panel of an event, and what that goes on with began in its time.

        An incident that was told before is brought to its end; one that was hidden stays so until
        the mute is ended, which may be later than its time is over.
        """
        was_told = event.told_at is not None and event.told_at < self.muted_at
        is_later = self.is_past(event.told_at or event.at)
        return not was_told and not is_later and self.panel_id in (None, event.panel_id)

    def is_past(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.until is not None and self.until <= now

    def touches(self, news: Subscription | Mute) -> bool:
        """Whether it keeps back some of what a subscription tells or another mute does, or all."""
        pairs = ((self.panel_id, news.panel_id), (self.server_id, news.server_id))
        return all(None in pair or pair[0] == pair[1] for pair in pairs)

    def covers(self, other: Mute) -> bool:
        """Whether it is about all that another one of the guild is about, or more."""
        return self.panel_id in (None, other.panel_id) and self.server_id in (None, other.server_id)


def is_hidden(event: Event, server_ids: Collection[str], mutes: Iterable[Mute]) -> bool:
    """Whether an event is not told to who hears of these servers by it; none is a whole panel."""
    muted = {mute.server_id for mute in mutes if mute.counts(event)}
    return None in muted or (bool(server_ids) and muted.issuperset(server_ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way into one channel for one subscription."""

    id: int
    subscription_id: int
    guild_id: int
    channel_id: int
    event: Event
    batch_id: int | None = None
    """The first delivery of the message that this one was put into; None is not yet any."""
    message_id: int | None = None
    """The message that tells the incident of its event so far, or `AMONG_OTHERS`."""


AMONG_OTHERS = 0
"""In the place of a message: an incident was told in one that is not its own alone."""


NOBODY = 0
"""In the place of a subscription: a delivery that only closes the message of an incident."""


MOST_LINES = 10
"""Of the events that are told one by one in one message; of more there is a summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What is told in one message: some events, or the newest word of one incident."""

    guild_id: int
    channel_id: int
    batch_id: int
    events: tuple[Event, ...]
    """In the order in which they happened; more than `MOST_LINES` are summed up."""
    role_ids: tuple[int, ...] = ()
    """Who is mentioned."""
    names_servers: bool = True
    """Whether an incident may name the servers that it hides; not where one alone is followed."""
    is_unsaid: bool = False
    """Told without any name or other words from panels, as Discord has refused those."""

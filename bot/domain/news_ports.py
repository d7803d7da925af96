"""What watching and telling need from the world outside. Protocols only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.domain.channels import Channels

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.audit import AuditEntry
    from bot.domain.changes import Incident, Track
    from bot.domain.events import Event
    from bot.domain.news import Announcement, Delivery, Mark, Mute, Pause, Subscription
    from bot.domain.servers import ServerRef


class TrackStore(Protocol):
    """What was told last of every server and what goes on, so that a restart repeats nothing."""

    async def tracks(self) -> Mapping[ServerRef, Track]:
        """Return all."""
        ...

    async def incidents(self) -> Sequence[Incident]:
        """Return those that are not over."""
        ...

    async def commit(
        self,
        *,
        tracks: Mapping[ServerRef, Track | None],
        incidents: Mapping[str, Incident | None],
        news: Sequence[tuple[Event, Sequence[Subscription]]],
        mark: Mark | None = None,
    ) -> Collection[int]:
        """Store all of it in one transaction: what changed, and what is to be told of it.

        None is to be forgotten; each event is stored, with a delivery for each of its
        subscriptions that is still there. The end of an incident goes wherever its beginning went,
        whoever hears of it there by then, and to those that tell only of ends. Returns the channels
        of them, which may be others by now.

        Nothing is stored where the same run has come as far as the mark already: then it is there,
        though whoever asked for it was told that the database does not answer.
        """
        ...

    async def hearers(self, panel_id: str) -> Mapping[str, Sequence[Subscription]]:
        """Return by incident of a panel, of those not over, by which subscriptions it was told.

        It may be on its way to them still. That they tell of the panel now is not asked; none is
        where they are gone, and its message is there.
        """
        ...


class Deeds(Protocol):
    """What is told of what members do; stored with the audit."""

    def news_of(self, entry: AuditEntry) -> Sequence[tuple[Event, Sequence[Subscription]]]:
        """Return what is to be stored with an entry."""
        ...

    def stored(self, channel_ids: Collection[int]) -> None:
        """Let it be told: it is stored, and goes into these channels."""
        ...


class SubscriptionStore(Protocol):
    """The stored subscriptions and mutes."""

    async def all(self) -> Sequence[Subscription]:
        """Return all that are not removed, by id."""
        ...

    async def add(self, subscription: Subscription) -> Subscription:
        """Store a new one and return it with its id."""
        ...

    async def change(self, subscription: Subscription) -> bool:
        """Store it anew; what waits, and the end of what it told, goes where it tells now.

        But an end that waits closes the message of its incident, where that is.

        False where it is not there.
        """
        ...

    async def restore(self, subscription: Subscription) -> bool:
        """Bring it back as it is given; False where it is not there or was not removed."""
        ...

    async def remove(self, subscription: Subscription, *, at: datetime) -> None:
        """Remove it; it can be brought back by `restore`.

        Its deliveries are dropped, but for ends that close the messages of their incidents.
        """
        ...

    async def removed(self, guild_id: int, subscription_id: int) -> Subscription | None:
        """Return one that a guild has removed, None where it is not there or was not removed."""
        ...

    async def pause(self, subscription_ids: Collection[int], pause: Pause | None) -> None:
        """Set or end the pause of some at once; their deliveries stay."""
        ...

    async def mutes(self) -> Sequence[Mute]:
        """Return all mutes."""
        ...

    async def mute(self, mute: Mute, *, at: datetime) -> Mute:
        """Store one, in the place of one of the same guild about the same that counts at that time.

        Returns it.
        """
        ...

    async def unmute(
        self,
        mute_id: int,
        *,
        panel_ids: Collection[str],
        hearers: Callable[[Event], Sequence[Subscription]],
    ) -> Collection[int]:
        """End one, and let `hearers` be told what goes on with these panels, where it was not.

        All or nothing is stored. Returns the channels of those hearers, where it may be told
        already. Nothing may be stored of these panels meanwhile but ends.
        """
        ...

    async def newest_words(self, panel_ids: Collection[str]) -> Sequence[Event]:
        """Return the newest word of each incident of these panels that is not over."""
        ...


class DeliveryQueue(Protocol):
    """What is still to be told, by channel, in the order of ids."""

    async def channels(self) -> Collection[int]:
        """Return the channels that have deliveries, of subscriptions that are not paused."""
        ...

    async def head(self, channel_id: int, limit: int) -> Sequence[Delivery]:
        """Return the oldest of a channel, of subscriptions that are not paused.

        They are at most `limit`, but for more of the same events: these are told once. Those of
        incidents come with the messages that tell them there.
        """
        ...

    async def put_together(self, delivery_ids: Collection[int]) -> None:
        """Make them one message; its id is the smallest of theirs. Stored before it is sent."""
        ...

    async def delivered(self, batch: Sequence[Delivery], *, messages: Mapping[str, int]) -> bool:
        """Delete them; `messages` are the ids of messages that incidents have got, by incident.

        An id may be `AMONG_OTHERS`. Returns whether such a message is now to be closed by nobody:
        its subscriptions left and its incident ended while it was sent.
        """
        ...


class SubscriptionBook(Protocol):
    """The subscriptions in memory, as those need them who tell."""

    def get(self, subscription_id: int) -> Subscription | None:
        """Return one, or None where it was removed."""
        ...

    def role_for(self, subscription_id: int, event: Event) -> int | None:
        """Return the role that one mentions for an event, None where it mentions none."""
        ...

    def of_guild(self, guild_id: int) -> Sequence[Subscription]:
        """Return those of a guild."""
        ...

    async def pause(
        self, subscription_ids: Collection[int], pause: Pause | None, *, channel_id: int
    ) -> None:
        """Set or end the pause of those that still tell in that channel, at once."""
        ...


class Notifier(Channels, Protocol):
    """The way into channels.

    What it cannot do raises `NotTaken` or `ChannelLost`.
    """

    async def post(self, announcement: Announcement, *, maybe_there: bool) -> int:
        """Tell it in one message; returns the id of that. Raises `WordsRefused`.

        With `maybe_there` it was tried before: it is looked for first, and not sent again.
        """
        ...

    async def edit(self, announcement: Announcement, message_id: int) -> None:
        """Show the newest word of an incident in its message.

        Raises `MessageGone` and `WordsRefused`.
        """
        ...

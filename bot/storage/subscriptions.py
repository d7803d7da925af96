"""The stored subscriptions and mutes, in SQL (`SubscriptionStore`).

A method is a transaction, but what goes on is read in several.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, delete, literal, or_, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import aliased

from bot.domain.events import EventKind, Preset
from bot.domain.news import AMONG_OTHERS, Mute, Pause, Subscription
from bot.storage.ends import leave_ends
from bot.storage.news_tables import (
    DeliveryRow,
    IncidentRow,
    MarkRow,
    MuteRow,
    PostingRow,
    SubscriptionRow,
)
from bot.storage.ongoing import heard_words, newest_words, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Insert

    from bot.domain.events import Event
    from bot.storage.engine import Database

_WORDS: dict[str, EventKind | Preset] = {word.value: word for word in (*EventKind, *Preset)}


class SqlSubscriptions:
    """What guilds want to be told; no row gets out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Sequence[Subscription]:
        """Return all that are not removed, by id."""
        query = (
            select(SubscriptionRow)
            .where(SubscriptionRow.removed_at.is_(None))
            .order_by(SubscriptionRow.id)
        )
        async with self._database.session() as session:
            return [_subscription(row) for row in await session.scalars(query)]

    async def add(self, subscription: Subscription) -> Subscription:
        """Store a new one and return it with its id."""
        row = SubscriptionRow(
            guild_id=subscription.guild_id,
            created_by=subscription.created_by,
            created_at=subscription.created_at,
            **_choices(subscription),
        )
        async with self._database.session() as session:
            session.add(row)
        return replace(subscription, id=row.id)

    async def change(self, subscription: Subscription) -> bool:
        """Store it anew; what waits, and the end of what it told, goes where it tells now.

        But an end that waits closes the message of its incident, where that is.

        False where it is not there.
        """
        return await self._choose(subscription, SubscriptionRow.removed_at.is_(None))

    async def restore(self, subscription: Subscription) -> bool:
        """Bring it back as it is given; False where it is not there or was not removed."""
        return await self._choose(subscription, SubscriptionRow.removed_at.is_not(None))

    async def remove(self, subscription: Subscription, *, at: datetime) -> None:
        """Remove it; it can be brought back by `restore`.

        What waits for it is dropped, but for what closes the messages of incidents.
        """
        mine = SubscriptionRow.guild_id == subscription.guild_id
        end = update(SubscriptionRow).where(SubscriptionRow.id == subscription.id, mine)
        waits = _waits_for(subscription)
        async with self._database.session() as session:
            await session.execute(end.values(removed_at=at))
            await leave_ends(session, waits, but=lambda _: False)
            await session.execute(delete(DeliveryRow).where(waits))

    async def removed(self, guild_id: int, subscription_id: int) -> Subscription | None:
        """Return one that a guild has removed, None where it is not there or was not removed."""
        query = select(SubscriptionRow).where(
            SubscriptionRow.id == subscription_id,
            SubscriptionRow.guild_id == guild_id,
            SubscriptionRow.removed_at.is_not(None),
        )
        async with self._database.session() as session:
            row = await session.scalar(query)
        return None if row is None else _subscription(row)

    async def pause(self, subscription_ids: Collection[int], pause: Pause | None) -> None:
        """Set or end the pause of some at once; their deliveries stay."""
        choose = update(SubscriptionRow).where(SubscriptionRow.id.in_(subscription_ids))
        async with self._database.session() as session:
            await session.execute(choose.values(pause=pause))

    async def mutes(self) -> Sequence[Mute]:
        """Return all mutes, by id."""
        async with self._database.session() as session:
            rows = await session.scalars(select(MuteRow).order_by(MuteRow.id))
            return [_mute(row) for row in rows]

    async def mute(self, mute: Mute, *, at: datetime) -> Mute:
        """Store one, in the place of one of the same guild about the same that counts at that time.

        Returns it.
        """
        same = delete(MuteRow).where(
            MuteRow.guild_id == mute.guild_id,
            MuteRow.panel_id.is_not_distinct_from(mute.panel_id),
            MuteRow.server_id.is_not_distinct_from(mute.server_id),
            or_(MuteRow.until.is_(None), MuteRow.until > at),
        )
        row = MuteRow(
            guild_id=mute.guild_id,
            panel_id=mute.panel_id,
            server_id=mute.server_id,
            until=mute.until,
            reason=mute.reason,
            muted_by=mute.muted_by,
            muted_at=mute.muted_at,
        )
        async with self._database.session() as session:
            await session.execute(same)
            session.add(row)
        return replace(mute, id=row.id)

    async def unmute(
        self,
        mute_id: int,
        *,
        panel_ids: Collection[str],
        hearers: Callable[[Event], Sequence[Subscription]],
    ) -> Collection[int]:
        """End one, and let `hearers` be told what goes on with these panels, where it was not.

        Returns the channels of those hearers, where it may be told already. Nothing may be stored
        of these panels meanwhile but ends.
        """
        words = await heard_words(self._database, panel_ids, hearers)
        # Whoever stores what is seen waits, or is waited for: nothing ends in between.
        take_turn = update(MarkRow).values(number=MarkRow.number)
        async with self._database.turn(), self._database.session() as session:
            await session.execute(take_turn)
            await session.execute(delete(MuteRow).where(MuteRow.id == mute_id))
            return await tell(session, words)

    async def newest_words(self, panel_ids: Collection[str]) -> Sequence[Event]:
        """Return the newest word of each incident of these panels that is not over."""
        about = IncidentRow.panel_id.in_(panel_ids)
        return list((await newest_words(self._database, about)).values())

    async def _choose(self, subscription: Subscription, which: ColumnElement[bool]) -> bool:
        mine = SubscriptionRow.guild_id == subscription.guild_id
        choose = (
            update(SubscriptionRow)
            .where(SubscriptionRow.id == subscription.id, mine, which)
            .values(**_choices(subscription), removed_at=None)
            .returning(SubscriptionRow.id)
        )
        elsewhere = _waits_for(subscription) & (DeliveryRow.channel_id != subscription.channel_id)
        move = update(DeliveryRow).where(elsewhere)
        async with self._database.session() as session:
            await session.execute(_go_on_in_channel_of(subscription, mine & which))
            is_there = await session.scalar(choose) is not None
            if is_there:
                await leave_ends(session, elsewhere, but=subscription.tells_only_ends)
                here = {"channel_id": subscription.channel_id, "batch_id": None}
                await session.execute(move.values(here))
        return is_there


def _waits_for(subscription: Subscription) -> ColumnElement[bool]:
    """Whether a delivery is one of a subscription."""
    is_mine = DeliveryRow.guild_id == subscription.guild_id
    return is_mine & (DeliveryRow.subscription_id == subscription.id)


def _go_on_in_channel_of(subscription: Subscription, which: ColumnElement[bool]) -> Insert:
    """Return how to note what was told and is not over as told in the channel it gets now.

    Else its end would be told nowhere. The message stays where it is.
    """
    there = aliased(PostingRow)
    is_known = (
        select(there.incident)
        .where(there.channel_id == subscription.channel_id)
        .where(there.incident == PostingRow.incident)
    )
    is_about = SubscriptionRow.panel_id == IncidentRow.panel_id
    told = (
        select(
            literal(subscription.channel_id, BigInteger),
            PostingRow.incident,
            literal(AMONG_OTHERS, BigInteger),
            PostingRow.guild_id,
            PostingRow.at,
        )
        .join(SubscriptionRow, SubscriptionRow.channel_id == PostingRow.channel_id)
        .join(IncidentRow, IncidentRow.id == PostingRow.incident)
        .where(SubscriptionRow.id == subscription.id, which, ~is_known.exists())
        .where(or_(SubscriptionRow.panel_id.is_(None), is_about))
    )
    columns = ["channel_id", "incident", "message_id", "guild_id", "at"]
    # Whatever is being told there just now is noted at the same time, and knows better.
    note = postgresql.insert(PostingRow)  # SQLite knows the same words
    return note.from_select(columns, told).on_conflict_do_nothing()


def _choices(subscription: Subscription) -> dict[str, object]:
    """Return the columns that can be chosen anew."""
    return {
        "channel_id": subscription.channel_id,
        "events": sorted(word.value for word in subscription.events),
        "panel_id": subscription.panel_id,
        "server_id": subscription.server_id,
        "mention_role_id": subscription.mention_role_id,
        "pause": subscription.pause,
    }


def _subscription(row: SubscriptionRow) -> Subscription:
    return Subscription(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        events=frozenset(_WORDS[word] for word in row.events if word in _WORDS),
        panel_id=row.panel_id,
        server_id=row.server_id,
        mention_role_id=row.mention_role_id,
        created_by=row.created_by,
        created_at=row.created_at,
        pause=Pause(row.pause) if row.pause else None,
    )


def _mute(row: MuteRow) -> Mute:
    return Mute(
        id=row.id,
        guild_id=row.guild_id,
        panel_id=row.panel_id,
        server_id=row.server_id,
        until=row.until,
        reason=row.reason,
        muted_by=row.muted_by,
        muted_at=row.muted_at,
    )

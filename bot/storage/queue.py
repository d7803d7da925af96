"""What is still to be told, in SQL (`DeliveryQueue`). One method is one transaction."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from secrets import token_hex
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql

from bot.domain.events import Event
from bot.domain.health import Waiting
from bot.domain.news import AMONG_OTHERS, NOBODY, Delivery
from bot.storage.ends import portions, untold_end
from bot.storage.news_tables import DeliveryRow, EventRow, PostingRow, SubscriptionRow
from bot.storage.tables import AT_ONCE
from bot.storage.values import AsJson

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.storage.engine import Database

_EVENT = AsJson(Event)
_PAGE = 8192
"""Bytes, of PostgreSQL's pages; SQLite's are smaller. What is longer needs one of its own."""
_NEW = postgresql.insert(PostingRow)  # SQLite knows the same words
_NOTE = _NEW.on_conflict_do_update(
    index_elements=[PostingRow.channel_id, PostingRow.incident],
    set_={
        "message_id": _NEW.excluded.message_id,
        "guild_id": _NEW.excluded.guild_id,
        "at": _NEW.excluded.at,
    },
)


class SqlQueue:
    """Deliveries by channel; those of subscriptions that are paused or removed do not show."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def channels(self) -> Collection[int]:
        """Return the channels that have something to be told."""
        query = select(DeliveryRow.channel_id).where(_is_told()).distinct()
        async with self._database.session() as session:
            return set(await session.scalars(query))

    async def head(self, channel_id: int, limit: int) -> Sequence[Delivery]:
        """Return the oldest of a channel, and all others there of the same events."""
        here = DeliveryRow.channel_id == channel_id, _is_told()
        oldest = select(DeliveryRow.event_id).where(*here).order_by(DeliveryRow.id).limit(limit)
        query = (
            select(DeliveryRow, EventRow.data)
            .join(EventRow, EventRow.id == DeliveryRow.event_id)
            .where(*here, DeliveryRow.event_id.in_(oldest.scalar_subquery()))
            .order_by(DeliveryRow.id)
        )
        async with self._database.session() as session:
            rows = (await session.execute(query)).tuples().all()
            found = [_delivery(row, data) for row, data in rows]
            messages = await _messages(session, channel_id, found)
        return [
            replace(each, message_id=messages[each.event.incident])
            if each.event.incident in messages
            else each
            for each in found
        ]

    async def check(self, *, in_turn: bool) -> None:
        """Raise `StorageUnavailable` unless the database can be written to.

        Out of turn it may take what the bot itself writes for a lock of another process.
        It stores a row and deletes it before anybody can see it. Nothing less tells that a disk is
        full: a change of no row, or one that is undone, is never written.
        """
        about = {"at": func.now(), "panel_id": "", "data": token_hex(_PAGE)}
        row = insert(EventRow).values(about).returning(EventRow.id)
        turn = self._database.turn() if in_turn else nullcontext()
        async with turn, self._database.session() as session:
            row_id = await session.scalar(row)
            await session.execute(delete(EventRow).where(EventRow.id == row_id))

    async def waiting(self, guild_id: int | None = None) -> Waiting:
        """Return how many there are, of one guild or of all, and since when."""
        query = (
            select(func.count(), func.min(EventRow.at))
            .select_from(DeliveryRow)
            .join(EventRow, EventRow.id == DeliveryRow.event_id)
            .where(_is_told())
        )
        is_paused = SubscriptionRow.pause.is_not(None), SubscriptionRow.removed_at.is_(None)
        paused_query = (
            select(func.count())
            .select_from(DeliveryRow)
            .join(SubscriptionRow, SubscriptionRow.id == DeliveryRow.subscription_id)
            .where(*is_paused)
        )
        if guild_id is not None:
            query = query.where(DeliveryRow.guild_id == guild_id)
            paused_query = paused_query.where(DeliveryRow.guild_id == guild_id)
        async with self._database.session() as session:
            count, oldest_at = (await session.execute(query)).tuples().one()
            paused = (await session.scalars(paused_query)).one()
        return Waiting(count=count, oldest_at=oldest_at, paused=paused)

    async def put_together(self, delivery_ids: Collection[int]) -> None:
        """Make them one message; its id is the smallest of theirs."""
        batch_id = min(delivery_ids)
        async with self._database.turn(), self._database.session() as session:
            for ids in portions(delivery_ids):
                chosen = update(DeliveryRow).where(DeliveryRow.id.in_(ids))
                await session.execute(chosen.values(batch_id=batch_id))

    async def delivered(self, batch: Sequence[Delivery], *, messages: Mapping[str, int]) -> bool:
        """Delete them, and note the messages that incidents have got.

        The deliveries may be gone with their subscriptions, and an incident may be over since: then
        its end is left to nobody, and True returned. Of a guild that is gone nothing is noted.
        """
        first = batch[0]
        here = {"channel_id": first.channel_id, "guild_id": first.guild_id}
        postings = [
            {"incident": incident, "message_id": message_id, "at": first.event.at, **here}
            for incident, message_id in messages.items()
        ]
        newest = {each.event.incident: each.event for each in batch}
        alone = [key for key in messages if key in newest and messages[key] != AMONG_OTHERS]
        untold: list[dict[str, int]] = []
        ours = select(SubscriptionRow.id).where(SubscriptionRow.guild_id == first.guild_id)
        async with self._database.turn(), self._database.session() as session:
            is_noted = bool(postings) and await session.scalar(ours.limit(1)) is not None
            if is_noted:
                await session.execute(_NOTE, postings)
            for ids in portions([each.id for each in batch]):
                await session.execute(delete(DeliveryRow).where(DeliveryRow.id.in_(ids)))
            for incident in alone if is_noted else ():
                event_id = await untold_end(session, newest[incident], first.channel_id)
                if event_id is not None:
                    untold.append({"subscription_id": NOBODY, "event_id": event_id, **here})
            if untold:
                await session.execute(insert(DeliveryRow), untold)
        return bool(untold)


async def _messages(
    session: AsyncSession, channel_id: int, deliveries: Sequence[Delivery]
) -> dict[str | None, int]:
    """Return the messages that incidents have got in a channel."""
    incidents = sorted({each.event.incident for each in deliveries if each.event.incident})
    found: dict[str | None, int] = {}
    for start in range(0, len(incidents), AT_ONCE):
        query = select(PostingRow.incident, PostingRow.message_id).where(
            PostingRow.channel_id == channel_id,
            PostingRow.incident.in_(incidents[start : start + AT_ONCE]),
        )
        found |= dict((await session.execute(query)).tuples().all())
    return found


def _is_told() -> ColumnElement[bool]:
    """Whether the subscription of a delivery tells anything for now."""
    telling = select(SubscriptionRow.id).where(
        SubscriptionRow.pause.is_(None), SubscriptionRow.removed_at.is_(None)
    )
    return or_(DeliveryRow.subscription_id == NOBODY, DeliveryRow.subscription_id.in_(telling))


def _delivery(row: DeliveryRow, data: str) -> Delivery:
    return Delivery(
        id=row.id,
        subscription_id=row.subscription_id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        event=_EVENT.load(data),
        batch_id=row.batch_id,
    )

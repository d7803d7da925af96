"""Deletes what was told, and what nobody is to be told any more. Each can be done again half done.

Tracks of panels from the configuration stay: what is known of them is no guild's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.storage.deletion import delete_rows
from bot.storage.news_tables import (
    DeliveryRow,
    EventRow,
    IncidentRow,
    MuteRow,
    PostingRow,
    SubscriptionRow,
    TrackRow,
)
from bot.storage.ongoing import newest_words
from bot.storage.tables import PanelRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from bot.storage.engine import Database


async def drop_guild_news(database: Database, guild_id: int) -> None:
    """Delete all that a guild was to be told, and what happened because somebody there asked."""
    await delete_rows(database, DeliveryRow, DeliveryRow.guild_id == guild_id)
    # What other guilds are still to be told goes with the old events.
    waiting = select(DeliveryRow.event_id)
    asked_there = (EventRow.asked_in == guild_id) & EventRow.id.not_in(waiting)
    await delete_rows(database, EventRow, asked_there)
    async with database.session() as session:
        for table in (SubscriptionRow, MuteRow, PostingRow):
            await session.execute(delete(table).where(table.guild_id == guild_id))


async def drop_panel_news(database: Database, panels: ColumnElement[bool]) -> None:
    """Delete all that is known of stored panels."""
    ids = select(PanelRow.id).where(panels)
    await delete_rows(database, EventRow, EventRow.panel_id.in_(ids))
    async with database.session() as session:
        for table in (TrackRow, IncidentRow):
            await session.execute(delete(table).where(table.panel_id.in_(ids)))


async def drop_old_news(database: Database, before: datetime) -> None:
    """Delete what happened, was removed or ended before that time, told or not.

    What goes on keeps its newest word: whoever hears of it later is told with that. A mute whose
    time is over stays until it is ended: that tells what it has hidden.
    """
    old = select(EventRow.id).where(EventRow.at < before)
    await delete_rows(database, DeliveryRow, DeliveryRow.event_id.in_(old))
    words = await newest_words(database)
    lasting = [event_id for event_id, word in words.items() if word.at < before]
    await delete_rows(database, EventRow, (EventRow.at < before) & EventRow.id.not_in(lasting))
    is_over = PostingRow.incident.not_in(select(IncidentRow.id))
    async with database.session() as session:
        await session.execute(delete(SubscriptionRow).where(SubscriptionRow.removed_at < before))
        await session.execute(delete(PostingRow).where(PostingRow.at < before, is_over))

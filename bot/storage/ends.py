"""Ends of incidents whose subscriptions have left meanwhile, in SQL: they close what was told."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.domain.events import PASSING, Event
from bot.domain.news import AMONG_OTHERS, NOBODY
from bot.storage.news_tables import DeliveryRow, EventRow, IncidentRow, PostingRow
from bot.storage.ongoing import SOUGHT_AT_ONCE, is_about, newest_word_of
from bot.storage.tables import AT_ONCE
from bot.storage.values import AsJson

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

_EVENT = AsJson(Event)
_IS_OVER = EventRow.data.contains('"is_over": true', autoescape=True)


async def leave_ends(
    session: AsyncSession, which: ColumnElement[bool], *, but: Callable[[Event], bool]
) -> None:
    """Let some deliveries be nobody's: ends, but for some, where their incidents have messages.

    These are closed by that, whatever becomes of the other deliveries. The words before an end go
    the same way. What was told among others needs no closing.
    """
    ends = (
        select(DeliveryRow.channel_id, EventRow.data)
        .join(EventRow, EventRow.id == DeliveryRow.event_id)
        .where(which, _IS_OVER)
    )
    found: defaultdict[int, list[Event]] = defaultdict(list)
    for channel_id, data in (await session.execute(ends)).tuples():
        found[channel_id].append(_EVENT.load(data))
    for channel_id, events in found.items():
        leaving = [event for event in events if not but(event)]
        for start in range(0, len(leaving), SOUGHT_AT_ONCE):
            some = leaving[start : start + SOUGHT_AT_ONCE]
            await _leave(session, which, channel_id, some)


async def untold_end(session: AsyncSession, word: Event, channel_id: int) -> int | None:
    """Return the id of the end of what a word is of, where it is over and is not told there.

    None where it goes on: whoever ends it then waits, and finds what this transaction stores.
    """
    if word.incident is None or word.is_over or word.kind in PASSING:
        return None
    going_on = select(IncidentRow.id).where(IncidentRow.id == word.incident)
    if await session.scalar(going_on.with_for_update(read=True)) is not None:
        return None
    server_id = word.ref.server_id if word.ref else None
    newest = newest_word_of(word.incident, word.panel_id, server_id, word.at)
    found = (await session.execute(newest)).tuples().first()
    if found is None or not _EVENT.load(found[1]).is_over:
        return None
    event_id, _ = found
    here = DeliveryRow.channel_id == channel_id, DeliveryRow.event_id == event_id
    is_told = await session.scalar(select(DeliveryRow.id).where(*here).limit(1)) is not None
    return None if is_told else event_id


def portions(ids: Collection[int]) -> Iterator[list[int]]:
    """Return them in order, as many at a time as a statement may name."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


async def _leave(
    session: AsyncSession, which: ColumnElement[bool], channel_id: int, ends: Sequence[Event]
) -> None:
    posted = select(PostingRow.incident).where(
        PostingRow.channel_id == channel_id,
        PostingRow.incident.in_({end.incident for end in ends}),
        PostingRow.message_id != AMONG_OTHERS,
    )
    told = set(await session.scalars(posted))
    if not told:
        return
    words = (
        select(DeliveryRow.id, EventRow.data)
        .join(EventRow, EventRow.id == DeliveryRow.event_id)
        .where(which, DeliveryRow.channel_id == channel_id, is_about(ends))
    )
    found = (await session.execute(words)).tuples()
    left_ids = [key for key, data in found if _EVENT.load(data).incident in told]
    for ids in portions(left_ids):
        left = update(DeliveryRow).where(DeliveryRow.id.in_(ids))
        await session.execute(left.values(subscription_id=NOBODY, batch_id=None))

"""What goes on and where that was told, in SQL. Decides of nobody whether it is told to them."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import insert, or_, select

from bot.domain.changes import Incident
from bot.domain.events import Event
from bot.domain.news import AMONG_OTHERS, NOBODY
from bot.storage.news_tables import (
    DeliveryRow,
    EventRow,
    IncidentRow,
    PostingRow,
    SubscriptionRow,
)
from bot.storage.tables import AT_ONCE
from bot.storage.values import AsJson

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.news import Subscription

Places: TypeAlias = defaultdict[int, list[tuple[int | None, int]]]
"""By channel in which an incident was told, or is about to be: who can take its end there.

Those are subscriptions, each with its guild; `NOBODY` closes a message that is about it alone.
"""

_INCIDENT, _EVENT = AsJson(Incident), AsJson(Event)
_IS_OF = '"incident": "%s"'
"""What no text of a panel can look like: quotes are escaped there."""
_CLOCKS = timedelta(days=1)
"""So far they may have been set back."""
_SOUGHT_AT_ONCE = 100
"""So many words may be looked for in one statement; SQLite takes less than a thousand."""


async def told_in(session: AsyncSession, incidents: Collection[str]) -> defaultdict[str, Places]:
    """Return by incident where it was told."""
    found: defaultdict[str, Places] = defaultdict(lambda: defaultdict(list))
    ids = sorted(incidents)
    for start in range(0, len(ids), _SOUGHT_AT_ONCE):
        some = ids[start : start + _SOUGHT_AT_ONCE]
        waiting = (
            select(EventRow.data, DeliveryRow)
            .join(DeliveryRow, DeliveryRow.event_id == EventRow.id)
            .where(or_(*(EventRow.data.contains(each, autoescape=True) for each in some)))
            .order_by(DeliveryRow.id)
        )
        for data, row in (await session.execute(waiting)).tuples():
            incident = _EVENT.load(data).incident or ""
            if incident in incidents:
                found[incident][row.channel_id].append((row.subscription_id, row.guild_id))
        # After those: what is told just now is here by then.
        posted = select(PostingRow).where(PostingRow.incident.in_(some))
        for message in await session.scalars(posted):
            alone = [] if message.message_id == AMONG_OTHERS else [(NOBODY, message.guild_id)]
            found[message.incident][message.channel_id] += alone
    return found


async def channels_now(
    session: AsyncSession, subscriptions: Iterable[Subscription]
) -> dict[int | None, int]:
    """Return where subscriptions tell now: somebody may just have changed that.

    Until the deliveries are there, nobody else does.
    """
    ids = sorted({each.id for each in subscriptions if each.id is not None})
    found: dict[int | None, int] = {}
    for start in range(0, len(ids), AT_ONCE):
        query = (
            select(SubscriptionRow.id, SubscriptionRow.channel_id)
            .where(SubscriptionRow.id.in_(ids[start : start + AT_ONCE]))
            .where(SubscriptionRow.removed_at.is_(None))
            .with_for_update(read=True)
        )
        found |= dict((await session.execute(query)).tuples().all())
    return found


async def newest_words(session: AsyncSession, panel_ids: Collection[str]) -> Mapping[int, Event]:
    """Return the newest word of each incident of these panels that is not over, by its id."""
    going_on = select(IncidentRow.data).where(IncidentRow.panel_id.in_(panel_ids))
    found: dict[int, Event] = {}
    for data in (await session.scalars(going_on.order_by(IncidentRow.id))).all():
        incident = _INCIDENT.load(data)
        newest = (
            select(EventRow.id, EventRow.data)
            .where(EventRow.panel_id == incident.panel_id)
            .where(EventRow.server_id.is_not_distinct_from(incident.server_id))
            .where(EventRow.at >= incident.since - _CLOCKS)  # all before is not searched
            .where(EventRow.data.contains(_IS_OF % incident.id, autoescape=True))
            .order_by(EventRow.id.desc())
            .limit(1)
        )
        for event_id, word in (await session.execute(newest)).tuples():
            found[event_id] = _EVENT.load(word)
    return found


async def tell_newest(
    session: AsyncSession,
    panel_ids: Collection[str],
    hearers: Callable[[Event], Sequence[Subscription]],
) -> Collection[int]:
    """Let `hearers` be told what goes on, in channels where it was not; returns all of theirs.

    Whoever asks again, as the answer came too late, learns of the channels all the same.
    """
    words = await newest_words(session, panel_ids)
    hearing = {event_id: hearers(event) for event_id, event in words.items()}
    channels = await channels_now(session, (each for some in hearing.values() for each in some))
    places = await told_in(session, {event.incident for event in words.values() if event.incident})
    deliveries = []
    for event_id, event in words.items():
        for each in hearing[event_id]:
            channel_id = channels.get(each.id)
            if channel_id is not None and channel_id not in places[event.incident or ""]:
                delivery = {"subscription_id": each.id, "guild_id": each.guild_id}
                deliveries.append(delivery | {"channel_id": channel_id, "event_id": event_id})
    if deliveries:
        await session.execute(insert(DeliveryRow), deliveries)
    return set(channels.values())

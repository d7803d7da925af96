"""What goes on and where that was told, in SQL. Decides of nobody whether it is told to them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import insert, or_, select, true

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
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.news import Subscription
    from bot.storage.engine import Database

Places: TypeAlias = defaultdict[int, list[tuple[int | None, int]]]
"""By channel in which an incident was told, or is about to be: who can take its end there.

Those are subscriptions, each with its guild; `NOBODY` closes a message that is about it alone.
"""

_INCIDENT, _EVENT = AsJson(Incident), AsJson(Event)
_CLOCKS = timedelta(days=1)
"""So far they may have been set back."""
SOUGHT_AT_ONCE = 100
"""So many words may be looked for in one statement; SQLite takes less than a thousand."""
_ALL: ColumnElement[bool] = true()


@dataclass(frozen=True, slots=True)
class HeardWord:
    """The newest word of an incident that goes on."""

    event_id: int
    incident: str
    hearing: Sequence[Subscription]
    told_in: Collection[int]
    """The channels."""


async def told_of(session: AsyncSession, words: Sequence[Event]) -> defaultdict[str, Places]:
    """Return by incident where it was told, for the incidents that these words are of.

    Of what waits, and there may be very much of it, only what is about the same is searched.
    """
    found: defaultdict[str, Places] = defaultdict(lambda: defaultdict(list))
    for start in range(0, len(words), SOUGHT_AT_ONCE):
        some = words[start : start + SOUGHT_AT_ONCE]
        incidents = {word.incident for word in some if word.incident}
        found |= await told_in(session, incidents, among=is_about(some))
    return found


async def told_in(
    session: AsyncSession, incidents: Collection[str], *, among: ColumnElement[bool] = _ALL
) -> defaultdict[str, Places]:
    """Return by incident where it was told.

    `among` holds for all of their events, so that less of what waits need be searched.
    """
    found: defaultdict[str, Places] = defaultdict(lambda: defaultdict(list))
    ids = sorted(incidents)
    for start in range(0, len(ids), SOUGHT_AT_ONCE):
        some = ids[start : start + SOUGHT_AT_ONCE]
        waiting = (
            select(EventRow.data, DeliveryRow)
            .join(DeliveryRow, DeliveryRow.event_id == EventRow.id)
            .where(among)
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


async def told_so_far(database: Database, incidents: Sequence[str]) -> Mapping[str, Places]:
    """Return by incident where it was told, in several transactions as `newest_words`."""
    found: dict[str, Places] = {}
    for start in range(0, len(incidents), SOUGHT_AT_ONCE):
        async with database.session() as session:
            found |= await told_in(session, incidents[start : start + SOUGHT_AT_ONCE])
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


async def newest_words(
    database: Database, which: ColumnElement[bool] = _ALL
) -> Mapping[int, Event]:
    """Return the newest word of each of these incidents that is not over, by its id.

    They are read in several transactions, as each has little time and there may be thousands.
    """
    going_on = select(IncidentRow.data).where(which).order_by(IncidentRow.id)
    async with database.session() as session:
        rows = (await session.scalars(going_on)).all()
    found: dict[int, Event] = {}
    for start in range(0, len(rows), SOUGHT_AT_ONCE):
        async with database.session() as session:
            for data in rows[start : start + SOUGHT_AT_ONCE]:
                one = _INCIDENT.load(data)
                newest = newest_word_of(one.id, one.panel_id, one.server_id, one.since)
                for event_id, word in (await session.execute(newest)).tuples():
                    found[event_id] = _EVENT.load(word)
    return found


def newest_word_of(
    incident: str, panel_id: str, server_id: str | None, since: datetime
) -> Select[tuple[int, str]]:
    """Return how to find the newest word of an incident, with its id."""
    return (
        select(EventRow.id, EventRow.data)
        .where(EventRow.panel_id == panel_id)
        .where(or_(EventRow.server_id.is_(None), EventRow.server_id == server_id))
        .where(EventRow.at >= since - _CLOCKS)  # all before is not searched
        .where(_is_of(incident))
        .order_by(EventRow.id.desc())
        .limit(1)
    )


async def heard_words(
    database: Database,
    panel_ids: Collection[str],
    hearers: Callable[[Event], Sequence[Subscription]],
) -> Sequence[HeardWord]:
    """Return the newest words of what goes on with these panels that somebody hears.

    Read as `newest_words` are: nothing may be stored of these panels meanwhile but ends.
    """
    words = await newest_words(database, IncidentRow.panel_id.in_(panel_ids))
    heard = [(key, word, who) for key, word in words.items() if (who := hearers(word))]
    found: list[HeardWord] = []
    for start in range(0, len(heard), SOUGHT_AT_ONCE):
        some = heard[start : start + SOUGHT_AT_ONCE]
        async with database.session() as session:
            places = await told_of(session, [word for _, word, _ in some])
        found += [
            HeardWord(event_id, word.incident or "", who, places[word.incident or ""].keys())
            for event_id, word, who in some
        ]
    return found


def _is_of(incident: str) -> ColumnElement[bool]:
    """Whether an event is of an incident."""
    # No text of a panel can look like that: quotes are escaped there.
    return EventRow.data.contains(f'"incident": "{incident}"', autoescape=True)


def is_about(words: Collection[Event]) -> ColumnElement[bool]:
    """Whether an event is about one of the same servers, or about none.

    What is about several servers may have begun as about any of them.
    """
    panels = {word.panel_id for word in words}
    servers = {word.ref.server_id for word in words if word.ref is not None}
    of_several = {word.panel_id for word in words if word.server_ids}
    is_there = or_(
        EventRow.server_id.is_(None),
        EventRow.server_id.in_(servers),
        EventRow.panel_id.in_(of_several),
    )
    return EventRow.panel_id.in_(panels) & is_there


async def tell(session: AsyncSession, words: Sequence[HeardWord]) -> Collection[int]:
    """Let those who hear be told, in channels where it was not; returns all of theirs.

    What has ended meanwhile is not told. Whoever asks again, as the answer came too late, learns of
    the channels all the same.
    """
    lasting = set(await session.scalars(select(IncidentRow.id)))
    going_on = [word for word in words if word.incident in lasting]
    channels = await channels_now(session, (each for word in going_on for each in word.hearing))
    deliveries = []
    for word in going_on:
        for each in word.hearing:
            channel_id = channels.get(each.id)
            if channel_id is not None and channel_id not in word.told_in:
                delivery = {"subscription_id": each.id, "guild_id": each.guild_id}
                deliveries.append(delivery | {"channel_id": channel_id, "event_id": word.event_id})
    if deliveries:
        await session.execute(insert(DeliveryRow), deliveries)
    return set(channels.values())

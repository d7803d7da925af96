"""What is known and to be told of servers, in SQL (`TrackStore`). One method is one transaction."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update

from bot.domain.changes import Incident, Track
from bot.domain.events import Event
from bot.domain.servers import ServerRef
from bot.storage.news_tables import DeliveryRow, EventRow, IncidentRow, MarkRow, TrackRow
from bot.storage.ongoing import channels_now, told_of, told_so_far
from bot.storage.subscriptions import SqlSubscriptions
from bot.storage.tables import Base
from bot.storage.values import AsJson

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.news import Mark, Subscription
    from bot.storage.engine import Database
    from bot.storage.ongoing import Places

_TRACK, _INCIDENT, _EVENT = AsJson(Track), AsJson(Incident), AsJson(Event)

# Of the tables, because many rows are not deleted at once by their classes.
_TRACKS, _INCIDENTS = (Base.metadata.tables[row.__tablename__] for row in (TrackRow, IncidentRow))
_DROP_TRACK = delete(_TRACKS).where(
    _TRACKS.c.panel_id == bindparam("panel"), _TRACKS.c.server_id == bindparam("server")
)
_DROP_INCIDENT = delete(_INCIDENTS).where(_INCIDENTS.c.id == bindparam("incident"))
_ADD_EVENTS = insert(EventRow).returning(EventRow.id, sort_by_parameter_order=True)


class SqlTracks:
    """Thousands of rows are written by a handful of statements."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tracks(self) -> Mapping[ServerRef, Track]:
        """Return all."""
        query = select(TrackRow.panel_id, TrackRow.server_id, TrackRow.data)
        async with self._database.session() as session:
            rows = (await session.execute(query)).tuples().all()
        return {ServerRef(panel, server): _TRACK.load(data) for panel, server, data in rows}

    async def incidents(self) -> Sequence[Incident]:
        """Return those that are not over, by id."""
        query = select(IncidentRow.data).order_by(IncidentRow.id)
        async with self._database.session() as session:
            rows = (await session.scalars(query)).all()
        return [_INCIDENT.load(data) for data in rows]

    async def commit(
        self,
        *,
        tracks: Mapping[ServerRef, Track | None],
        incidents: Mapping[str, Incident | None],
        news: Sequence[tuple[Event, Sequence[Subscription]]],
        mark: Mark | None = None,
    ) -> Collection[int]:
        """Store all of it or nothing; deliveries get ids in the order of the news."""
        # The text is made before, because a transaction has little time.
        old_tracks = [{"panel": ref.panel_id, "server": ref.server_id} for ref in tracks]
        new_tracks = [
            {"panel_id": ref.panel_id, "server_id": ref.server_id, "data": _TRACK.dump(track)}
            for ref, track in tracks.items()
            if track is not None
        ]
        old_incidents = [{"incident": incident_id} for incident_id in incidents]
        new_incidents = [
            {"id": key, "panel_id": incident.panel_id, "data": _INCIDENT.dump(incident)}
            for key, incident in incidents.items()
            if incident is not None
        ]
        async with self._database.turn(), self._database.session() as session:
            if mark is not None and not await _goes_on(session, mark):
                return await channels_of(session, news)
            for statement, values in (
                (_DROP_TRACK, old_tracks),
                (insert(TrackRow), new_tracks),
                (_DROP_INCIDENT, old_incidents),
                (insert(IncidentRow), new_incidents),
            ):
                if values:
                    await session.execute(statement, values)
            return await add_news(session, news)

    async def hearers(self, panel_id: str) -> Mapping[str, Sequence[Subscription]]:
        """Return by which subscriptions the open incidents of a panel were told, or will be."""
        going_on = select(IncidentRow.id).where(IncidentRow.panel_id == panel_id)
        async with self._database.session() as session:
            incidents = (await session.scalars(going_on)).all()
        places = await told_so_far(self._database, incidents)
        by_channel: defaultdict[int, list[Subscription]] = defaultdict(list)
        for each in await SqlSubscriptions(self._database).all():
            if each.panel_id in (None, panel_id):
                by_channel[each.channel_id].append(each)
        found: defaultdict[str, list[Subscription]] = defaultdict(list)
        for incident, told in places.items():
            found[incident] = [each for channel in told for each in by_channel[channel]]
        return found


async def add_news(
    session: AsyncSession, news: Sequence[tuple[Event, Sequence[Subscription]]]
) -> frozenset[int]:
    """Store what is to be told, in the transaction of what it is told of; return its channels.

    The end of an incident is told wherever that was, whoever hears of it there by then; else only
    to those that tell only of ends.
    """
    if not news:
        return frozenset()
    events = [_event_values(event) for event, _ in news]
    event_ids = await session.scalars(_ADD_EVENTS, events)
    channels = await _channels(session, news)
    places = await told_of(session, _ending(news))
    deliveries = []
    for event_id, (event, subscriptions) in zip(event_ids, news, strict=True):
        told = places[event.incident or ""]
        ways = [
            (channels[each.id], each.id, each.guild_id)
            for each in subscriptions
            if each.id in channels
            and (not event.is_over or channels[each.id] in told or each.tells_only_ends(event))
        ]
        if event.is_over:
            ways += _left(told, {channel_id for channel_id, *_ in ways})
        for channel_id, subscription_id, guild_id in ways:
            told[channel_id].append((subscription_id, guild_id))
            delivery = {"subscription_id": subscription_id, "guild_id": guild_id}
            deliveries.append(delivery | {"channel_id": channel_id, "event_id": event_id})
    if deliveries:
        await session.execute(insert(DeliveryRow), deliveries)
    return frozenset(channels.values()).union(*places.values())


async def channels_of(
    session: AsyncSession, news: Sequence[tuple[Event, Sequence[Subscription]]]
) -> frozenset[int]:
    """Return the channels of what is stored already."""
    places = await told_of(session, _ending(news))
    return frozenset((await _channels(session, news)).values()).union(*places.values())


def _left(told: Places, hearing: Collection[int]) -> list[tuple[int, int | None, int]]:
    """Return how the end of an incident gets into channels where nobody hears of it any more."""
    return [
        (channel_id, *who)
        for channel_id in sorted(told.keys() - hearing)
        for who in dict.fromkeys(told[channel_id])
    ]


def _ending(news: Sequence[tuple[Event, Sequence[Subscription]]]) -> list[Event]:
    """Return the ends of incidents that are told."""
    return [event for event, _ in news if event.is_over and event.incident]


async def _goes_on(session: AsyncSession, mark: Mark) -> bool:
    """Set the mark, unless the run has come as far already.

    What comes first in a transaction waits for one that is still at it, if that was given up.
    """
    is_there = (MarkRow.run == mark.run) & (MarkRow.number >= mark.number)
    marked = update(MarkRow).where(~is_there).values(run=mark.run, number=mark.number)
    return await session.scalar(marked.returning(MarkRow.number)) is not None


async def _channels(
    session: AsyncSession, news: Sequence[tuple[Event, Sequence[Subscription]]]
) -> Mapping[int | None, int]:
    return await channels_now(session, (each for _, some in news for each in some))


def _event_values(event: Event) -> dict[str, object]:
    return {
        "at": event.at,
        "panel_id": event.panel_id,
        "server_id": event.ref.server_id if event.ref else None,
        "asked_in": event.asker.guild_id if event.asker else None,
        "data": _EVENT.dump(event),
    }

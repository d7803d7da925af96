"""All that is seen of one panel, turned into what is to be stored and told. Decides no rights.

Holds what was seen and has not held yet; does no I/O and reads no clock.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.changes import IncidentKind, Look, News, Outlook
from bot.domain.compare import compare, first_sight
from bot.domain.events import Event, EventKind
from bot.domain.freshness import CACHED
from bot.domain.fullness import Fullness, is_eased, measured
from bot.domain.going_on import GoingOn
from bot.domain.incidents import (
    UNWATCHED,
    begun,
    flapped,
    is_calm,
    is_patience_asked,
    last_change,
    overtaken,
    trouble_of,
)
from bot.domain.looks import has_held, is_unsettled, look_at, seen_again
from bot.domain.presence import Presence
from bot.domain.reach import Reach
from bot.domain.servers import ServerRef, ServerState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from bot.domain.changes import Compared, Incident, Order, Track
    from bot.domain.errors import PanelError
    from bot.domain.incidents import Trouble
    from bot.domain.servers import Server


class PanelWatch:
    """One panel under one id; the first sight of it, and of each of its servers, is silent."""

    def __init__(  # noqa: PLR0913 - all that the observer knows of it
        self,
        panel_id: str,
        *,
        tracks: Mapping[str, Track],
        incidents: Iterable[Incident],
        order_of: Callable[[str], Order | None],
        renaming_of: Callable[[str], Order | None],
        creation_of: Callable[[str, datetime], Order | None],
        uses: Callable[[str], bool],
        apart: Callable[[str, ServerRef], AbstractContextManager[None]],
    ) -> None:
        self._panel_id = panel_id
        self._tracks = dict(tracks)
        self._going_on = GoingOn(incidents, tracks=self._tracks, uses=uses)
        self._order_of = order_of
        self._renaming_of = renaming_of
        self._creation_of = creation_of
        self._apart = apart
        """In which what fails costs only itself."""
        self._presence = Presence(is_known=bool(tracks))
        self._reach = Reach()
        self._outlooks: dict[str, Outlook] = {}
        self._unsettled: set[str] = set()
        self._fullness = Fullness()
        self._failing: tuple[datetime, Trouble] | None = None
        """Since when, and why at the last look."""

    def looked(self, servers: Sequence[Server], at: datetime, *, is_complete: bool = True) -> News:
        """Take in a list, or some servers that were looked at alone."""
        news = News()
        there = (server for server in servers if server.state is not ServerState.DELETED)
        listed = {server.ref.server_id: server for server in there}
        if is_complete:
            self._failing = None
            if incident := self._going_on.get(IncidentKind.PANEL):
                self._going_on.close(news, incident, at)
            self._come_and_go(news, listed, at)
        for server_id, server in listed.items():
            if server_id in self._tracks:
                last = self._outlook(server_id).read_at
                self._compare(news, look_at(server, at))
                if server.observed_at != last:
                    self._measure(news, server, at)
        if is_complete:
            self._look_for_nodes(news, listed, at)
            self._calm(news, at)
        return news

    def pushed(self, server_id: str, state: ServerState, at: datetime, *, is_first: bool) -> News:
        """Take in what a live connection said of a server; of one that is not listed, nothing."""
        news = News()
        if server_id in self._tracks:
            ref = self._ref(server_id)
            look = Look(ref=ref, state=state, at=at, is_pushed=True, is_first=is_first)
            self._compare(news, look)
        return news

    def asked(self, server_id: str, ordered_at: datetime, at: datetime) -> News:
        """Tell what was seen before an order that is about to count: that is none of it."""
        news, outlook = News(), self._outlook(server_id)
        look = seen_again(outlook, self._ref(server_id), at, before=ordered_at)
        if look is not None and server_id in self._tracks:
            self._compare(news, look)
        return news

    def done(self, seen: Server, now: datetime) -> News:
        """Take in how a server was at the end of the latest order, which somebody has followed."""
        news = News()
        server_id, at = seen.ref.server_id, seen.observed_at
        track, order = self._tracks.get(server_id), self._order_of(server_id)
        if not (track and order and order.done_at) or track.is_past(order, now):
            return news
        known = self._outlook(server_id)
        if order.is_missed(seen.state):
            self._put(news, server_id, track.fallen(order, at))
            self._tell(news, server_id, EventKind.CRASHED, at, order=order)
        elif known.pushed is seen.state or (known.pushed_at or at) <= at:
            # That it is so was judged: no cache can say otherwise. All else may be of before.
            self._compare(news, Look(ref=seen.ref, state=seen.state, at=at, is_pushed=True))
            if not known.is_fresh and abs(now - at) > CACHED:
                # An earlier process has seen that, and nobody has looked since.
                self._outlooks[server_id] = replace(self._outlooks[server_id], is_fresh=False)
        return news

    def failed(self, error: PanelError, at: datetime) -> News:
        """Take in that there was no list; told when it was so twice in a row, as it was last.

        Another reason is told when it was so twice in a row as well.
        """
        news = News()
        if not self._presence.is_known:
            return news
        trouble = trouble_of(error)
        since, last = self._failing or (at, None)
        self._failing = (since, trouble)
        incident = self._going_on.get(IncidentKind.PANEL)
        if incident is None:
            if last is not None and not is_patience_asked(error, since, at):
                new = begun(IncidentKind.PANEL, self._panel_id, since)
                self._going_on.keep(news, replace(new, detail=trouble), at)
        elif last is trouble and incident.detail != trouble:
            self._going_on.keep(news, replace(incident, detail=trouble), at)
        return news

    def settle(self, at: datetime) -> News:
        """Tell what was pushed, was to hold for a moment, and has."""
        news = News()
        unsettled, self._unsettled = self._unsettled, set()
        for server_id in sorted(unsettled & self._tracks.keys()):
            look = has_held(self._outlook(server_id), self._ref(server_id), at)
            if look is not None:
                self._compare(news, look)
        return news

    def end(self, name: str, at: datetime) -> News:
        """Forget everything, with a last word of what goes on; `name` is that of the panel."""
        news = News(tracks=dict.fromkeys(map(self._ref, self._tracks)))
        for incident in self._going_on:
            self._going_on.close(news, replace(incident, detail=UNWATCHED), at)
        news.events = [replace(event, name=event.name or name) for event in news.events]
        return news

    @property
    def is_unsettled(self) -> bool:
        """Whether there is something to settle."""
        return bool(self._unsettled)

    def _ref(self, server_id: str) -> ServerRef:
        return ServerRef(self._panel_id, server_id)

    def _outlook(self, server_id: str) -> Outlook:
        return self._outlooks.get(server_id, Outlook())

    def _compare(self, news: News, look: Look) -> None:
        server_id = look.ref.server_id
        with self._apart("comparing %s", look.ref):
            track, outlook = self._tracks[server_id], self._outlook(server_id)
            order, renaming = self._order_of(server_id), self._renaming_of(server_id)
            found = compare(track, outlook, look, order, renaming=renaming)
            self._take_over(news, server_id, found)

    def _take_over(self, news: News, server_id: str, found: Compared) -> None:
        self._outlooks[server_id] = found.outlook
        if is_unsettled(found.outlook):
            self._unsettled.add(server_id)
        else:
            self._unsettled.discard(server_id)
        if found.is_order_done:
            news.done.append(server_id)
        if found.track is not self._tracks[server_id]:
            self._put(news, server_id, found.track)
        for event in found.events:
            flapping = self._going_on.get(IncidentKind.FLAPPING, server_id)
            track, incident = flapped(self._tracks[server_id], event, flapping)
            if track is not self._tracks[server_id]:
                self._put(news, server_id, track)
            if incident is not None:
                self._going_on.keep(news, incident, event.at)
                continue
            news.events.append(event)
            if flapping is not None:
                self._going_on.note(news, overtaken(flapping, event))

    def _put(self, news: News, server_id: str, track: Track) -> None:
        self._tracks[server_id] = news.tracks[self._ref(server_id)] = track

    def _come_and_go(self, news: News, listed: Mapping[str, Server], at: datetime) -> None:
        arrivals = self._presence.compare(
            self._tracks.keys(),
            listed.keys(),
            created=lambda server_id: self._creation_of(server_id, at) is not None,
            deleted=lambda server_id: self._deletion_of(server_id, at) is not None,
        )
        for server_id in arrivals.at_first_sight:
            self._begin(news, listed[server_id], at)
        for server_id, was_away in arrivals.removed:
            order = self._deletion_of(server_id, at)
            self._tell(news, server_id, EventKind.REMOVED, at, order=order, was_away=was_away)
            self._drop(news, server_id, at)
        for server_id, was_away in arrivals.added:
            order = self._creation_of(server_id, at)
            self._begin(news, listed[server_id], at)
            self._tell(news, server_id, EventKind.ADDED, at, order=order, was_away=was_away)

    def _deletion_of(self, server_id: str, at: datetime) -> Order | None:
        order = self._order_of(server_id)
        is_one = order and order.action is Action.DELETE and order.counts(Outlook(), at)
        return order if is_one else None

    def _begin(self, news: News, server: Server, at: datetime) -> None:
        server_id = server.ref.server_id
        track, self._outlooks[server_id] = first_sight(look_at(server, at))
        self._put(news, server_id, track)

    def _drop(self, news: News, server_id: str, at: datetime) -> None:
        """Forget a server; what went on with it alone is over."""
        for incident in [one for one in self._going_on if one.server_id == server_id]:
            self._going_on.close(news, replace(incident, detail=ServerState.DELETED), at)
        del self._tracks[server_id]
        self._outlooks.pop(server_id, None)
        self._fullness.forget(server_id)
        news.tracks[self._ref(server_id)] = None

    def _tell(
        self,
        news: News,
        server_id: str,
        kind: EventKind,
        at: datetime,
        *,
        order: Order | None,
        was_away: bool = False,
    ) -> None:
        event = Event(
            kind=kind,
            panel_id=self._panel_id,
            ref=self._ref(server_id),
            name=self._tracks[server_id].name,
            at=at,
            asker=order.asker if order else None,
            was_away=was_away and order is None,
        )
        news.events.append(event)
        if order and kind is not EventKind.ADDED:  # what is ordered of it since then goes on
            news.done.append(server_id)

    def _look_for_nodes(self, news: News, listed: Mapping[str, Server], at: datetime) -> None:
        nodes = [one for one in self._going_on if one.kind is IncidentKind.NODE]
        changed = self._reach.compare(
            self._panel_id, listed, known=self._tracks.keys(), open_ones=nodes, at=at
        )
        for incident in changed:
            (self._going_on.keep if incident.hidden else self._going_on.close)(news, incident, at)

    def _measure(self, news: News, server: Server, at: datetime) -> None:
        """Notice that memory or disk is nearly used up, twice in a row, or is no longer."""
        server_id, kind = server.ref.server_id, IncidentKind.THRESHOLD
        with self._apart("measuring %s", server.ref):
            for measure, percent in measured(server):
                incident = self._going_on.get(kind, server_id, measure)
                if incident is not None and is_eased(percent):
                    self._going_on.close(news, incident, at, percent=percent)
                elif incident is None and self._fullness.begins(server_id, measure, percent):
                    new = begun(kind, self._panel_id, at, server_id=server_id, measure=measure)
                    self._going_on.keep(news, new, at, percent=percent)

    def _calm(self, news: News, at: datetime) -> None:
        """End what has not changed for a while, and say how it stays."""
        for incident in self._going_on:
            track = self._tracks.get(incident.server_id or "")
            if track is not None and is_calm(incident, at):
                self._going_on.close(news, incident, at)
                news.events += last_change(incident, track)

"""What goes on at one panel: incidents that are not over. Decides not when one begins or ends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.incidents import key_of, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from bot.domain.changes import Incident, IncidentKind, News, Track
    from bot.domain.incidents import Key


class GoingOn:
    """Keeps them, and tells each of their words together with what is stored of them."""

    def __init__(
        self,
        incidents: Iterable[Incident],
        *,
        tracks: Mapping[str, Track],
        uses: Callable[[str], bool],
    ) -> None:
        self._incidents: dict[Key, Incident] = {key_of(one): one for one in incidents}
        self._tracks = tracks
        self._uses = uses
        """Whether a server may be named."""

    def __iter__(self) -> Iterator[Incident]:
        return iter(tuple(self._incidents.values()))

    def get(self, kind: IncidentKind, server_id: str = "", measure: str = "") -> Incident | None:
        """Return the one about a server, or without one about the panel."""
        return self._incidents.get((kind, server_id, measure))

    def keep(
        self, news: News, incident: Incident, at: datetime, *, percent: float | None = None
    ) -> None:
        """Store one that has begun or changed, and tell it."""
        word = told(incident, at, tracks=self._tracks, uses=self._uses)
        news.events.append(replace(word, percent=percent))
        self.note(news, replace(incident, told_at=incident.told_at or at))

    def note(self, news: News, incident: Incident) -> None:
        """Store one of which there is nothing new to tell."""
        self._incidents[key_of(incident)] = news.incidents[incident.id] = incident

    def close(
        self, news: News, incident: Incident, at: datetime, *, percent: float | None = None
    ) -> None:
        """Forget one, and tell that it is over."""
        word = told(incident, at, tracks=self._tracks, uses=self._uses, is_over=True)
        news.events.append(replace(word, percent=percent))
        del self._incidents[key_of(incident)]
        news.incidents[incident.id] = None

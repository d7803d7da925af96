"""What admins ask for about news, and how what they get is told to them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.errors import InvalidNews, NewsProblem
from bot.domain.events import Asker, Event, EventKind
from bot.domain.news import kinds_of

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.events import Preset
    from bot.domain.news import Mute, Subscription
    from bot.domain.servers import ServerRef

MOST = 50
"""Subscriptions, and mutes, that a guild may have."""
_SHOWN = (
    EventKind.CRASHED,
    EventKind.STOPPED,
    EventKind.ACTION,
    EventKind.STARTED,
    EventKind.RESTARTED,
    EventKind.UNREACHABLE,
    EventKind.RECOVERED,
    EventKind.FLAPPING,
    EventKind.THRESHOLD,
    EventKind.SUSPENDED,
    EventKind.UNSUSPENDED,
    EventKind.INSTALL_FAILED,
    EventKind.INSTALLING,
    EventKind.INSTALLED,
    EventKind.ADDED,
    EventKind.REMOVED,
    EventKind.RENAMED,
)
"""Of which kinds examples are shown first."""


class Without(StrEnum):
    """What a subscription is to lose."""

    MENTION = "mention"
    PLACE = "place"
    """It is about all servers then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsWish:
    """What a new subscription is to be, or what of an old one is to be changed."""

    channel_id: int | None = None
    events: frozenset[EventKind | Preset] | None = None
    server: str | None = None
    """As typed or picked, like `panel`."""
    panel: str | None = None
    mention_role_id: int | None = None
    without: Without | None = None

    def check(self, guild_id: int) -> None:
        """Raise `InvalidNews` where it contradicts itself, or mentions everybody."""
        if self.server and self.panel:
            raise InvalidNews(NewsProblem.PLACE)
        given = {Without.MENTION: self.mention_role_id, Without.PLACE: self.server or self.panel}
        if self.without is not None and given[self.without]:
            raise InvalidNews(NewsProblem.BOTH_WAYS)
        if self.mention_role_id == guild_id:
            raise InvalidNews(NewsProblem.EVERYBODY)


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteWish:
    """What is to be muted, as typed or picked; neither server nor panel is all."""

    server: str | None = None
    panel: str | None = None
    lasts: timedelta | None = None
    """None is until somebody ends it."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NamedSubscription:
    """A subscription with the names of what it is about; None where that is not to be found."""

    subscription: Subscription
    panel: str | None = None
    server: str | None = None


@dataclass(frozen=True, slots=True)
class NamedMute:
    """A mute with the names of what it is about; None where that is not to be found."""

    mute: Mute
    panel: str | None = None
    server: str | None = None


def edited(
    old: Subscription, wanted: NewsWish, place: tuple[str | None, str | None]
) -> Subscription:
    """Return it with what was wished for; `place` is what that means by a server or panel."""
    new = old
    if wanted.without is Without.MENTION:
        new = replace(new, mention_role_id=None)
    if wanted.server or wanted.panel or wanted.without is Without.PLACE:
        new = replace(new, panel_id=place[0], server_id=place[1])
    if wanted.channel_id not in (None, old.channel_id):
        # Whatever was in the way was so in the other channel.
        new = replace(new, channel_id=wanted.channel_id, pause=None)
    return replace(
        new,
        events=wanted.events or new.events,
        mention_role_id=wanted.mention_role_id or new.mention_role_id,
    )


def summary(subscription: Subscription) -> str:
    """Return one line for the audit."""
    events = "; ".join(sorted(subscription.events))
    text = f"channel {subscription.channel_id} · {events}"
    role_id = subscription.mention_role_id
    return text if role_id is None else f"{text} · role {role_id}"


def mute_summary(mute: Mute) -> str:
    """Return one line for the audit; the reason in it is not to be trusted, nor ends a part."""
    parts = []
    if mute.until is not None:
        parts.append(f"until {mute.until:%Y-%m-%d %H:%M} UTC")
    if mute.reason:
        parts.append(mute.reason.replace("·", "-"))
    return " · ".join(parts)


def examples(  # noqa: PLR0913 - what an event says
    subscription: Subscription,
    ref: ServerRef,
    name: str,
    *,
    asker: Asker,
    at: datetime,
    most: int,
    sees_crashes: bool,
) -> tuple[Event, ...]:
    """Return some events that it would be told, made up about a server.

    Where nobody sees that it crashes, it stops.
    """
    kinds = kinds_of(subscription.events)
    if EventKind.CRASHED in kinds and not sees_crashes:
        kinds = kinds - {EventKind.CRASHED} | {EventKind.STOPPED}
    shown = [kind for kind in _SHOWN if kind in kinds][:most]
    return tuple(_example(kind, ref, name, asker=asker, at=at) for kind in shown)


def _example(kind: EventKind, ref: ServerRef, name: str, *, asker: Asker, at: datetime) -> Event:
    was_asked = kind in (EventKind.STARTED, EventKind.RESTARTED, EventKind.ACTION)
    is_over = kind is EventKind.RECOVERED
    return Event(
        kind=kind,
        panel_id=ref.panel_id,
        ref=ref,
        name=name,
        at=at,
        asker=asker if was_asked else None,
        since=at - timedelta(minutes=5) if is_over else at,
        is_over=is_over,
        count=6 if kind is EventKind.FLAPPING else 0,
        former_name="Lobby" if kind is EventKind.RENAMED else None,
        measure="memory" if kind is EventKind.THRESHOLD else None,
        percent=97.0 if kind is EventKind.THRESHOLD else None,
        action=Action.RESTART if kind is EventKind.ACTION else None,
        outcome=Outcome.DONE if kind is EventKind.ACTION else None,
        is_test=True,
    )

"""What a subscription would tell, and what keeps it from that. Changes nothing; asks no right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.events import Asker, EventKind
from bot.domain.news import kinds_of
from bot.domain.notify import NamedMute, examples
from bot.domain.servers import ServerRef
from bot.services.hearing import sees_crashes

if TYPE_CHECKING:
    from bot.domain.access import Actor
    from bot.domain.events import Event
    from bot.domain.news import Mute, Subscription
    from bot.domain.ports import Clock
    from bot.services.directory import ServerDirectory
    from bot.services.panels import PanelRegistry
    from bot.services.places import Places
    from bot.services.subscriptions import SubscriptionService

_EXAMPLES = 2


class NewsPreview:
    """For those who may configure the bot: they may know of every server."""

    def __init__(
        self,
        *,
        subscriptions: SubscriptionService,
        panels: PanelRegistry,
        directory: ServerDirectory,
        places: Places,
        clock: Clock,
    ) -> None:
        self._subscriptions = subscriptions
        self._panels = panels
        self._directory = directory
        self._places = places
        self._clock = clock

    def examples(
        self, actor: Actor, subscription: Subscription, *, most: int = _EXAMPLES
    ) -> tuple[Event, ...]:
        """Return what it would be told, made up about one of its servers."""
        ref, name = self._example(subscription)
        entry = self._panels.get(ref.panel_id)
        return examples(
            subscription,
            ref,
            name,
            asker=Asker(actor.user_id, actor.guild_id),
            at=self._clock.now(),
            most=most,
            sees_crashes=entry is None or sees_crashes(entry),
        )

    async def going_on(self, subscription: Subscription) -> list[Event]:
        """Return the newest word of what goes on now and is about it."""
        return await self._subscriptions.going_on(subscription)

    def blind_panels(self, subscription: Subscription) -> list[str]:
        """Return the names of its panels that do not tell a crash from a stop."""
        if EventKind.CRASHED not in kinds_of(subscription.events):
            return []
        return [
            entry.name
            for entry in self._panels.of_guild(subscription.guild_id)
            if subscription.panel_id in (None, entry.panel_id) and not sees_crashes(entry)
        ]

    def mutes_on(self, news: Subscription | Mute) -> list[NamedMute]:
        """Return the mutes that keep back some of what it tells, or has kept back, or all."""
        mutes = self._subscriptions.mutes.of_guild(news.guild_id)
        return [self.named_mute(mute) for mute in mutes if mute.touches(news)]

    def named_mute(self, mute: Mute) -> NamedMute:
        """Return a mute with the names of what it is about."""
        return NamedMute(mute, *self._places.names(mute.guild_id, mute.panel_id, mute.server_id))

    def _example(self, subscription: Subscription) -> tuple[ServerRef, str]:
        """Return a server that it is about, or one that nobody has."""
        for entry in self._panels.of_guild(subscription.guild_id):
            if subscription.panel_id in (None, entry.panel_id):
                for server in self._directory.servers_of(entry.panel_id):
                    server_id = server.ref.server_id
                    if entry.uses(server_id) and subscription.server_id in (None, server_id):
                        return server.ref, server.name
        return ServerRef(subscription.panel_id or "", subscription.server_id or ""), "Survival"

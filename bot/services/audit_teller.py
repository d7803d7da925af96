"""Tells each guild's audit channel what happened, in order, once. Knows nothing of Discord."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.channels import ChannelLost, WordsRefused
from bot.domain.guilds import Told
from bot.services.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.audit import AuditEntry
    from bot.domain.guild_ports import AuditChannel, AuditCursor, AuditHistory
    from bot.domain.guilds import GuildSettings
    from bot.domain.ports import Clock
    from bot.services.settings import SettingsService

log = logging.getLogger(__name__)

_PER_MESSAGE = 6


class AuditTeller:
    """One worker for each guild in whose audit channel something is to be told.

    How far it came is stored before a message goes out and after it has arrived. After a crash
    between the two the very same message is sent with the same nonce, and Discord shows it once.
    """

    def __init__(
        self,
        *,
        history: AuditHistory,
        cursors: AuditCursor,
        settings: SettingsService,
        clock: Clock,
    ) -> None:
        self._history = history
        self._cursors = cursors
        self._settings = settings
        self._workers: Workers[int] = Workers("telling the audit of guild %d", clock)
        self._lost: set[int] = set()
        """Guilds whose channel was found lost, or to take no words, which was said."""

    def wake(self, guild_id: int) -> None:
        """Look again at what a guild is to be told, and where."""
        if self._settings.of(guild_id).audit_channel_id is None:
            self._lost.discard(guild_id)
        else:
            self._workers.wake([guild_id])

    async def run(self, channel: AuditChannel) -> None:
        """Tell until cancelled."""
        self._workers.wake(each.guild_id for each in self._settings.with_audit_channel())
        await self._workers.run(partial(self._tell_some, channel))

    async def _tell_some(self, channel: AuditChannel, guild_id: int) -> float | None:
        """Send one message, if there is any; returns 0 if there may be another, None if not."""
        settings = self._settings.of(guild_id)
        if settings.audit_channel_id is None:
            return None
        told = await self._cursors.told(guild_id)
        if told is None:
            return None
        entries = await self._history.ended_after(guild_id, told.upto, _PER_MESSAGE)
        last = told.on_its_way
        if last is not None:
            entries = [entry for entry in entries if (entry.id or 0) <= last]
        elif entries:
            last = entries[-1].id
            await self._cursors.move(guild_id, Told(told.upto, last))
        if last is None:
            return None
        # Of what was on its way nothing may be left, if it is too old to be kept.
        if entries and not await self._post(channel, settings, entries, nonce=f"audit-{last}"):
            return None
        await self._cursors.move(guild_id, Told(last))
        return 0.0

    async def _post(
        self,
        channel: AuditChannel,
        settings: GuildSettings,
        entries: Sequence[AuditEntry],
        *,
        nonce: str,
    ) -> bool:
        """Return whether it has arrived; where the channel does not take it, say so once."""
        guild_id = settings.guild_id
        try:
            await channel.post(settings, entries, nonce=nonce)
        except (ChannelLost, WordsRefused) as lost:
            if guild_id not in self._lost:
                self._lost.add(guild_id)
                log.warning(
                    "nothing can be told in audit channel %s of guild %d (%s); "
                    "nothing is lost, and it goes on as soon as it may",
                    settings.audit_channel_id,
                    guild_id,
                    lost,
                )
            return False
        self._lost.discard(guild_id)
        return True

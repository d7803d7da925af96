"""Tells each guild's audit channel what happened, in order, once. Knows nothing of Discord."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.domain.errors import StorageUnavailable
from bot.domain.guild_ports import Posting
from bot.domain.guilds import Told
from bot.services.background import outliving

if TYPE_CHECKING:
    from bot.domain.guild_ports import AuditChannel, AuditCursor, AuditHistory
    from bot.domain.guilds import GuildSettings
    from bot.domain.ports import Clock
    from bot.services.settings import SettingsService

log = logging.getLogger(__name__)

_PER_MESSAGE = 6
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0


class AuditTeller:
    """One worker for each guild that has an audit channel.

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
        self._clock = clock
        self._wakes: dict[int, asyncio.Event] = {}
        self._new: asyncio.Queue[int] = asyncio.Queue()
        self._lost: set[int] = set()

    def wake(self, guild_id: int) -> None:
        """Look again at what a guild is to be told, and where."""
        if guild_id in self._wakes:
            self._wakes[guild_id].set()
        elif self._settings.of(guild_id).audit_channel_id is not None:
            self._wakes[guild_id] = asyncio.Event()
            self._wakes[guild_id].set()
            self._new.put_nowait(guild_id)

    async def run(self, channel: AuditChannel) -> None:
        """Tell until cancelled."""
        for settings in self._settings.with_audit_channel():
            self.wake(settings.guild_id)
        async with asyncio.TaskGroup() as group:
            while True:
                guild_id = await self._new.get()
                group.create_task(self._serve(guild_id, channel), name=f"audit of {guild_id}")

    async def _serve(self, guild_id: int, channel: AuditChannel) -> None:
        wake = self._wakes[guild_id]
        while self._settings.of(guild_id).audit_channel_id is not None:
            await wake.wait()
            wake.clear()
            with outliving("telling the audit of guild %d", guild_id):
                await self._catch_up(guild_id, channel)
        del self._wakes[guild_id]
        self._lost.discard(guild_id)

    async def _catch_up(self, guild_id: int, channel: AuditChannel) -> None:
        pause = _FIRST_PAUSE
        while (settings := self._settings.of(guild_id)).audit_channel_id is not None:
            try:
                posting = await self._tell_some(settings, channel)
            except StorageUnavailable as error:
                log.warning("the audit of guild %d cannot be read: %s", guild_id, error)
                posting = Posting.LATER
            if posting is None:
                return
            if posting is Posting.LOST:
                self._pause(settings)
                return
            if posting is Posting.LATER:
                await self._clock.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                pause = _FIRST_PAUSE
                self._lost.discard(guild_id)

    async def _tell_some(self, settings: GuildSettings, channel: AuditChannel) -> Posting | None:
        """Send one message; None if there is nothing to tell."""
        guild_id = settings.guild_id
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
        posting = Posting.DONE
        if entries:
            posting = await channel.post(settings, entries, nonce=f"audit-{last}")
        if posting is Posting.DONE:
            await self._cursors.move(guild_id, Told(last))
        return posting

    def _pause(self, settings: GuildSettings) -> None:
        if settings.guild_id not in self._lost:
            self._lost.add(settings.guild_id)
            log.warning(
                "the audit channel %s of guild %d is gone, or the bot may not write there; "
                "nothing is lost, and it goes on as soon as it may",
                settings.audit_channel_id,
                settings.guild_id,
            )

"""Deletes once a day what is kept no longer. Nothing else depends on when that happens."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.errors import StorageUnavailable
from bot.services.background import outliving

if TYPE_CHECKING:
    from bot.domain.guild_ports import Leftovers
    from bot.domain.ports import Clock
    from bot.services.guild_life import GuildLife
    from bot.services.guild_panels import GuildPanels

log = logging.getLogger(__name__)

_DAY, _HOUR = 86_400.0, 3_600.0
_KEEP_NEWS = timedelta(days=30)
"""Also what waits for a channel that is lost: nobody wants to hear of it after that."""


class Housekeeping:
    """Old audit entries, rules and panels that were removed, guilds that were left."""

    def __init__(
        self,
        *,
        leftovers: Leftovers,
        life: GuildLife,
        panels: GuildPanels,
        clock: Clock,
        keep_audit: timedelta,
    ) -> None:
        self._leftovers = leftovers
        self._life = life
        self._panels = panels
        self._clock = clock
        self._keep_audit = keep_audit

    async def run(self) -> None:
        """Clean up now and then every day, until cancelled."""
        while True:
            pause = _HOUR
            with outliving("cleaning up the database"):
                try:
                    await self.clean_up()
                    pause = _DAY
                except StorageUnavailable as error:
                    log.warning(
                        "could not clean up the database, trying again in an hour: %s", error
                    )
            await self._clock.sleep(pause)

    async def clean_up(self) -> None:
        """Delete what is too old."""
        too_old = self._clock.now() - self._keep_audit
        count = await self._leftovers.drop_audit(too_old)
        if count:
            log.info("deleted %d old entries of the audit", count)
        # An ended rule is kept as long as an entry may say that it decided.
        await self._leftovers.drop_rules(too_old)
        await self._leftovers.drop_news(self._clock.now() - _KEEP_NEWS)
        await self._panels.purge()
        await self._life.delete_overdue()

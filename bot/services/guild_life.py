"""Guilds, roles and channels that come and go, and what becomes of what is stored about them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.access import Actor, Subject
from bot.domain.audit import Change, Door, Outcome
from bot.domain.guilds import KEPT
from bot.domain.servers import ServerRef
from bot.services.audit import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.domain.guild_ports import GuildData
    from bot.domain.ports import Clock
    from bot.services.access import AccessService
    from bot.services.audit import AuditService
    from bot.services.board_keeper import BoardKeeper
    from bot.services.gate import Gate
    from bot.services.guild_panels import GuildPanels
    from bot.services.settings import SettingsService
    from bot.services.subscriptions import SubscriptionService

log = logging.getLogger(__name__)

NOBODY = 0
"""Stands for the user of an entry whose door is `ITSELF`."""


@dataclass(frozen=True, slots=True)
class Presence:
    """What there is in a guild, by ids."""

    role_ids: frozenset[int]
    channel_ids: frozenset[int]


class GuildLife:
    """Keeps what is stored for 30 days after the bot was removed, and leaves nothing dangling."""

    def __init__(  # noqa: PLR0913 - whatever keeps something of guilds
        self,
        *,
        data: GuildData,
        panels: GuildPanels,
        access: AccessService,
        settings: SettingsService,
        subscriptions: SubscriptionService,
        boards: BoardKeeper,
        audit: AuditService,
        clock: Clock,
    ) -> None:
        self._data = data
        self._panels = panels
        self._access = access
        self._settings = settings
        self._subscriptions = subscriptions
        self._boards = boards
        self._audit = audit
        self._clock = clock

    async def compare(self, look: Callable[[], Mapping[int, Presence | None]]) -> None:
        """Make up for what happened while the bot was away.

        `look` tells all guilds that it is in; None is one that Discord does not show for now. It
        is called after what is stored was read: what is made meanwhile is not taken for gone.
        """
        known = await self._data.known()
        present = look()
        for guild_id, left_at in known.items():
            if guild_id in present and left_at is not None:
                await self._come_back(guild_id, left_at)
            elif guild_id not in present and left_at is None:
                await self.left(guild_id)
            elif guild_id not in present:
                await self._panels.attend(guild_id, is_here=False)
        await self._data.meet(present.keys() - known.keys())
        named = await self._data.roles()
        for guild_id, presence in look().items():
            if presence is not None:
                await self._tidy(guild_id, presence, named.get(guild_id, frozenset()))

    async def left(self, guild_id: int) -> None:
        """Note that the bot was removed from a guild."""
        await self._panels.attend(guild_id, is_here=False)
        await self._data.set_left(guild_id, self._clock.now())
        log.info("removed from guild %d; its data is kept for %d days", guild_id, KEPT.days)

    async def joined(self, guild_id: int, look: Callable[[], Presence]) -> None:
        """Take a guild up, perhaps again: its roles and channels may be others by now."""
        left_at = (await self._data.known()).get(guild_id)
        if left_at is not None:
            await self._come_back(guild_id, left_at)
        await self._data.meet({guild_id})
        named = await self._data.roles()
        await self._tidy(guild_id, look(), named.get(guild_id, frozenset()))

    async def role_deleted(self, guild_id: int, role_id: int, *, name: str | None = None) -> None:
        """End the rules about a role that is gone; `name` is what it was called, where known.

        News that mention it are told without.
        """
        if name is None:
            rules = await self._access.rules_of(guild_id)
            about = [r for r in rules if (r.subject, r.subject_id) == (Subject.ROLE, role_id)]
            name = next((rule.subject_name for rule in reversed(about) if rule.subject_name), "")
        count = await self._access.forget_subject(guild_id, Subject.ROLE, role_id)
        if count:
            detail = f"role deleted · {count} rules"
            await self._note(guild_id, Change.RULE_REMOVED, name=name, detail=detail)
        if await self._subscriptions.role_deleted(guild_id, role_id):
            await self._note(guild_id, Change.NEWS_EDITED, name=name, detail="role deleted")

    async def channel_deleted(self, guild_id: int, channel_id: int) -> None:
        """Pause what was told in a channel that is gone."""
        if self._settings.of(guild_id).audit_channel_id == channel_id:
            await self._settings.lose_audit_channel(guild_id)
            log.warning("the audit channel of guild %d was deleted; it is paused", guild_id)

    async def delete_overdue(self) -> None:
        """Delete the data of guilds that the bot was removed from long ago."""
        for guild_id, left_at in (await self._data.known()).items():
            if left_at is not None and self._is_overdue(left_at):
                await self.delete(guild_id)

    async def delete(self, guild_id: int) -> None:
        """Delete everything of a guild; half done it can be repeated."""
        # Before, so that what ends meanwhile leaves nothing; after, so that nothing is remembered.
        self._audit.forget(guild_id)
        await self._panels.forget_guild(guild_id)
        await self._access.delete_guild(guild_id)
        await self._data.delete(guild_id)
        self._settings.forget(guild_id)
        self._subscriptions.forget(guild_id)
        self._boards.forget(guild_id)
        self._audit.forget(guild_id)
        log.info("deleted the data of guild %d", guild_id)

    async def _come_back(self, guild_id: int, left_at: datetime) -> None:
        if self._is_overdue(left_at):
            await self.delete(guild_id)
        else:
            await self._data.set_left(guild_id, None)
            await self._panels.attend(guild_id, is_here=True)
            log.info("back in guild %d, whose data was kept", guild_id)

    async def _tidy(self, guild_id: int, presence: Presence, named: frozenset[int]) -> None:
        for role_id in (named | self._subscriptions.roles_of(guild_id)) - presence.role_ids:
            await self.role_deleted(guild_id, role_id)
        channel_id = self._settings.of(guild_id).audit_channel_id
        if channel_id is not None and channel_id not in presence.channel_ids:
            await self.channel_deleted(guild_id, channel_id)

    def _is_overdue(self, left_at: datetime) -> bool:
        return left_at + KEPT <= self._clock.now()

    async def _note(self, guild_id: int, change: Change, *, name: str, detail: str) -> None:
        attempt = Attempt(
            actor=Actor(NOBODY, guild_id),
            action=change,
            ref=ServerRef("", ""),
            name=name,
            door=Door.ITSELF,
            at=self._clock.now(),
            detail=detail,
        )
        await self._audit.record(attempt, Outcome.DONE)


class DataDeletion:
    """What an admin may do who wants everything of the guild to be gone."""

    def __init__(self, life: GuildLife, gate: Gate, audit: AuditService) -> None:
        self._life = life
        self._gate = gate
        self._audit = audit

    async def check(self, actor: Actor, *, door: Door) -> None:
        """Raise what `delete` would raise at once; changes nothing."""
        await self._gate.admit_manager(actor, Change.DATA_DELETED, name="", door=door)

    async def delete(self, actor: Actor, *, door: Door) -> None:
        """Delete all that is stored of the guild; then only that it was done is written down."""
        attempt = await self._gate.admit_manager(actor, Change.DATA_DELETED, name="", door=door)
        await self._life.delete(actor.guild_id)
        await self._audit.record(attempt, Outcome.DONE)

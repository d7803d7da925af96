"""What each guild has chosen, in memory, and how that is changed. Renders nothing."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from bot.domain.audit import Change, Outcome
from bot.domain.guilds import Confirm, GuildSettings, Setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.access import Actor
    from bot.domain.audit import Door
    from bot.domain.guild_ports import AuditCursor, AuditHistory, SettingsRepository
    from bot.services.audit import AuditService
    from bot.services.gate import Gate

_DEFAULTS = {field.name: field.default for field in fields(GuildSettings)}


class SettingsService:
    """Every guild's choices; all are read once, so that none costs a look into the database."""

    def __init__(
        self,
        *,
        repository: SettingsRepository,
        cursors: AuditCursor,
        history: AuditHistory,
        gate: Gate,
        audit: AuditService,
    ) -> None:
        self._repository = repository
        self._cursors = cursors
        self._history = history
        self._gate = gate
        self._audit = audit
        self._settings: dict[int, GuildSettings] = {}
        self._listeners: list[Callable[[int], None]] = []

    async def load(self) -> None:
        """Read what is stored; before that all guilds have the defaults."""
        self._settings = {chosen.guild_id: chosen for chosen in await self._repository.all()}

    def listen(self, listener: Callable[[int], None]) -> None:
        """Call it with the guild's id after each change."""
        self._listeners.append(listener)

    def of(self, guild_id: int) -> GuildSettings:
        """Return what a guild has chosen."""
        return self._settings.get(guild_id) or GuildSettings(guild_id=guild_id)

    def with_audit_channel(self) -> list[GuildSettings]:
        """Return those that have an audit channel."""
        return [chosen for chosen in self._settings.values() if chosen.audit_channel_id is not None]

    async def check(self, actor: Actor, *, door: Door) -> GuildSettings:
        """Return what the guild of the actor has chosen, or raise `NotAllowed`."""
        await self._gate.admit_manager(actor, Change.SETTINGS, name="", door=door)
        return self.of(actor.guild_id)

    async def change(
        self, actor: Actor, setting: Setting, value: str | int | None, *, door: Door
    ) -> GuildSettings:
        """Set one choice, None for the default; raises `NotAllowed` and `StorageUnavailable`."""
        guild_id = actor.guild_id
        attempt = await self._gate.admit_manager(
            actor,
            Change.SETTINGS,
            name=setting,
            door=door,
            detail=None if value is None else str(value),
        )
        if setting is Setting.AUDIT_CHANNEL and value is not None:
            # Before the channel, so that there is no channel without a beginning.
            await self._cursors.begin(guild_id, await self._history.newest_id(guild_id))
        await self._put(guild_id, setting, value)
        if setting is Setting.AUDIT_CHANNEL:
            if value is None:
                await self._cursors.end(guild_id)
            self._settings[guild_id] = replace(self.of(guild_id), audit_channel_lost=False)
        await self._audit.record(attempt, Outcome.DONE)
        self._tell(guild_id)
        return self.of(guild_id)

    async def lose_audit_channel(self, guild_id: int) -> None:
        """Note that the channel is gone; what happens from now on waits for another."""
        await self._put(guild_id, Setting.AUDIT_CHANNEL, None)
        self._settings[guild_id] = replace(self.of(guild_id), audit_channel_lost=True)
        self._tell(guild_id)

    def forget(self, guild_id: int) -> None:
        """Take up the defaults again: what was stored is deleted."""
        self._settings.pop(guild_id, None)
        self._tell(guild_id)

    async def _put(self, guild_id: int, setting: Setting, value: str | int | None) -> None:
        await self._repository.change(guild_id, setting, value)
        chosen: Any = _DEFAULTS[setting] if value is None else value
        if setting is Setting.CONFIRM:
            chosen = Confirm(chosen)
        # Read only now: somebody else may have changed another one meanwhile.
        self._settings[guild_id] = replace(self.of(guild_id), **{setting.value: chosen})

    def _tell(self, guild_id: int) -> None:
        for listener in self._listeners:
            listener(guild_id)

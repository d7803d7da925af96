"""Writes down every attempt and remembers the latest one of each server. Decides nothing."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import AuditEntry, Outcome
from bot.domain.errors import OutcomeUnknown, PanelError, StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from bot.domain.access import Actor
    from bot.domain.audit import Change, Door
    from bot.domain.ports import AuditLog, Clock
    from bot.domain.servers import ServerRef

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What somebody asked for, before its outcome is known."""

    actor: Actor
    action: Action | Change
    ref: ServerRef
    """Without a server id where it is about a panel, without both where nothing was found."""
    name: str
    """Of the server as last known, of the panel, or what was typed."""
    door: Door
    at: datetime
    detail: str | None = None
    rule_id: int | None = None


class AuditService:
    """Appends entries; a lost row is logged in full, and never stops the action itself."""

    def __init__(self, audit_log: AuditLog, clock: Clock) -> None:
        self._log = audit_log
        self._clock = clock
        self._latest: dict[tuple[int, ServerRef], AuditEntry | None] = {}
        self._listeners: list[Callable[[int], None]] = []

    def listen(self, listener: Callable[[int], None]) -> None:
        """Call it with the guild's id after each new row."""
        self._listeners.append(listener)

    async def end_interrupted(self) -> None:
        """Say of all that was on its way when the bot was last ended that nobody saw the end.

        To be called before anything is on its way again.
        """
        try:
            for entry in await self._log.unended():
                detail = " · ".join(filter(None, (entry.detail, "interrupted")))
                end = replace(entry, id=None, outcome=Outcome.UNKNOWN, detail=detail, duration=None)
                await self._log.add(end)
        except StorageUnavailable as error:
            log.warning("could not end what was interrupted, the next start will: %s", error)

    async def record(self, attempt: Attempt, outcome: Outcome, detail: str | None = None) -> None:
        """Write how an attempt ended; `detail` is what went wrong."""
        entry = AuditEntry(
            at=attempt.at,
            guild_id=attempt.actor.guild_id,
            user_id=attempt.actor.user_id,
            action=attempt.action,
            ref=attempt.ref,
            server_name=attempt.name,
            door=attempt.door,
            outcome=outcome,
            rule_id=attempt.rule_id,
            detail=" · ".join(filter(None, (attempt.detail, detail))) or None,
            duration=self._clock.now() - attempt.at,
        )
        if outcome not in (Outcome.DENIED, Outcome.REFUSED) and attempt.action is not Action.LOGS:
            self._latest[entry.guild_id, entry.ref] = entry
        try:
            await self._log.add(entry)
        except StorageUnavailable:
            log.exception("audit row not stored: %r", entry)
        for listener in self._listeners:
            listener(entry.guild_id)

    @asynccontextmanager
    async def recorded(
        self, attempt: Attempt, *, done: Outcome = Outcome.DONE
    ) -> AsyncIterator[None]:
        """Write down how the call of a panel in the block ended, cut short as well."""
        outcome, detail = Outcome.UNKNOWN, None
        try:
            yield
            outcome = done
        except PanelError as error:
            if not isinstance(error, OutcomeUnknown):
                outcome = Outcome.FAILED
            detail = str(error)
            if error.changed:
                detail += f" · changed already: {', '.join(error.changed)}"
            raise
        finally:
            await self.record(attempt, outcome, detail)

    async def latest(self, guild_id: int, ref: ServerRef) -> AuditEntry | None:
        """Return the newest attempt from this guild that reached the panel, but to look at it."""
        key = (guild_id, ref)
        if key not in self._latest:
            self._latest[key] = await self._log.latest(guild_id, ref)
        return self._latest[key]

    def forget(self, guild_id: int) -> None:
        """Forget a guild's newest attempts: what was stored is deleted."""
        self._latest = {key: entry for key, entry in self._latest.items() if key[0] != guild_id}

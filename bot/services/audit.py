"""Writes down every attempt and remembers the latest one of each server. Decides nothing."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import AuditEntry, Change, Outcome
from bot.domain.errors import OutcomeUnknown, PanelError, StorageUnavailable
from bot.services.background import outliving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection
    from datetime import datetime, timedelta

    from bot.domain.access import Actor
    from bot.domain.audit import Door
    from bot.domain.ports import AuditLog, Clock
    from bot.domain.servers import ServerRef

    Add = Callable[[AuditEntry], Awaitable[None]]
    """Stores a row, and in the same moment whatever else must not be without it."""

log = logging.getLogger(__name__)

_MOST_OWED = 1_000
_RETRY_SECONDS = 5.0


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
    """Appends entries: what an order begins with before it is given, what became of it after.

    An end that cannot be stored is logged in full, and kept until the database answers again. One
    that it does not take then is logged once more, with the reason, and given up.
    """

    def __init__(self, audit_log: AuditLog, clock: Clock) -> None:
        self._log = audit_log
        self._clock = clock
        self._latest: dict[tuple[int, ServerRef], AuditEntry | None] = {}
        self._listeners: list[Callable[[int], None]] = []
        self._readers: list[Callable[[AuditEntry], None]] = []
        self._owed: deque[tuple[AuditEntry, Add]] = deque(maxlen=_MOST_OWED)
        """What could not be stored so far, oldest first."""
        self._paying = asyncio.Lock()
        self._deleted_at: dict[int, datetime] = {}
        """By guild: what began before that is written down no more."""

    def listen(self, listener: Callable[[int], None]) -> None:
        """Call it with the guild's id after each new row."""
        self._listeners.append(listener)

    def read_by(self, reader: Callable[[AuditEntry], None]) -> None:
        """Call it with each entry, also with one that cannot be stored yet."""
        self._readers.append(reader)

    async def end_interrupted(self, but: Collection[Attempt] = ()) -> None:
        """Say of all that was on its way when the bot was last ended that nobody saw the end.

        To be called before anything new is on its way; `but` is what somebody goes on with.
        """
        goes_on = {(each.actor.guild_id, each.ref, each.action, each.at) for each in but}
        try:
            for entry in await self._log.unended():
                if (entry.guild_id, entry.ref, entry.action, entry.at) in goes_on:
                    continue
                detail = " · ".join(filter(None, (entry.detail, "interrupted")))
                end = replace(entry, id=None, outcome=Outcome.UNKNOWN, detail=detail, duration=None)
                await self._log.add(end)
        except StorageUnavailable as error:
            log.warning("could not end what was interrupted, the next start will: %s", error)

    async def run(self) -> None:
        """Store what is owed as soon as that can be done, until cancelled."""
        while True:
            await self._clock.sleep(_RETRY_SECONDS)
            await self.close()

    async def close(self) -> None:
        """Store what is owed, if that can be done now."""
        try:
            await self._pay()
        except StorageUnavailable as error:
            log.warning("%d audit rows cannot be stored yet: %s", len(self._owed), error)

    def entry(self, attempt: Attempt) -> AuditEntry:
        """Return the row of an order that is about to be given."""
        return self._entry(attempt, Outcome.SENT)

    async def begin(self, attempt: Attempt, add: Add | None = None) -> None:
        """Write an order down before it is given; `add` stores the row with something else.

        Raises `StorageUnavailable`: then it must not be given.
        """
        entry = self.entry(attempt)
        await self._pay()
        await (add or self._log.add)(entry)
        self._note(entry)

    async def record(
        self,
        attempt: Attempt,
        outcome: Outcome,
        detail: str | None = None,
        *,
        after: timedelta | None = None,
        add: Add | None = None,
    ) -> None:
        """Write how an attempt ended; `detail` is what went wrong, `after` how long it took.

        Without `after` it has ended just now.
        `add` stores the row with something else, now or as soon as the database answers.
        """
        if self._is_deleted(attempt):
            return
        entry, add = self._entry(attempt, outcome, detail), add or self._log.add
        if after is not None:
            entry = replace(entry, duration=after)
        if self._owed:
            # Behind those; nobody waits for a database that does not answer.
            self._owe(entry, add)
        else:
            try:
                await add(entry)
            except StorageUnavailable:
                self._owe(entry, add)
        self._note(entry)

    def record_later(self, attempt: Attempt, outcome: Outcome, detail: str) -> None:
        """Write how an attempt ended once the database, which just did not, answers again."""
        if self._is_deleted(attempt):
            return
        entry = self._entry(attempt, outcome, detail)
        self._owe(entry, self._log.add)
        self._note(entry)

    @asynccontextmanager
    async def recorded(
        self, attempt: Attempt, *, done: Outcome = Outcome.DONE
    ) -> AsyncIterator[None]:
        """Write down how the call of a panel in the block ended, cut short as well.

        An order is written down before as well, and refused with `StorageUnavailable` where that
        cannot be done.
        """
        if attempt.action is not Action.LOGS:
            try:
                await self.begin(attempt)
            except StorageUnavailable as error:
                await self.record(attempt, Outcome.REFUSED, str(error))
                raise
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
        """Forget a guild's attempts, and those that have not ended: what was stored is deleted."""
        self._deleted_at[guild_id] = self._clock.now()
        self._latest = {key: entry for key, entry in self._latest.items() if key[0] != guild_id}
        kept = [owed for owed in self._owed if owed[0].guild_id != guild_id]
        self._owed = deque(kept, maxlen=_MOST_OWED)

    def _is_deleted(self, attempt: Attempt) -> bool:
        """Whether it belongs to what a guild let delete; that this was done stays."""
        deleted_at = self._deleted_at.get(attempt.actor.guild_id)
        is_before = deleted_at is not None and attempt.at < deleted_at
        return is_before and attempt.action is not Change.DATA_DELETED

    def _owe(self, entry: AuditEntry, add: Add) -> None:
        log.error("audit row not stored yet: %r", entry)
        self._owed.append((entry, add))

    async def _pay(self) -> None:
        async with self._paying:
            while self._owed:
                owed = entry, add = self._owed[0]
                away: StorageUnavailable | None = None
                # What can never be stored is in the way of no other row, and of no order.
                with outliving("storing %r", entry):
                    try:
                        await add(entry)
                        self._tell(entry)
                    except StorageUnavailable as error:
                        away = error
                if away is not None:
                    raise away
                if self._owed and self._owed[0] is owed:
                    self._owed.popleft()

    def _entry(self, attempt: Attempt, outcome: Outcome, detail: str | None = None) -> AuditEntry:
        return AuditEntry(
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

    def _note(self, entry: AuditEntry) -> None:
        """Remember what reached a panel, and tell that there is something to read."""
        if entry.outcome not in (Outcome.DENIED, Outcome.REFUSED) and entry.action != Action.LOGS:
            self._latest[entry.guild_id, entry.ref] = entry
        for reader in self._readers:
            reader(entry)
        self._tell(entry)

    def _tell(self, entry: AuditEntry) -> None:
        for listener in self._listeners:
            listener(entry.guild_id)

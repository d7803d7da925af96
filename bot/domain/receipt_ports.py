"""What the receipts of orders need from the world outside, and what is kept of them there."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bot.domain.receipts import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from bot.domain.audit import AuditEntry
    from bot.domain.events import Asker
    from bot.domain.receipts import Progress
    from bot.domain.servers import PowerAction, Server, ServerRef


class Step(StrEnum):
    """How far an order has come, as far as is written down."""

    PREPARED = "prepared"
    """It is not given yet; nobody may have seen its line."""
    SENT = "sent"
    """It is about to be given, or was."""
    ACCEPTED = "accepted"
    """The panel has said that it took it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a receipt is shown; to nobody but the ui these are more than numbers."""

    channel_id: int
    message_id: int | None
    """None before it was shown."""
    asked_id: int
    """Of the interaction that it answers; its line can be found by that."""
    locale: str
    """The language of the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOrder:
    """An order on its way, as it is kept for the next start of the bot."""

    id: int = 0
    """Given when it is stored."""
    entry: AuditEntry
    """Who asked for what; its outcome and duration do not count."""
    action: PowerAction
    before: Server
    """As known when it was ordered, of which only name, state and time are kept."""
    place: Place
    step: Step = Step.PREPARED
    evidence: Evidence = field(default_factory=Evidence)
    verdict: Progress | None = None
    """How it ended, of whose server only name, state and time are kept; None while that is open."""


class ReceiptStore(Protocol):
    """The orders on their way. Together with an audit row means in one transaction."""

    async def all(self) -> Sequence[KeptOrder]:
        """Return all, oldest first."""
        ...

    async def prepare(self, order: KeptOrder) -> int:
        """Store a new one and return its id."""
        ...

    async def send(self, order_id: int, place: Place, entry: AuditEntry) -> None:
        """Note that it is about to be given, and where it is shown, together with that row."""
        ...

    async def note(self, order_id: int, step: Step, evidence: Evidence) -> None:
        """Note how far it has come."""
        ...

    async def conclude(self, order_id: int, verdict: Progress) -> None:
        """Note how it ended, for good."""
        ...

    async def end(self, order_id: int, entry: AuditEntry) -> None:
        """Forget it, together with the row of its end."""
        ...

    async def durations(
        self, guild_id: int, ref: ServerRef, action: PowerAction, *, limit: int
    ) -> Sequence[timedelta]:
        """Return how long the last ones that were done took."""
        ...


class OrderNews(Protocol):
    """Whoever makes news of orders."""

    def asked(self, ref: ServerRef, action: PowerAction, asker: Asker, at: datetime) -> None:
        """Take in that one was given, perhaps not for the first time."""
        ...

    async def done(
        self, ref: ServerRef, action: PowerAction, asker: Asker, at: datetime, *, seen: Server
    ) -> bool:
        """Take in that the end of one was seen; once this is true, what is told of it is stored.

        Until then it is to be taken in again, be it by the next process, and no later order on the
        server may be given: of an end that comes after one nothing is told. It is told once.
        """
        ...


class Receipt(Protocol):
    """The one line that a member sees of an order, edited through its phases."""

    @property
    def link(self) -> str | None:
        """Where it can be read, once it was shown."""
        ...

    @property
    def place(self) -> Place:
        """By which it can be found again."""
        ...

    async def show(self, progress: Progress) -> bool:
        """Show it: the first call makes the line, every further one edits it.

        False where it may yet be shown by another try; a line that is gone is not made anew.
        """
        ...


class ReceiptDesk(Protocol):
    """Where receipts are shown."""

    def take_up(self, order: KeptOrder) -> Receipt:
        """Return the receipt of an order that was kept; a line that is gone is not made anew."""
        ...

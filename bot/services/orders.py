"""An order on its way: what is known of it, and what is written down of its end. Asks nobody."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.access import Action, Actor
from bot.domain.audit import Outcome
from bot.domain.errors import OutcomeUnknown, PanelError, StorageUnavailable
from bot.domain.events import Asker
from bot.domain.receipt_ports import Step
from bot.domain.receipts import Evidence, Phase
from bot.services.audit import Attempt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime, timedelta

    from bot.domain.receipt_ports import KeptOrder, Receipt
    from bot.domain.receipts import Progress
    from bot.domain.servers import PowerAction, Server, ServerRef

_OUTCOMES = {
    Phase.DONE: Outcome.DONE,
    Phase.ALREADY: Outcome.NO_EFFECT,
    Phase.NO_EFFECT: Outcome.NO_EFFECT,
    Phase.FAILED: Outcome.NOT_UP,
    Phase.UNSEEN: Outcome.UNKNOWN,
    Phase.INTERRUPTED: Outcome.UNKNOWN,
    Phase.NEVER_SENT: Outcome.REFUSED,
    Phase.PANEL_GONE: Outcome.UNKNOWN,
    Phase.OVERTAKEN: Outcome.UNKNOWN,
}
_NOTHING = (Outcome.REFUSED, Outcome.FAILED, Outcome.NO_EFFECT)
_DETAILS = {
    Phase.INTERRUPTED: "interrupted",
    Phase.NEVER_SENT: "never sent",
    Phase.PANEL_GONE: "panel gone",
}


class Overtaken(Exception):
    """A kill was given before the order was."""


@dataclass(slots=True, eq=False)
class Order:
    """One action on its way."""

    attempt: Attempt
    action: PowerAction
    before: Server
    """As known when it was ordered."""
    receipt: Receipt
    kept_id: int = 0
    step: Step = Step.PREPARED
    evidence: Evidence = field(default_factory=Evidence)
    is_resumed: bool = False
    """It was given by an earlier process, so its time says nothing of the server."""
    verdict: Progress | None = None
    """How it ended; what is left is to tell that."""
    over: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """It is followed no more: overtaken, or the bot is being stopped."""
    is_overtaken: bool = field(default=False, init=False)
    may_end: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """Not set while it is not known whether a kill overtakes it."""
    task: asyncio.Task[object] | None = field(default=None, init=False)
    usual: timedelta | None = field(default=None, init=False)
    shown: Progress | None = field(default=None, init=False)
    """What its line was last told to say."""
    is_told: bool = field(default=False, init=False)
    """What is told of its end is stored."""
    is_shown: bool = field(default=False, init=False)
    """It does say so, or never will."""

    def __post_init__(self) -> None:
        self.may_end.set()

    @property
    def ref(self) -> ServerRef:
        """The server that it is about."""
        return self.before.ref

    @property
    def asker(self) -> Asker:
        """Who gave it."""
        return Asker(self.attempt.actor.user_id, self.attempt.actor.guild_id)

    @property
    def came_to_nothing(self) -> bool:
        """Whether it is known that nothing came of it, or ever will."""
        if self.verdict is None:
            return self.step is Step.PREPARED
        return outcome(self.verdict)[0] in _NOTHING

    @property
    def is_given(self) -> bool:
        """Whether its panel has taken it, or may have."""
        if self.step is Step.SENT and self.verdict is not None:
            return outcome(self.verdict)[0] not in (Outcome.REFUSED, Outcome.FAILED)
        return self.step is not Step.PREPARED

    @property
    def ordered_at(self) -> datetime:
        """When it was asked for."""
        return self.attempt.at

    async def let_kills_pass(self) -> None:
        """Wait for what becomes of a kill that is being given; raises `Overtaken`."""
        await self.may_end.wait()
        if self.is_overtaken:
            raise Overtaken

    def overtake(self) -> None:
        """Follow it no more: a kill came after it."""
        self.is_overtaken = True
        self.over.set()


def recalled(kept: KeptOrder, receipt: Receipt) -> Order:
    """Return an order of an earlier process, to go on with."""
    entry = kept.entry
    attempt = Attempt(
        actor=Actor(user_id=entry.user_id, guild_id=entry.guild_id),
        action=Action(kept.action),
        ref=entry.ref,
        name=entry.server_name,
        door=entry.door,
        at=entry.at,
        detail=entry.detail,
        rule_id=entry.rule_id,
    )
    return Order(
        attempt,
        kept.action,
        kept.before,
        receipt,
        kept_id=kept.id,
        step=kept.step,
        evidence=kept.evidence,
        is_resumed=True,
        verdict=kept.verdict,
    )


@contextmanager
def overtaking(kill: Order, others: Collection[Order]) -> Iterator[None]:
    """Let none of the others end while it is given, nor go on then, unless it is refused."""
    for other in others:
        other.may_end.clear()
    is_refused = False
    try:
        yield
    except OutcomeUnknown:
        raise
    except PanelError:
        is_refused = True
        raise
    finally:
        for other in others:
            if kill.is_given and not is_refused:
                other.overtake()
            other.may_end.set()


def outcome(end: Progress) -> tuple[Outcome, str | None]:
    """Return what is written down of an end."""
    phase, error = end.phase, end.error
    if isinstance(error, StorageUnavailable):
        # Without the row that comes before it nothing was given to the panel.
        return Outcome.REFUSED, str(error)
    if phase is Phase.FAILED and error is not None:
        return Outcome.FAILED, str(error)
    return _OUTCOMES[phase], _DETAILS.get(phase) if error is None else str(error)


def is_news(end: Progress) -> bool:
    """Return whether an end is news of the server."""
    return outcome(end)[0] in (Outcome.DONE, Outcome.NOT_UP)

"""Follows an order to its end and shows each step of it. Gives no order and audits nothing."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.errors import OutcomeUnknown, PanelError, ServerNotFound, StorageUnavailable
from bot.domain.receipt_ports import Step
from bot.domain.receipts import Judge, Patience, Phase, Progress, usual
from bot.services.feed import race
from bot.services.lookout import looking

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from bot.domain.ports import Clock, Panel
    from bot.domain.receipt_ports import ReceiptStore
    from bot.domain.receipts import Evidence
    from bot.domain.servers import Server
    from bot.services.directory import ServerDirectory
    from bot.services.gate import Gate
    from bot.services.orders import Order

log = logging.getLogger(__name__)

_LEARNED_FROM = 10
"""So many of the last times say what is usual."""
_LONGEST_PAUSE = 60.0
"""Seconds between two tries to show how an order ended, or to store what is told of it."""


class Following:
    """What all orders need to be followed and shown."""

    def __init__(
        self,
        *,
        gate: Gate,
        directory: ServerDirectory,
        store: ReceiptStore,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._gate = gate
        self._directory = directory
        self._store = store
        self._clock = clock
        self._patience = patience or Patience()

    async def follow(self, order: Order, panel: Panel) -> Progress:
        """Look at the server until its state gives a verdict; returns the last step."""
        await self._learn_usual(order)
        judge = Judge(
            order.action,
            order.ordered_at,
            order.before,
            self._patience,
            order.evidence,
            watched_from=self._clock.now() if order.is_resumed else None,
        )
        async with looking(
            panel,
            order.before,
            clock=self._clock,
            patience=self._patience,
            over=order.over,
            at_once=order.is_resumed,
        ) as lookout:
            server, heard_at = order.before, self._clock.now()
            end: Progress | None = None
            while self._goes_on(order):
                error: PanelError | None = None
                phase = Phase.WAITING
                try:
                    look = await lookout.next()
                except ServerNotFound as gone:
                    return self.failed(order, gone, server=server)
                except PanelError as caught:
                    error = caught
                    if self._clock.now() - heard_at >= self._patience.silence:
                        phase = Phase.UNSEEN
                else:
                    if look is None or not self._goes_on(order):
                        break
                    server, heard_at = look.server, self._clock.now()
                    self._directory.note(server)
                    phase = judge.judge(server, is_live=look.is_live, is_measured=look.is_measured)
                    await self.note(order, order.step, judge.evidence)
                if phase.is_final:
                    end = self.progress(order, phase, server=server, error=error)
                    break
                if error is None and not judge.has_moved:
                    phase, error = _unmoved(order)
                await self.show(order, self.progress(order, phase, server=server, error=error))
        # From here to the verdict nothing is waited for, so that no kill comes in between.
        await order.may_end.wait()
        if end is None or order.is_overtaken:
            return self.progress(order, self._why_not(order), server=server)
        return end

    async def go_on(self, order: Order) -> Progress:
        """Return the end of an order of an earlier process; follows it where there is none yet."""
        if order.verdict is not None:
            return order.verdict
        panel = self._gate.panel_of(order.ref)
        if order.step is Step.PREPARED:
            return self.progress(order, Phase.NEVER_SENT)
        if order.is_overtaken:
            return self.progress(order, Phase.OVERTAKEN)
        if panel is None:
            return self.progress(order, Phase.PANEL_GONE)
        if self._clock.now() - order.ordered_at > self._patience.memory:
            return self.progress(order, Phase.INTERRUPTED)
        return await self.follow(order, panel)

    def failed(self, order: Order, error: PanelError, *, server: Server | None = None) -> Progress:
        """Return the end of an order to which the panel said no."""
        if isinstance(error, ServerNotFound):
            self._directory.forget(order.ref)
        return self.progress(order, Phase.FAILED, server=server, error=error)

    async def note(self, order: Order, step: Step, evidence: Evidence) -> None:
        """Keep how far an order has come, if that can be done now."""
        if (order.step, order.evidence) == (step, evidence):
            return
        order.step, order.evidence = step, evidence
        try:
            await self._store.note(order.kept_id, step, evidence)
        except StorageUnavailable as error:
            log.warning("not kept of the order on %s: %s: %s", order.ref, step, error)

    async def conclude(self, order: Order, end: Progress) -> None:
        """Keep how an order ended, for good, if that can be done now."""
        if order.verdict is end:
            return
        order.verdict = end
        try:
            await self._store.conclude(order.kept_id, end)
        except StorageUnavailable as error:
            log.warning("not kept how the order on %s ended: %s", order.ref, error)

    async def show(self, order: Order, progress: Progress) -> None:
        """Let members see it, if it looks any different."""
        if order.shown is None or not order.is_shown or _differs(order.shown, progress):
            order.is_shown = await order.receipt.show(progress)
            order.shown = progress

    async def show_end(self, order: Order, end: Progress, *, stop: asyncio.Event) -> bool:
        """Let members see how it ended, however often that must be tried; False if stopped."""

        async def shown() -> bool:
            await self.show(order, end)
            return order.is_shown

        return await self.insist(shown, stop=stop)

    async def insist(self, work: Callable[[], Awaitable[bool]], *, stop: asyncio.Event) -> bool:
        """Try until it is done, after ever longer pauses; False if stopped before."""
        pause = self._patience.interval.total_seconds()
        while not await work():
            await race(self._clock.sleep(pause), stop.wait())
            if stop.is_set():
                return False
            pause = min(2 * pause, _LONGEST_PAUSE)
        return True

    def progress(
        self,
        order: Order,
        phase: Phase,
        *,
        server: Server | None = None,
        error: PanelError | StorageUnavailable | None = None,
    ) -> Progress:
        """Return where an order stands now."""
        last = order.shown.server if order.shown else order.before
        return Progress(
            action=order.action,
            server=server or last,
            user_id=order.attempt.actor.user_id,
            phase=phase,
            elapsed=max(self._clock.now() - order.ordered_at, timedelta(0)),
            error=error,
            reason=order.attempt.detail,
            is_confirmed=order.step is Step.ACCEPTED,
            usual=order.usual,
        )

    def _goes_on(self, order: Order) -> bool:
        return not order.over.is_set() and self._gate.panel_of(order.ref) is not None

    def _why_not(self, order: Order) -> Phase:
        if order.is_overtaken:
            return Phase.OVERTAKEN
        return Phase.PAUSED if self._gate.panel_of(order.ref) is not None else Phase.PANEL_GONE

    async def _learn_usual(self, order: Order) -> None:
        try:
            durations = await self._store.durations(
                order.attempt.actor.guild_id, order.ref, order.action, limit=_LEARNED_FROM
            )
        except StorageUnavailable as error:
            log.warning("not known how long %s usually takes: %s", order.ref, error)
        else:
            order.usual = usual(durations)


def _unmoved(order: Order) -> tuple[Phase, PanelError | None]:
    """Return how to tell that nothing has happened to the server so far."""
    if order.step is Step.ACCEPTED:
        return Phase.ACCEPTED, None
    return Phase.WAITING, OutcomeUnknown(order.ref.panel_id, order.action)


def _differs(shown: Progress, new: Progress) -> bool:
    """Whether a member would see a difference worth an edit."""
    before = (shown.phase, shown.server.state, type(shown.error))
    return before != (new.phase, new.server.state, type(new.error))

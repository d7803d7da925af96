"""Orders power actions and follows each to its end. Knows nothing of how that is shown."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.errors import (
    ActionInProgress,
    OutcomeUnknown,
    PanelError,
    ServerNotFound,
    StorageUnavailable,
)
from bot.domain.receipts import Judge, Patience, Phase, Progress
from bot.domain.servers import PowerAction

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.access import Actor
    from bot.domain.audit import Door
    from bot.domain.ports import Clock, Receipt
    from bot.domain.servers import Server, ServerRef
    from bot.services.audit import AuditService
    from bot.services.directory import ServerDirectory
    from bot.services.gate import Admission, Gate

_OUTCOMES = {
    Phase.DONE: Outcome.DONE,
    Phase.NO_EFFECT: Outcome.NO_EFFECT,
    Phase.FAILED: Outcome.FAILED,
    Phase.UNSEEN: Outcome.UNKNOWN,
    Phase.INTERRUPTED: Outcome.UNKNOWN,
    Phase.OVERTAKEN: Outcome.UNKNOWN,
}


@dataclass(slots=True, eq=False)
class _Order:
    """One action on its way."""

    admission: Admission
    action: PowerAction
    receipt: Receipt
    reason: str | None
    task: asyncio.Task[object]
    is_watched: bool = field(default=False, init=False)
    """No order is in flight, only looks at the server: it may be cut short."""
    is_overtaken: bool = field(default=False, init=False)
    shown: Progress | None = field(default=None, init=False)

    @property
    def ref(self) -> ServerRef:
        return self.admission.server.ref

    @property
    def ordered_at(self) -> datetime:
        return self.admission.attempt.at


class PowerService:
    """One action at a time on a server, from the order until its receipt has ended."""

    def __init__(
        self,
        *,
        gate: Gate,
        directory: ServerDirectory,
        audit: AuditService,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._gate = gate
        self._directory = directory
        self._audit = audit
        self._clock = clock
        self._patience = patience or Patience()
        self._orders: list[_Order] = []
        self._closing = asyncio.Event()

    async def check(self, actor: Actor, text: str, action: PowerAction, *, door: Door) -> Server:
        """Raise whatever `perform` would raise at once; changes nothing."""
        admission = await self._gate.admit(actor, text, Action(action), door=door)
        await self._refuse_if_busy(admission, action)
        return admission.server

    async def perform(
        self,
        actor: Actor,
        text: str,
        action: PowerAction,
        *,
        door: Door,
        receipt: Receipt,
        reason: str | None = None,
    ) -> None:
        """Order `action` on the server called `text` and follow it to its end.

        Raises what the gate raises and `ActionInProgress`, always before the receipt was first
        shown; whatever happens later is told by the receipt.
        """
        admission = await self._gate.admit(actor, text, Action(action), door=door, detail=reason)
        await self._refuse_if_busy(admission, action)
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("perform runs in a task")
        order = _Order(admission, action, receipt, reason, task)
        self._orders.append(order)
        try:
            await self._carry_out(order)
        finally:
            self._orders.remove(order)

    async def close(self, grace: float = 8.0) -> None:
        """End what is running: orders in flight get `grace` seconds for their panel's answer."""
        self._closing.set()
        for order in self._orders:
            if order.is_watched:
                order.task.cancel()
        tasks = {order.task for order in self._orders}
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=grace)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=grace)

    async def _refuse_if_busy(self, admission: Admission, action: PowerAction) -> None:
        running = self._running(admission.server.ref)
        if not running:
            return
        has_kill = any(order.action is PowerAction.KILL for order in running)
        if action is PowerAction.KILL and not has_kill:
            return
        await self._audit.record(admission.attempt, Outcome.REFUSED, "busy")
        newest = running[-1]
        by = newest.admission.attempt.actor
        is_ours = by.guild_id == admission.attempt.actor.guild_id
        raise ActionInProgress(
            newest.ref,
            action=newest.action,
            user_id=by.user_id if is_ours else None,
            link=newest.receipt.link if is_ours else None,
        )

    def _running(self, ref: ServerRef) -> list[_Order]:
        place = self._gate.place(ref)
        return [order for order in self._orders if self._gate.place(order.ref) == place]

    async def _carry_out(self, order: _Order) -> None:
        try:
            await self._show(order, Phase.ORDERED)
        finally:
            if order.shown is None:
                await self._audit.record(order.admission.attempt, Outcome.REFUSED, "never sent")
        final = None
        try:
            final = await self._send(order) or await self._follow(order)
        finally:
            if final is None:
                await self._end(order, Phase.INTERRUPTED)
        await self._end(order, final.phase, server=final.server, error=final.error)

    async def _send(self, order: _Order) -> Progress | None:
        """Give the order to the panel, once; returns the end if it ends here."""
        try:
            await self._audit.begin(order.admission.attempt)
        except StorageUnavailable as error:
            return self._progress(order, Phase.FAILED, error=error)
        try:
            await order.admission.panel.power(order.ref.server_id, order.action)
        except OutcomeUnknown as error:
            await self._show(order, Phase.WAITING, error=error)
        except PanelError as error:
            return self._progress(order, Phase.FAILED, error=error)
        if order.action is PowerAction.KILL:
            self._overtake(order)
        return None

    def _overtake(self, kill: _Order) -> None:
        """What was on its way before a kill is not going to happen."""
        for order in self._running(kill.ref):
            if order is not kill:
                order.is_overtaken = True
                if order.is_watched:
                    order.task.cancel()

    async def _follow(self, order: _Order) -> Progress:
        """Look at the server until its state gives a verdict."""
        server = order.admission.server
        judge = Judge(order.action, order.ordered_at, server, self._patience)
        heard_at = self._clock.now()
        while self._goes_on(order):
            error: PanelError | None = None
            phase = Phase.WAITING
            try:
                seen = await self._look(order)
            except ServerNotFound as gone:
                self._directory.forget(order.ref)
                return self._progress(order, Phase.FAILED, server=server, error=gone)
            except PanelError as caught:
                error = caught
                if self._clock.now() - heard_at >= self._patience.silence:
                    phase = Phase.UNSEEN
            else:
                if seen is None:
                    break
                server, heard_at = seen, self._clock.now()
                self._directory.note(server)
                phase = judge.judge(server)
            if phase.is_final:
                return self._progress(order, phase, server=server, error=error)
            await self._show(order, phase, server=server, error=error)
        phase = Phase.OVERTAKEN if order.is_overtaken else Phase.INTERRUPTED
        return self._progress(order, phase, server=server)

    def _goes_on(self, order: _Order) -> bool:
        is_ended = order.is_overtaken or self._closing.is_set()
        return not is_ended and self._gate.stands(order.admission)

    async def _look(self, order: _Order) -> Server | None:
        """Wait a little and look at the server; None when the order is not followed any more."""
        order.is_watched = True
        try:
            await self._clock.sleep(self._patience.interval.total_seconds())
            if not self._gate.stands(order.admission):
                return None
            return await order.admission.panel.get_server(order.ref.server_id)
        except asyncio.CancelledError:
            if self._goes_on(order):
                raise
            order.task.uncancel()
            return None
        finally:
            order.is_watched = False

    async def _end(
        self,
        order: _Order,
        phase: Phase,
        *,
        server: Server | None = None,
        error: PanelError | StorageUnavailable | None = None,
    ) -> None:
        # Without the row that comes before it nothing was given to the panel.
        never = isinstance(error, StorageUnavailable)
        outcome = Outcome.REFUSED if never else _OUTCOMES[phase]
        detail = None if error is None else str(error)
        await self._audit.record(order.admission.attempt, outcome, detail)
        await self._show(order, phase, server=server, error=error)

    async def _show(
        self,
        order: _Order,
        phase: Phase,
        *,
        server: Server | None = None,
        error: PanelError | StorageUnavailable | None = None,
    ) -> None:
        progress = self._progress(order, phase, server=server, error=error)
        if order.shown is None or _differs(order.shown, progress):
            await order.receipt.show(progress)
            order.shown = progress

    def _progress(
        self,
        order: _Order,
        phase: Phase,
        *,
        server: Server | None = None,
        error: PanelError | StorageUnavailable | None = None,
    ) -> Progress:
        now = self._clock.now()
        return Progress(
            action=order.action,
            server=server or order.admission.server,
            user_id=order.admission.attempt.actor.user_id,
            phase=phase,
            elapsed=max(now - order.ordered_at, timedelta(0)),
            error=error,
            reason=order.reason,
        )


def _differs(shown: Progress, new: Progress) -> bool:
    """Whether a member would see a difference worth an edit."""
    before = (shown.phase, shown.server.state, type(shown.error))
    return before != (new.phase, new.server.state, type(new.error))

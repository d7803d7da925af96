"""Orders power actions, one at a time on a server. Knows nothing of how they are shown."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.errors import ActionInProgress, OutcomeUnknown, PanelError, StorageUnavailable
from bot.domain.receipt_ports import KeptOrder, Step
from bot.domain.receipts import Phase
from bot.domain.servers import PowerAction
from bot.services.background import outliving
from bot.services.orders import Order, Overtaken, is_news, outcome, overtaking, recalled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.domain.access import Actor
    from bot.domain.audit import AuditEntry, Door
    from bot.domain.ports import Panel
    from bot.domain.receipt_ports import OrderNews, Receipt, ReceiptDesk, ReceiptStore
    from bot.domain.receipts import Progress
    from bot.domain.servers import Server, ServerRef
    from bot.services.audit import Attempt, AuditService
    from bot.services.following import Following
    from bot.services.gate import Admission, Gate

    Wanted = Callable[[frozenset[ServerRef]], None]

_FAREWELL_SECONDS = 3.0
"""To say in a receipt that the bot is being stopped."""


class PowerService:
    """From the order until its receipt has ended, be it after a restart of the bot."""

    def __init__(
        self,
        *,
        gate: Gate,
        audit: AuditService,
        store: ReceiptStore,
        following: Following,
        news: OrderNews,
        wanted: Wanted = lambda _: None,
    ) -> None:
        """`wanted` is told which servers have an order on its way, whenever that changes."""
        self._gate = gate
        self._audit = audit
        self._store = store
        self._following = following
        self._news = news
        self._wanted = wanted
        self._orders: list[Order] = []
        self._closing = asyncio.Event()

    @property
    def running(self) -> int:
        """How many orders are on their way."""
        return len(self._orders)

    @property
    def refs(self) -> frozenset[ServerRef]:
        """The servers that have an order on its way."""
        return frozenset(order.ref for order in self._orders)

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

        Raises what the gate raises, `ActionInProgress` and `StorageUnavailable`, always before
        the receipt was first shown; whatever happens later is told by the receipt.
        """
        admission = await self._gate.admit(actor, text, Action(action), door=door, detail=reason)
        await self._refuse_if_busy(admission, action)
        order = Order(admission.attempt, action, admission.server, receipt)
        order.task = asyncio.current_task()
        self._take_on(order)
        try:
            await self._prepare(order)
            await self._bring_to_end(order, self._carry_out(order, admission.panel))
        finally:
            self._let_go(order)

    async def recall(self, desk: ReceiptDesk) -> list[Attempt]:
        """Know again what was on its way when the bot was ended, and tell its ends; returns it.

        To be called before anything new may be ordered or seen. Raises `StorageUnavailable`.
        """
        for kept in await self._store.all():
            order = recalled(kept, desk.take_up(kept))
            for earlier in self._overtaken_by(order) if order.is_given else ():
                earlier.overtake()
            self._take_on(order)
        await self._tell_ends(list(self._orders))
        return [order.attempt for order in self._orders]

    async def resume(self) -> None:
        """Bring what was recalled to its end; gives no order again."""
        async with asyncio.TaskGroup() as group:
            for order in [order for order in self._orders if order.is_resumed]:
                order.task = group.create_task(self._resume(order))

    async def close(self, grace: float = 8.0) -> None:
        """Leave what is running to the next start.

        Orders in flight get `grace` seconds for their panel's answer.
        """
        self._closing.set()
        for order in self._orders:
            order.over.set()
        tasks = {order.task for order in self._orders if order.task is not None}
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=grace)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=grace)

    def _take_on(self, order: Order) -> None:
        if self._closing.is_set():
            order.over.set()
        self._orders.append(order)
        self._wanted(self.refs)

    def _let_go(self, order: Order) -> None:
        self._orders.remove(order)
        self._wanted(self.refs)

    async def _refuse_if_busy(self, admission: Admission, action: PowerAction) -> None:
        running = self._running(admission.server.ref)
        is_first_kill = all(order.action is not action for order in running)
        if not running or (action is PowerAction.KILL and is_first_kill):
            return
        await self._audit.record(admission.attempt, Outcome.REFUSED, "busy")
        newest = running[-1]
        by = newest.attempt.actor
        is_ours = by.guild_id == admission.attempt.actor.guild_id
        raise ActionInProgress(
            newest.ref,
            action=newest.action,
            user_id=by.user_id if is_ours else None,
            link=newest.receipt.link if is_ours else None,
        )

    def _running(self, ref: ServerRef) -> list[Order]:
        return [order for order in self._kept(ref) if order.verdict is None]

    def _kept(self, ref: ServerRef) -> list[Order]:
        """Return what is on its way there, or has ended and is not forgotten."""
        place = self._gate.place(ref)
        return [order for order in self._orders if self._gate.place(order.ref) == place]

    async def _prepare(self, order: Order) -> None:
        """Keep it and show its line; whatever goes wrong here, nothing was given."""
        kept = KeptOrder(
            entry=self._audit.entry(order.attempt),
            action=order.action,
            before=order.before,
            place=order.receipt.place,
        )
        try:
            order.kept_id = await self._store.prepare(kept)
        except StorageUnavailable as error:
            # The member waits for the first answer, and Discord for no more than 3 s.
            self._audit.record_later(order.attempt, Outcome.REFUSED, str(error))
            raise
        is_cut_short = False
        try:
            await self._following.show(order, self._following.progress(order, Phase.ORDERED))
        except asyncio.CancelledError:
            is_cut_short = True  # the line may be there: the next start looks for it
            raise
        finally:
            if order.shown is None and not is_cut_short:
                await self._record_end(order, self._following.progress(order, Phase.NEVER_SENT))

    async def _carry_out(self, order: Order, panel: Panel) -> Progress:
        return await self._send(order, panel) or await self._following.follow(order, panel)

    async def _send(self, order: Order, panel: Panel) -> Progress | None:
        """Give the order to the panel, once; returns the end if it ends here."""

        async def send(entry: AuditEntry) -> None:
            # Once this one is known, nothing more is told of the end of another.
            if not await self._tell_ends(self._kept(order.ref)):
                raise StorageUnavailable("how the order before ended is not stored yet")
            await self._store.send(order.kept_id, order.receipt.place, entry)

        try:
            with overtaking(order, self._overtaken_by(order)):
                await order.let_kills_pass()
                await self._audit.begin(order.attempt, send)
                await order.let_kills_pass()
                order.step = Step.SENT
                await panel.power(order.ref.server_id, order.action)
        except StorageUnavailable as error:
            return self._following.progress(order, Phase.FAILED, error=error)
        except Overtaken:
            return self._following.progress(order, Phase.OVERTAKEN)
        except OutcomeUnknown as error:
            unconfirmed = self._following.progress(order, Phase.WAITING, error=error)
            await self._following.show(order, unconfirmed)
        except PanelError as error:
            return self._following.failed(order, error)
        else:
            await self._following.note(order, Step.ACCEPTED, order.evidence)
        return None

    def _overtaken_by(self, order: Order) -> list[Order]:
        """Return what is not going to happen once a panel takes that order."""
        is_kill = order.action is PowerAction.KILL
        return [other for other in self._running(order.ref) if is_kill and other is not order]

    async def _resume(self, order: Order) -> None:
        try:
            with outliving("the receipt of %s", order.ref):
                if not order.came_to_nothing:
                    self._news.asked(order.ref, order.action, order.asker, order.ordered_at)
                await self._bring_to_end(order, self._following.go_on(order))
        finally:
            self._let_go(order)

    async def _bring_to_end(self, order: Order, work: Awaitable[Progress]) -> None:
        final: Progress | None = None
        try:
            final = await work
        except asyncio.CancelledError:
            final = self._following.progress(order, Phase.PAUSED)
            raise
        finally:
            if final is None:
                final = self._following.progress(order, Phase.INTERRUPTED)
            if final.phase is Phase.PAUSED:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_FAREWELL_SECONDS):
                        await self._following.show(order, final)
            else:
                await self._end(order, final)

    async def _end(self, order: Order, final: Progress) -> None:
        """Keep how it ended, tell and show it, then forget it; the next start does what is left."""
        is_kept = False
        try:
            await self._following.conclude(order, final)
            is_kept = not await self._make_known(order, final)
        except asyncio.CancelledError:
            is_kept = True
            raise
        finally:
            if not is_kept:
                await self._record_end(order, final)

    async def _make_known(self, order: Order, final: Progress) -> bool:
        """Let it be stored what is told of its end, and show that; False if stopped before."""
        told = partial(self._tell, order, final)
        # At once, while it is so: nobody knows when Discord lets it be shown.
        await told()
        if not await self._following.show_end(order, final, stop=self._closing):
            return False
        return await self._following.insist(told, stop=self._closing)

    async def _tell_ends(self, orders: Sequence[Order]) -> bool:
        """Let it be stored what is told of those that have ended; False if it is not now."""
        is_told = True
        for order in orders:
            if order.verdict is not None:
                with outliving("telling how the order on %s ended", order.ref):
                    is_told &= await self._tell(order, order.verdict)
        return is_told

    async def _tell(self, order: Order, end: Progress) -> bool:
        """Let it be stored what is told of an end; False if that is to be tried again."""
        if not order.is_told:
            about = order.ref, order.action, order.asker, order.ordered_at
            order.is_told = not is_news(end) or await self._news.done(*about, seen=end.server)
        return order.is_told

    async def _record_end(self, order: Order, final: Progress) -> None:
        end = partial(self._store.end, order.kept_id)
        await self._audit.record(order.attempt, *outcome(final), after=final.elapsed, add=end)

"""What was ordered through the bot, and whether it has come to its end. Sees no server.

The latest order for a server is the one that counts; one for another name changes no state, and
is kept apart. A server that is being created has no id at the order: one creates one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from bot.domain.access import Action

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.changes import Order
    from bot.domain.servers import ServerRef

Source: TypeAlias = str
"""What a panel is watched as: the same for several guilds that have it."""

ORDERS = frozenset(
    {
        Action.START,
        Action.STOP,
        Action.RESTART,
        Action.KILL,
        Action.SUSPEND,
        Action.CREATE,
        Action.DELETE,
        Action.UPDATE,
    }
)
"""The actions whose end can be seen."""


class Orders:
    """Holds them as long as they may count."""

    def __init__(self) -> None:
        self._given: dict[tuple[Source, str, bool], list[Order]] = {}
        """By server, oldest first; those for another name apart."""
        self._done: dict[ServerRef, Order] = {}
        """The latest that has come to its end, for each guild's panel apart."""
        self._creations: dict[tuple[Source, str], Order] = {}
        """By the server that came of it, or is taken to have."""

    def give(self, source: Source, server_id: str, order: Order, *, now: datetime) -> None:
        """Take one in, of which this may not be the first word."""
        self._drop_old(now)
        given = self._given.setdefault((source, server_id, order.action is Action.UPDATE), [])
        if order not in given:
            given.append(order)
            # Of before the clock was set back is what seems to be to come.
            given.sort(key=lambda each: (each.at <= now, each.at))

    def take_back(self, source: Source, server_id: str, action: Action, at: datetime) -> None:
        """Forget one that came to nothing; the one before counts again."""
        given = self._given.get((source, server_id, action is Action.UPDATE), [])
        given[:] = [order for order in given if (order.action, order.at) != (action, at)]

    def conclude(
        self, source: Source, server_id: str, action: Action, at: datetime, *, done_at: datetime
    ) -> None:
        """Know that the end of one was seen, though it may have to be told still."""
        given = self._given.get((source, server_id, action is Action.UPDATE), [])
        given[:] = [
            replace(order, done_at=done_at) if (order.action, order.at) == (action, at) else order
            for order in given
        ]

    def of(self, source: Source, ref: ServerRef) -> Order | None:
        """Return the latest."""
        order = self._latest(source, ref.server_id)
        return None if order == self._done.get(ref) else order

    def renaming_of(self, source: Source, ref: ServerRef) -> Order | None:
        """Return the latest for another name."""
        return self._latest(source, ref.server_id, is_renaming=True)

    def end(self, source: Source, ref: ServerRef) -> None:
        """Know that the latest has come to its end."""
        if (order := self.of(source, ref)) is not None:
            self._done[ref] = order

    def created(self, source: Source, server_id: str, at: datetime) -> None:
        """Know which server came of the creation that was ordered at that time."""
        for order in self._given.get((source, "", False), ()):
            if order.at == at:
                others = {key: each for key, each in self._creations.items() if each != order}
                self._creations = {**others, (source, server_id): order}

    def creation_of(self, source: Source, server_id: str, *, at: datetime) -> Order | None:
        """Return the one by which a new server came.

        Unless that is known they take their turns, where all that are left are of the same member:
        a list may show what two have created before the panel has answered either of them.
        """
        key = source, server_id
        given = [each for each in self._given.get((source, "", False), ()) if not each.is_over(at)]
        free = [each for each in given if each not in self._creations.values()]
        if key not in self._creations and len({each.asker for each in free}) == 1:
            self._creations[key] = free[0]
        order = self._creations.get(key)
        return order if order in given else None

    def _latest(self, source: Source, server_id: str, *, is_renaming: bool = False) -> Order | None:
        given = self._given.get((source, server_id, is_renaming))
        return given[-1] if given else None

    def _drop_old(self, at: datetime) -> None:
        for key, given in list(self._given.items()):
            given[:] = [order for order in given if not order.is_over(at)]
            if not given:
                del self._given[key]
        self._done = {ref: order for ref, order in self._done.items() if not order.is_over(at)}
        creations = self._creations.items()
        self._creations = {key: order for key, order in creations if not order.is_over(at)}

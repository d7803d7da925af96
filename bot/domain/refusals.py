"""What Discord refuses of the messages of a channel, and what is told without names for that. Pure.

Nothing of it is stored: a bot that was killed finds it out again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.batches import later_half, next_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.news import Delivery

_MOST = 30
"""Refusals of one message and its parts, before these are taken apart no further.

So many find three names among a thousand, wherever they stand. Each takes about a second, and
moderators may be told of it.
"""


class Refusals:
    """Those of one channel.

    A message that is refused is told in halves, and these in halves again, until the events are
    alone that Discord refuses. All of these are one message without names, after the other parts,
    and before anything else.
    """

    def __init__(self) -> None:
        self._count = 0
        self._unsaid: set[int] = set()
        """The deliveries that are to be told without names."""
        self._takes_nothing = False

    def next_message(self, head: Sequence[Delivery]) -> tuple[list[Delivery], bool]:
        """Return what is told next of the oldest deliveries, and whether without names."""
        unsaid = [each for each in head if each.id in self._unsaid]
        parts = [each for each in head if each.batch_id and each.id not in self._unsaid]
        # Where nothing was taken, it has to be seen first whether anything is.
        if unsaid and (self._takes_nothing or not parts):
            return unsaid, True
        if not parts:
            self._forget()
        return next_message(parts or head), False

    def part(self, batch: Sequence[Delivery]) -> list[Delivery]:
        """Return the part of a refused message that becomes another one.

        There is none where the message is to be told without names.
        """
        self._count += 1
        later = later_half(batch) if self._count < _MOST else []
        if not later:
            self._unsaid.update(delivery.id for delivery in batch)
        return later

    def give_up(self) -> None:
        """Try names again when the channel is tried again: it does not take less either."""
        self._forget()
        self._takes_nothing = True

    def was_taken(self) -> None:
        """Take note that Discord has taken a message."""
        self._takes_nothing = False

    def _forget(self) -> None:
        self._count = 0
        self._unsaid.clear()

"""Which servers of a panel came and went, told by its lists. Pure.

One list alone proves nothing: panels forget servers for a page, and list them again. A server that
got another id is another one: what is bound to the former one, as news are, is bound to it no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """What a list says when compared with what is known; with whether nobody had looked before."""

    added: tuple[tuple[str, bool], ...] = ()
    removed: tuple[tuple[str, bool], ...] = ()
    at_first_sight: tuple[str, ...] = ()
    """Of a panel that was never read before."""


class Presence:
    """What the last complete list had for the first time, or had no more."""

    def __init__(self, *, is_known: bool) -> None:
        self.is_known = is_known
        """Whether the panel was read at any time."""
        self._is_fresh = False
        """Whether it was read since the bot was started."""
        self._new: dict[str, bool] = {}
        self._missing: dict[str, bool] = {}

    def compare(
        self,
        known: Collection[str],
        listed: Collection[str],
        *,
        created: Callable[[str], bool],
        deleted: Callable[[str], bool],
    ) -> Arrivals:
        """Take in a complete list; both are ids.

        What somebody created or deleted through the bot need not be seen twice.
        """
        away = not self._is_fresh
        new = {key: self._new.get(key, away) for key in listed if key not in known}
        gone = {key: self._missing.get(key, away) for key in set(known) - set(listed)}
        is_first, self.is_known, self._is_fresh = not self.is_known, True, True
        if is_first:
            return Arrivals(at_first_sight=tuple(sorted(new)))
        here = {key for key in new if key in self._new or created(key)}
        left = {key for key in gone if key in self._missing or deleted(key)}
        self._new = {key: was for key, was in new.items() if key not in here}
        self._missing = {key: was for key, was in gone.items() if key not in left}
        return Arrivals(
            added=tuple((key, new[key]) for key in sorted(here)),
            removed=tuple((key, gone[key]) for key in sorted(left)),
        )

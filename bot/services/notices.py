"""What admins are told about channels: each thing once, however often it has to be tried."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_NONCE_BYTES = 12
"""In hexadecimal these are one character less than Discord takes."""


@dataclass(slots=True)
class _Notice:
    what: str
    nonce: str
    is_told: bool = False


class Notices:
    """What was told last of each channel; in memory only.

    A bot that is killed before anybody has stored what the notice is about tells it again, with the
    same nonce: Discord swallows it for some minutes.
    """

    def __init__(self, about: str) -> None:
        """`about` is what they tell of, so that others' notices have other nonces."""
        self._about = about
        self._last: dict[int, _Notice] = {}
        self._times: Counter[str] = Counter()

    async def tell(self, channel_id: int, what: str, say: Callable[[str], Awaitable[None]]) -> bool:
        """Tell it, unless it is what was told last; returns whether that was done now.

        `say` is given a nonce, the same one until it has succeeded: what it raised for may have
        arrived all the same.
        """
        notice = self._last.get(channel_id)
        if notice is None or notice.what != what:
            notice = self._last[channel_id] = _Notice(what, self._nonce(channel_id, what))
        if notice.is_told:
            return False
        await say(notice.nonce)
        notice.is_told = True
        return True

    def told(self, channel_id: int, what: str) -> None:
        """Take it for told, as by an earlier run of the bot, where nothing else was."""
        self._last.setdefault(channel_id, _Notice(what, "", is_told=True))

    def forget(self, channel_id: int) -> None:
        """Tell the next thing anew, whatever it is."""
        self._last.pop(channel_id, None)

    def _nonce(self, channel_id: int, what: str) -> str:
        told = f"{self._about} {channel_id} {what}"
        self._times[told] += 1
        again = f"{told} {self._times[told]}"
        return blake2b(again.encode(), digest_size=_NONCE_BYTES).hexdigest()

"""What whoever writes into channels must know of them, and what may come of it. No implementation.

`str(error)` is for logs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.domain.news import Pause


class NotTaken(Exception):
    """Discord did not take a request now; a message may have arrived all the same."""


class MessageGone(Exception):
    """Somebody has deleted the message that a request was about."""


class WordsRefused(Exception):
    """Discord takes a message in none of the words that were tried."""


class ChannelLost(Exception):
    """Nothing can be written in a channel until that is changed."""

    def __init__(self, pause: Pause) -> None:
        self.pause = pause
        super().__init__(pause)


class Channels(Protocol):
    """The channels that the bot may know of."""

    async def check(self, guild_id: int, channel_id: int) -> None:
        """Raise `ChannelLost` where nothing can be written, `NotTaken` if nobody knows now."""
        ...

    async def tell_admins(self, guild_id: int, channel_id: int, pause: Pause, nonce: str) -> None:
        """Say in another channel, if there is one, why nothing comes into this one.

        The same nonce again within minutes says nothing twice. Raises `NotTaken`.
        """
        ...

"""What boards need from the world outside. Protocols only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.domain.channels import Channels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.boards import Board, BoardMessage, Drawing, Page


class BoardStore(Protocol):
    """The stored boards, and their messages, so that a restart finds them."""

    async def boards(self) -> Sequence[Board]:
        """Return all, by id."""
        ...

    async def messages(self) -> Sequence[BoardMessage]:
        """Return all, by id; also those of boards that were removed, until they are dropped."""
        ...

    async def add(self, board: Board) -> Board:
        """Store a new one and return it with its id."""
        ...

    async def move(self, board: Board) -> bool:
        """Store its channel, in which it is not paused; False where the board is not there."""
        ...

    async def pause(self, board: Board) -> bool:
        """Store whether it is paused; False where it is not in that channel any more."""
        ...

    async def remove(self, board: Board) -> None:
        """Delete it; its messages stay until they are dropped."""
        ...

    async def begin(self, message: BoardMessage) -> BoardMessage:
        """Store that a message is about to be posted; returns it with our id, never used again."""
        ...

    async def shown(self, message: BoardMessage) -> None:
        """Store which message of Discord's it is, and what it shows."""
        ...

    async def drop(self, message: BoardMessage) -> None:
        """Forget a message that is gone."""
        ...


class BoardRefused(Exception):
    """Discord takes nothing in the place of a board, whatever it says."""

    def __init__(self, board_id: int) -> None:
        self.board_id = board_id
        super().__init__(board_id)


class BoardDesk(Channels, Protocol):
    """The way into channels that boards are in.

    What it cannot do raises `NotTaken` or `ChannelLost`.
    """

    def draw(self, page: Page, message: BoardMessage) -> Drawing:
        """Make of a page what its message is to show.

        To be asked after `check`.
        """
        ...

    async def post(self, drawing: Drawing, message: BoardMessage, *, maybe_there: bool) -> int:
        """Show it in a new message; returns Discord's id of that. Raises `BoardRefused`.

        With `maybe_there` it is looked for first.
        """
        ...

    async def edit(self, drawing: Drawing, message: BoardMessage) -> None:
        """Show it in its message; raises `MessageGone`.

        That Discord will never take it raises nothing: no more can be done about it.
        """
        ...

    async def tell_refused(self, guild_id: int, channel_id: int, nonce: str) -> None:
        """Say in another channel, if there is one, that Discord takes no board in this one.

        The nonce is as in `tell_admins`. Raises `NotTaken`.
        """
        ...

    async def find(self, message: BoardMessage) -> None:
        """Raise `MessageGone` if a message is not there any more, as far as that can be known."""
        ...

    async def delete(self, message: BoardMessage) -> None:
        """Take a message away; raises `NotTaken` alone, where it is to be tried again."""
        ...

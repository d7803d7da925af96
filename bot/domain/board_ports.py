"""What boards need from the world outside. Protocols only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.boards import Board, BoardMessage, Drawing, Page
    from bot.domain.guild_ports import Posting
    from bot.domain.news import Pause


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


class BoardDesk(Protocol):
    """The way into channels that boards are in."""

    def draw(self, page: Page, message: BoardMessage) -> Drawing:
        """Make of a page what its message is to show.

        To be asked after `standing`.
        """
        ...

    async def post(
        self, drawing: Drawing, message: BoardMessage, *, maybe_there: bool
    ) -> int | Pause | Literal[Posting.LATER]:
        """Show it in a new message; returns Discord's id of that, or why there is none.

        With `maybe_there` it is looked for first. After `Posting.LATER` it may have arrived.
        """
        ...

    async def edit(self, drawing: Drawing, message: BoardMessage) -> Posting | Pause:
        """Show it in its message; `Posting.LOST` where that is gone.

        DONE is also that Discord will never take it: there is nothing more to be done about it.
        """
        ...

    async def find(self, message: BoardMessage) -> Posting | Pause:
        """Return whether a message is still there: DONE, or LOST."""
        ...

    async def delete(self, message: BoardMessage) -> Posting:
        """Take a message away; LOST where nothing can be done about it any more."""
        ...

    async def standing(self, guild_id: int, channel_id: int) -> Pause | Posting:
        """Return why nothing can be shown there, or DONE if it can, or LATER if nobody knows."""
        ...

    async def tell_admins(self, guild_id: int, channel_id: int, pause: Pause) -> Posting:
        """Say in another channel why boards are not kept up in this one; LOST where none is."""
        ...

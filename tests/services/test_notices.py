"""Admins are told each thing once, also where it has to be tried several times."""

from __future__ import annotations

import pytest

from bot.domain.channels import NotTaken
from bot.services.notices import Notices
from tests.fakes_news import CHANNEL

MOST = 25
"""Characters of a nonce."""


class Board:
    """Where notices are put up."""

    def __init__(self) -> None:
        self.nonces: list[str] = []
        self.is_full = False

    async def put(self, nonce: str) -> None:
        self.nonces.append(nonce)
        if self.is_full:
            raise NotTaken("no room")


async def test_it_is_told_once_until_it_is_forgotten() -> None:
    notices, board = Notices("news"), Board()
    assert await notices.tell(CHANNEL, "closed", board.put)
    assert not await notices.tell(CHANNEL, "closed", board.put)
    assert await notices.tell(CHANNEL + 1, "closed", board.put)
    assert await notices.tell(CHANNEL, "gone", board.put)
    notices.forget(CHANNEL)
    assert await notices.tell(CHANNEL, "gone", board.put)
    assert len(set(board.nonces)) == len(board.nonces) == 4
    assert max(map(len, board.nonces)) <= MOST


async def test_what_may_have_arrived_is_told_again_with_its_nonce() -> None:
    notices, board = Notices("news"), Board()
    board.is_full = True
    for _ in range(2):
        with pytest.raises(NotTaken):
            await notices.tell(CHANNEL, "closed", board.put)
    board.is_full = False
    assert await notices.tell(CHANNEL, "closed", board.put)
    [nonce, *others] = board.nonces
    assert others == [nonce, nonce]


async def test_a_run_that_was_killed_too_soon_tells_it_again_with_its_nonce() -> None:
    board = Board()
    for about in ("news", "news", "boards"):
        assert await Notices(about).tell(CHANNEL, "closed", board.put)
    first, again, another = board.nonces
    assert first == again != another


async def test_what_an_earlier_run_has_told_hides_nothing_else() -> None:
    notices, board = Notices("news"), Board()
    notices.told(CHANNEL, "closed")
    assert not await notices.tell(CHANNEL, "closed", board.put)
    assert await notices.tell(CHANNEL, "gone", board.put)
    notices.told(CHANNEL, "closed")
    assert not await notices.tell(CHANNEL, "gone", board.put)

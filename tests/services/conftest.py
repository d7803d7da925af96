from __future__ import annotations

import pytest

from tests.fakes import FakeClock
from tests.fakes_notifier import PaperNotifier
from tests.services.house import House
from tests.services.observing import UP, Post


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def paper() -> PaperNotifier:
    return PaperNotifier()


@pytest.fixture
async def post() -> Post:
    """One with a running server that was seen."""
    post = Post()
    assert not await post.look(UP)
    return post

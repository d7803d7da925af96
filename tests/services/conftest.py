from __future__ import annotations

import pytest

from tests.fakes import FakeClock
from tests.fakes_notifier import PaperNotifier
from tests.services.house import House


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def paper() -> PaperNotifier:
    return PaperNotifier()

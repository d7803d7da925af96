"""Where a panel does not tell a crash from a stop, a stop that nobody asked for is a problem."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Door
from bot.domain.events import Asker, EventKind, Preset
from bot.domain.news import kinds_of
from bot.domain.notify import NewsWish
from bot.domain.servers import Capability
from tests.fakes_news import make_event, make_subscription
from tests.services.house import ADMIN

if TYPE_CHECKING:
    from bot.domain.events import Event
    from tests.services.house import House

ROLE = 20
STOP = make_event()
ASKED = replace(STOP, asker=Asker(10, 1))
AWAY = replace(STOP, was_away=True)


@pytest.fixture
def blind_house(house: House) -> House:
    house.panel.capabilities -= {Capability.LIVE}
    return house


async def heard(house: House, event: Event, *words: EventKind | Preset) -> tuple[bool, int | None]:
    """Say whether it is told to who wants these, and whom that mentions."""
    stored = await house.subscriptions.add(make_subscription(*words, mention_role_id=ROLE))
    number = stored.id or 0
    is_told = stored in house.subscriptions.matching(event)
    return is_told, house.subscriptions.role_for(number, event)


@pytest.mark.parametrize("words", [(Preset.PROBLEMS,), (EventKind.CRASHED,)])
async def test_it_is_told_to_who_wants_crashes_and_mentions(
    blind_house: House, words: tuple[EventKind | Preset, ...]
) -> None:
    assert await heard(blind_house, STOP, *words) == (True, ROLE)
    assert await heard(blind_house, ASKED, *words) == (False, None)
    assert await heard(blind_house, AWAY, *words) == (False, None)


async def test_it_mentions_nobody_who_does_not_want_crashes(blind_house: House) -> None:
    assert await heard(blind_house, STOP, EventKind.STOPPED) == (True, None)
    assert await heard(blind_house, STOP, Preset.CHANGES) == (True, ROLE)
    assert await heard(blind_house, ASKED, Preset.CHANGES) == (True, None)


async def test_where_crashes_are_seen_a_stop_is_none(house: House) -> None:
    assert await heard(house, STOP, Preset.PROBLEMS) == (False, None)
    assert await heard(house, STOP, Preset.CHANGES) == (True, None)
    crash = replace(STOP, kind=EventKind.CRASHED)
    assert await heard(house, crash, Preset.PROBLEMS) == (True, ROLE)


async def test_no_crash_is_shown_where_none_is_seen(house: House) -> None:
    wish = NewsWish(channel_id=30, events=frozenset({Preset.PROBLEMS}))
    subscription = (await house.notify.add(ADMIN, lambda: wish, door=Door.COMMAND)).subscription
    preview = house.notify.preview
    assert preview.examples(ADMIN, subscription)[0].kind is EventKind.CRASHED
    assert preview.blind_panels(subscription) == []
    house.panel.capabilities -= {Capability.LIVE}
    examples = preview.examples(ADMIN, subscription, most=99)
    shown = {event.kind for event in examples}
    assert shown == kinds_of(subscription.events) - {EventKind.CRASHED} | {EventKind.STOPPED}
    assert examples[0].asker is None
    assert preview.blind_panels(subscription) == ["Main panel"]
    stops = replace(subscription, events=frozenset({EventKind.STOPPED}))
    assert preview.blind_panels(stops) == []

"""Orders are held as long as something may come of them, and no longer."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import timedelta

from bot.domain.access import Action
from bot.domain.changes import Order
from bot.domain.orders import Orders
from bot.domain.servers import ServerRef
from tests.domain.watching import MEMBER
from tests.fakes import NOON

OTHER = replace(MEMBER, user_id=12)


def order(action: Action, minutes: float = 0) -> Order:
    """Return one of that time."""
    return Order(action=action, asker=MEMBER, at=NOON + timedelta(minutes=minutes))


def ref(server_id: str, panel_id: str = "main") -> ServerRef:
    """Return a server."""
    return ServerRef(panel_id, server_id)


def test_old_orders_are_dropped_ended_or_not() -> None:
    orders = Orders()
    for minute in range(500):
        for action in (Action.STOP, Action.UPDATE):
            each = order(action, minute)
            orders.give("source", str(minute), each, now=each.at)
        if minute % 2:
            orders.end("source", ref(str(minute)))
    gc.collect()
    assert 20 <= sum(isinstance(each, Order) for each in gc.get_objects()) <= 30


def test_one_that_came_to_nothing_leaves_the_one_before() -> None:
    orders = Orders()
    first, second = order(Action.KILL), order(Action.STOP, 1)
    for each in (first, second, second):
        orders.give("source", "one", each, now=each.at)
    assert orders.of("source", ref("one")) is second
    orders.take_back("source", "one", Action.STOP, second.at)
    assert orders.of("source", ref("one")) is first


def test_an_end_that_was_seen_does_not_revive_what_was_told() -> None:
    orders = Orders()
    first, second = order(Action.STOP), order(Action.START, 1)
    for each in (first, second):
        orders.give("source", "one", each, now=each.at)
    orders.end("source", ref("one"))
    orders.conclude("source", "one", Action.START, second.at, done_at=NOON)
    orders.give("source", "one", second, now=NOON)
    assert orders.of("source", ref("one")) is None
    other = orders.of("source", ref("one", "other"))
    assert other is not None
    assert (other, other.done_at) == (second, NOON)


def test_what_was_ordered_before_one_that_has_ended_has_ended() -> None:
    orders = Orders()
    for each in (order(Action.STOP), order(Action.KILL, 1)):
        orders.give("source", "one", each, now=each.at)
    orders.end("source", ref("one"))
    assert orders.of("source", ref("one")) is None
    assert orders.of("source", ref("one", "other")) is not None


def creations(*orders: Order) -> Orders:
    """Return what is held once these creations were ordered."""
    held = Orders()
    for each in orders:
        held.give("source", "", each, now=each.at)
    return held


def made_by(orders: Orders, server_id: str) -> Order | None:
    """Return the creation by which a new server is said to have come."""
    return orders.creation_of("source", server_id, at=NOON + timedelta(minutes=1))


def test_one_order_creates_one_server_and_the_first_one_the_first() -> None:
    first, second = order(Action.CREATE), order(Action.CREATE, 1)
    orders = creations(first, second)
    for _ in range(2):
        assert made_by(orders, "one") is first
        assert made_by(orders, "two") is second
        assert made_by(orders, "three") is None


def test_of_several_who_create_nobody_is_taken_for_another() -> None:
    first, second = order(Action.CREATE), replace(order(Action.CREATE, 1), asker=OTHER)
    orders = creations(first, second)
    assert made_by(orders, "one") is made_by(orders, "two") is None
    orders.created("source", "one", second.at)
    assert made_by(orders, "one") is second
    assert made_by(orders, "two") is first


def test_one_that_comes_to_nothing_leaves_no_doubt_about_the_other() -> None:
    first, second = order(Action.CREATE), replace(order(Action.CREATE, 1), asker=OTHER)
    orders = creations(first, second)
    assert made_by(orders, "one") is None
    orders.take_back("source", "", Action.CREATE, first.at)
    assert made_by(orders, "one") is second
    assert made_by(orders, "two") is None


def test_a_creation_that_came_to_nothing_has_made_nothing() -> None:
    first = order(Action.CREATE)
    orders = creations(first)
    assert made_by(orders, "one") is first
    orders.take_back("source", "", Action.CREATE, first.at)
    assert made_by(orders, "one") is None


def test_what_a_panel_says_of_what_it_created_counts_more_than_the_turn() -> None:
    first, second = order(Action.CREATE), order(Action.CREATE, 1)
    orders = creations(first, second)
    orders.created("source", "one", second.at)
    assert made_by(orders, "one") is second
    assert made_by(orders, "two") is first


def test_a_panel_may_say_what_it_created_after_that_was_taken_for_another() -> None:
    first, second = order(Action.CREATE), order(Action.CREATE, 1)
    orders = creations(first, second)
    assert made_by(orders, "one") is first
    orders.created("source", "two", first.at)
    orders.created("source", "one", second.at)
    assert made_by(orders, "one") is second
    assert made_by(orders, "two") is first


def test_one_whose_end_was_seen_is_still_the_one_that_made_it() -> None:
    first = order(Action.CREATE)
    orders = creations(first)
    orders.created("source", "one", first.at)
    orders.conclude("source", "", Action.CREATE, first.at, done_at=NOON)
    assert made_by(orders, "one") == first
    assert made_by(orders, "two") is None


def test_an_old_creation_is_nobodys() -> None:
    orders = Orders()
    given = order(Action.CREATE)
    orders.give("source", "", given, now=given.at)
    assert orders.creation_of("source", "one", at=NOON + timedelta(minutes=12)) is None


def test_the_newest_counts_though_the_clock_was_set_back_since_an_older_one() -> None:
    orders = Orders()
    for each in (order(Action.STOP, 2), order(Action.KILL)):
        orders.give("source", "one", each, now=each.at)
    assert orders.of("source", ref("one")) == order(Action.KILL)

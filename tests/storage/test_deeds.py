"""What members do is told by the very transaction that writes down how it ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Outcome
from bot.domain.events import Asker, EventKind, Preset
from bot.services.deeds import Deeds
from bot.storage.audit import SqlAuditLog
from bot.storage.queue import SqlQueue
from bot.storage.subscriptions import SqlSubscriptions
from tests.fakes_news import CHANNEL, make_subscription
from tests.storage.test_audit import GUILD, entry

if TYPE_CHECKING:
    from bot.storage.engine import Database


async def test_an_end_is_told_once_and_its_channel_woken(database: Database) -> None:
    subscription = await SqlSubscriptions(database).add(make_subscription(Preset.ACTIONS))
    woken: list[int] = []
    audit = SqlAuditLog(database)
    audit.tell(Deeds(matching=lambda _: [subscription], wake=woken.extend))
    await audit.add(entry(1, Outcome.SENT))
    await audit.add(entry(1))
    (delivery,) = await SqlQueue(database).head(CHANNEL, 10)
    event = delivery.event
    assert (event.kind, event.action, event.outcome) == (EventKind.ACTION, "restart", "done")
    assert event.asker == Asker(user_id=10, guild_id=GUILD)
    assert woken == [CHANNEL]


async def test_the_channel_that_is_woken_is_the_one_it_goes_into(database: Database) -> None:
    """Somebody has just given the subscription another channel."""
    store = SqlSubscriptions(database)
    old = await store.add(make_subscription(Preset.ACTIONS))
    await store.change(replace(old, channel_id=31))
    woken: list[int] = []
    audit = SqlAuditLog(database)
    audit.tell(Deeds(matching=lambda _: [old], wake=woken.extend))
    await audit.add(entry(1))
    assert woken == [31]


async def test_it_is_told_as_well_that_a_server_did_not_come_up(database: Database) -> None:
    subscription = await SqlSubscriptions(database).add(make_subscription(Preset.ACTIONS))
    audit = SqlAuditLog(database)
    audit.tell(Deeds(matching=lambda _: [subscription], wake=lambda _: None))
    await audit.add(replace(entry(1, Outcome.NOT_UP), detail="lag"))
    (delivery,) = await SqlQueue(database).head(CHANNEL, 10)
    assert (delivery.event.outcome, delivery.event.detail) == ("not_up", "lag")


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.REFUSED, Outcome.FAILED])
async def test_what_did_not_go_through_is_for_the_audit_alone(
    database: Database, outcome: Outcome
) -> None:
    subscription = await SqlSubscriptions(database).add(make_subscription(Preset.ACTIONS))
    audit = SqlAuditLog(database)
    audit.tell(Deeds(matching=lambda _: [subscription], wake=lambda _: None))
    await audit.add(entry(1, outcome))
    assert not await SqlQueue(database).head(CHANNEL, 10)

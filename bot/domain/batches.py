"""Which deliveries of a channel become its next message. Pure; stores and sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.events import PASSING
from bot.domain.news import AMONG_OTHERS, Announcement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.domain.events import Event
    from bot.domain.news import Delivery, Subscription

_MOST_APART = 3
"""Servers whose incidents have a message each, of those that wait for their first."""


def next_message(head: Sequence[Delivery]) -> list[Delivery]:
    """Return what is told next of the oldest deliveries of a channel, oldest first.

    It is a message that was put together before, or a test, or all words of one incident, or all
    other events that no earlier word of an incident about the same server must come before. Among
    these are incidents without a message of their own: those that are over within a moment, those
    that were told among others before, and those of so many servers that there would be too many.
    """
    first = head[0]
    if first.batch_id is not None:
        return [each for each in head if each.batch_id == first.batch_id]
    fresh = [each for each in head if each.batch_id is None]
    if first.event.is_test:
        return fresh[:1]
    new = {each.event.incident for each in fresh if _is_new_of_a_server(each)}
    is_crowd = len(new) > _MOST_APART
    if _is_apart(first, is_crowd=is_crowd):
        return [each for each in fresh if each.event.incident == first.event.incident]
    waiting: list[Event] = []
    found: list[Delivery] = []
    for delivery in fresh:
        if _is_apart(delivery, is_crowd=is_crowd):
            waiting.append(delivery.event)
        elif not any(_concerns(incident, delivery.event) for incident in waiting):
            found.append(delivery)
    return found


def announcement(
    batch: Sequence[Delivery],
    *,
    subscription_of: Callable[[int], Subscription | None],
    role_for: Callable[[int, Event], int | None],
    is_unsaid: bool = False,
) -> Announcement:
    """Return the message that a batch becomes; `is_unsaid` is without names.

    An event that several subscriptions have brought into the channel is told once, and so is an
    incident, by its newest word. Of an incident that has a message nobody is told twice.
    """
    first = batch[0]
    newest = {_told_as(delivery): delivery.event for delivery in batch}
    over = {each.event.incident for each in batch if each.event.is_over}
    calling = [
        each
        for each in batch
        if not each.event.is_test
        and each.message_id is None
        and (each.event.incident is None or each.event.incident not in over)
    ]
    roles = dict.fromkeys(role_for(each.subscription_id, each.event) for each in calling)
    sources = [subscription_of(delivery.subscription_id) for delivery in batch]
    return Announcement(
        guild_id=first.guild_id,
        channel_id=first.channel_id,
        # Of a message that was tried, some deliveries may be gone with their subscription.
        batch_id=tried_as(batch) or min(delivery.id for delivery in batch),
        events=tuple(newest.values()),
        role_ids=tuple(role for role in roles if role is not None),
        names_servers=any(found and found.server_id is None for found in sources),
        is_unsaid=is_unsaid,
    )


def tried_as(batch: Sequence[Delivery]) -> int | None:
    """Return the id of the message that a batch was put together to; None if it is of several."""
    batch_ids = {delivery.batch_id for delivery in batch}
    return batch_ids.pop() if len(batch_ids) == 1 else None


def later_half(batch: Sequence[Delivery]) -> list[Delivery]:
    """Return those of the later half of the events that a message tells; none if it tells one."""
    told = list(dict.fromkeys(map(_told_as, batch)))
    later = set(told[(len(told) + 1) // 2 :])
    return [delivery for delivery in batch if _told_as(delivery) in later]


def messages_of(batch: Sequence[Delivery], message_id: int) -> dict[str, int]:
    """Return the messages that incidents have got by the one of a batch.

    It is the message of an incident if it tells nothing else; other lasting ones remember that
    they were told in it.
    """
    incidents = {delivery.event.incident for delivery in batch}
    if len(incidents) == 1:
        return {incident: message_id for incident in incidents if incident is not None}
    return {
        each.event.incident: AMONG_OTHERS
        for each in batch
        if each.event.incident is not None and each.event.kind not in PASSING
    }


def _told_as(delivery: Delivery) -> str | Event:
    """Return what deliveries have in common that are one event of a message."""
    return delivery.event.incident or delivery.event


def _is_new_of_a_server(delivery: Delivery) -> bool:
    """Whether it is of a lasting incident of one server that was not told yet."""
    event = delivery.event
    is_lasting = event.incident is not None and event.kind not in PASSING
    return is_lasting and event.ref is not None and delivery.message_id is None


def _is_apart(delivery: Delivery, *, is_crowd: bool) -> bool:
    """Whether it is not told among others."""
    event, message_id = delivery.event, delivery.message_id
    if message_id is not None:
        return message_id != AMONG_OTHERS
    if is_crowd and _is_new_of_a_server(delivery):
        return False
    return event.is_test or (event.incident is not None and event.kind not in PASSING)


def _concerns(incident: Event, event: Event) -> bool:
    """Whether the order of the two matters to a reader."""
    return incident.panel_id == event.panel_id and incident.ref in (None, event.ref)

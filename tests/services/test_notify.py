"""Subscriptions are made, changed and muted by those who may, and every change is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.audit import Change, Door, Outcome
from bot.domain.errors import (
    InvalidNews,
    NewsProblem,
    NotAllowed,
    StorageUnavailable,
    UnknownNews,
    UnknownPanel,
    UnknownServer,
)
from bot.domain.events import EventKind, Preset
from bot.domain.news import Mute, Pause
from bot.domain.notify import MOST, MuteWish, NewsWish, Without
from tests.fakes import NOON, make_server
from tests.fakes_news import make_subscription
from tests.services.house import ADMIN, GUILD, OTHER_GUILD, STRANGER, House, allow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from bot.domain.news import Subscription

WISH = NewsWish(channel_id=30, events=frozenset({Preset.PROBLEMS}))
HOUR = timedelta(hours=1)
DOOR = Door.COMMAND


@pytest.fixture
def house() -> House:
    house = House()
    house.add(make_server("Lobby", "77777777"))
    house.add_to_backup(make_server("Store", "55555555", panel_id="backup"))
    return house


async def added(house: House, wish: NewsWish = WISH) -> Subscription:
    return (await house.notify.add(ADMIN, lambda: wish, door=DOOR)).subscription


async def edited(house: House, subscription: Subscription, wish: NewsWish) -> Subscription:
    named = await house.notify.edit(ADMIN, subscription.id or 0, lambda: wish, door=DOOR)
    return named.subscription


async def test_a_subscription_names_what_it_is_about(house: House) -> None:
    everything = await house.notify.add(ADMIN, lambda: WISH, door=DOOR)
    assert (everything.panel, everything.server) == (None, None)
    assert everything.subscription == replace(
        make_subscription(Preset.PROBLEMS), id=everything.subscription.id
    )
    wish = replace(WISH, panel="backup panel", mention_role_id=20)
    of_panel = await house.notify.add(ADMIN, lambda: wish, door=DOOR)
    assert (of_panel.panel, of_panel.server) == ("Backup panel", None)
    wish = replace(WISH, server="Lobby")
    of_server = await house.notify.add(ADMIN, lambda: wish, door=DOOR)
    assert (of_server.panel, of_server.server) == ("Main panel", "Lobby")
    assert [(row.action, row.server_name, row.detail) for row in house.rows] == [
        (Change.NEWS_ADDED, "", "channel 30 · problems"),
        (Change.NEWS_ADDED, "Backup panel", "channel 30 · problems · role 20"),
        (Change.NEWS_ADDED, "Lobby", "channel 30 · problems"),
    ]
    subscriptions, _ = await house.notify.listed(ADMIN, door=DOOR)
    assert subscriptions == [everything, of_panel, of_server]


@pytest.mark.parametrize(
    ("wish", "problem"),
    [
        (replace(WISH, server="Lobby", panel="Main panel"), NewsProblem.PLACE),
        (replace(WISH, mention_role_id=GUILD), NewsProblem.EVERYBODY),
        (replace(WISH, server="Lobby", without=Without.PLACE), NewsProblem.BOTH_WAYS),
        (replace(WISH, panel="Main panel", without=Without.PLACE), NewsProblem.BOTH_WAYS),
        (replace(WISH, mention_role_id=77, without=Without.MENTION), NewsProblem.BOTH_WAYS),
        (replace(WISH, events=None), NewsProblem.NOTHING),
        (replace(WISH, events=frozenset[EventKind | Preset]()), NewsProblem.NOTHING),
        (replace(WISH, channel_id=None), NewsProblem.NOTHING),
    ],
)
async def test_a_wish_that_says_nothing_is_refused_and_written_down(
    house: House, wish: NewsWish, problem: NewsProblem
) -> None:
    with pytest.raises(InvalidNews) as caught:
        await added(house, wish)
    assert caught.value.problem is problem
    assert [(row.outcome, row.detail) for row in house.rows] == [
        (Outcome.REFUSED, f"such news cannot be: it {problem}")
    ]
    assert house.news.subscriptions == {}


async def test_what_is_not_known_here_cannot_be_subscribed_to(house: House) -> None:
    with pytest.raises(UnknownServer):
        await added(house, replace(WISH, server="Nowhere"))
    with pytest.raises(UnknownPanel):
        await added(house, replace(WISH, panel="Nowhere"))
    stranger = replace(ADMIN, guild_id=OTHER_GUILD)
    with pytest.raises(UnknownServer):
        await house.notify.add(stranger, lambda: replace(WISH, server="Lobby"), door=DOOR)


async def test_the_same_place_is_told_once_in_a_channel(house: House) -> None:
    first = await added(house)
    with pytest.raises(InvalidNews, match="the same as another"):
        await added(house, replace(WISH, events=frozenset({EventKind.ADDED})))
    second = await added(house, replace(WISH, channel_id=31))
    with pytest.raises(InvalidNews, match="the same as another"):
        await edited(house, second, NewsWish(channel_id=30))
    await house.notify.remove(ADMIN, first.id or 0, door=DOOR)
    await added(house)
    with pytest.raises(InvalidNews, match="the same as another"):
        await house.notify.restore(ADMIN, first.id or 0, door=DOOR)


async def test_there_is_an_end_to_how_many_there_are(house: House) -> None:
    for number in range(MOST):
        await added(house, replace(WISH, channel_id=100 + number))
    with pytest.raises(InvalidNews, match="one too many"):
        await added(house)
    changed = house.subscriptions.of_guild(GUILD)[0]
    await edited(house, changed, NewsWish(mention_role_id=20))
    for number in range(MOST):
        await house.subscriptions.mutes.add(make_mute(str(number)))
    with pytest.raises(InvalidNews, match="one too many"):
        await house.notify.mute(ADMIN, MuteWish, door=DOOR)


async def test_only_what_was_wished_for_is_changed(house: House) -> None:
    first = await added(house, replace(WISH, server="Lobby", mention_role_id=20))
    assert await edited(house, first, NewsWish(channel_id=31)) == replace(first, channel_id=31)
    events = frozenset[EventKind | Preset]({EventKind.ADDED})
    second = await edited(house, first, NewsWish(events=events))
    assert second == replace(first, channel_id=31, events=events)
    third = await edited(house, first, NewsWish(panel="Backup panel"))
    assert (third.panel_id, third.server_id) == ("backup", None)
    fourth = await edited(house, first, NewsWish(without=Without.MENTION))
    assert fourth == replace(third, mention_role_id=None)
    fifth = await edited(house, first, NewsWish(without=Without.PLACE))
    assert fifth == replace(fourth, panel_id=None)
    with pytest.raises(InvalidNews, match="changes nothing"):
        await edited(house, first, NewsWish(events=events))
    assert house.subscriptions.of_guild(GUILD) == [fifth]


async def test_another_channel_ends_the_pause_and_is_told_what_waits(house: House) -> None:
    woken: list[Collection[int]] = []
    house.notify.listen(woken.append)
    first = await added(house)
    await house.subscriptions.pause([first.id or 0], Pause.CHANNEL_GONE, channel_id=30)
    await edited(house, first, NewsWish(mention_role_id=20))
    assert house.subscriptions.of_guild(GUILD)[0].pause is Pause.CHANNEL_GONE
    await edited(house, first, NewsWish(channel_id=31))
    assert house.subscriptions.of_guild(GUILD)[0].pause is None
    assert set(woken[-1]) == {30, 31}


async def test_what_is_left_where_one_is_removed_is_closed_at_once(house: House) -> None:
    woken: list[Collection[int]] = []
    house.notify.listen(woken.append)
    first = await added(house)
    await house.notify.remove(ADMIN, first.id or 0, door=DOOR)
    assert [set(each) for each in woken] == [{30}]


async def test_one_of_another_guild_is_not_there(house: House) -> None:
    theirs = await house.subscriptions.add(make_subscription(guild_id=OTHER_GUILD))
    number = theirs.id or 0
    wish = NewsWish(mention_role_id=20)
    for work in (
        house.notify.edit(ADMIN, number, lambda: wish, door=DOOR),
        house.notify.remove(ADMIN, number, door=DOOR),
        house.notify.restore(ADMIN, number, door=DOOR),
        house.notify.look(ADMIN, number, door=DOOR),
        house.notify.test(ADMIN, number, door=DOOR),
        house.notify.unmute(ADMIN, number, door=DOOR),
    ):
        with pytest.raises(UnknownNews):
            await work
    assert house.subscriptions.of_guild(OTHER_GUILD) == [theirs]


async def test_what_is_removed_can_be_brought_back_once(house: House) -> None:
    first = await added(house)
    gone = await house.notify.remove(ADMIN, first.id or 0, door=Door.BUTTON)
    assert gone.subscription == first
    with pytest.raises(UnknownNews):
        await house.notify.remove(ADMIN, first.id or 0, door=DOOR)
    back = await house.notify.restore(ADMIN, first.id or 0, door=Door.BUTTON)
    assert back.subscription == first
    with pytest.raises(UnknownNews):
        await house.notify.restore(ADMIN, first.id or 0, door=DOOR)
    assert [row.action for row in house.rows if row.outcome is Outcome.DONE] == [
        Change.NEWS_ADDED,
        Change.NEWS_REMOVED,
        Change.NEWS_RESTORED,
    ]


@pytest.mark.parametrize(("roles", "mentioned"), [({77}, 77), ({5}, None), (None, 77)])
async def test_what_is_brought_back_mentions_no_role_that_is_gone(
    house: House, roles: set[int] | None, mentioned: int | None
) -> None:
    first = await added(house, replace(WISH, mention_role_id=77))
    await house.notify.remove(ADMIN, first.id or 0, door=DOOR)
    back = await house.notify.restore(ADMIN, first.id or 0, roles=roles, door=DOOR)
    assert back.subscription == replace(first, mention_role_id=mentioned)
    assert house.news.subscriptions[first.id or 0] == back.subscription


async def test_what_is_brought_back_is_told_also_where_it_was_paused(house: House) -> None:
    first = await added(house)
    await house.subscriptions.pause([first.id or 0], Pause.NOT_ALLOWED, channel_id=30)
    await house.notify.remove(ADMIN, first.id or 0, door=DOOR)
    await house.notify.restore(ADMIN, first.id or 0, door=DOOR)
    assert house.subscriptions.of_guild(GUILD) == await house.news.all() == [first]


async def test_a_test_is_told_like_all_news_although_muted(house: House) -> None:
    woken: list[Collection[int]] = []
    house.notify.listen(woken.append)
    first = await added(house, replace(WISH, server="Lobby"))
    await house.notify.mute(ADMIN, MuteWish, door=DOOR)
    await house.notify.test(ADMIN, first.id or 0, door=Door.BUTTON)
    assert woken == [{30}]
    [delivery] = await house.news.head(30, 5)
    event = delivery.event
    assert (event.kind, event.name, event.is_test) == (EventKind.CRASHED, "Lobby", True)


@pytest.mark.parametrize("kind", EventKind)
async def test_there_is_an_example_of_every_kind(house: House, kind: EventKind) -> None:
    stored = make_subscription(kind, panel_id="backup")
    [event] = house.notify.preview.examples(ADMIN, stored)
    assert stored.wants(event)
    assert (event.name, event.is_test, event.at) == ("Store", True, NOON)


async def test_an_example_needs_no_server(house: House) -> None:
    [first, second] = house.notify.preview.examples(ADMIN, make_subscription(panel_id="gone"))
    assert {first.name, second.name} == {"Survival"}


async def test_a_mute_ends_by_itself_or_by_hand(house: House) -> None:
    wish = MuteWish(server="Lobby", lasts=HOUR, reason="moving · up")
    muted = await house.notify.mute(ADMIN, lambda: wish, door=DOOR)
    assert (muted.panel, muted.server) == ("Main panel", "Lobby")
    assert muted.mute.until == NOON + HOUR
    assert house.rows[-1].detail == "until 2026-07-01 13:00 UTC · moving - up"
    forever = await house.notify.mute(ADMIN, lambda: MuteWish(panel="backup"), door=DOOR)
    _, mutes = await house.notify.listed(ADMIN, door=DOOR)
    assert mutes == [muted, forever]
    house.clock.advance(HOUR.total_seconds())
    with pytest.raises(UnknownNews):
        await house.notify.unmute(ADMIN, muted.mute.id or 0, door=DOOR)
    await house.notify.unmute(ADMIN, forever.mute.id or 0, door=DOOR)
    assert await house.notify.suggest(ADMIN) == ([], [])
    both = MuteWish(server="Lobby", panel="Main panel")
    with pytest.raises(InvalidNews, match="a server and a panel"):
        await house.notify.mute(ADMIN, lambda: both, door=DOOR)


async def test_who_may_not_configure_is_told_nothing_and_changes_nothing(house: House) -> None:
    first = await added(house)
    before, number = len(house.rows), first.id or 0

    def nonsense() -> NewsWish:
        raise InvalidNews(NewsProblem.EVENTS, "x")

    doors: list[Callable[[], Awaitable[object]]] = [
        lambda: house.notify.add(STRANGER, nonsense, door=DOOR),
        lambda: house.notify.edit(STRANGER, number, nonsense, door=DOOR),
        lambda: house.notify.remove(STRANGER, number, door=DOOR),
        lambda: house.notify.restore(STRANGER, number, door=DOOR),
        lambda: house.notify.look(STRANGER, number, door=DOOR),
        lambda: house.notify.listed(STRANGER, door=DOOR),
        lambda: house.notify.test(STRANGER, number, door=DOOR),
        lambda: house.notify.mute(STRANGER, MuteWish, door=DOOR),
        lambda: house.notify.unmute(STRANGER, number, door=DOOR),
    ]
    for door in doors:
        with pytest.raises(NotAllowed):
            await door()
    assert [row.outcome for row in house.rows[before:]] == [Outcome.DENIED] * len(doors)
    assert house.subscriptions.of_guild(GUILD) == [first]
    assert await house.notify.suggest(STRANGER) == ([], [])


async def test_who_has_the_right_to_configure_may(house: House) -> None:
    await house.access.add(allow(STRANGER.user_id, Action.MANAGE))
    named = await house.notify.add(STRANGER, lambda: WISH, door=DOOR)
    assert named.subscription.created_by == STRANGER.user_id
    assert house.rows[-1].rule_id is not None


async def test_nothing_is_half_done_without_the_database(house: House) -> None:
    first = await added(house)
    house.news.is_broken = True
    wish = NewsWish(mention_role_id=20)
    for work in (
        house.notify.edit(ADMIN, first.id or 0, lambda: wish, door=DOOR),
        house.notify.remove(ADMIN, first.id or 0, door=DOOR),
        house.notify.test(ADMIN, first.id or 0, door=DOOR),
        house.notify.mute(ADMIN, MuteWish, door=DOOR),
    ):
        with pytest.raises(StorageUnavailable):
            await work
    assert house.subscriptions.of_guild(GUILD) == [first]
    assert house.subscriptions.mutes.of_guild(GUILD) == []


def make_mute(server_id: str) -> Mute:
    return Mute(guild_id=GUILD, panel_id="main", server_id=server_id, muted_by=10, muted_at=NOON)

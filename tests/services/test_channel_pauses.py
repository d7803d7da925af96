"""What is meant for a channel that is lost waits; admins are told once, and it is looked at again.

How news and boards go on after that is in their own tests.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.channels import ChannelLost, NotTaken
from bot.domain.news import Pause
from bot.services.channel_pauses import ChannelPauses
from tests.fakes_news import CHANNEL, GUILD, MemoryNews, make_subscription
from tests.fakes_notifier import MemoryBook, PaperNotifier

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.fakes import FakeClock

OTHER_CHANNEL = CHANNEL + 1


@pytest.fixture
async def news() -> MemoryNews:
    """Two channels with a subscription each."""
    news = MemoryNews()
    for channel_id in (CHANNEL, OTHER_CHANNEL):
        await news.add(make_subscription(channel_id=channel_id))
    return news


@pytest.fixture
def woken() -> list[int]:
    return []


@pytest.fixture
def pauses(news: MemoryNews, clock: FakeClock, woken: list[int]) -> ChannelPauses:
    return ChannelPauses("news", MemoryBook(news), clock, wake=woken.extend)


@asynccontextmanager
async def looking(pauses: ChannelPauses, paper: PaperNotifier) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(pauses.run(paper))
        yield
        task.cancel()


def refuse(pause: Pause) -> None:
    """Do what turns out not to be possible."""
    raise ChannelLost(pause)


def pauses_of(news: MemoryNews) -> list[Pause | None]:
    return [each.pause for each in news.subscriptions.values()]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what tells nobody that it has changed."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - only a look can tell
            await asyncio.sleep(0)


async def test_all_of_a_channel_that_turns_out_to_be_lost_waits(
    pauses: ChannelPauses, paper: PaperNotifier, news: MemoryNews
) -> None:
    await news.add(make_subscription())
    async with pauses.pausing(GUILD, CHANNEL, paper):
        refuse(Pause.NOT_ALLOWED)
    assert pauses_of(news) == [Pause.NOT_ALLOWED, None, Pause.NOT_ALLOWED]
    assert paper.warned == [(CHANNEL, Pause.NOT_ALLOWED)]


async def test_another_reason_is_told_as_well(
    pauses: ChannelPauses, paper: PaperNotifier, news: MemoryNews
) -> None:
    for pause in Pause:
        async with pauses.pausing(GUILD, CHANNEL, paper):
            refuse(pause)
    assert paper.warned == [(CHANNEL, pause) for pause in Pause]


async def test_where_all_waits_already_it_is_tried_again_in_a_moment(
    pauses: ChannelPauses, paper: PaperNotifier
) -> None:
    async def lose() -> None:
        async with pauses.pausing(GUILD, CHANNEL, paper):
            refuse(Pause.CHANNEL_GONE)

    await lose()
    with pytest.raises(NotTaken):
        await lose()
    assert len(paper.warned) == 1


async def test_where_a_pause_is_not_taken_it_is_tried_again_with_a_rest(
    pauses: ChannelPauses,
    paper: PaperNotifier,
    news: MemoryNews,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def moved_meanwhile(*_: object) -> bool:
        return False

    monkeypatch.setattr(news, "pause", moved_meanwhile)
    with pytest.raises(NotTaken):
        async with pauses.pausing(GUILD, CHANNEL, paper):
            refuse(Pause.NOT_ALLOWED)


async def test_only_what_is_back_goes_on(
    pauses: ChannelPauses, paper: PaperNotifier, news: MemoryNews, woken: list[int]
) -> None:
    paper.standings = dict.fromkeys((CHANNEL, OTHER_CHANNEL), Pause.NOT_ALLOWED)
    async with looking(pauses, paper):
        pauses.look_again(GUILD)
        await paper.until(lambda: len(paper.warned) == 2)
        del paper.standings[CHANNEL]
        pauses.look_again(GUILD)
        await paper.until(lambda: len(paper.checked) == 4)
    assert pauses_of(news) == [None, Pause.NOT_ALLOWED]
    assert woken == [CHANNEL]
    assert len(paper.warned) == 2


async def test_a_channel_of_which_nobody_knows_is_looked_at_again_and_holds_up_no_other(
    pauses: ChannelPauses, paper: PaperNotifier, clock: FakeClock
) -> None:
    paper.unknown.add(CHANNEL)
    paper.standings = dict.fromkeys((CHANNEL, OTHER_CHANNEL), Pause.NOT_ALLOWED)
    async with looking(pauses, paper):
        pauses.look_again(GUILD)
        await clock.wait_asleep(1)
        assert paper.warned == [(OTHER_CHANNEL, Pause.NOT_ALLOWED)]
        paper.unknown.clear()
        await clock.tick()
        await paper.until(lambda: len(paper.warned) == 2)


async def test_a_database_that_is_down_delays_a_look(
    pauses: ChannelPauses, paper: PaperNotifier, clock: FakeClock, news: MemoryNews
) -> None:
    paper.standings = {CHANNEL: Pause.NOT_ALLOWED}
    news.is_broken = True
    async with looking(pauses, paper):
        pauses.look_again(GUILD)
        await clock.wait_asleep(1)
        assert pauses_of(news) == [None, None]
        news.is_broken = False
        await clock.tick()
        await paper.until(lambda: len(paper.checked) == 3)
        await until(lambda: pauses_of(news) == [Pause.NOT_ALLOWED, None])
    assert len(paper.warned) == 1


async def test_a_right_that_is_back_without_a_word_is_noticed(
    pauses: ChannelPauses, paper: PaperNotifier, clock: FakeClock, woken: list[int]
) -> None:
    paper.standings = {CHANNEL: Pause.NOT_ALLOWED}
    async with looking(pauses, paper):
        pauses.look_again(GUILD)
        await clock.wait_asleep(1)
        await clock.tick()
        await clock.wait_asleep(1)
        assert (paper.checked, woken) == ([CHANNEL, OTHER_CHANNEL, CHANNEL], [])
        paper.standings.clear()
        await clock.tick()
        await until(lambda: woken == [CHANNEL])
    assert clock.monotonic() == 600
    assert len(paper.warned) == 1


async def test_what_discord_refused_waits_for_the_patrol_whatever_rights_change(
    pauses: ChannelPauses, paper: PaperNotifier, clock: FakeClock, news: MemoryNews
) -> None:
    async with pauses.pausing(GUILD, CHANNEL, paper):
        refuse(Pause.REFUSED)
    async with pauses.pausing(GUILD, OTHER_CHANNEL, paper):
        refuse(Pause.NOT_ALLOWED)
    async with looking(pauses, paper):
        pauses.look_again(GUILD)
        await until(lambda: pauses_of(news) == [Pause.REFUSED, None])
        await clock.tick()
        await until(lambda: pauses_of(news) == [None, None])
    assert clock.monotonic() == 300
    assert paper.checked[:2] == [CHANNEL, OTHER_CHANNEL]


async def test_that_a_channel_is_gone_which_discord_refused_is_said_at_once(
    pauses: ChannelPauses, paper: PaperNotifier, news: MemoryNews
) -> None:
    async with pauses.pausing(GUILD, CHANNEL, paper):
        refuse(Pause.REFUSED)
    paper.standings[CHANNEL] = Pause.CHANNEL_GONE
    async with looking(pauses, paper):
        pauses.look_again(GUILD)
        await until(lambda: pauses_of(news) == [Pause.CHANNEL_GONE, None])
    assert paper.warned == [(CHANNEL, Pause.REFUSED), (CHANNEL, Pause.CHANNEL_GONE)]


async def test_a_bot_that_starts_tries_again_what_discord_refused(
    pauses: ChannelPauses, paper: PaperNotifier, news: MemoryNews, woken: list[int]
) -> None:
    await news.pause([1], Pause.REFUSED)
    async with looking(pauses, paper):
        pauses.look_again(GUILD)
        await until(lambda: woken == [CHANNEL])
    assert pauses_of(news) == [None, None]


async def test_however_long_it_takes_to_tell_admins_it_is_looked_at_again_after_that(
    pauses: ChannelPauses,
    paper: PaperNotifier,
    clock: FakeClock,
    woken: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_told = asyncio.Event()

    async def tell_slowly(*_: object) -> None:
        await is_told.wait()

    async def refused() -> None:
        async with pauses.pausing(GUILD, CHANNEL, paper):
            refuse(Pause.NOT_ALLOWED)

    monkeypatch.setattr(paper, "tell_admins", tell_slowly)
    async with asyncio.timeout(5), looking(pauses, paper), asyncio.TaskGroup() as group:
        group.create_task(refused())
        for seconds in (0, 1000, 0):
            clock.advance(seconds)
            # Whoever is awake gets his turn.
            for _ in range(20):
                await asyncio.sleep(0)
        is_told.set()
        await clock.tick()
        await until(lambda: woken == [CHANNEL])


async def test_what_is_refused_again_and_again_is_told_once_until_something_was_written(
    pauses: ChannelPauses, paper: PaperNotifier, news: MemoryNews
) -> None:
    async def refused() -> None:
        async with pauses.pausing(GUILD, CHANNEL, paper):
            refuse(Pause.NOT_ALLOWED)

    async with looking(pauses, paper):
        for _ in range(3):
            await refused()
            # As far as is known nothing is in the way.
            pauses.look_again(GUILD)
            await until(lambda: pauses_of(news) == [None, None])
        assert len(paper.warned) == 1
        pauses.wrote(CHANNEL)
        await refused()
    assert len(paper.warned) == 2


async def test_what_an_earlier_run_has_told_is_not_told_again(
    paper: PaperNotifier, news: MemoryNews, clock: FakeClock, woken: list[int]
) -> None:
    await news.pause([1], Pause.NOT_ALLOWED)
    pauses = ChannelPauses("news", MemoryBook(news), clock, wake=woken.extend)
    async with looking(pauses, paper):
        pauses.look_again(GUILD)
        await until(lambda: woken == [CHANNEL])
        async with pauses.pausing(GUILD, CHANNEL, paper):
            refuse(Pause.NOT_ALLOWED)
    assert woken == [CHANNEL]
    assert paper.warned == []
    assert pauses_of(news) == [Pause.NOT_ALLOWED, None]


async def test_a_channel_that_was_open_meanwhile_is_told_of_again(
    pauses: ChannelPauses, paper: PaperNotifier, news: MemoryNews
) -> None:
    async with looking(pauses, paper):
        for _ in range(2):
            paper.standings[CHANNEL] = Pause.NOT_ALLOWED
            pauses.look_again(GUILD)
            await until(lambda: pauses_of(news) == [Pause.NOT_ALLOWED, None])
            del paper.standings[CHANNEL]
            pauses.look_again(GUILD)
            await until(lambda: pauses_of(news) == [None, None])
    assert len(paper.warned) == 2


async def test_where_nothing_is_meant_for_any_channel_nobody_looks(
    pauses: ChannelPauses, paper: PaperNotifier
) -> None:
    async with looking(pauses, paper):
        pauses.look_again(GUILD + 1)
        pauses.look_again(GUILD)
        await paper.until(lambda: len(paper.checked) == 2)
    assert paper.checked == [CHANNEL, OTHER_CHANNEL]


async def test_all_of_a_channel_go_on_at_once(
    pauses: ChannelPauses,
    paper: PaperNotifier,
    news: MemoryNews,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else an incident could be told for the first alone, and once more for the others."""
    for _ in range(2):
        await news.add(make_subscription())
    paper.standings[CHANNEL] = Pause.NOT_ALLOWED
    async with looking(pauses, paper):
        pauses.look_again(GUILD)
        await until(lambda: pauses_of(news).count(Pause.NOT_ALLOWED) == 3)
        pause, seen = news.pause, []

        async def watched(*what: Any) -> None:  # noqa: ANN401 - as the store's
            await pause(*what)
            seen.append(pauses_of(news).count(Pause.NOT_ALLOWED))

        monkeypatch.setattr(news, "pause", watched)
        del paper.standings[CHANNEL]
        pauses.look_again(GUILD)
        await until(lambda: not any(pauses_of(news)))
    assert seen == [0]

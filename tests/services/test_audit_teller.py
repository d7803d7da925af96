"""Audit channels: everything is told once and in order, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Door, Outcome
from bot.domain.channels import ChannelLost, NotTaken, WordsRefused
from bot.domain.guilds import Setting, Told
from bot.domain.news import Pause
from bot.services.audit_teller import AuditTeller
from tests.fakes_guilds import PaperChannel
from tests.services.house import ADMIN, GUILD, OPERATOR, attempt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.services.house import House

CHANNEL = 33


@pytest.fixture
def paper() -> PaperChannel:
    return PaperChannel()


def make_teller(house: House) -> AuditTeller:
    """Return one as after a start of the bot."""
    teller = AuditTeller(
        history=house.audit_log, cursors=house.guilds, settings=house.settings, clock=house.clock
    )
    house.audit.listen(teller.wake)
    house.settings.listen(teller.wake)
    return teller


@asynccontextmanager
async def telling(house: House, paper: PaperChannel) -> AsyncIterator[AuditTeller]:
    """Let a bot tell for a while."""
    teller = make_teller(house)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(teller.run(paper))
        yield teller
        task.cancel()


async def choose(house: House, channel_id: int | None = CHANNEL) -> None:
    """Choose the audit channel before anything else has happened."""
    await house.settings.change(ADMIN, Setting.AUDIT_CHANNEL, channel_id, door=Door.MENU)


async def happen(house: House, count: int = 1, outcome: Outcome = Outcome.DONE) -> None:
    """Let somebody do something."""
    for _ in range(count):
        house.clock.advance(1)
        await house.audit.record(attempt(house, OPERATOR), outcome)


async def until_told(paper: PaperChannel, *ids: int) -> None:
    """Wait until exactly these entries can be read."""
    async with asyncio.timeout(5):
        while paper.told[-1:] != list(ids)[-1:]:
            await paper.wait_posts(len(paper.posts) + 1)
    assert paper.told == list(ids)


async def test_what_happens_is_told_in_the_channel(house: House, paper: PaperChannel) -> None:
    await choose(house)
    async with telling(house, paper):
        await until_told(paper, 1)
        await happen(house)
        await until_told(paper, 1, 2)
    assert {message.channel_id for message in paper.posts} == {CHANNEL}


async def test_a_guild_without_a_channel_is_told_nothing(house: House, paper: PaperChannel) -> None:
    async with telling(house, paper):
        await happen(house)
        await choose(house)
        await until_told(paper, 2)


async def test_much_at_once_is_told_in_few_messages(house: House, paper: PaperChannel) -> None:
    await choose(house)
    await happen(house, 13)
    async with telling(house, paper):
        await until_told(paper, *range(1, 15))
    assert [len(message.ids) for message in paper.posts] == [6, 6, 2]


async def test_what_is_on_its_way_is_told_when_it_has_ended(
    house: House, paper: PaperChannel
) -> None:
    await choose(house)
    async with telling(house, paper):
        await happen(house, outcome=Outcome.SENT)
        await house.audit.record(attempt(house, OPERATOR), Outcome.DONE)
        await until_told(paper, 1, 3)


async def test_what_happened_while_the_bot_was_off_is_told(
    house: House, paper: PaperChannel
) -> None:
    await choose(house)
    async with telling(house, paper):
        await until_told(paper, 1)
    await happen(house, 2)
    async with telling(house, paper):
        await until_told(paper, 1, 2, 3)


async def test_a_crash_after_a_message_has_arrived_repeats_nothing(
    house: House, paper: PaperChannel
) -> None:
    await choose(house)
    await happen(house, 2)
    crashed = asyncio.Event()
    paper.crash = crashed.set
    async with telling(house, paper):
        await crashed.wait()
    paper.crash = None
    await happen(house, 2)  # more than was on its way then
    async with telling(house, paper):
        await until_told(paper, 1, 2, 3, 4, 5)
    assert paper.posts[0] == paper.posts[1]


async def test_a_crash_before_a_message_went_out_loses_nothing(
    house: House, paper: PaperChannel
) -> None:
    await choose(house)
    await happen(house, 2)
    await house.guilds.move(GUILD, Told(0, 2))
    async with telling(house, paper):
        await until_told(paper, 1, 2, 3)
    assert paper.posts[0].ids == (1, 2)


async def test_what_discord_does_not_take_is_tried_again_ever_more_slowly(
    house: House, paper: PaperChannel
) -> None:
    paper.refusals += [NotTaken("busy")] * 3
    await choose(house)
    async with telling(house, paper):
        for number in range(3):
            await paper.wait_posts(number + 1)
            await house.clock.wait_asleep(1)
            started = house.clock.monotonic()
            await house.clock.tick()
            assert house.clock.monotonic() - started == 2.0 * 2**number
        await until_told(paper, 1)
    assert len({message.nonce for message in paper.posts}) == 1


async def test_a_lost_channel_is_paused_said_once_and_taken_up_again(
    house: House, paper: PaperChannel, caplog: pytest.LogCaptureFixture
) -> None:
    paper.refusals += [ChannelLost(Pause.NOT_ALLOWED)] * 2
    await choose(house)
    async with telling(house, paper) as teller:
        await paper.wait_posts(1)
        await happen(house)
        await paper.wait_posts(2)
        assert paper.told == []
        teller.wake(GUILD)  # as when its permissions change
        await until_told(paper, 1, 2)
    warnings = [record.message for record in caplog.records if "audit channel" in record.message]
    assert len(warnings) == 1


async def test_a_message_that_discord_takes_in_no_words_waits_for_what_comes_next(
    house: House, paper: PaperChannel, caplog: pytest.LogCaptureFixture
) -> None:
    paper.refusals.append(WordsRefused("blocked"))
    await choose(house)
    async with telling(house, paper):
        await paper.wait_posts(1)
        await happen(house)
        await until_told(paper, 1, 2)
    [warning] = [each.message for each in caplog.records if "audit channel" in each.message]
    assert "(blocked)" in warning


async def test_a_channel_that_is_chosen_anew_and_lost_again_is_said_again(
    house: House, paper: PaperChannel, caplog: pytest.LogCaptureFixture
) -> None:
    paper.refusals += [ChannelLost(Pause.NOT_ALLOWED)] * 2
    async with telling(house, paper):
        for number in (1, 2):
            await choose(house)
            await paper.wait_posts(number)
            await choose(house, None)
    warnings = [record.message for record in caplog.records if "audit channel" in record.message]
    assert len(warnings) == 2


async def test_another_channel_goes_on_where_the_lost_one_stopped(
    house: House, paper: PaperChannel
) -> None:
    await choose(house)
    async with telling(house, paper):
        await until_told(paper, 1)
        await house.settings.lose_audit_channel(GUILD)
        await happen(house)
        await choose(house, CHANNEL + 1)
        await until_told(paper, 1, 2, 3)
    assert paper.posts[-1].channel_id == CHANNEL + 1


async def test_a_channel_that_was_switched_off_is_told_nothing_more(
    house: House, paper: PaperChannel
) -> None:
    await choose(house)
    async with telling(house, paper):
        await until_told(paper, 1)
        await choose(house, None)
        await happen(house)
        await choose(house)
        await until_told(paper, 1, 4)


async def test_a_database_that_is_down_delays_and_loses_nothing(
    house: House, paper: PaperChannel
) -> None:
    await choose(house)
    house.guilds.is_broken = True
    async with telling(house, paper):
        await house.clock.wait_asleep(1)
        house.guilds.is_broken = False
        await house.clock.tick()
        await until_told(paper, 1)


async def test_a_bug_ends_neither_the_bot_nor_the_worker(
    house: House, paper: PaperChannel, caplog: pytest.LogCaptureFixture
) -> None:
    await choose(house)
    paper.crash = _fail
    async with telling(house, paper):
        await paper.wait_posts(1)
        paper.crash = None
        # Nothing else has to happen for it to be tried again.
        await house.clock.tick()
        await until_told(paper, 1)
    assert "failed unexpectedly" in caplog.text


def _fail() -> None:
    raise RuntimeError("a bug")


async def test_what_was_interrupted_by_the_end_of_the_bot_is_ended_at_the_start(
    house: House,
) -> None:
    await happen(house, outcome=Outcome.SENT)
    await happen(house)
    await house.audit.end_interrupted()
    await house.audit.end_interrupted()
    assert [row.outcome for row in house.rows] == [Outcome.DONE, Outcome.UNKNOWN]
    assert house.rows[1].at == house.sent[0].at
    assert house.rows[1].detail == "interrupted"


async def test_a_database_that_is_down_at_the_start_leaves_that_to_the_next_one(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await happen(house, outcome=Outcome.SENT)
    house.audit_log.is_broken = True
    await house.audit.end_interrupted()
    assert house.rows == []
    assert "the next start will" in caplog.text
    house.audit_log.is_broken = False
    await house.audit.end_interrupted()
    assert [row.outcome for row in house.rows] == [Outcome.UNKNOWN]

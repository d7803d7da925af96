"""Where several subscriptions of a channel are about the same, each event is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.domain.events import EventKind
from bot.domain.servers import ServerRef
from bot.storage.engine import Database
from bot.storage.tracks import SqlTracks
from tests.e2e.newsroom import subscribe, until_stored
from tests.fakes_news import make_event

if TYPE_CHECKING:
    from tests.e2e.stage import Stage

_COUNT = 500


async def test_each_of_many_events_is_told_once(quiet_stage: Stage) -> None:
    stage = quiet_stage
    news = stage.guild.add_channel("news")
    both = [await subscribe(stage, news), await subscribe(stage, news, EventKind.STARTED)]
    alone = await subscribe(stage, news, EventKind.STARTED, server=stage.survival)
    at = datetime.now(UTC)
    events = [
        make_event(EventKind.STARTED, f"s{number}", name=f"S{number}", at=at)
        for number in range(_COUNT)
    ]
    # With one delivery more than the others, so that a thousand end within an event.
    events[0] = replace(events[0], ref=ServerRef("main", stage.survival.identifier))
    told = [(events[0], [*both, alone]), *((event, both) for event in events[1:])]
    async with Database(stage.settings().database_url) as database:
        await SqlTracks(database).commit(tracks={}, incidents={}, news=told)
    await stage.start_bot()
    await until_stored(stage, "SELECT count(*) FROM deliveries", 0)
    [message] = news.messages
    assert f"**{_COUNT} changes**" in message.text

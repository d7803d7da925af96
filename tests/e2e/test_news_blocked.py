"""Of an old panel, which never says what runs, it is told what is taken out of use."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.simulators.panels.pterodactyl_legacy import LegacyStandIn
from bot.simulators.world import World
from tests.e2e.newsroom import lines, subscribe, until_stored

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from tests.e2e.stage import Stage


async def test_a_suspension_and_its_end_are_told_of_a_panel_that_tells_no_more(
    quiet_stage: Stage, news: Channel
) -> None:
    stage, world = quiet_stage, World()
    classic = world.add_server("Classic", node=world.add_node("near"))
    async with LegacyStandIn(world, dialect="0.4", nodes=world.nodes) as panel:
        key = panel.accounts.add_key(panel.accounts.add_user("owner"))
        facts: dict[str, object] = {
            "name": "Old panel",
            "kind": "pterodactyl_legacy",
            "base_url": panel.url,
            "poll_seconds": 5,
            "options": {"dialect": "0.4"},
        }
        stage.more_panels["old"] = (facts, {"public_key": key.public, "secret_key": key.secret})
        await subscribe(stage, news)
        bot = await stage.start_bot_only()
        await until_stored(stage, "SELECT count(*) FROM tracks WHERE panel_id = 'old'", 1)
        for condition, word in (("suspended", "was suspended"), (None, "is no longer suspended")):
            classic.condition = condition
            await stage.discord.until(partial(_is_told, news, f"**Classic** {word}"), timeout=30)
        await stage.stop_bot(bot)


def _is_told(channel: Channel, words: str) -> bool:
    return any(words in line for line in lines(channel))

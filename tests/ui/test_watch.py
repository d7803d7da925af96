"""A watch runs in one private message, with a button that outlives the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ui.member import Member, button_ids, text_of

if TYPE_CHECKING:
    from bot.ui.client import Client
    from tests.ui.desk import Desk


async def test_a_watch_that_a_dead_bot_left_behind_is_over_at_the_click(
    client: Client, desk: Desk
) -> None:
    said = await Member(client, desk).presses("d1l:00ff00ff00ff00ff")

    assert text_of(said).strip() == "This is over already: I was restarted since."
    assert button_ids(said) == []

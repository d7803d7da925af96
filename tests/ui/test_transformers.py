"""Suggestions: few, short, and only what the asker may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.ui.transformers import PanelOption, ServerOption
from tests.fakes import make_server
from tests.services.house import STRANGER, VIEWER
from tests.ui.gateway import asked
from tests.ui.payloads import slash
from tests.ui.render.judge import PIECES, unseen

if TYPE_CHECKING:
    from bot.ui.client import Client
    from tests.services.house import House

_MANAGE_SERVER = 1 << 5


@pytest.mark.parametrize("option", [ServerOption(), PanelOption()])
async def test_a_stranger_is_offered_nothing(
    client: Client, option: ServerOption | PanelOption
) -> None:
    assert await option.autocomplete(asked(client, slash(user_id=STRANGER.user_id)), "") == []
    assert await option.autocomplete(asked(client, slash(user_id=VIEWER.user_id)), "")


@pytest.mark.parametrize("option", [ServerOption(), PanelOption()])
async def test_rights_that_cannot_be_read_offer_nothing(
    client: Client, house: House, option: ServerOption | PanelOption
) -> None:
    house.rules.is_broken = True

    assert await option.autocomplete(asked(client, slash(user_id=VIEWER.user_id)), "") == []


async def test_a_suggestion_says_name_state_and_panel(client: Client) -> None:
    interaction = asked(client, slash(permissions=_MANAGE_SERVER, locale="zh-CN"))

    (choice,) = await ServerOption().autocomplete(interaction, "surv")

    assert choice.name == "Survival · 运行中 · Main panel"
    assert choice.value == "main:1a2b3c4d"


async def test_suggestions_are_never_more_or_longer_than_discord_takes(
    client: Client, house: House
) -> None:
    house.add(
        *(make_server(piece * 200, f"{number}" + "i" * 300) for number, piece in enumerate(PIECES))
    )

    choices = await ServerOption().autocomplete(
        asked(client, slash(permissions=_MANAGE_SERVER)), ""
    )

    assert len(choices) == 25
    assert len({choice.value for choice in choices}) == 25
    for choice in choices:
        assert 0 < len(choice.name) <= 100
        assert 0 < len(str(choice.value)) <= 100
        assert unseen(choice.name) == []


async def test_a_panel_is_taken_by_name_or_id(client: Client) -> None:
    interaction, option = asked(client, slash()), PanelOption()

    assert await option.transform(interaction, "MAIN panel") == "main"
    assert await option.transform(interaction, "Main") == "main"
    assert await option.transform(interaction, "Elsewhere") == "elsewhere"

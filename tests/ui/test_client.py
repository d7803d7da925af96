"""Every button, menu and form is answered, by exactly one of ours, after a restart as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
import pytest

from bot.domain.servers import Capability, PowerAction
from bot.ui.forms import command_form
from bot.ui.items import ServerButton, Verb
from bot.ui.pager import OpenCard, TurnPage
from bot.ui.render.listing import Filters
from tests.fakes import make_server
from tests.ui.gateway import arrive
from tests.ui.own_items import own_items
from tests.ui.payloads import click, interaction, submission
from tests.ui.render.languages import ENGLISH

if TYPE_CHECKING:
    from bot.ui.client import Client
    from tests.services.house import House
    from tests.ui.desk import Desk

_MANAGE_SERVER = 1 << 5
_OLD = "This is from an older version of me. Please use the command again."


async def test_each_own_custom_id_belongs_to_exactly_one_kind_of_item(client: Client) -> None:
    """discord.py runs every kind that fits."""
    kinds = client._connection._view_store._dynamic_items

    for item in own_items():
        fitting = [kind for template, kind in kinds.items() if template.fullmatch(item.custom_id)]
        assert fitting == [type(item)], item.custom_id


async def test_every_kind_of_item_is_tried_above(client: Client) -> None:
    kinds = client._connection._view_store._dynamic_items.values()

    assert set(kinds) == {type(item) for item in own_items()}


def test_every_own_custom_id_carries_a_version() -> None:
    assert {item.custom_id[:2] for item in own_items()} == {"d1"}


@pytest.mark.parametrize("custom_id", ["old", "d0b:start:main:1", "d1b:explode:main:1", "d2s:open"])
async def test_a_button_of_another_version_is_answered(
    client: Client, desk: Desk, custom_id: str
) -> None:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="x", custom_id=custom_id))

    arrive(client, click(view, custom_id))

    said = await desk.wait_said(1)
    assert said[0].is_private
    assert said[0].text == _OLD


async def test_a_button_works_without_any_memory_of_its_message(
    client: Client, desk: Desk, house: House
) -> None:
    view = discord.ui.View(timeout=None)
    button = ServerButton(Verb.STOP, "main:1a2b3c4d", text="Stop")
    view.add_item(button)

    arrive(client, click(view, button.custom_id, permissions=_MANAGE_SERVER))

    said = await desk.wait_said(2)
    assert said[1].text == "<@10> is stopping **Survival**"
    assert not said[1].is_private
    await house.panel.wait_called("power")
    assert house.panel.powers == [("1a2b3c4d", PowerAction.STOP)]


async def test_a_button_that_fails_is_answered_in_private(client: Client, desk: Desk) -> None:
    view = discord.ui.View(timeout=None)
    button = ServerButton(Verb.REFRESH, "main:gone", text="Refresh")
    view.add_item(button)

    arrive(client, click(view, button.custom_id, permissions=_MANAGE_SERVER))

    said = await desk.wait_said(1)
    assert said[0].is_private
    assert said[0].text.startswith("There is no such server for you.")


async def test_rights_are_those_of_the_one_who_presses(
    client: Client, desk: Desk, house: House
) -> None:
    view = discord.ui.View(timeout=None)
    button = ServerButton(Verb.STOP, "main:1a2b3c4d", text="Stop")
    view.add_item(button)

    arrive(client, click(view, button.custom_id, user_id=12))  # may view, and no more

    said = await desk.wait_said(2)
    assert said[1].is_private
    assert "You may not stop **Survival**." in said[1].text
    assert house.panel.powers == []


async def test_a_menu_opens_the_picked_card(client: Client, desk: Desk, house: House) -> None:
    view = discord.ui.LayoutView(timeout=None)
    menu = OpenCard.of([house.server], ENGLISH)
    view.add_item(discord.ui.ActionRow(menu))
    payload = click(view, menu.custom_id, permissions=_MANAGE_SERVER)
    payload["data"] |= {"component_type": 3, "values": ["main:1a2b3c4d"]}

    arrive(client, payload)

    said = await desk.wait_said(2)
    assert said[0].is_private
    assert said[1].method == "PATCH"
    assert "Survival" in str(said[1].body["components"])


async def test_a_page_is_turned_where_it_is(client: Client, desk: Desk, house: House) -> None:
    house.add(*(make_server(f"Server {number:02}", f"id{number}") for number in range(20)))
    view = discord.ui.LayoutView(timeout=None)
    button = TurnPage(">", Filters(page=1).encode(), text="▶")
    view.add_item(discord.ui.ActionRow(button))
    payload = click(view, button.custom_id, permissions=_MANAGE_SERVER)
    payload["message"]["flags"] |= 1 << 6  # only the asker sees the list

    arrive(client, payload)

    (said,) = await desk.wait_said(1)
    assert said.body["type"] == discord.InteractionResponseType.message_update.value
    assert "page 2 of 2" in str(said.message["components"])


async def test_a_form_is_answered_without_any_memory_of_it(
    client: Client, desk: Desk, house: House
) -> None:
    house.panel.capabilities -= {Capability.LIVE}
    form = command_form(house.server, ENGLISH)

    arrive(client, submission(form.custom_id, "say hello", permissions=_MANAGE_SERVER))

    said = await desk.wait_said(2)
    assert said[1].text.startswith("**Survival** took the command `say hello`.")
    assert house.panel.commands == [("1a2b3c4d", "say hello")]


async def test_a_form_of_rows_is_read_as_well(client: Client, desk: Desk, house: House) -> None:
    """Discord sends inputs in rows where a form has no labels."""
    house.panel.capabilities -= {Capability.LIVE}
    text = {"type": 4, "id": 2, "custom_id": "line", "value": "save-all"}
    data = {
        "custom_id": "d1c:main:1a2b3c4d",
        "components": [{"type": 1, "id": 1, "components": [text]}],
    }
    kind = discord.InteractionType.modal_submit

    arrive(client, interaction(kind, data, permissions=_MANAGE_SERVER))

    await desk.wait_said(2)
    assert house.panel.commands == [("1a2b3c4d", "save-all")]


async def test_a_page_button_that_cannot_be_read_is_answered(client: Client, desk: Desk) -> None:
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.ActionRow(TurnPage(">", "of another form", text="▶")))

    arrive(client, click(view, "d1p:>:of another form"))

    (said,) = await desk.wait_said(1)
    assert said.is_private
    assert said.text == _OLD


async def test_a_form_of_another_version_is_answered(client: Client, desk: Desk) -> None:
    arrive(client, submission("d0c:main:1a2b3c4d", "say hello"))

    (said,) = await desk.wait_said(1)
    assert said.is_private
    assert said.text == _OLD

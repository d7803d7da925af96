"""A kill needs a second tap: by the asker, in time, and only once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import discord
import pytest

from bot.domain.audit import Door
from bot.domain.guilds import Confirm, Setting
from bot.domain.servers import PowerAction
from bot.ui.confirm import ConfirmOrder, Reason
from bot.ui.items import ServerButton, Verb
from tests.services.house import ADMIN, OPERATOR
from tests.ui.gateway import arrive
from tests.ui.payloads import click

if TYPE_CHECKING:
    from datetime import datetime

    from bot.ui.client import Client
    from tests.services.house import House
    from tests.ui.desk import Desk

_MANAGE_SERVER = 1 << 5
_KEY = "main:1a2b3c4d"


def _question(until: datetime, *, reason: str | None = None) -> tuple[discord.ui.View, str]:
    """Return the question's buttons, and the custom_id of the one to press."""
    view = discord.ui.View(timeout=None)
    at = int(until.timestamp())
    confirm = ConfirmOrder(PowerAction.KILL, ADMIN.user_id, at, _KEY, text="Kill it")
    view.add_item(confirm)
    if reason:
        view.add_item(Reason(reason))
    return view, confirm.custom_id


def _in(seconds: float) -> datetime:
    return discord.utils.utcnow() + timedelta(seconds=seconds)


def _press(
    client: Client,
    view: discord.ui.View,
    custom_id: str,
    *,
    user_id: int = ADMIN.user_id,
    permissions: int = _MANAGE_SERVER,
) -> None:
    """Let the gateway bring the click."""
    payload = click(view, custom_id, user_id=user_id, permissions=permissions)
    arrive(client, payload)


async def test_the_second_tap_of_the_asker_kills(client: Client, desk: Desk, house: House) -> None:
    _press(client, *_question(_in(30), reason="stuck"))

    said = await desk.wait_said(2)
    assert said[0].text == "Confirmed."
    assert said[0].message["components"] == []
    assert said[1].text == "<@10> is killing **Survival** · reason: stuck"
    await house.panel.wait_called("power")
    assert house.panel.powers == [("1a2b3c4d", PowerAction.KILL)]


async def test_nobody_else_can_confirm(client: Client, desk: Desk, house: House) -> None:
    _press(client, *_question(_in(30)), user_id=OPERATOR.user_id)

    said = await desk.wait_said(1)
    assert said[0].is_private
    assert said[0].text == "Only the one who asked can confirm this."
    assert house.panel.powers == []


async def test_who_may_no_longer_is_told_so_and_has_confirmed_nothing(
    client: Client, desk: Desk, house: House
) -> None:
    _press(client, *_question(_in(30)), permissions=0)

    said = await desk.wait_said(1)
    assert said[0].is_private
    assert "There is no such server for you." in said[0].text
    assert [each.text for each in desk.said] == [said[0].text]
    assert house.panel.powers == []


async def test_a_late_tap_kills_nothing(client: Client, desk: Desk, house: House) -> None:
    _press(client, *_question(_in(-1)))

    said = await desk.wait_said(1)
    assert said[0].text.startswith("That was more than a minute ago. Nothing was done")
    assert house.panel.powers == []


@pytest.mark.parametrize("text", ["stuck", "a: b | c", "理由", "x" * 80, "d1k:1:2:main:3"])
def test_a_reason_is_read_back_as_it_was(text: str) -> None:
    button = Reason(text)

    read = Reason.__discord_ui_compiled_template__.fullmatch(button.custom_id)

    assert read
    assert read["text"] == text
    assert len(button.custom_id) <= 100


def test_the_longest_question_fits_into_a_custom_id() -> None:
    """A snowflake has 63 bits, a time 32; a key has at most 70 characters."""
    button = ConfirmOrder(PowerAction.RESTART, 2**63 - 1, 2**32 - 1, "k" * 70)

    assert len(button.custom_id) <= 100


@pytest.mark.parametrize("verb", [Verb.STOP, Verb.RESTART])
async def test_a_guild_can_want_to_be_asked_more_often(
    client: Client, desk: Desk, house: House, verb: Verb
) -> None:
    await house.settings.change(ADMIN, Setting.CONFIRM, Confirm.ALWAYS, door=Door.MENU)
    view = discord.ui.View(timeout=None)
    button = ServerButton(verb, _KEY, text="x")
    view.add_item(button)

    _press(client, view, button.custom_id)

    [asked] = await desk.wait_said(1)
    assert asked.is_private
    assert "Confirm within a minute" in asked.text
    assert house.panel.powers == []
    [row] = asked.message["components"]
    [confirm] = row["components"]
    _press(client, view_with(confirm["custom_id"]), confirm["custom_id"])
    await house.panel.wait_called("power")
    assert house.panel.powers == [("1a2b3c4d", PowerAction(verb))]


async def test_a_start_is_never_asked_for_twice(client: Client, desk: Desk, house: House) -> None:
    await house.settings.change(ADMIN, Setting.CONFIRM, Confirm.ALWAYS, door=Door.MENU)
    view = view_with(f"d1b:start:{_KEY}")

    _press(client, view, f"d1b:start:{_KEY}")

    await desk.wait_said(1)
    await house.panel.wait_called("power")


def view_with(custom_id: str) -> discord.ui.View:
    """Return a message's buttons: only one."""
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="x", custom_id=custom_id))
    return view

"""Somebody who uses the bot, and reads what it answers. Asserts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from tests.ui.gateway import arrive
from tests.ui.payloads import click, filled, manage
from tests.ui.render.layout import walk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.ui.client import Client
    from tests.ui.desk import Desk, Said

_MANAGE_SERVER = 1 << 5
_TEXT, _BUTTON = 10, 2


class Member:
    """Somebody who uses the bot, one step after the other."""

    def __init__(self, client: Client, desk: Desk, **who: Any) -> None:  # noqa: ANN401 - keywords of a payload
        self._client = client
        self._desk = desk
        self._who = {"permissions": _MANAGE_SERVER} | who

    async def uses(self, verb: str, given: Mapping[str, str | bool], *, answers: int = 2) -> Said:
        """Use `/manage`; return the last of its answers."""
        return await self._does(manage(verb, given, **self._who), answers=answers)

    async def presses(self, custom_id: str, *, answers: int = 1) -> Said:
        """Press a button."""
        view = discord.ui.LayoutView(timeout=None)
        button: Any = discord.ui.Button(label="x", custom_id=custom_id)
        view.add_item(discord.ui.ActionRow(button))
        return await self._does(click(view, custom_id, **self._who), answers=answers)

    async def sends(
        self, custom_id: str, given: Mapping[str, str | Sequence[str]], *, answers: int = 1
    ) -> Said:
        """Send a form."""
        return await self._does(filled(custom_id, given, **self._who), answers=answers)

    async def _does(self, payload: dict[str, Any], *, answers: int) -> Said:
        before = len(self._desk.said)
        arrive(self._client, payload)
        return (await self._desk.wait_said(before + answers))[-1]


def text_of(said: Said) -> str:
    """Return what can be read in a message, of either form."""
    parts = [part for each in said.message.get("components", ()) for part in walk(each)]
    texts = [part["content"] for part in parts if part["type"] == _TEXT]
    return "\n".join([said.message.get("content") or "", *texts])


def button_ids(said: Said) -> list[str]:
    """Return the custom_ids of all buttons of a message that can be pressed."""
    parts = [part for each in said.message.get("components", ()) for part in walk(each)]
    buttons = [part for part in parts if part["type"] == _BUTTON]
    return [button["custom_id"] for button in buttons if not button.get("disabled")]

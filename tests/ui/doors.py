"""Every door that there is: commands, buttons, menus and forms, and which of them reach a panel."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
from discord import AppCommandOptionType, app_commands

from bot.domain.news import Mute
from bot.domain.servers import Capability
from bot.ui.cogs import build_cogs
from tests.fakes import NOON
from tests.fakes_news import make_subscription
from tests.services.house import ADMIN, GUILD
from tests.ui.gateway import arrive
from tests.ui.payloads import CHANNEL, click, interaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.ui.client import Client
    from tests.services.house import House
    from tests.ui.desk import Desk, Said

ROLE = 20
KEY = "main:1a2b3c4d"
OWN = "gown"
"""A panel that the guild has added."""
_LATER = "ffffffff"
"""Until when a second tap counts, far from now."""

REACHING_COMMANDS = {
    "manage build",
    "manage create",
    "manage suspend",
    "manage unsuspend",
    "manage update",
    "panel test",
    "restart",
    "server command",
    "server logs",
    "server restart",
    "server start",
    "server status",
    "server stop",
    "server watch",
    "status",
}
OTHER_COMMANDS = {
    "access allow",
    "access deny",
    "access explain",
    "access list",
    "access preview",
    "access remove",
    "board create",
    "board move",
    "board refresh",
    "board remove",
    "bot about",
    "bot health",
    "manage delete",
    "notify add",
    "notify edit",
    "notify list",
    "notify mute",
    "notify remove",
    "notify test",
    "notify unmute",
    "panel add",
    "panel edit",
    "panel list",
    "panel remove",
    "panel rotate-key",
    "panel servers",
    "server history",
    "server kill",
    "server list",
    "settings delete-data",
    "settings show",
    "settings time-zone",
    "setup",
}
TEXTS = {
    "board": "1",
    "server": KEY,
    "command": "say hi",
    "rule": "1",
    "kind": "fake",
    "zone": "UTC",
    "events": "problems",
    "subscription": "1",
    "mute": "2",
}


@dataclass(frozen=True, slots=True)
class Item:
    """How a button or a menu is used."""

    custom_id: str | Callable[[House], str]
    values: tuple[str, ...] = ()
    """What is picked; none for a button."""
    kind: type[discord.ui.Item[Any]] = discord.ui.Select
    reaches: bool = False
    is_label: bool = False
    """It is only read, and whoever presses it gets nowhere."""


def _draft(house: House) -> str:
    """Return the id of a form that an admin has begun."""
    drafts = house.drafts
    return drafts.begin(ADMIN, Capability.UPDATE, panel=("main", "Main"), fields=()).id


ITEMS: dict[str, tuple[Item, ...]] = {
    "ServerButton": (
        Item(f"d1b:start:{KEY}", reaches=True),
        Item(f"d1b:restart:{KEY}", reaches=True),
        Item(f"d1b:stop:{KEY}", reaches=True),
        Item(f"d1b:refresh:{KEY}", reaches=True),
        Item(f"d1b:logs:{KEY}", reaches=True),
        Item(f"d1b:kill:{KEY}"),
        Item(f"d1b:command:{KEY}"),
    ),
    "BoardButton": (
        Item(f"d1d:start:{KEY}", reaches=True),
        Item(f"d1d:restart:{KEY}", reaches=True),
        Item(f"d1d:card:{KEY}", reaches=True),
    ),
    "ConfirmOrder": tuple(
        Item(f"d1{sign}:{{user:x}}:{_LATER}:{KEY}", reaches=True) for sign in "kSR"
    ),
    "Reason": (Item("d1r:lag", is_label=True),),
    "TurnPage": (Item("d1p:>:1||||0|"),),
    "OpenCard": (Item("d1s:open", (KEY,), reaches=True),),
    "FillIn": (Item(lambda house: f"d1f:{_draft(house)}:0"),),
    "TurnDraft": (Item(lambda house: f"d1n:{_draft(house)}:0"),),
    "Give": (Item(lambda house: f"d1g:{_draft(house)}"),),
    "StopWatch": (Item("d1l:" + "00ff" * 4),),
    "TakeBack": (Item("d1au:1:"), Item("d1au::1"), Item("d1au:1:2.3")),
    "Expire": (Item("d1ae:1:", ("1h",)),),
    "TurnAccess": (Item("d1al:0::"), Item(f"d1al:1::{KEY}"), Item(f"d1ap:0:{ROLE:x}:")),
    "TurnHistory": (Item(f"d1h>1::{KEY}"), Item("d1h<1::")),
    "Choose": (Item("d1e:language", ("en-US",)), Item("d1e:confirm", ("always",))),
    "ChooseAuditChannel": (Item("d1e:audit", ("3",), discord.ui.ChannelSelect),),
    "DeleteData": (Item(f"d1j:{{user:x}}:{_LATER}"),),
    "GoTo": tuple(Item(f"d1i:{step}") for step in range(1, 7)),
    "PickKind": (Item("d1ik", ("fake",)),),
    "PickPanel": (Item("d1ip", (OWN,)),),
    "PickRole": (Item("d1ir", ("20",), discord.ui.RoleSelect),),
    "PickGrant": (Item(f"d1ig:{ROLE:x}", ("operator",)),),
    "PickAuditChannel": (Item("d1ic", ("3",), discord.ui.ChannelSelect),),
    "SeeAsRole": (Item("d1is", ("20",), discord.ui.RoleSelect),),
    "PanelAgain": (
        Item("d1q:add:fake"),
        Item(f"d1q:edit:{OWN}"),
        Item(f"d1q:key:{OWN}"),
    ),
    "Typed": (Item("d1t:n:Harbour", is_label=True),),
    "TickServers": (Item(f"d1u:{OWN}:0", (f"{OWN}:1a2b3c4d",)),),
    "ChoiceButton": tuple(Item(f"d1v:{verb}:{OWN}:0") for verb in ("turn", "all", "some")),
    "PanelFate": (Item(f"d1z:remove:{OWN}"), Item(f"d1z:restore:{OWN}")),
    "BringBack": (Item("d1w:back", (OWN,)),),
    "TurnPanels": (Item("d1o:0"),),
    "PickEvents": (Item("d1ne:1", ("crashed",)),),
    "NewsButton": tuple(Item(f"d1n{verb}") for verb in ("t:1", "r:1", "b:1", "u:1")),
    "TurnNews": (Item("d1nl:0"),),
    "PickNewsChannel": (Item("d1in", ("3",), discord.ui.ChannelSelect),),
    "OpenNews": (Item("d1no", ("1",)),),
}

STAMP = "{stamp}"
FORMS: dict[str, tuple[str | Callable[[House], str], dict[str, str], bool]] = {
    "_command": (f"d1c:{KEY}", {"line": "say hi"}, True),
    "_draft": (lambda house: f"d1m:{_draft(house)}:0", {}, False),
    "_deletion": (f"d1x:0:{KEY}", {"name": "Survival"}, True),
    "_new_panel": (
        "d1y:add:fake",
        {"name": "Harbour", "address": "https://a.example", "key.key": "k"},
        True,
    ),
    "_edited_panel": (
        f"d1y:edit:{OWN}:{STAMP}",
        {"name": "Harbour", "address": "https://own.example/panel"},
        True,
    ),
    "_panel_key": (f"d1y:key:{OWN}", {"key.key": "another"}, True),
}
"""By the function that answers: custom_id, what is typed, whether it reaches a panel."""


async def subscribe_and_mute(house: House) -> None:
    """Let there be a subscription and a mute, those that the items below are about."""
    subscription = await house.subscriptions.add(make_subscription(guild_id=GUILD))
    mute = await house.subscriptions.mutes.add(
        Mute(guild_id=GUILD, panel_id="backup", muted_by=ADMIN.user_id, muted_at=NOON)
    )
    assert (subscription.id, mute.id) == (1, 1)


async def use(client: Client, desk: Desk, house: House, payload: dict[str, Any]) -> Said:
    """Use a door, wait until all that it set in motion has ended, and return its last answer."""
    said = len(desk.said)
    arrive(client, payload)
    await desk.wait_said(said + 1)
    async with asyncio.timeout(10):
        while client._busy:
            if house.clock._count_asleep():
                await house.clock.tick()
            await asyncio.wait(set(client._busy), timeout=0.001)
    return desk.said[-1]


def used(item: Item, custom_id: str, who: dict[str, Any]) -> dict[str, Any]:
    """Return a press on a button, or a choice in a menu, that stands on a message."""
    named = custom_id.format(user=who["user_id"])
    view = discord.ui.LayoutView(timeout=None)
    if not item.values:
        view.add_item(discord.ui.ActionRow(discord.ui.Button(label="x", custom_id=named)))
        return click(view, named, **who)
    kind: Any = item.kind
    menu = kind(custom_id=named)
    if item.kind is discord.ui.Select:
        menu.options = [discord.SelectOption(label=text) for text in item.values]
    view.add_item(discord.ui.ActionRow(menu))
    payload = click(view, named, **who)
    payload["data"] |= {"component_type": menu.type.value, "values": list(item.values)}
    return payload


def commands() -> dict[str, app_commands.Command[Any, Any, Any]]:
    """Return all commands that can be used, by their whole name."""
    return {
        command.qualified_name: command
        for cog in build_cogs()
        for command in cog.walk_app_commands()
        if isinstance(command, app_commands.Command)
    }


def filled_in(command: app_commands.Command[Any, Any, Any], who: dict[str, Any]) -> dict[str, Any]:
    """Return a use of a command, with all that must be given and what makes it do most."""
    given, resolved = [], {}
    for option in command.parameters:
        name = option.display_name
        if not option.required and name not in ("server", "role"):
            continue
        value: Any = OWN if command.qualified_name.startswith("panel ") else "main"
        if option.choices:
            value = option.choices[-1].value
        elif option.type is AppCommandOptionType.role:
            value = str(ROLE)
            resolved["roles"] = {value: _role()}
        elif option.type is AppCommandOptionType.channel:
            value = str(CHANNEL)
            channel = {"id": value, "name": "general", "type": 0, "permissions": "0"}
            resolved["channels"] = {value: channel}
        elif option.type is AppCommandOptionType.user:
            value = "77"
            person = {"id": value, "username": "m", "discriminator": "0", "avatar": None}
            resolved["users"] = {value: person}
            resolved["members"] = {value: {"roles": [], "flags": 0, "permissions": "0"}}
        elif name in TEXTS:
            value = TEXTS[name]
        given.append({"type": option.type.value, "name": name, "value": value})
    nested: list[dict[str, Any]] = given
    path = command.qualified_name.split()
    for verb in reversed(path[1:]):
        nested = [{"type": 1, "name": verb, "options": nested}]
    data = {"id": "1", "name": path[0], "type": 1, "options": nested}
    return interaction(
        discord.InteractionType.application_command, data | {"resolved": resolved}, **who
    )


def _role() -> dict[str, Any]:
    return {
        "id": str(ROLE),
        "name": "Helpers",
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 1,
        "permissions": "0",
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }

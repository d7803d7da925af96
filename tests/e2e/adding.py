"""What a person does to add a panel from Discord, and to change one. Asserts nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Member
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage


async def fill_in(
    stage: Stage,
    member: Member,
    *,
    kind: str = "pterodactyl",
    name: str = "Annex",
    address: str | None = None,
    **keys: str,
) -> Interaction:
    """Open the form of `/panel add` and send it, with what the stage has if not told otherwise."""
    opened = await stage.slash(member, "panel add", kind=kind)
    values: dict[str, str | list[str]] = {
        "name": name,
        "address": stage.panel.url if address is None else address,
    }
    keys = keys or {"key": stage.key}
    return await stage.send_form(
        member, opened, values | {f"key.{field}": text for field, text in keys.items()}
    )


async def add(stage: Stage, member: Member, **filled: str) -> Message:
    """Add a panel; returns the check list."""
    return await (await fill_in(stage, member, **filled)).reply()


async def tick(stage: Stage, member: Member, message: Message, *names: str) -> Interaction:
    """Tick exactly these servers in the menu that a message shows."""
    [menu] = message.selects
    values = [value for label, value in menu.options if label in names]
    return await stage.select(member, message, *values)


async def suggested(stage: Stage, member: Member, command: str = "panel test") -> list[str]:
    """Return the names of panels that a member is offered."""
    found = await stage.discord.autocomplete(member, stage.channel, command, "panel", "")
    return [name for name, _ in found]


async def id_of(stage: Stage, member: Member, name: str) -> str:
    """Return what the suggestion of a panel stands for."""
    found = await stage.discord.autocomplete(member, stage.channel, "panel test", "panel", name)
    return str(found[0][1])


async def until_read(stage: Stage, member: Member, name: str) -> None:
    """Wait until the bot has read a panel's list."""
    async with asyncio.timeout(10):
        while not any(
            "✅ answers" in line and name in line
            for line in (await stage.answer(member, "panel list")).text.splitlines()
        ):
            pass


async def seen(stage: Stage, member: Member) -> str:
    """Return the list of servers as a member sees it."""
    return (await stage.answer(member, "server list")).text

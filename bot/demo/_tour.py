"""The guided tour as data: six steps, each with what is done in it. Writes nothing down."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.demo._stage import Stage
    from bot.simulators.discord.message import Message
    from bot.simulators.world import Server

_PATIENCE = 30.0
"""Seconds beyond the asked ones: machines can be slow."""


class Actor(Protocol):
    """Whoever plays the tour: does what members do, and returns the first answer."""

    stage: Stage

    async def slash(self, who: str, line: str) -> Message:
        """Use a command as it is typed, such as `/status Survival`."""
        ...

    async def click(self, who: str, message: Message, label: str) -> None:
        """Press a button."""
        ...

    def crash(self, server: Server) -> None:
        """Let a server crash."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    title: str
    told: str
    play: Callable[[Actor], Awaitable[None]]


async def _list(actor: Actor) -> None:
    stage = actor.stage
    async with asyncio.timeout(_PATIENCE):
        # Each panel is read in its own time.
        while len(await _suggested(stage)) < len(stage.servers):
            pass
    await actor.slash("moderator", "/server list")


async def _card(actor: Actor) -> None:
    card = await actor.slash("helper", "/status Survival")
    _expect("running" in card.text, card)


async def _restart(actor: Actor) -> None:
    stage = actor.stage
    card = next(m for m in reversed(stage.channel.messages) if m.buttons)
    await actor.click("helper", card, "Restart")
    await stage.discord.until(
        lambda: [m for m in stage.channel.messages if "**Survival** is running ·" in m.text],
        timeout=stage.seconds + _PATIENCE,
    )
    # The card as well says it, a moment later.
    await stage.discord.until(lambda: "last: restart" in card.text, timeout=_PATIENCE)


async def _denied(actor: Actor) -> None:
    answer = await actor.slash("guest", "/restart Survival")
    _expect(answer.ephemeral, answer)
    _expect(actor.stage.servers["Survival"].signals == ["restart"], answer)


async def _crash(actor: Actor) -> None:
    stage = actor.stage
    alerts = next(channel for channel in stage.guild.channels if channel.name == "alerts")
    answer = await actor.slash("moderator", '/notify add channel:#alerts events:"all changes"')
    _expect("This is how it looks" in answer.text, answer)
    creative = stage.servers["Creative"]
    async with asyncio.timeout(_PATIENCE):
        # Before that nobody could tell a crash from a stop.
        await stage.harbour.until_followed(creative)
    actor.crash(creative)
    await stage.discord.until(
        lambda: [message for message in alerts.messages if "**Creative** crashed" in message.text],
        timeout=stage.seconds + _PATIENCE,
    )


async def _granted(actor: Actor) -> None:
    await actor.slash("owner", "/access allow action:operator member:Gus server:Survival")
    card = await actor.slash("guest", "/status Survival")
    _expect("running" in card.text, card)


STEPS = (
    Step(
        "What there is",
        "A moderator lists all servers, of all panels.",
        _list,
    ),
    Step(
        "A server at a glance",
        "A helper looks at the card of a server; its buttons are what is possible now.",
        _card,
    ),
    Step(
        "A restart that is followed to its end",
        "The helper presses Restart; one message says how far it has come.",
        _restart,
    ),
    Step(
        "Not for everybody",
        "A guest has no rights: not even that the server exists is told.",
        _denied,
    ),
    Step(
        "Bad news travels",
        "The moderator wants to hear of all changes in #alerts; then a server crashes.",
        _crash,
    ),
    Step(
        "A right is granted",
        "The owner gives the guest rights on one server; they count at once.",
        _granted,
    ),
)


async def _suggested(stage: Stage) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = await stage.discord.autocomplete(
        stage.members["owner"], stage.channel, "server status", "server", ""
    )
    return found


def _expect(condition: object, message: Message) -> None:
    if not condition:
        raise AssertionError(message.text)

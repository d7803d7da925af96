"""Passes console commands to servers, and hands back what the console prints after them."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.commands import console_line
from bot.domain.errors import InvalidCommand, PanelError, UnsupportedAction
from bot.domain.ports import CommandPanel
from bot.domain.servers import Capability
from bot.services.feed import following

if TYPE_CHECKING:
    from bot.domain.access import Actor
    from bot.domain.audit import Door
    from bot.domain.ports import Clock, Panel
    from bot.domain.servers import Server
    from bot.services.audit import AuditService
    from bot.services.feed import Feed
    from bot.services.gate import Gate

_CONNECT_SECONDS = 4.0
"""Nobody waits longer for the output before the command itself is sent."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A command that was accepted."""

    server: Server
    is_live: bool
    """Whether the panel shows consoles at all."""
    output: tuple[str, ...] | None
    """What was printed in the seconds after it, by whatever; None where nobody could look."""


class ConsoleService:
    """One line in, accepted or not, and what came out."""

    def __init__(self, gate: Gate, audit: AuditService, clock: Clock) -> None:
        self._gate = gate
        self._audit = audit
        self._clock = clock

    async def check(self, actor: Actor, text: str, *, door: Door) -> Server:
        """Raise what `send` would raise at once; changes nothing."""
        return (await self._gate.admit(actor, text, Action.COMMAND, door=door)).server

    async def send(self, actor: Actor, text: str, command: str, *, door: Door) -> Sent:
        """Send a command to the server called `text`.

        Raises `InvalidCommand` for what is not one plain line, and what the gate and the
        panel raise.
        """
        admission = await self._gate.admit(
            actor, text, Action.COMMAND, door=door, detail=command.strip()
        )
        attempt, panel, server = admission.attempt, admission.panel, admission.server
        try:
            line = console_line(command)
        except InvalidCommand:
            await self._audit.record(attempt, Outcome.REFUSED, "not one plain line")
            raise
        if not isinstance(panel, CommandPanel):
            raise UnsupportedAction(Action.COMMAND, kind=panel.kind)
        async with AsyncExitStack() as stack:
            feed = await self._listen(stack, panel, server.ref.server_id)
            async with self._audit.recorded(attempt, done=Outcome.ACCEPTED):
                await panel.send_command(server.ref.server_id, line)
            output = await _heard(feed) if feed else None
        return Sent(server, Capability.LIVE in panel.capabilities, output)

    async def _listen(self, stack: AsyncExitStack, panel: Panel, server_id: str) -> Feed | None:
        """Begin to follow the console where that can be done; the command does not hang on it."""
        if Capability.LIVE not in panel.capabilities:
            return None
        try:
            feed = await stack.enter_async_context(following(panel, server_id, clock=self._clock))
            await feed.connect(panel.panel_id, seconds=_CONNECT_SECONDS)
        except PanelError:
            return None
        return feed


async def _heard(feed: Feed) -> tuple[str, ...] | None:
    try:
        return tuple(await feed.lines())
    except PanelError:
        return None

"""Passes console commands to servers. Sees no output: that is the live console's business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.commands import console_line
from bot.domain.errors import InvalidCommand, OutcomeUnknown, PanelError, UnsupportedAction
from bot.domain.ports import CommandPanel

if TYPE_CHECKING:
    from bot.domain.access import Actor
    from bot.domain.audit import Door
    from bot.domain.servers import Server
    from bot.services.audit import AuditService
    from bot.services.gate import Gate


class ConsoleService:
    """One line in, accepted or not."""

    def __init__(self, gate: Gate, audit: AuditService) -> None:
        self._gate = gate
        self._audit = audit

    async def check(self, actor: Actor, text: str, *, door: Door) -> Server:
        """Raise what `send` would raise at once; changes nothing."""
        return (await self._gate.admit(actor, text, Action.COMMAND, door=door)).server

    async def send(self, actor: Actor, text: str, command: str, *, door: Door) -> Server:
        """Send a command to the server called `text`; returns the server.

        Raises `InvalidCommand` for what is not one plain line, and what the gate and the
        panel raise.
        """
        admission = await self._gate.admit(
            actor, text, Action.COMMAND, door=door, detail=command.strip()
        )
        attempt, panel = admission.attempt, admission.panel
        try:
            line = console_line(command)
        except InvalidCommand:
            await self._audit.record(attempt, Outcome.REFUSED, "not one plain line")
            raise
        if not isinstance(panel, CommandPanel):
            raise UnsupportedAction(Action.COMMAND, kind=panel.kind)
        outcome = Outcome.UNKNOWN
        detail: str | None = None
        try:
            await panel.send_command(admission.server.ref.server_id, line)
            outcome = Outcome.ACCEPTED
        except OutcomeUnknown as error:
            detail = str(error)
            raise
        except PanelError as error:
            outcome, detail = Outcome.FAILED, str(error)
            raise
        finally:
            await self._audit.record(attempt, outcome, detail)
        return admission.server

"""The one way to a server's panel: find it, check right and ability, write down refusals."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import LOOKS, Outcome
from bot.domain.errors import (
    AmbiguousServer,
    DeckhandError,
    NotAllowed,
    PanelError,
    UnknownPanel,
    UnknownServer,
    UnsupportedAction,
)
from bot.domain.servers import Capability, ServerRef
from bot.services.audit import Attempt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.access import Actor
    from bot.domain.audit import Change, Door
    from bot.domain.ports import Clock, Panel
    from bot.domain.servers import Server
    from bot.services.access import AccessService
    from bot.services.audit import AuditService
    from bot.services.directory import ServerDirectory
    from bot.services.panels import PanelEntry, PanelRegistry


NOWHERE = ServerRef("", "")
"""What an attempt is about that named no server."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Somebody may do something: the server as last known, its panel, and the attempt."""

    server: Server
    panel: Panel
    attempt: Attempt


class Gate:
    """Admits an actor to an action on a server, or says why not."""

    def __init__(
        self,
        *,
        panels: PanelRegistry,
        directory: ServerDirectory,
        access: AccessService,
        audit: AuditService,
        clock: Clock,
    ) -> None:
        self._panels = panels
        self._directory = directory
        self._access = access
        self._audit = audit
        self._clock = clock

    async def admit(
        self, actor: Actor, text: str, action: Action, *, door: Door, detail: str | None = None
    ) -> Admission:
        """Let through, or raise what `resolve` raises, `NotAllowed` or `UnsupportedAction`.

        `detail` goes into the audit row: the reason given, or for COMMAND the line, which then
        must fit the patterns of the rules.
        """
        server = await self.find(actor, text, action, door=door)
        panel, attempt = await self._judge(
            actor, action, server.ref, name=server.name, door=door, detail=detail
        )
        self._directory.remember(actor, server.ref)
        return Admission(server, panel, attempt)

    async def find(
        self, actor: Actor, text: str, action: Action = Action.VIEW, *, door: Door
    ) -> Server:
        """Return a server that the actor may see, or write down the attempt; raises like `resolve`.

        To have seen one that may be seen is not written down.
        """
        try:
            return await self._directory.resolve(actor, text)
        except (UnknownServer, AmbiguousServer, PanelError) as error:
            await self._refuse(actor, action, text, door=door, error=error)
            raise

    async def admit_to_panel(
        self, actor: Actor, text: str, action: Action, *, door: Door
    ) -> tuple[PanelEntry, Attempt]:
        """Let through to what is about no server yet, by the panel's id or name.

        Raises `UnknownPanel` alike for one that does not exist and one of which the actor may see
        no server, `NotAllowed` and `UnsupportedAction`.
        """
        entry = self._panels.find(actor.guild_id, text)
        if entry is None or not await self._is_known(actor, action, entry.panel_id):
            error = UnknownPanel(text)
            await self._refuse(actor, action, text, door=door, error=error)
            raise error
        ref = ServerRef(entry.panel_id, "")
        _, attempt = await self._judge(actor, action, ref, name=entry.name, door=door)
        return entry, attempt

    async def admit_manager(
        self, actor: Actor, change: Change, *, name: str, door: Door, detail: str | None = None
    ) -> Attempt:
        """Let through who may configure the bot in this guild, or raise `NotAllowed`.

        `name` is what is changed, `detail` how, both for the audit; what comes of it is for the
        caller to record.
        """
        decision = await self._access.decide(actor, Action.MANAGE, NOWHERE)
        attempt = Attempt(
            actor=actor,
            action=change,
            ref=NOWHERE,
            name=name,
            door=door,
            at=self._clock.now(),
            detail=detail,
            rule_id=decision.rule.id if decision.rule else None,
        )
        if not decision.allowed:
            await self._audit.record(attempt, Outcome.DENIED)
            raise NotAllowed(Action.MANAGE, name=name, rule=decision.rule)
        return attempt

    @asynccontextmanager
    async def managing(
        self, actor: Actor, change: Change, *, name: str = "", door: Door
    ) -> AsyncIterator[Attempt]:
        """Let through like `admit_manager`, and write down what is refused after that.

        Of what is only looked at nothing is written down but that it was denied.
        """
        attempt = await self.admit_manager(actor, change, name=name, door=door)
        try:
            yield attempt
        except DeckhandError as error:
            if change not in LOOKS:
                await self._audit.record(attempt, Outcome.REFUSED, str(error))
            raise

    def stands(self, admission: Admission) -> bool:
        """Whether the panel is still there; one that was removed ends what goes on with it."""
        return admission.server.ref.panel_id in self._panels

    def panel_of(self, ref: ServerRef) -> Panel | None:
        """Return the panel of a server, for what was admitted before; None where it is gone."""
        entry = self._panels.get(ref.panel_id)
        return entry.panel if entry else None

    def place(self, ref: ServerRef) -> tuple[str, str]:
        """Return what is the same for one server, by whichever guild's panel it is reached."""
        entry = self._panels.get(ref.panel_id)
        return (entry.watched_as if entry else ref.panel_id, ref.server_id)

    async def may(self, actor: Actor, action: Action, ref: ServerRef) -> bool:
        """Whether the right is there; for suggestions, so nothing is written down."""
        return (await self._access.decide(actor, action, ref)).allowed

    async def _is_known(self, actor: Actor, action: Action, panel_id: str) -> bool:
        servers = await self._directory.visible(actor)
        is_seen = any(server.ref.panel_id == panel_id for server in servers)
        return is_seen or await self.may(actor, action, ServerRef(panel_id, ""))

    async def _refuse(
        self, actor: Actor, action: Action, text: str, *, door: Door, error: DeckhandError
    ) -> None:
        """Write down an attempt on what was not found."""
        at = self._clock.now()
        attempt = Attempt(actor=actor, action=action, ref=NOWHERE, name=text, door=door, at=at)
        await self._audit.record(attempt, Outcome.REFUSED, str(error))

    async def _judge(
        self,
        actor: Actor,
        action: Action,
        ref: ServerRef,
        *,
        name: str,
        door: Door,
        detail: str | None = None,
    ) -> tuple[Panel, Attempt]:
        """Check right and ability, and write a refusal down."""
        at = self._clock.now()
        line = detail if action is Action.COMMAND else None
        decision = await self._access.decide(actor, action, ref, line=line)
        attempt = Attempt(
            actor=actor,
            action=action,
            ref=ref,
            name=name,
            door=door,
            at=at,
            detail=detail,
            rule_id=decision.rule.id if decision.rule else None,
        )
        if not decision.allowed:
            await self._audit.record(attempt, Outcome.DENIED)
            raise NotAllowed(action, name=name, rule=decision.rule)
        panel = self._panels[ref.panel_id].panel
        needed = Capability.LIVE if action is Action.LOGS else Capability(action)
        if needed not in panel.capabilities:
            await self._audit.record(attempt, Outcome.REFUSED, "not offered")
            raise UnsupportedAction(action, kind=panel.kind)
        return panel, attempt

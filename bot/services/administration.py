"""Creates, changes and deletes servers, for those who may. Sees neither forms nor messages."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.administration import nested
from bot.domain.audit import Outcome
from bot.domain.errors import (
    DeckhandError,
    NameMismatch,
    OutcomeUnknown,
    PanelError,
    PanelInvalid,
    ServerNotFound,
    StorageUnavailable,
    UnsupportedAction,
)
from bot.domain.ports import AdminPanel
from bot.domain.servers import Capability, ServerRef

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.domain.access import Actor
    from bot.domain.audit import Door
    from bot.domain.ports import Panel
    from bot.domain.servers import Server
    from bot.services.audit import Attempt, AuditService
    from bot.services.directory import ServerDirectory
    from bot.services.drafts import Draft, Drafts
    from bot.services.gate import Admission, Gate
    from bot.services.guild_panels import GuildPanels
    from bot.services.panels import PanelEntry, PanelRegistry

log = logging.getLogger(__name__)


class AdministrationService:
    """Every call passes the gate when it is made, not only when its form was opened."""

    def __init__(  # noqa: PLR0913 - a server that is made is kept in several places
        self,
        *,
        gate: Gate,
        panels: PanelRegistry,
        kept: GuildPanels,
        directory: ServerDirectory,
        audit: AuditService,
        drafts: Drafts,
        created: Callable[[ServerRef, datetime], None],
    ) -> None:
        """Take what that needs.

        `created` is told what came of a creation, and when that was asked for.
        """
        self._gate = gate
        self._panels = panels
        self._kept = kept
        self._directory = directory
        self._audit = audit
        self._drafts = drafts
        self._created = created

    async def panels_to_create_on(self, actor: Actor) -> list[PanelEntry]:
        """Return the panels on which this actor may create servers."""
        return [
            entry
            for entry in self._panels.of_guild(actor.guild_id)
            if Capability.CREATE in entry.panel.capabilities
            and await self._gate.may(actor, Action.CREATE, ServerRef(entry.panel_id, ""))
        ]

    async def begin_create(self, actor: Actor, text: str, *, door: Door) -> Draft:
        """Ask the panel called `text` what it wants to know of a new server."""
        entry, _ = await self._gate.admit_to_panel(actor, text, Action.CREATE, door=door)
        panel = _admin(entry.panel, Action.CREATE)
        fields = await panel.fields(Capability.CREATE, None)
        return self._drafts.begin(
            actor, Capability.CREATE, panel=(entry.panel_id, entry.name), fields=fields
        )

    async def begin_change(self, actor: Actor, text: str, action: Action, *, door: Door) -> Draft:
        """Ask the panel what can be changed of a server; `action` is UPDATE or BUILD."""
        admission = await self._gate.admit(actor, text, action, door=door)
        panel, ref = _admin(admission.panel, action), admission.server.ref
        fields = await panel.fields(Capability(action), ref.server_id)
        return self._drafts.begin(
            actor,
            Capability(action),
            panel=(ref.panel_id, self._panels[ref.panel_id].name),
            fields=fields,
            server=admission.server,
        )

    def draft(self, actor: Actor, draft_id: str) -> Draft:
        """Return what this actor is filling in; raises `DraftGone`."""
        return self._drafts.get(actor, draft_id)

    async def fill(
        self, actor: Actor, draft: Draft, texts: Mapping[str, str], *, door: Door
    ) -> None:
        """Take what was typed; where that decides what else is asked for, ask the panel anew.

        What was typed is kept also where the panel cannot be asked.
        """
        draft.fill(texts)
        server_id = draft.server.ref.server_id if draft.server else None
        while draft.is_outdated:
            panel, _ = await self._admit(actor, draft, door=door)
            chosen = draft.chosen
            draft.describe(await panel.fields(draft.action, server_id, chosen=chosen), chosen)

    async def give(self, actor: Actor, draft: Draft, *, door: Door) -> Server:
        """Give the values to the panel and return the server.

        Raises `PanelInvalid` where it does not take them; the draft then says which. The draft
        lives on after failures, but not where the panel may have carried it out.
        """
        self._drafts.take(draft)
        try:
            server = await self._carry_out(actor, draft, door=door)
        except OutcomeUnknown:
            raise
        except DeckhandError as error:
            if isinstance(error, PanelInvalid):
                draft.reject(error.fields)
            self._drafts.put_back(draft)
            raise
        if draft.action is Capability.CREATE:
            try:
                await self._kept.use(actor.guild_id, server.ref)
            except StorageUnavailable as error:
                log.warning("%s is not among the servers in use: %s", server.ref, error)
        return self._directory.note(server)

    async def suspend(self, actor: Actor, text: str, *, door: Door) -> Server:
        """Take a server out of use."""
        admission = await self._gate.admit(actor, text, Action.SUSPEND, door=door)
        panel = _admin(admission.panel, Action.SUSPEND)
        async with self._audit.recorded(admission.attempt):
            await panel.suspend(admission.server.ref.server_id)
        await self._look_again(panel, admission.server.ref)
        return admission.server

    async def unsuspend(self, actor: Actor, text: str, *, door: Door) -> Server:
        """Let a server be used again."""
        admission = await self._gate.admit(
            actor, text, Action.SUSPEND, door=door, detail="unsuspend"
        )
        panel = _admin(admission.panel, Action.SUSPEND)
        async with self._audit.recorded(admission.attempt):
            await panel.unsuspend(admission.server.ref.server_id)
        await self._look_again(panel, admission.server.ref)
        return admission.server

    async def check_deletion(self, actor: Actor, text: str, *, force: bool, door: Door) -> Server:
        """Return a server that the actor may delete; changes nothing."""
        return (await self._admit_deletion(actor, text, force=force, door=door)).server

    async def delete(
        self, actor: Actor, text: str, *, typed: str, force: bool, door: Door
    ) -> Server:
        """Delete a server for good; `typed` must be its name, or its id."""
        admission = await self._admit_deletion(actor, text, force=force, door=door)
        panel, server = _admin(admission.panel, Action.DELETE), admission.server
        if typed.strip() not in (server.name.strip(), server.ref.server_id):
            await self._audit.record(admission.attempt, Outcome.REFUSED, "another name was typed")
            raise NameMismatch(server)
        async with self._audit.recorded(admission.attempt):
            await panel.delete(server.ref.server_id, force=force)
        # Some panels take their time, and show it as being deleted until then.
        self._directory.forget(server.ref)
        await self._look_again(panel, server.ref)
        return server

    async def _look_again(self, panel: Panel, ref: ServerRef) -> None:
        """Let everybody see what a server is after a change that returned nothing of it."""
        try:
            self._directory.note(await panel.get_server(ref.server_id))
        except ServerNotFound:
            self._directory.forget(ref)
        except PanelError as error:
            log.info("%s after a change: %s", ref, error)

    async def _carry_out(self, actor: Actor, draft: Draft, *, door: Door) -> Server:
        values = nested(draft.values)
        panel, attempt = await self._admit(actor, draft, door=door, detail=", ".join(draft.values))
        async with self._audit.recorded(attempt):
            if draft.server is None:
                server = await panel.create(values)
                self._created(server.ref, attempt.at)
                return server
            server_id = draft.server.ref.server_id
            if draft.action is Capability.BUILD:
                return await panel.build(server_id, values)
            return await panel.update(server_id, values, replace=False)

    async def _admit(
        self, actor: Actor, draft: Draft, *, door: Door, detail: str | None = None
    ) -> tuple[AdminPanel, Attempt]:
        action = Action(draft.action)
        if draft.server is None:
            text = draft.panel_id
            entry, attempt = await self._gate.admit_to_panel(actor, text, action, door=door)
            return _admin(entry.panel, action), attempt
        text = draft.server.ref.key
        admission = await self._gate.admit(actor, text, action, door=door, detail=detail)
        return _admin(admission.panel, action), admission.attempt

    async def _admit_deletion(
        self, actor: Actor, text: str, *, force: bool, door: Door
    ) -> Admission:
        admission = await self._gate.admit(
            actor, text, Action.DELETE, door=door, detail="by force" if force else None
        )
        if force and Capability.FORCE_DELETE not in admission.panel.capabilities:
            await self._audit.record(admission.attempt, Outcome.REFUSED, "not offered")
            raise UnsupportedAction(Capability.FORCE_DELETE, kind=admission.panel.kind)
        return admission


def _admin(panel: Panel, action: Action) -> AdminPanel:
    if not isinstance(panel, AdminPanel):
        raise UnsupportedAction(action, kind=panel.kind)
    return panel

"""What admins do with the panels of their guild: add, test, choose servers, change, remove.

Every call passes the gate and is audited. Nothing is stored that was not tried live. Sees neither
forms nor messages, and knows no kind of panel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Change, Outcome
from bot.domain.errors import DeckhandError, InvalidPanel, UnknownPanel
from bot.domain.panels import PanelProblem, StoredPanel, new_panel_id
from bot.domain.servers import ServerRef
from bot.domain.trials import Mark
from bot.domain.wishes import may_keep_keys, stamp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from bot.domain.access import Actor
    from bot.domain.audit import Door
    from bot.domain.panels import PanelForm
    from bot.domain.ports import Clock, PanelMaker
    from bot.domain.trials import Trial
    from bot.domain.wishes import PanelWish
    from bot.services.audit import Attempt, AuditService
    from bot.services.gate import Gate
    from bot.services.guild_panels import GuildPanels
    from bot.services.open_panels import PanelLine, Selection


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a change: the panel as it is then, None where it was not stored."""

    panel: StoredPanel | None
    trial: Trial | None = None
    """None where there was nothing to try."""
    detail: str | None = None
    """What was changed, for the audit."""

    @property
    def is_good(self) -> bool:
        """Whether the change was made."""
        return self.trial is None or self.trial.is_good


class PanelSetup:
    """The use cases."""

    def __init__(
        self,
        *,
        kept: GuildPanels,
        maker: PanelMaker,
        gate: Gate,
        audit: AuditService,
        clock: Clock,
    ) -> None:
        self._kept = kept
        self._maker = maker
        self._gate = gate
        self._audit = audit
        self._clock = clock

    @property
    def forms(self) -> Mapping[str, PanelForm]:
        """What each kind asks for, by kind."""
        return self._maker.forms

    async def suggestions(self, actor: Actor) -> list[StoredPanel]:
        """Return the guild's own panels, for who may configure the bot; to others nothing."""
        if not await self._gate.may(actor, Action.MANAGE, ServerRef("", "")):
            return []
        return self._kept.present(actor.guild_id)

    async def admit(self, actor: Actor, change: Change, *, door: Door, name: str = "") -> None:
        """Raise `NotAllowed` for who may not do that, before a form is opened."""
        await self._gate.admit_manager(actor, change, name=name, door=door)

    async def look(self, actor: Actor, text: str, change: Change, *, door: Door) -> StoredPanel:
        """Return a panel of the guild, by id or name, for a form or a question about it."""
        return (await self._begin(actor, text, change, door=door))[0]

    async def lines(self, actor: Actor, *, door: Door) -> tuple[list[PanelLine], list[StoredPanel]]:
        """Return all panels that the guild uses, and those that it can bring back."""
        await self._gate.admit_manager(actor, Change.PANEL_LISTED, name="", door=door)
        return self._kept.lines(actor.guild_id), self._kept.removed(actor.guild_id)

    async def add(self, actor: Actor, kind: str, wish: PanelWish, *, door: Door) -> Tried:
        """Try a new panel, and store it if all is well; raises `InvalidPanel`."""
        attempt = await self._gate.admit_manager(
            actor, Change.PANEL_ADDED, name=wish.name, door=door
        )
        panel = StoredPanel(
            panel_id=new_panel_id(),
            guild_id=actor.guild_id,
            name=wish.name,
            kind=kind,
            base_url=wish.base_url,
            credentials=wish.credentials,
            options=wish.options,
            added_by=actor.user_id,
            added_at=self._clock.now(),
        )
        return await self._recorded(attempt, self._add(panel, wish))

    async def test(self, actor: Actor, text: str, *, door: Door) -> Tried:
        """Try a panel as it is stored; changes nothing."""
        panel, attempt = await self._begin(actor, text, Change.PANEL_TESTED, door=door)
        return await self._recorded(attempt, self._test(panel))

    async def edit(
        self, actor: Actor, text: str, wish: PanelWish, *, shown: str, door: Door
    ) -> Tried:
        """Change name, address and options; `shown` is the stamp of what the form showed.

        Raises `InvalidPanel`, also where the key must be given anew for that address.
        """
        panel, attempt = await self._begin(actor, text, Change.PANEL_EDITED, door=door)
        return await self._recorded(attempt, self._edit(panel, wish, shown))

    async def rotate(self, actor: Actor, text: str, wish: PanelWish, *, door: Door) -> Tried:
        """Take other keys, and the address for them; the old ones count until these are tried."""
        panel, attempt = await self._begin(actor, text, Change.PANEL_KEY, door=door)
        return await self._recorded(attempt, self._rotate(panel, wish))

    async def selection(self, actor: Actor, text: str, *, door: Door) -> Selection:
        """Return a panel with its servers; raises `PanelUnreachable` while they are not known."""
        panel = await self.look(actor, text, Change.PANEL_SERVERS, door=door)
        return self._kept.open.selection(panel)

    async def tick(
        self,
        actor: Actor,
        text: str,
        shown: Collection[str],
        ticked: Collection[str],
        *,
        door: Door,
    ) -> Selection:
        """Use the ticked ones of those that were shown; the choice of the others stays.

        All by the keys of their refs.
        """
        panel, attempt = await self._begin(actor, text, Change.PANEL_SERVERS, door=door)
        servers = self._kept.open.selection(panel).servers
        ids = {server.ref.key: server.ref.server_id for server in servers}
        off = {ids[key] for key in shown if key in ids}
        on = {ids[key] for key in ticked if key in ids}

        def choose(now: StoredPanel) -> StoredPanel:
            before = frozenset(ids.values()) if now.server_ids is None else now.server_ids
            return replace(now, server_ids=(before - off) | on)

        return await self._choose(panel, attempt, choose)

    async def use_all(self, actor: Actor, text: str, *, future: bool, door: Door) -> Selection:
        """Use all servers, with `future` also those still to come, without it none of these."""
        panel, attempt = await self._begin(actor, text, Change.PANEL_SERVERS, door=door)
        known = frozenset(each.ref.server_id for each in self._kept.open.selection(panel).servers)
        chosen = None if future else known
        return await self._choose(panel, attempt, lambda now: replace(now, server_ids=chosen))

    async def remove(self, actor: Actor, text: str, *, door: Door) -> StoredPanel:
        """Let go of a panel; for 30 days it can be brought back."""
        panel, attempt = await self._begin(actor, text, Change.PANEL_REMOVED, door=door)

        async def removing() -> Tried:
            await self._kept.remove(panel)
            return Tried(panel)

        await self._recorded(attempt, removing())
        return panel

    async def restore(self, actor: Actor, panel_id: str, *, door: Door) -> StoredPanel:
        """Bring back a removed panel as it was, its rules with it."""
        removed = self._kept.removed(actor.guild_id)
        name = next((panel.name for panel in removed if panel.panel_id == panel_id), "")
        attempt = await self._gate.admit_manager(actor, Change.PANEL_RESTORED, name=name, door=door)

        async def restoring() -> Tried:
            return Tried(await self._kept.restore(actor.guild_id, panel_id))

        restored = (await self._recorded(attempt, restoring())).panel
        if restored is None:
            raise UnknownPanel(name)
        return restored

    async def _begin(
        self, actor: Actor, text: str, change: Change, *, door: Door
    ) -> tuple[StoredPanel, Attempt]:
        """Pass the gate and find the panel; what is not there is refused and written down."""
        problem: DeckhandError | None = None
        try:
            panel = self._kept.find(actor.guild_id, text)
        except DeckhandError as error:
            problem = error
        name = text if problem else panel.name
        attempt = await self._gate.admit_manager(actor, change, name=name, door=door)
        if problem:
            await self._audit.record(attempt, Outcome.REFUSED, str(problem))
            raise problem
        return panel, attempt

    async def _recorded(self, attempt: Attempt, work: Awaitable[Tried]) -> Tried:
        """Do it, and write down how it ended, cut short as well."""
        outcome, detail = Outcome.UNKNOWN, None
        try:
            tried = await work
            outcome = Outcome.DONE if tried.is_good else Outcome.FAILED
            detail = tried.detail if tried.is_good else _problems(tried.trial)
        except DeckhandError as error:
            outcome, detail = Outcome.REFUSED, str(error)
            raise
        finally:
            await self._audit.record(attempt, outcome, detail)
        return tried

    async def _add(self, panel: StoredPanel, wish: PanelWish) -> Tried:
        _check_visible(wish)
        # Before the panel is asked; and again when it is stored.
        self._kept.check_room(panel.guild_id)
        self._kept.check_name(panel.guild_id, panel.name)
        trial = await self._maker.try_out(panel)
        if not trial.is_good:
            return Tried(None, trial)
        await self._kept.add(panel, trial.servers)
        return Tried(panel, trial, panel.base_url)

    async def _test(self, panel: StoredPanel) -> Tried:
        trial = await self._maker.try_out(panel)
        if trial.servers is not None:
            self._kept.open.note(panel, trial.servers)
        return Tried(panel, trial)

    async def _edit(self, panel: StoredPanel, wish: PanelWish, shown: str) -> Tried:
        _check_visible(wish)
        if stamp(panel) != shown:
            raise InvalidPanel(PanelProblem.CHANGED)
        self._kept.check_name(panel.guild_id, wish.name, but=panel.panel_id)
        if not may_keep_keys(panel.base_url, wish.base_url):
            raise InvalidPanel(PanelProblem.KEY_WANTED)
        changes = {"name": wish.name, "base_url": wish.base_url, "options": wish.options}
        if (wish.base_url, wish.options) == (panel.base_url, panel.options):
            # What it is called can be changed while it does not answer.
            renamed = await self._kept.change(panel, lambda now: replace(now, name=wish.name))
            return Tried(renamed, detail=f"was {panel.name}")
        return await self._changed(panel, changes)

    async def _rotate(self, panel: StoredPanel, wish: PanelWish) -> Tried:
        changes = {"base_url": wish.base_url, "credentials": wish.credentials}
        return await self._changed(panel, changes)

    async def _changed(self, panel: StoredPanel, changes: Mapping[str, object]) -> Tried:
        def make(now: StoredPanel) -> StoredPanel:
            return replace(now, **changes)  # type: ignore[arg-type]  # names and types are above

        trial = await self._maker.try_out(make(panel))
        if not trial.is_good:
            return Tried(None, trial)
        changed = await self._kept.change(panel, make, servers=trial.servers)
        # Never the keys.
        named = [name for name in changes if name != "credentials"]
        parts = [str(changes[name]) for name in named if getattr(panel, name) != changes[name]]
        return Tried(changed, trial, ", ".join(parts) or None)

    async def _choose(
        self, panel: StoredPanel, attempt: Attempt, make: Callable[[StoredPanel], StoredPanel]
    ) -> Selection:
        async def choosing() -> Tried:
            changed = await self._kept.choose(panel, make)
            return Tried(changed, detail=_used(changed))

        chosen = (await self._recorded(attempt, choosing())).panel
        return self._kept.open.selection(chosen or panel)


def _check_visible(wish: PanelWish) -> None:
    if not wish.has_name:
        raise InvalidPanel(PanelProblem.NAMELESS)


def _problems(trial: Trial | None) -> str | None:
    """Return what was not well, in the words of the audit."""
    results = trial.results if trial else ()
    bad = [result.finding.value for result in results if result.mark is Mark.BAD]
    return " · ".join(bad) or None


def _used(panel: StoredPanel) -> str:
    return "all, also future ones" if panel.server_ids is None else f"{len(panel.server_ids)} used"

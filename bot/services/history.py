"""Who did what: pages of the audit, as far as the asker may read it. Renders nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.servers import ServerRef

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.access import Actor
    from bot.domain.audit import AuditEntry, Door
    from bot.domain.grants import NamedRule
    from bot.domain.guild_ports import AuditHistory
    from bot.services.access import AccessService
    from bot.services.directory import ServerDirectory
    from bot.services.gate import Gate
    from bot.services.rules import RuleService

PER_PAGE = 6
_AT_ONCE = 200
_LOOKS = 20
"""So often it is looked for entries that a member may read, before the page is given as it is."""
_NOWHERE = ServerRef("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is looked for, and where the page begins; the ids are those of entries."""

    server: str | None = None
    user_id: int | None = None
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """Entries, newest first, and the ids from which the neighbouring pages go on."""

    entries: tuple[AuditEntry, ...]
    server_key: str | None = None
    """Of the server that was looked for."""
    newer: int | None
    older: int | None


class HistoryService:
    """Members read of servers that they may view; who may configure the bot reads everything."""

    def __init__(
        self,
        *,
        history: AuditHistory,
        access: AccessService,
        rules: RuleService,
        gate: Gate,
        directory: ServerDirectory,
    ) -> None:
        self._history = history
        self._access = access
        self._rules = rules
        self._gate = gate
        self._directory = directory

    async def page(self, actor: Actor, place: Place, *, door: Door) -> HistoryPage:
        """Return a page; raises like `Gate.find` for the server that is named."""
        ref = None
        if place.server is not None:
            ref = (await self._gate.find(actor, place.server, door=door)).ref
        may_read = await self._filter(actor)
        if place.after is not None:
            page = await self._newer(actor, place, ref, may_read)
        else:
            page = await self._older(actor, place, ref, may_read)
        entries = [await self._fit_for(actor, entry) for entry in page.entries]
        return replace(page, entries=tuple(entries), server_key=ref.key if ref else None)

    async def rules_behind(
        self, guild_id: int, entries: Sequence[AuditEntry]
    ) -> Mapping[int, NamedRule]:
        """Return by id the rules that decided about entries, also those that have ended since."""
        ids = {entry.rule_id for entry in entries if entry.rule_id is not None}
        found = await self._access.named(guild_id, ids) if ids else {}
        return {rule_id: self._rules.named(rule) for rule_id, rule in found.items()}

    async def _older(
        self, actor: Actor, place: Place, ref: ServerRef | None, may_read: _Filter
    ) -> HistoryPage:
        found: list[AuditEntry] = []
        before, is_more = place.before, True
        for _ in range(_LOOKS):
            some = await self._history.page(
                actor.guild_id, before=before, user_id=place.user_id, ref=ref, limit=_AT_ONCE
            )
            found += filter(may_read, some)
            is_more = len(some) == _AT_ONCE
            if some:
                before = some[-1].id
            if not is_more or len(found) > PER_PAGE:
                break
        entries = tuple(found[:PER_PAGE])
        if len(found) > PER_PAGE:
            before, is_more = entries[-1].id, True
        return HistoryPage(
            entries=entries,
            newer=entries[0].id if entries and place.before is not None else None,
            older=before if is_more else None,
        )

    async def _newer(
        self, actor: Actor, place: Place, ref: ServerRef | None, may_read: _Filter
    ) -> HistoryPage:
        found: list[AuditEntry] = []
        after = place.after
        for _ in range(_LOOKS):
            some = await self._history.page(
                actor.guild_id, after=after, user_id=place.user_id, ref=ref, limit=_AT_ONCE
            )
            found = [*filter(may_read, some), *found]
            if len(some) < _AT_ONCE or len(found) > PER_PAGE:
                break
            after = some[0].id
        if len(found) <= PER_PAGE:
            return await self._older(actor, replace(place, after=None), ref, may_read)
        entries = tuple(found[-PER_PAGE:])
        return HistoryPage(entries=entries, newer=entries[0].id, older=entries[-1].id)

    async def _filter(self, actor: Actor) -> _Filter:
        if (await self._access.decide(actor, Action.MANAGE, _NOWHERE)).allowed:
            return _everything
        sight = await self._access.sight(actor)

        def is_of_a_server_to_be_seen(entry: AuditEntry) -> bool:
            known = self._directory.known(actor.guild_id, entry.ref)
            return known is not None and sight.sees(entry.ref)

        return is_of_a_server_to_be_seen

    async def _fit_for(self, actor: Actor, entry: AuditEntry) -> AuditEntry:
        """Leave out what was typed into a console that the actor may neither use nor read."""
        if entry.action != Action.COMMAND or entry.detail is None:
            return entry
        for action in (Action.COMMAND, Action.LOGS):
            if (await self._access.decide(actor, action, entry.ref)).allowed:
                return entry
        return replace(entry, detail=None)


_Filter = Callable[["AuditEntry"], bool]


def _everything(_: AuditEntry) -> bool:
    return True

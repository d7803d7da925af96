"""Gathers how well the bot does, for operators and for the admins of a guild. Mends nothing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.domain.audit import Change
from bot.domain.errors import StorageUnavailable
from bot.domain.health import Connection, GuildHealth, Health, PanelView, Told
from bot.domain.notify import NamedMute
from bot.services.background import outliving
from bot.services.places import Places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.domain.access import Actor
    from bot.domain.audit import Door
    from bot.domain.health import Backlog, Gateway, Waiting
    from bot.domain.ports import Clock, Panel
    from bot.domain.watching import PanelHealth
    from bot.services.announcer import Announcer
    from bot.services.answers import Answers
    from bot.services.board_keeper import BoardKeeper
    from bot.services.directory import ServerDirectory
    from bot.services.gate import Gate
    from bot.services.ledger import Ledger
    from bot.services.panels import PanelRegistry
    from bot.services.subscriptions import SubscriptionService

log = logging.getLogger(__name__)

_CHECK_SECONDS = 10.0


class HealthService:
    """Asks those who know, each time anew; keeps nothing."""

    def __init__(  # noqa: PLR0913 - it is about everything
        self,
        *,
        panels: PanelRegistry,
        directory: ServerDirectory,
        watched: Callable[[], Mapping[str, PanelHealth]],
        budget_left: Callable[[Panel], int | None],
        backlog: Backlog,
        subscriptions: SubscriptionService,
        announcer: Announcer,
        ledger: Ledger,
        boards: BoardKeeper,
        running: Callable[[], int],
        answers: Answers,
        gate: Gate,
        clock: Clock,
    ) -> None:
        """`running` counts the receipts that have not ended."""
        self.answers = answers
        self._panels = panels
        self._directory = directory
        self._places = Places(panels, directory)
        self._watched = watched
        self._budget_left = budget_left
        self._backlog = backlog
        self._subscriptions = subscriptions
        self._announcer = announcer
        self._ledger = ledger
        self._boards = boards
        self._running = running
        self._gate = gate
        self._clock = clock
        self._gateway: Gateway | None = None

    def attach(self, gateway: Gateway) -> None:
        """Ask this one about Discord from now on."""
        self._gateway = gateway

    async def run(self) -> None:
        """Let the operator's log say when nothing can be stored, until cancelled."""
        had_problem = False
        while True:
            await self._clock.sleep(_CHECK_SECONDS)
            with outliving("checking the database"):
                problem = await self._check(in_turn=True)
                if problem is not None and not had_problem:
                    log.error("nothing can be stored: %s", problem)
                elif problem is None and had_problem:
                    log.info("the database takes again what is to be stored")
                had_problem = problem is not None

    async def look(self) -> Health:
        """Return all of it."""
        problem = await self._problem()
        lefts = {entry.panel_id: self._budget_left(entry.panel) for entry in self._panels}
        return Health(
            at=self._clock.now(),
            connection=self._connection(),
            database=problem,
            panels=self._watched(),
            budgets={panel_id: left for panel_id, left in lefts.items() if left is not None},
            waiting=await self._waiting(),
            told=Told(
                sent=self._announcer.sent,
                failed=self._announcer.failed,
                held=self._ledger.held,
                lost=self._ledger.lost,
            ),
            boards=self._boards.kept(),
            running=self._running(),
            answered=self.answers.so_far(),
        )

    async def obstacles(self) -> list[str]:
        """Return why the bot cannot serve anybody now, in words for its operator.

        A panel that does not answer is none: the others are served.
        """
        found = []
        if not self._connection().is_ready:
            found.append("the connection to Discord is not ready")
        problem = await self._problem()
        return [*found, problem] if problem is not None else found

    async def of_guild(self, actor: Actor, *, door: Door) -> GuildHealth:
        """Return what concerns the actor's guild, to who may configure the bot there."""
        await self._gate.admit_manager(actor, Change.HEALTH_SEEN, name="", door=door)
        problem = await self._problem()
        subscriptions = self._subscriptions.of_guild(actor.guild_id)
        boards = self._boards.of_guild(actor.guild_id)
        return GuildHealth(
            at=self._clock.now(),
            connection=self._connection(),
            panels=self._views(actor.guild_id),
            waiting=await self._waiting(actor.guild_id) if problem is None else None,
            paused=sum(each.pause is not None for each in subscriptions),
            paused_boards=sum(each.pause is not None for each in boards),
            mutes=tuple(self._mutes(actor.guild_id)),
        )

    def _mutes(self, guild_id: int) -> Iterable[NamedMute]:
        for mute in self._subscriptions.mutes.of_guild(guild_id):
            names = self._places.names(guild_id, mute.panel_id, mute.server_id)
            yield NamedMute(mute, *names)

    def _views(self, guild_id: int) -> tuple[PanelView, ...]:
        watched = self._watched()
        entries = sorted(self._panels.of_guild(guild_id), key=lambda entry: entry.name.casefold())
        return tuple(
            PanelView(
                name=entry.name,
                health=watched.get(entry.panel_id),
                trouble=self._directory.trouble(entry.panel_id),
            )
            for entry in entries
        )

    async def _problem(self) -> str | None:
        """Return what is wrong with the database now, or was when something happened last."""
        # Who asks wants an answer within seconds.
        return await self._check(in_turn=False) or self._ledger.problem

    async def _check(self, *, in_turn: bool) -> str | None:
        """Return why nothing can be stored now."""
        try:
            await self._backlog.check(in_turn=in_turn)
        except StorageUnavailable as error:
            return str(error)
        return None

    async def _waiting(self, guild_id: int | None = None) -> Waiting | None:
        """Return what waits, None where the database does not say."""
        try:
            return await self._backlog.waiting(guild_id)
        except StorageUnavailable:
            return None

    def _connection(self) -> Connection:
        return Connection() if self._gateway is None else self._gateway.connection()

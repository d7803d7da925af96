"""How an ordered power action goes on: phases, and a verdict at the end. Pure.

A panel's yes means "accepted", not "done" (Pterodactyl answers 204 also when nothing
happens), so the end is judged from what is observed afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.servers import PowerAction, ServerState

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.errors import PanelError, StorageUnavailable
    from bot.domain.servers import Server


class Phase(StrEnum):
    """Where an order stands; those after WAITING are final."""

    ORDERED = "ordered"
    WAITING = "waiting"
    DONE = "done"
    NO_EFFECT = "no_effect"
    """The panel accepted it and the server did not move."""
    FAILED = "failed"
    """The panel refused it, or the server went down again."""
    UNSEEN = "unseen"
    """The end could not be seen: no answer, or no time left."""
    INTERRUPTED = "interrupted"
    """The bot was stopped before the end was seen."""
    OVERTAKEN = "overtaken"
    """Somebody killed the server in the meantime."""

    @property
    def is_final(self) -> bool:
        """Whether nothing follows any more."""
        return self not in (Phase.ORDERED, Phase.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One step of an order, to be shown."""

    action: PowerAction
    server: Server
    """As last observed; before the first observation, as known when it was ordered."""
    user_id: int
    phase: Phase
    elapsed: timedelta = timedelta(0)
    error: PanelError | StorageUnavailable | None = None
    """Why it failed, or why its end is not known."""
    reason: str | None = None
    """What the member gave as the reason for the order."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what is waited for."""

    settle: timedelta = timedelta(seconds=60)
    """Without any movement for this long nothing more is expected: thrice the 20 s cache."""
    limit: timedelta = timedelta(minutes=11)
    """Wings itself waits 10 minutes for a stop before it kills."""
    silence: timedelta = timedelta(minutes=2)
    """How long a panel may give no answer before the end counts as not seen."""
    interval: timedelta = timedelta(seconds=3)
    """Between two looks at the server."""
    staleness: timedelta = timedelta(seconds=20)
    """How old a panel's reading may be: Pterodactyl keeps usage and state for 20 s."""


@dataclass(slots=True)
class Judge:
    """Judges the observations that follow an order, one by one.

    Every reading may be as old as the panel's cache. So a state that may have been there before
    the order proves nothing, until a reading must be younger than the order.
    """

    action: PowerAction
    ordered_at: datetime
    before: Server
    """As known when it was ordered."""
    patience: Patience = field(default_factory=Patience)
    _baseline: ServerState | None = field(init=False)
    """The state at the order; None until the first look, where nobody had looked for a while."""
    _last: Server = field(init=False)
    _moved_at: datetime = field(init=False)
    _was_down: bool = field(default=False, init=False)
    """Seen leaving, or out of, the process that the order was about."""
    _came_up: bool = field(default=False, init=False)
    """Seen starting because of the order."""
    _is_young: bool = field(default=False, init=False)
    """The process was begun after the order."""

    def __post_init__(self) -> None:
        is_recent = self.ordered_at - self.before.observed_at <= self.patience.staleness
        self._baseline = self.before.state if is_recent else None
        self._last = self.before
        self._moved_at = self.ordered_at

    def judge(self, seen: Server) -> Phase:
        """Say where the order stands after one more observation."""
        self._take_in(seen)
        phase = self._judge_down(seen) if self._ends_down else self._judge_up(seen)
        if phase is Phase.WAITING and self._elapsed(seen) >= self.patience.limit:
            return Phase.UNSEEN
        return phase

    @property
    def _ends_down(self) -> bool:
        return self.action in (PowerAction.STOP, PowerAction.KILL)

    def _take_in(self, seen: Server) -> None:
        self._baseline = self._baseline or seen.state
        if seen.state is not self._last.state:
            self._moved_at = seen.observed_at
        if seen.state in (ServerState.STOPPING, ServerState.OFFLINE):
            self._was_down = self._was_down or self._is_news(seen)
        if seen.state is ServerState.STARTING:
            self._came_up = self._came_up or self._was_down or self._is_news(seen)
        # A quick restart hides behind the cache; a young process gives it away.
        uptime, earlier = _uptime(seen), _uptime(self._last)
        if uptime:
            fell = self._last is not self.before and earlier is not None and uptime < earlier
            began = self._elapsed(seen) - self.patience.staleness
            self._is_young = self._is_young or fell or uptime < began
        self._last = seen

    def _judge_down(self, seen: Server) -> Phase:
        if seen.state is ServerState.OFFLINE and self._is_news(seen):
            return Phase.DONE
        is_up = seen.state in (ServerState.RUNNING, ServerState.STARTING)
        return Phase.NO_EFFECT if is_up and self._is_settled(seen) else Phase.WAITING

    def _judge_up(self, seen: Server) -> Phase:
        if seen.state is ServerState.RUNNING:
            return self._judge_running(seen)
        if seen.state is not ServerState.OFFLINE:
            return Phase.WAITING
        if self._came_up:
            return Phase.FAILED
        if not self._is_settled(seen):
            return Phase.WAITING
        return Phase.NO_EFFECT if self._baseline is ServerState.OFFLINE else Phase.FAILED

    def _judge_running(self, seen: Server) -> Phase:
        if self._was_down or self._came_up or self._is_young:
            return Phase.DONE
        was_down_before = self._baseline in (ServerState.OFFLINE, ServerState.STOPPING)
        if self.action is PowerAction.START or was_down_before:
            return Phase.DONE if self._is_news(seen) else Phase.WAITING
        if not self._is_settled(seen):
            return Phase.WAITING
        return Phase.UNSEEN if _uptime(seen) is None else Phase.NO_EFFECT

    def _is_news(self, seen: Server) -> bool:
        is_fresh = self._elapsed(seen) >= self.patience.staleness
        return is_fresh or seen.state is not self._baseline

    def _is_settled(self, seen: Server) -> bool:
        return seen.observed_at - self._moved_at >= self.patience.settle

    def _elapsed(self, seen: Server) -> timedelta:
        return seen.observed_at - self.ordered_at


def _uptime(server: Server) -> timedelta | None:
    return server.resources.uptime if server.resources else None

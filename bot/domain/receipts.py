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

    from bot.domain.errors import PanelError
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
    error: PanelError | None = None
    """Why it failed, or why its end is not known."""
    reason: str | None = None
    """What the member gave as the reason for the order."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what is waited for."""

    settle: timedelta = timedelta(seconds=60)
    """Without any movement for this long there was no effect: thrice Pterodactyl's 20 s cache."""
    limit: timedelta = timedelta(minutes=11)
    """Wings itself waits 10 minutes for a stop before it kills."""
    silence: timedelta = timedelta(minutes=2)
    """How long a panel may give no answer before the end counts as not seen."""
    interval: timedelta = timedelta(seconds=3)
    """Between two looks at the server."""


@dataclass(slots=True)
class Judge:
    """Judges the observations that follow an order, one by one."""

    action: PowerAction
    ordered_at: datetime
    before: Server
    """As known when it was ordered."""
    patience: Patience = field(default_factory=Patience)
    _was_down: bool = field(default=False, init=False)
    _went_up: bool = field(default=False, init=False)

    def judge(self, seen: Server) -> Phase:
        """Say where the order stands after one more observation."""
        elapsed = seen.observed_at - self.ordered_at
        verdict = (
            self._judge_down(seen, elapsed)
            if self.action in (PowerAction.STOP, PowerAction.KILL)
            else self._judge_up(seen, elapsed)
        )
        if verdict is Phase.WAITING and elapsed >= self.patience.limit:
            return Phase.UNSEEN
        return verdict

    def _judge_down(self, seen: Server, elapsed: timedelta) -> Phase:
        if seen.state is ServerState.OFFLINE:
            return Phase.DONE
        still = seen.state in (ServerState.RUNNING, ServerState.STARTING)
        if still and elapsed >= self.patience.settle:
            return Phase.NO_EFFECT
        return Phase.WAITING

    def _judge_up(self, seen: Server, elapsed: timedelta) -> Phase:
        if seen.state is ServerState.RUNNING:
            return self._judge_running(seen, elapsed)
        if seen.state is ServerState.STARTING:
            self._went_up = True
        if seen.state in (ServerState.STOPPING, ServerState.OFFLINE):
            self._was_down = True
        if seen.state is ServerState.OFFLINE:
            if self._went_up:
                return Phase.FAILED
            if elapsed >= self.patience.settle:
                return Phase.NO_EFFECT if self.action is PowerAction.START else Phase.FAILED
        return Phase.WAITING

    def _judge_running(self, seen: Server, elapsed: timedelta) -> Phase:
        if self.action is PowerAction.START:
            return Phase.DONE
        uptime = seen.resources.uptime if seen.resources else None
        # A quick restart hides behind the panel's cache; a young process gives it away.
        is_young = uptime is not None and timedelta(0) < uptime < elapsed
        if self._was_down or self._went_up or is_young:
            return Phase.DONE
        if elapsed >= self.patience.settle:
            return Phase.UNSEEN if uptime is None else Phase.NO_EFFECT
        return Phase.WAITING

"""How an ordered power action goes on: phases, and a verdict at the end. Pure.

A panel's yes means "accepted", not "done" (Pterodactyl answers 204 also when nothing
happens), so the end is judged from what is observed afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from bot.domain.freshness import CACHED, POWER, is_outdated
from bot.domain.servers import PowerAction, ServerState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.errors import PanelError, StorageUnavailable
    from bot.domain.servers import Server


_LEAST_KNOWN = 3
"""From so few durations on one can speak of a usual one."""


class Phase(StrEnum):
    """Where an order stands; those after PAUSED are final."""

    ORDERED = "ordered"
    ACCEPTED = "accepted"
    """The panel has taken it, and the server has not moved yet."""
    WAITING = "waiting"
    PAUSED = "paused"
    """The bot is being stopped; its next start goes on."""
    DONE = "done"
    ALREADY = "already"
    """The server was where it was to go, so nothing was to do."""
    NO_EFFECT = "no_effect"
    """The panel accepted it and the server did not move."""
    FAILED = "failed"
    """The panel refused it, or the server went down again."""
    UNSEEN = "unseen"
    """The end could not be seen: no answer, or no time left."""
    INTERRUPTED = "interrupted"
    """Nobody looks any more: a defect of ours, or the bot was away for too long."""
    NEVER_SENT = "never_sent"
    """The bot was ended before it gave the order."""
    PANEL_GONE = "panel_gone"
    """Its panel was taken away before the end was seen."""
    OVERTAKEN = "overtaken"
    """Somebody killed the server in the meantime."""

    @property
    def is_final(self) -> bool:
        """Whether nothing follows any more."""
        return self not in (Phase.ORDERED, Phase.ACCEPTED, Phase.WAITING, Phase.PAUSED)


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
    is_confirmed: bool = True
    """The panel said that it took the order."""
    usual: timedelta | None = None
    """How long it usually takes on this server, where that is known."""


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
    staleness: timedelta = CACHED
    """How old a panel's reading may be."""
    memory: timedelta = timedelta(hours=1)
    """After so long away nobody can say any more what came of an order."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen since an order; with it somebody else can go on judging."""

    baseline: ServerState | None = None
    """The state at the order; None until the first look, where nobody had looked for a while."""
    was_down: bool = False
    """Seen leaving, or out of, the process that the order was about."""
    came_up: bool = False
    """Seen starting because of the order."""
    is_young: bool = False
    """The process was begun after the order."""


@dataclass(slots=True)
class Judge:
    """Judges the observations that follow an order, one by one.

    A reading may be as old as the panel's cache. So a state that may have been there before the
    order proves nothing, until a reading must be younger than the order; one that a live
    connection has pushed always is, and so is one that differs from the reading before it.
    """

    action: PowerAction
    ordered_at: datetime
    before: Server
    """As known when it was ordered."""
    patience: Patience = field(default_factory=Patience)
    evidence: Evidence = field(default_factory=Evidence)
    watched_from: datetime | None = None
    """When somebody looked again, after a time in which nobody did."""
    has_moved: bool = field(default=False, init=False)
    """The server was seen in another state than at the order, or in another process."""
    _last: Server = field(init=False)
    _moved_at: datetime = field(init=False)
    _read: ServerState | None = field(default=None, init=False)
    """As the panel has said last when it was asked."""
    _is_anew: bool = field(default=False, init=False)
    """Whether that is younger than what it said first."""

    def __post_init__(self) -> None:
        is_recent = self.ordered_at - self.before.observed_at <= self.patience.staleness
        if self.evidence.baseline is None and is_recent:
            self.evidence = replace(self.evidence, baseline=self.before.state)
        self._last = self.before
        self._moved_at = self.watched_from or self.ordered_at

    def judge(self, seen: Server, *, is_live: bool = False, is_measured: bool = False) -> Phase:
        """Say where the order stands after one more observation.

        `is_live` is its state as pushed, `is_measured` its usage.
        """
        self._take_in(seen, is_live=is_live, is_measured=is_measured)
        is_true = is_live or self._is_news(seen)
        # What an earlier process has seen may be newer than what its panel keeps.
        is_last = is_live or not self._is_outdated(seen, self.watched_from)
        known = self.evidence if is_last else Evidence(self.evidence.baseline)
        judged = self._judge_down if self._ends_down else self._judge_up
        phase = judged(seen, known, is_true=is_true)
        return Phase.UNSEEN if phase is Phase.WAITING and self._is_too_long(seen) else phase

    @property
    def _ends_down(self) -> bool:
        return self.action in (PowerAction.STOP, PowerAction.KILL)

    def _take_in(self, seen: Server, *, is_live: bool, is_measured: bool) -> None:
        known = self.evidence
        if not is_live and seen.pushed_at is None and seen.state in POWER:
            self._is_anew = self._is_anew or self._read not in (None, seen.state)
            self._read = seen.state
        known = replace(known, baseline=known.baseline or self._baseline(seen))
        if seen.state is not self._last.state:
            self._moved_at = seen.observed_at
        self.evidence = known
        is_news = self._is_news(seen)
        was_off = known.baseline is ServerState.OFFLINE
        has_left = seen.state is ServerState.OFFLINE and not was_off
        if (has_left or seen.state is ServerState.STOPPING) and (is_live or is_news):
            known = replace(known, was_down=True)
        # A live "starting" may be the start that the order is about to end.
        if seen.state is ServerState.STARTING and (known.was_down or is_news):
            known = replace(known, came_up=True)
        # A quick restart hides behind the cache; a young process gives it away.
        uptime, earlier = _uptime(seen), _uptime(self._last)
        if uptime:
            fell = self._last is not self.before and earlier is not None and uptime < earlier
            oldest = timedelta(0) if is_measured else self.patience.staleness
            began_later = uptime < self._elapsed(seen) - oldest
            known = replace(known, is_young=known.is_young or fell or began_later)
        self.evidence, self._last = known, seen
        is_other = known.was_down or known.came_up or known.is_young
        self.has_moved = self.has_moved or is_other or seen.state is not known.baseline

    def _baseline(self, seen: Server) -> ServerState:
        """Return the state at the order where nobody had looked: this is the first look."""
        is_the_ordered_start = not self._ends_down and seen.state is ServerState.STARTING
        return self.before.state if is_the_ordered_start else seen.state

    def _judge_down(self, seen: Server, known: Evidence, *, is_true: bool) -> Phase:
        if seen.state is ServerState.OFFLINE and is_true:
            return self._done(seen)
        is_up = seen.state in (ServerState.RUNNING, ServerState.STARTING)
        if not (is_up and self._is_settled(seen)):
            return Phase.WAITING
        was_ended = known.was_down or known.is_young or self._may_be_young(seen)
        return Phase.UNSEEN if was_ended else Phase.NO_EFFECT

    def _judge_up(self, seen: Server, known: Evidence, *, is_true: bool) -> Phase:
        if seen.state is ServerState.RUNNING:
            return self._judge_running(seen, known, is_true=is_true)
        if seen.state is not ServerState.OFFLINE:
            return Phase.WAITING
        if known.came_up:
            return Phase.FAILED
        if not self._is_settled(seen):
            return Phase.WAITING
        return Phase.NO_EFFECT if known.baseline is ServerState.OFFLINE else Phase.FAILED

    def _judge_running(self, seen: Server, known: Evidence, *, is_true: bool) -> Phase:
        if known.was_down or known.came_up or known.is_young:
            return Phase.DONE
        was_down_before = known.baseline in (ServerState.OFFLINE, ServerState.STOPPING)
        if self.action is PowerAction.START or was_down_before:
            return self._done(seen) if is_true else Phase.WAITING
        if not self._is_settled(seen):
            return Phase.WAITING
        is_the_old_one = bool(_uptime(seen)) and not self._may_be_young(seen)
        return Phase.NO_EFFECT if is_the_old_one else Phase.UNSEEN

    def _done(self, seen: Server) -> Phase:
        was_so = seen.state is self.before.state and not self.has_moved
        return Phase.ALREADY if was_so and not self._may_be_young(seen) else Phase.DONE

    def _may_be_young(self, seen: Server) -> bool:
        """Whether its process may have been begun after the order, for all that is known."""
        uptime = _uptime(seen)
        return uptime < self._elapsed(seen) if uptime else False

    def _is_news(self, seen: Server) -> bool:
        # What an earlier process knew may have been pushed, and the panel keep what was before.
        is_other = self.watched_from is None and seen.state is not self.evidence.baseline
        return is_other or not self._is_outdated(seen, self.ordered_at)

    def _is_outdated(self, seen: Server, since: datetime | None) -> bool:
        if self._is_anew:
            return False
        staleness = self.patience.staleness
        return is_outdated(seen.state, seen.observed_at, since, staleness=staleness)

    def _is_settled(self, seen: Server) -> bool:
        return seen.observed_at - self._moved_at >= self.patience.settle

    def _is_too_long(self, seen: Server) -> bool:
        """Whether it was waited for, and looked at, for so long that nobody waits any more."""
        looked = seen.observed_at - (self.watched_from or self.ordered_at)
        return self._elapsed(seen) >= self.patience.limit and looked >= self.patience.settle

    def _elapsed(self, seen: Server) -> timedelta:
        return seen.observed_at - self.ordered_at


def _uptime(server: Server) -> timedelta | None:
    return server.resources.uptime if server.resources else None


def usual(durations: Sequence[timedelta]) -> timedelta | None:
    """Return how long something usually takes; None where that is not known, or not worth it."""
    if len(durations) < _LEAST_KNOWN:
        return None
    seconds = round(median(length.total_seconds() for length in durations))
    return timedelta(seconds=seconds) if seconds else None

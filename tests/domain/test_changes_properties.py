"""Whatever is seen in whatever order: nothing is told twice, nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.domain.access import Action
from bot.domain.compare import RESTING
from bot.domain.errors import PanelProtocolError, PanelUnreachable
from bot.domain.servers import Server, ServerState
from tests.domain.reader import Reader
from tests.domain.watching import Watched, seen

pytestmark = pytest.mark.timeout(300)  # it is much to work out where others work, too
IDS = ("one", "two", "three")
ids = st.sampled_from(IDS)
states = st.sampled_from(ServerState)
pushes = st.sampled_from(
    [ServerState.RUNNING, ServerState.STARTING, ServerState.STOPPING, ServerState.OFFLINE]
)
pauses = st.sampled_from([0.2, 2.0, 10.0, 60.0, 700.0])
jumps = st.sampled_from([-100_000.0, -30.0, 100_000.0])
orders = st.sampled_from([Action.START, Action.STOP, Action.RESTART, Action.KILL, Action.SUSPEND])


class Watching(RuleBasedStateMachine):
    """A world with three servers, and somebody who reads all that is told of it."""

    def __init__(self) -> None:
        super().__init__()
        self.watched = Watched()
        self.reader = Reader()
        self.truth = {
            server_id: seen(server_id, node="n1", uptime=1000, memory=10) for server_id in IDS
        }
        self._look(*self.truth.values(), after=60)

    def _look(self, *servers: Server, after: float) -> None:
        self.reader.read(self.watched.look(*servers, after=after), self.watched.tracks)

    @rule(server_id=ids, state=states, name=st.sampled_from(["", "Other"]))
    def change(self, server_id: str, state: ServerState, name: str) -> None:
        """A server changes while nobody looks; under the name of another it would be that one."""
        self.truth[server_id] = replace(
            self.truth[server_id], state=state, name=f"{name}{server_id.title()}"
        )

    @rule(server_id=ids, memory=st.integers(0, 110), uptime=st.integers(0, 10_000))
    def use(self, server_id: str, memory: int, uptime: int) -> None:
        """Its figures change."""
        old = self.truth[server_id]
        self.truth[server_id] = seen(
            server_id, old.state, name=old.name, node="n1", uptime=uptime, memory=memory
        )

    @rule(after=pauses)
    def look(self, after: float) -> None:
        self._look(*self.truth.values(), after=after)

    @rule(server_id=ids, state=states, after=pauses)
    def lie(self, server_id: str, state: ServerState, after: float) -> None:
        """The panel shows once what is not so."""
        lying = {**self.truth, server_id: replace(self.truth[server_id], state=state)}
        self._look(*lying.values(), after=after)

    @rule(server_id=ids, after=pauses)
    def leave_out(self, server_id: str, after: float) -> None:
        """The list lacks one, and has another one twice."""
        rest = [one for key, one in self.truth.items() if key != server_id]
        self._look(*rest, rest[0], after=after)

    @rule(server_id=ids, after=pauses)
    def glance(self, server_id: str, after: float) -> None:
        events = self.watched.glance(self.truth[server_id], after=after)
        self.reader.read(events, self.watched.tracks)

    @rule(server_id=ids, state=pushes, after=pauses, is_first=st.booleans())
    def push(self, server_id: str, state: ServerState, after: float, is_first: bool) -> None:
        self.truth[server_id] = replace(self.truth[server_id], state=state)
        events = self.watched.push(state, server_id, after=after, is_first=is_first)
        self.reader.read(events, self.watched.tracks)

    @rule(server_id=ids, after=pauses, is_killed=st.booleans())
    def stop_and_start(self, server_id: str, after: float, is_killed: bool) -> None:
        """It goes down in an orderly way and comes up again, soon or not."""
        self.push(server_id, ServerState.STOPPING, 0.2, is_first=False)
        self.push(server_id, ServerState.OFFLINE, 2.0, is_first=False)
        if is_killed:
            self.restart()
        self.push(server_id, ServerState.RUNNING, after, is_first=is_killed)

    @rule(after=pauses)
    def settle(self, after: float) -> None:
        self.reader.read(self.watched.settle(after=after), self.watched.tracks)

    @rule(after=pauses, is_nonsense=st.booleans())
    def fail(self, after: float, is_nonsense: bool) -> None:
        kind = PanelProtocolError if is_nonsense else PanelUnreachable
        events = self.watched.fail(kind("main", "gone"), after=after)
        self.reader.read(events, self.watched.tracks)

    @rule(server_id=ids, action=orders)
    def order(self, server_id: str, action: Action) -> None:
        self.watched.order(action, server_id)

    @rule(seconds=jumps)
    def jump(self, seconds: float) -> None:
        """The clock of this machine is set."""
        self._look(*self.truth.values(), after=seconds)

    @rule()
    def restart(self) -> None:
        """The bot is killed and started."""
        self.watched.orders.clear()
        self.watched.restart()

    @invariant()
    def remembers_what_it_told(self) -> None:
        assert self.reader.open.keys() == self.watched.incidents.keys()

    def teardown(self) -> None:
        """In the end all is known as it is, and then there is silence."""
        for server_id, server in self.truth.items():
            state = server.state if server.state in RESTING else ServerState.RUNNING
            self.truth[server_id] = replace(server, state=state)
        for _ in range(12):
            self.watched.orders.clear()
            self._look(*self.truth.values(), after=120)
        assert self.reader.knows({key: one.state for key, one in self.truth.items()})
        assert {key: track.name for key, track in self.watched.tracks.items()} == {
            key: one.name for key, one in self.truth.items()
        }
        count = self.reader.count
        self._look(*self.truth.values(), after=120)
        assert self.reader.count == count
        full = {key for key, one in self.truth.items() if _memory(one) >= 95}
        assert (
            full
            <= set(self.reader.full())
            <= {key for key, one in self.truth.items() if _memory(one) >= 85}
        )


def _memory(server: Server) -> int:
    used = server.resources.memory_bytes if server.resources else None
    return 0 if server.state is ServerState.OFFLINE or used is None else used


TestWatching = Watching.TestCase
TestWatching.settings = settings(max_examples=600, stateful_step_count=40, deadline=None)

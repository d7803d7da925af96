from __future__ import annotations

import pytest

from bot.simulators.world import Fault, Server, World


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock=clock)


@pytest.fixture
def server(world: World) -> Server:
    node = world.add_node("node-1")
    return world.add_server("Survival", node=node, start_seconds=5, stop_seconds=3)


def states_at(server: Server, clock: Clock, *seconds: float) -> list[str]:
    begin, seen = clock.now, []
    for second in seconds:
        clock.now = begin + second
        seen.append(server.state)
    return seen


def test_a_start_takes_its_time(server: Server, clock: Clock) -> None:
    server.power("start")
    assert states_at(server, clock, 0, 4.9, 5, 500) == [
        "starting",
        "starting",
        "running",
        "running",
    ]


def test_a_stop_takes_its_time(server: Server, clock: Clock) -> None:
    server.begin("running")
    server.power("stop")
    assert states_at(server, clock, 0, 2.9, 3) == ["stopping", "stopping", "offline"]


def test_a_restart_goes_all_the_way_round(server: Server, clock: Clock) -> None:
    server.begin("running")
    server.power("restart")
    seen = states_at(server, clock, 0, 2.9, 3, 7.9, 8)
    assert seen == ["stopping", "stopping", "starting", "starting", "running"]


def test_a_restart_of_an_offline_server_starts_it(server: Server, clock: Clock) -> None:
    server.power("restart")
    assert states_at(server, clock, 0, 5) == ["starting", "running"]


def test_states_that_nobody_looked_at_are_passed_through(server: Server, clock: Clock) -> None:
    server.begin("running")
    server.power("restart")
    clock.now += 10
    assert server.state == "running"
    assert server.usage().uptime_seconds == 7


@pytest.mark.parametrize("state", ["starting", "running", "stopping"])
def test_a_start_has_no_effect_unless_offline(server: Server, clock: Clock, state: str) -> None:
    server.begin(state)
    server.power("start")
    assert server.state == state
    assert server.signals == ["start"]


@pytest.mark.parametrize("signal", ["start", "stop", "restart"])
def test_nothing_gets_between_a_stop_and_its_end(server: Server, clock: Clock, signal: str) -> None:
    server.begin("running")
    server.power("stop")
    clock.now += 1
    server.power(signal)
    assert states_at(server, clock, 0, 2, 60) == ["stopping", "offline", "offline"]


def test_a_kill_overtakes_a_restart(server: Server, clock: Clock) -> None:
    server.begin("running")
    server.power("restart")
    server.power("kill")
    assert states_at(server, clock, 0, 60) == ["offline", "offline"]
    assert server.signals == ["restart", "kill"]


def test_a_stop_ends_a_start(server: Server, clock: Clock) -> None:
    server.power("start")
    clock.now += 1
    server.power("stop")
    assert states_at(server, clock, 0, 3, 60) == ["stopping", "offline", "offline"]


def test_a_server_can_hang_in_starting_until_it_is_let_go(server: Server, clock: Clock) -> None:
    server.hang_in_starting = True
    server.power("start")
    assert states_at(server, clock, 600) == ["starting"]
    server.hang_in_starting = False
    assert server.state == "running"


def test_a_crash_ends_the_process_at_once(server: Server, clock: Clock) -> None:
    server.begin("running")
    clock.now += 100
    server.crash()
    assert states_at(server, clock, 0, 60) == ["offline", "offline"]
    assert server.signals == []
    assert server.usage().uptime_seconds == 0


@pytest.mark.parametrize("condition", ["suspended", "installing", "restoring", "transferring"])
def test_a_condition_ends_the_process_and_does_not_bring_it_back(
    server: Server, condition: str
) -> None:
    server.begin("running")
    server.condition = condition
    assert server.state == "offline"
    server.condition = None
    assert server.state == "offline"


def test_suspended_and_installing_are_views_of_the_condition(server: Server) -> None:
    server.suspended = True
    assert (server.condition, server.suspended, server.installing) == ("suspended", True, False)
    server.installing = True
    assert (server.condition, server.suspended, server.installing) == ("installing", False, True)
    server.installing = False
    assert server.condition is None


def test_a_command_reaches_a_process_only(server: Server) -> None:
    assert not server.send("say nobody")
    server.begin("starting")
    assert server.send("say hi")
    assert server.console == ["say hi"]


def test_the_stop_command_stops(server: Server) -> None:
    server.begin("running")
    server.send("stop")
    assert server.state == "stopping"


def test_usage_is_plausible_while_it_runs(server: Server, clock: Clock) -> None:
    server.begin("running")
    samples = []
    for _ in range(60):
        clock.now += 30
        samples.append(server.usage())
    assert len({sample.cpu_percent for sample in samples}) > 30
    assert all(0 < sample.cpu_percent <= server.cpu_percent for sample in samples)
    assert all(0 < sample.memory_bytes <= server.memory_mb * 1_000_000 for sample in samples)
    assert samples[-1].memory_bytes > samples[0].memory_bytes
    received = [sample.network_rx_bytes for sample in samples]
    assert received == sorted(received)
    assert [sample.uptime_seconds for sample in samples[:2]] == [30, 60]


def test_an_offline_server_uses_nothing_but_disk(server: Server) -> None:
    usage = server.usage()
    assert usage.disk_bytes > 0
    assert (usage.memory_bytes, usage.cpu_percent, usage.network_rx_bytes) == (0, 0, 0)


def test_unlimited_servers_use_something_all_the_same(world: World, clock: Clock) -> None:
    node = world.add_node("node-1")
    server = world.add_server(
        "Rusty", node=node, state="running", memory_mb=0, disk_mb=0, cpu_percent=0
    )
    clock.now += 60
    usage = server.usage()
    assert min(usage.memory_bytes, usage.disk_bytes, usage.cpu_percent) > 0


def test_servers_are_told_apart(world: World) -> None:
    node = world.add_node("node-1")
    one, two = (world.add_server("Twin", node=node) for _ in range(2))
    assert len({one.uuid, two.uuid, one.identifier, two.identifier}) == 4
    assert (one.id, two.id) == (1, 2)
    assert len(one.identifier) == 8
    world.remove_server(one)
    assert world.servers == [two]
    assert world.add_server("Third", node=node).id == 3


@pytest.mark.parametrize(
    ("fault", "up"), [(None, True), ("hang", True), (500, True), ("down", False)]
)
def test_a_node_is_up_if_its_daemon_takes_connections(
    world: World, fault: Fault | None, *, up: bool
) -> None:
    node = world.add_node("node-1")
    node.fault = fault
    assert node.up is up


def test_a_node_can_be_taken_down_and_brought_back(world: World) -> None:
    node = world.add_node("node-1")
    faults: list[Fault | None] = []
    for up in (False, True):
        node.up = up
        faults.append(node.fault)
    assert faults == ["down", None]

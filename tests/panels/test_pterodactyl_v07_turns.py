"""How the 15 states a minute of Pterodactyl 0.7 are shared out, against its stand-in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, cast

import pytest

from bot.domain.servers import PowerAction, ServerState
from tests.panels.harness_pterodactyl_v07 import PterodactylV07Harness
from tests.panels.support import HastyClock, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.domain.servers import Server
    from bot.panels import PanelHub
    from bot.panels.pterodactyl_v07 import PterodactylV07

UTILIZATION = "/utilization"


@pytest.fixture
async def harness(clock: HastyClock) -> AsyncIterator[PterodactylV07Harness]:
    async with PterodactylV07Harness(clock) as harness:
        yield harness


@pytest.fixture
def panel(hub: PanelHub, harness: PterodactylV07Harness) -> PterodactylV07:
    values = {"kind": harness.kind, "base_url": harness.url, "credentials": harness.credentials}
    return cast("PterodactylV07", hub.open(settings(**values)))


def add_servers(harness: PterodactylV07Harness, total: int) -> None:
    for number in range(total - len(harness.world.servers)):
        harness.allow(harness.world.add_server(f"No. {number}", node=harness.far))


def asked(harness: PterodactylV07Harness) -> Counter[str]:
    """How often each server's state was asked for."""
    paths = [request.path for request in harness.stand_in.requests]
    return Counter(path.split("/")[-2] for path in paths if path.endswith(UTILIZATION))


def known(servers: Sequence[Server]) -> set[str]:
    return {s.ref.server_id for s in servers if s.state is not ServerState.UNKNOWN}


async def test_states_beyond_fifteen_a_minute_are_unknown_until_their_turn_comes(
    panel: PterodactylV07, harness: PterodactylV07Harness, clock: HastyClock
) -> None:
    add_servers(harness, 40)
    rounds = []
    for _ in range(3):
        servers = await panel.list_servers()
        assert len(servers) == 40
        rounds.append(known(servers))
        clock.advance(60)
    assert [len(turn) for turn in rounds] == [15, 15, 15]
    assert len(rounds[0] | rounds[1]) == 30
    assert len(rounds[0] | rounds[1] | rounds[2]) == 40
    assert sorted(asked(harness).values()) == [1] * 35 + [2] * 5
    assert {request.status for request in harness.stand_in.requests} == {200}
    assert clock.slept == [], "nobody waits for a state"


async def test_a_state_seen_within_the_minute_is_told_with_its_age(
    panel: PterodactylV07, harness: PterodactylV07Harness, clock: HastyClock
) -> None:
    add_servers(harness, 20)
    first = await panel.list_servers()
    clock.advance(30)
    second = await panel.list_servers()
    assert known(first) == known(second)
    assert sum(asked(harness).values()) == 15
    times = {server.ref: server.observed_at for server in first}
    assert all(
        server.observed_at == times[server.ref]
        for server in second
        if server.ref.server_id in known(first)
    )


async def test_a_state_is_unknown_when_it_is_a_minute_old(
    panel: PterodactylV07, harness: PterodactylV07Harness, clock: HastyClock
) -> None:
    assert len(known(await panel.list_servers())) == 4
    harness.faults.add("throttle", path="/api/client/servers", retry_after="90")
    clock.advance(59)
    assert len(known(await panel.list_servers())) == 4
    clock.advance(1)
    assert known(await panel.list_servers()) == set()


async def test_others_who_use_up_the_turns_cost_states_and_nothing_else(
    panel: PterodactylV07, harness: PterodactylV07Harness, clock: HastyClock
) -> None:
    add_servers(harness, 12)
    harness.stand_in.utilization.requests_per_minute = 3
    assert len(known(await panel.list_servers())) == 3
    refused = [r for r in harness.stand_in.requests if r.status == 429]
    assert 1 <= len(refused) <= 8, "those that were on their way already"
    before = sum(asked(harness).values())
    clock.advance(1)
    assert len(await panel.list_servers()) == 12
    await panel.power(harness.survival.identifier, PowerAction.STOP)
    assert sum(asked(harness).values()) == before, "not before the panel allows it"
    assert clock.slept == [], "nothing else is held up"
    clock.advance(60)
    assert len(known(await panel.list_servers())) == 3


async def test_an_order_makes_old_news_of_the_state(
    panel: PterodactylV07, harness: PterodactylV07Harness
) -> None:
    add_servers(harness, 15)
    assert len(known(await panel.list_servers())) == 15
    await panel.power(harness.survival.identifier, PowerAction.STOP)
    servers = {server.name: server for server in await panel.list_servers()}
    assert servers["Survival"].state is ServerState.UNKNOWN
    assert servers["Creative"].state is ServerState.OFFLINE
    assert (await panel.get_server(harness.survival.identifier)).state is ServerState.UNKNOWN


async def test_lists_leave_turns_to_somebody_who_follows_a_server(
    panel: PterodactylV07, harness: PterodactylV07Harness, clock: HastyClock
) -> None:
    add_servers(harness, 30)
    followed = harness.survival.identifier
    assert (await panel.get_server(followed)).state is ServerState.RUNNING
    assert len(known(await panel.list_servers())) == 10
    harness.survival.crash()
    for _ in range(5):
        assert (await panel.get_server(followed)).state is ServerState.OFFLINE
    assert asked(harness)[followed] == 6
    clock.advance(300)
    assert len(known(await panel.list_servers())) == 15, "nobody looks any more"


async def test_a_server_that_is_gone_takes_no_turn(
    panel: PterodactylV07, harness: PterodactylV07Harness, clock: HastyClock
) -> None:
    await panel.list_servers()
    harness.world.remove_server(harness.survival)
    clock.advance(60)
    assert len(known(await panel.list_servers())) == 3
    assert asked(harness)[harness.survival.identifier] == 1


async def test_keys_of_one_address_share_what_the_panel_counts(
    hub: PanelHub, harness: PterodactylV07Harness, clock: HastyClock
) -> None:
    harness.stand_in.settings.requests_per_minute = 4
    other = harness.stand_in.accounts.add_key(harness.owner)
    for key in (harness.key, harness.key, other):
        values = {"kind": harness.kind, "base_url": harness.url, "credentials": {"key": key}}
        await hub.open(settings(**values)).get_server(harness.survival.identifier)
    assert 429 not in [request.status for request in harness.stand_in.requests]
    assert sum(clock.slept) == 60

"""What is made of the answers of Pterodactyl 0.7: as document 000 has them, and with holes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.servers import Limits, Resources, Server, ServerRef, ServerState
from bot.panels._pterodactyl_parse import parse_details, parse_list
from bot.panels._pterodactyl_v07_parse import Utilization, combine, parse_utilization

FIXTURES = Path(__file__).parents[1] / "fixtures" / "pterodactyl_v07"
AT = datetime(2026, 11, 21, 6, tzinfo=UTC)
SEEN = datetime(2026, 11, 21, 5, 59, 30, tzinfo=UTC)
MIB = 1024 * 1024


def documented(name: str) -> Any:  # noqa: ANN401 - any JSON value
    return json.loads((FIXTURES / f"{name}.json").read_text())


def utilization(**changes: object) -> Utilization:
    body = documented("utilization-starting")
    body["attributes"] |= changes
    return parse_utilization(body, SEEN)


def test_a_server_is_read_whole_and_its_power_is_as_old_as_its_state() -> None:
    details = parse_details(documented("server"), "main", AT)
    server = combine(details, utilization())
    assert server.resources is not None
    cores = server.resources.cpu_cores_percent
    assert cores is not None
    assert (len(cores), cores[0], cores[24], cores[-1]) == (48, 0.422, 0, 1.234)
    assert server == Server(
        ref=ServerRef("main", "b1ea3e80"),
        name="test",
        state=ServerState.STARTING,
        observed_at=SEEN,
        read_at=AT,
        description="",
        limits=Limits(
            memory_bytes=2000 * MIB,
            swap_bytes=512 * MIB,
            disk_bytes=3000 * MIB,
            cpu_percent=200.0,
        ),
        resources=Resources(
            cpu_percent=201.23,
            cpu_cores_percent=cores,
            memory_bytes=712 * MIB,
            memory_limit_bytes=2000 * MIB,
            disk_bytes=141_000_000,
            disk_limit_bytes=3000 * MIB,
        ),
        extra={
            "uuid": "b1ea3e80-84d6-47be-bdbe-292babaa140b",
            "feature_limits": {"databases": 0, "allocations": 0},
            "is_owner": True,
            "state": "starting",
        },
    )


def test_a_list_is_read_whole() -> None:
    page = parse_list(documented("list"), "main", AT)
    found = page.entries
    assert page.pages == 1
    assert [details.server.name for details in found] == ["test"]
    assert found[0].server.limits.swap_bytes == 2000 * MIB


def test_a_server_that_is_off_uses_nothing_and_its_disk_was_not_measured() -> None:
    found = parse_utilization(documented("utilization-off"), SEEN)
    assert found.state is ServerState.OFFLINE
    assert found.resources == Resources(cpu_percent=0.0, memory_bytes=0)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("on", ServerState.RUNNING),
        ("off", ServerState.OFFLINE),
        ("starting", ServerState.STARTING),
        ("stopping", ServerState.STOPPING),
        ("dancing", ServerState.UNKNOWN),
        (None, ServerState.UNKNOWN),
    ],
)
def test_each_word_is_a_state(word: str | None, state: ServerState) -> None:
    found = utilization(state=word)
    assert (found.state, found.word) == (state, word)
    assert found.unknown_word == ("dancing" if word == "dancing" else None)


def test_nothing_is_measured_of_a_server_that_is_stopping() -> None:
    assert utilization(state="stopping").resources is None


@pytest.mark.parametrize("cores", [None, [], {}, [1, None], ["one"], 5])
def test_cores_are_told_all_or_not_at_all(cores: object) -> None:
    found = utilization(cpu={"current": 12, "cores": cores})
    assert found.resources is not None
    assert (found.resources.cpu_percent, found.resources.cpu_cores_percent) == (12.0, None)


def test_an_odd_number_costs_only_itself() -> None:
    found = utilization(memory=None, disk={"current": "many"})
    assert found.resources is not None
    assert (found.resources.memory_bytes, found.resources.disk_bytes) == (None, None)
    assert found.resources.cpu_percent == 201.23


@pytest.mark.parametrize("data", [None, [], {}, {"attributes": None}, {"attributes": []}, "on"])
def test_what_is_no_utilization_is_refused(data: object) -> None:
    with pytest.raises((KeyError, TypeError)):
        parse_utilization(data, SEEN)

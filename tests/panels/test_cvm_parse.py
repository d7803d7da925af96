"""What is made of CVM's answers: as document 004 has them, and as its source writes them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.servers import Limits, Resources, Server, ServerRef, ServerState, Traffic
from bot.panels._cvm_parse import combine, parse_list, parse_status

FIXTURES = Path(__file__).parents[1] / "fixtures" / "cvm"
AT = datetime(2026, 11, 21, 6, tzinfo=UTC)
MB = 1024 * 1024


def documented(name: str) -> object:
    body: object = json.loads((FIXTURES / f"{name}.json").read_text())
    return body


def listed(**changes: object) -> Server:
    entry = {"id": "1", "disk_space": "5000", "guaranteed_ram": "128"} | changes
    (server,) = parse_list({"response": {"vpses": [entry]}}, "main", AT)
    return server


def observed(server: Server, **metrics: object) -> Server:
    return combine(server, parse_status({"response": {"status": "running"} | metrics}))


def resources(server: Server, **metrics: object) -> Resources:
    found = observed(server, **metrics).resources
    assert found is not None
    return found


def test_a_list_is_read_whole() -> None:
    first, second = parse_list(documented("list"), "main", AT)
    assert first == Server(
        ref=ServerRef("main", "1"),
        name="test-vz.cryto.net",
        state=ServerState.UNKNOWN,
        observed_at=AT,
        node="1",
        limits=Limits(memory_bytes=256 * MB, disk_bytes=5000 * MB),
        traffic=Traffic(
            in_limit_bytes=500_000_000_000,
            out_limit_bytes=500_000_000_000,
            in_used_bytes=912_727_849,
            out_used_bytes=16_923_948,
        ),
        extra={
            "virtualization": "OpenVZ",
            "cpu_units": 1,
            "guaranteed_memory_bytes": 128 * MB,
        },
    )
    assert (second.ref.server_id, second.name) == ("2", "test2.cryto.net")
    assert second.traffic is not None
    assert second.traffic.in_used_bytes == 0


def test_the_list_of_the_overview_has_no_nodes() -> None:
    found = parse_list(documented("list-of-the-overview"), "main", AT)
    assert [(server.node, server.extra["cpu_units"]) for server in found] == [
        (None, 1),
        (None, 240),
    ]


def test_the_source_tells_location_and_template_as_well() -> None:
    server = listed(location="Amsterdam", template="debian-7-x86_64")
    assert (server.location, server.os) == ("Amsterdam", "debian-7-x86_64")


@pytest.mark.parametrize("server_id", [7, "7", 7.0])
def test_an_id_may_be_a_number_or_a_text(server_id: object) -> None:
    assert listed(id=server_id).ref.server_id == "7"


@pytest.mark.parametrize("server_id", [None, "", "a/b", -1, True, [], "7; drop"])
def test_what_is_no_id_is_no_server(server_id: object) -> None:
    entries = [{"id": server_id}, {"id": "2"}]
    found = parse_list({"response": {"vpses": entries}}, "main", AT)
    assert [server.ref.server_id for server in found] == ["2"]


def test_a_list_with_gaps_is_an_object_in_php() -> None:
    found = parse_list({"response": {"vpses": {"0": {"id": 1}, "2": {"id": 3}}}}, "main", AT)
    assert [server.ref.server_id for server in found] == ["1", "3"]


def test_without_burstable_memory_the_guaranteed_is_all() -> None:
    assert listed().limits.memory_bytes == 128 * MB
    assert listed(burstable_ram="256").limits.memory_bytes == 256 * MB


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ("31", 31 * MB),
        (31.9, 31 * MB),
        (0, 0),
        ("0", 0),
        (130, 130 * MB),
        (128 * 16, 128 * 16 * MB),
        (128 * 16 + 1, 128 * 16 + 1),
        (str(64 * MB), 64 * MB),
        ("1e400", None),
        ("many", None),
        (None, None),
    ],
)
def test_usage_is_in_megabytes_unless_that_were_absurd(used: object, expected: int | None) -> None:
    found = resources(listed(), ram_used=used, disk_used=1)
    assert (found.memory_bytes, found.memory_limit_bytes) == (expected, 128 * MB)


@pytest.mark.parametrize(("used", "expected"), [(900, 900 * MB), (2_000_000_000, 2_000_000_000)])
def test_usage_without_a_limit_is_told_apart_as_well(used: int, expected: int) -> None:
    assert resources(listed(disk_space=None), disk_used=used).disk_bytes == expected


def test_the_disk_of_a_server_that_is_down_was_not_measured() -> None:
    found = resources(listed(), status="stopped", ram_used=0, disk_used=0)
    assert (found.memory_bytes, found.disk_bytes) == (0, None)
    assert observed(listed(), status="unknown").resources is None
    assert observed(listed(), status="unknown", ram_used=0, disk_used=0).resources is None


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("running", ServerState.RUNNING),
        ("stopped", ServerState.OFFLINE),
        ("suspended", ServerState.SUSPENDED),
        ("terminated", ServerState.DELETED),
        ("unknown", ServerState.UNKNOWN),
        ("dancing", ServerState.UNKNOWN),
        (None, ServerState.UNKNOWN),
    ],
)
def test_each_word_is_a_state(word: str | None, state: ServerState) -> None:
    found = parse_status({"response": {"status": word}})
    assert found.state is state
    assert found.unknown_word == ("dancing" if word == "dancing" else None)


def test_traffic_is_one_sum_or_both_directions_and_the_status_has_the_newer_figures() -> None:
    combined = listed(traffic_limit="1000", traffic_used=300)
    assert combined.traffic == Traffic(limit_bytes=1000, used_bytes=300)
    assert observed(combined, traffic_used=400).traffic == Traffic(limit_bytes=1000, used_bytes=400)
    split = listed(traffic_in_limit="1000", traffic_out_limit="2000", traffic_in_used="5")
    expected = Traffic(in_limit_bytes=1000, out_limit_bytes=2000, in_used_bytes=5)
    assert observed(split).traffic == expected
    newer = observed(split, traffic_in_used="6", traffic_out_used=7).traffic
    assert newer == replace(expected, in_used_bytes=6, out_used_bytes=7)
    assert listed().traffic is None
    assert listed(traffic_limit=0, traffic_used=0).traffic == Traffic(used_bytes=0)


@pytest.mark.parametrize(
    "data", [None, [], {}, {"response": None}, {"response": {}}, {"response": {"vpses": 5}}]
)
def test_what_is_no_list_is_refused(data: object) -> None:
    with pytest.raises((KeyError, TypeError)):
        parse_list(data, "main", AT)


@pytest.mark.parametrize("data", [None, {}, {"response": "running"}])
def test_what_is_no_status_is_refused(data: object) -> None:
    with pytest.raises((KeyError, TypeError)):
        parse_status(data)

"""What is made of vps.org's answers: the document's examples, and what its client handles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.servers import Limits, Resources, Server, ServerRef, ServerState, Traffic
from bot.panels._vpsorg_parse import parse_page, parse_server
from tests.panels.vpsorg_site import example

AT = datetime(2026, 11, 21, 6, tzinfo=UTC)
MB, GB = 1024**2, 1024**3
UUID = "7f1c9d1e-5a70-4a0e-9c39-1d2f3a4b5c6d"
NESTED: dict[str, Any] = {
    "uuid": UUID,
    "hostname": "web01.example.com",
    "status": "active",
    "ipv4_addresses": ["203.0.113.10"],
    "ipv6_addresses": ["2001:db8::1"],
    "location": {"name": "US West"},
    "plan": {
        "uuid": "c0ffee00-0000-4000-8000-000000000001",
        "ram": "4",
        "ram_unit": "GB",
        "cpu": 2,
        "disk_space": 80,
        "transfer": 2048,
    },
    "operating_system": {"name": "Ubuntu"},
    "operating_system_version": {"name": "22.04 LTS"},
    "deployed": True,
    "created_at": "2025-01-10T14:30:00Z",
    "password": "shown-only-once",
}


def server(data: object, *, keys: tuple[str, ...] = ("id", "uuid")) -> Server:
    return parse_server(data, "main", AT, id_keys=keys).server


def details(**changes: object) -> Server:
    return server(example("details") | changes)


def test_the_documented_details_are_read_whole() -> None:
    assert details() == Server(
        ref=ServerRef("main", "12345"),
        name="web-server-01",
        state=ServerState.RUNNING,
        observed_at=AT,
        location="us-west",
        plan="Standard VPS",
        os="Ubuntu 22.04 LTS",
        addresses=("203.0.113.10", "2001:0db8::1"),
        limits=Limits(memory_bytes=4096 * MB, disk_bytes=80 * GB, cpu_percent=200.0),
        resources=Resources(
            cpu_percent=47.0,
            memory_bytes=2048 * MB,
            memory_limit_bytes=4096 * MB,
            disk_bytes=35 * GB,
            disk_limit_bytes=80 * GB,
        ),
        traffic=Traffic(used_bytes=450 * GB, limit_bytes=2048 * GB),
        created_at=datetime(2025, 1, 10, 14, 30, tzinfo=UTC),
        extra={
            "hostname": "web01.example.com",
            "status": "active",
            "plan_id": "1",
            "backups_enabled": True,
            "deployed": None,
            "updated_at": "2025-01-16T15:45:00Z",
        },
    )


def test_the_documented_list_is_read() -> None:
    page = parse_page(example("list"))
    assert (page.size, page.total, page.has_next) == (2, 2, False)
    found = [server(entry) for entry in page.entries]
    assert [(entry.name, entry.location, entry.os) for entry in found] == [
        ("web-server-01", "us-west", "Ubuntu 22.04 LTS"),
        ("db-server-01", "us-east", "Debian 12"),
    ]
    assert [entry.limits.cpu_percent for entry in found] == [200.0, 400.0]
    assert {entry.resources for entry in found} == {None}
    assert {entry.traffic for entry in found} == {None}


def test_a_new_server_is_installing_and_has_no_address_yet() -> None:
    found = server(example("create"))
    assert (found.ref.server_id, found.state) == ("12347", ServerState.INSTALLING)
    assert found.addresses == ()


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("start", ServerState.STARTING),
        ("stop", ServerState.STOPPING),
        ("reboot", ServerState.STARTING),
    ],
)
def test_the_words_of_the_documented_power_answers_are_known(name: str, state: ServerState) -> None:
    assert server(example(name)["server"]).state is state


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("active", ServerState.RUNNING),
        ("Active", ServerState.RUNNING),
        ("stopped", ServerState.OFFLINE),
        ("suspended", ServerState.SUSPENDED),
        ("provisioning", ServerState.INSTALLING),
    ],
)
def test_each_state_word_has_its_state(word: str, state: ServerState) -> None:
    assert details(status=word).state is state


@pytest.mark.parametrize(("word", "unknown"), [("dancing", "dancing"), (None, None), (3, None)])
def test_an_unknown_word_is_kept_to_be_told(word: object, unknown: str | None) -> None:
    found = parse_server(example("details") | {"status": word}, "main", AT, id_keys=("id",))
    assert (found.server.state, found.unknown_word) == (ServerState.UNKNOWN, unknown)


def test_the_clients_nested_details_are_read_whole() -> None:
    found = server(NESTED, keys=("uuid", "id"))
    assert found.ref.server_id == UUID
    assert (found.name, found.location) == ("web01.example.com", "US West")
    assert (found.plan, found.os) == ("4 GB, 2 vCPU, 80 GB disk", "Ubuntu 22.04 LTS")
    assert found.addresses == ("203.0.113.10", "2001:db8::1")
    assert found.limits == Limits(memory_bytes=4 * GB, disk_bytes=80 * GB, cpu_percent=200.0)
    assert (found.resources, found.traffic) == (None, Traffic(limit_bytes=2048 * GB))
    assert found.extra["plan_id"] == "c0ffee00-0000-4000-8000-000000000001"


def test_the_clients_flat_entry_is_read() -> None:
    entry = {"uuid": UUID, "hostname": "web01", "status": "stopped", "plan_name": "Standard"}
    found = server(entry | {"location_name": "US West", "os_name": "Debian 12"})
    assert (found.plan, found.location, found.os) == ("Standard", "US West", "Debian 12")
    assert (found.name, found.state) == ("web01", ServerState.OFFLINE)


def test_a_password_is_never_read() -> None:
    assert "shown-only-once" not in repr(server(NESTED))


@pytest.mark.parametrize(
    ("entry", "keys", "expected"),
    [
        ({"id": 7}, ("id", "uuid"), "7"),
        ({"id": "7"}, ("id", "uuid"), "7"),
        ({"id": 7.0}, ("id", "uuid"), "7"),
        ({"uuid": UUID}, ("id", "uuid"), UUID),
        ({"id": 7, "uuid": UUID}, ("id", "uuid"), "7"),
        ({"id": 7, "uuid": UUID}, ("uuid", "id"), UUID),
        ({"id": None, "uuid": UUID}, ("id", "uuid"), UUID),
        ({"id": True, "uuid": UUID}, ("id", "uuid"), UUID),
        ({"id": "../account", "uuid": UUID}, ("id", "uuid"), UUID),
        ({"id": 7, "uuid": "7f1c9d1e 5a70"}, ("uuid", "id"), "7"),
    ],
)
def test_an_id_is_a_number_or_a_text(
    entry: dict[str, object], keys: tuple[str, ...], expected: str
) -> None:
    assert server(entry, keys=keys).ref.server_id == expected


@pytest.mark.parametrize(
    "entry",
    [
        *({}, {"id": None}, {"id": ""}, {"id": False}, {"id": 10**5000}, [], None, "x"),
        {"id": "../account", "uuid": "1?x=1"},
    ],
)
def test_without_an_id_there_is_no_server(entry: object) -> None:
    with pytest.raises(KeyError):
        server(entry)


@pytest.mark.parametrize(
    ("value", "plan", "location", "system"),
    [
        ("VPS-1", "VPS-1", "VPS-1", "VPS-1"),
        ({"name": "VPS-1"}, "VPS-1", "VPS-1", "VPS-1"),
        ({"id": 1}, None, None, None),
        (None, None, None, None),
        (5, None, None, None),
    ],
)
def test_plan_place_and_system_may_be_texts_or_objects_or_absent(
    value: object, plan: str | None, location: str | None, system: str | None
) -> None:
    found = details(plan=value, location=value, os=value)
    assert (found.plan, found.location, found.os) == (plan, location, system)


def test_numbers_may_be_texts() -> None:
    plan = {"vcpus": "2", "memory": "4096", "storage": "80", "bandwidth": "2048"}
    usage = {"cpu_percent": "23.5", "memory_used": "2048", "disk_used": "35"}
    found = details(plan=plan, resource_usage=usage)
    assert found.limits == details().limits
    assert found.resources == details().resources
    assert found.traffic == Traffic(used_bytes=None, limit_bytes=2048 * GB)


def test_what_is_not_offered_is_none_and_never_zero() -> None:
    found = details(resource_usage={"disk_used": 0}, plan=None)
    assert found.resources == Resources(disk_bytes=0)
    assert details(resource_usage=None).resources is None
    assert details(resource_usage={}).resources is None
    # Of the whole VPS, whose cores nobody knows.
    assert details(plan={"memory": 1}).resources.cpu_percent is None  # type: ignore[union-attr] # it has usage


@pytest.mark.parametrize(
    ("unit", "expected"), [("GB", 4 * GB), ("mb", 4 * MB), (None, 4 * GB), ("lb", None)]
)
def test_memory_comes_in_its_unit(unit: str | None, expected: int | None) -> None:
    found = server({"uuid": UUID, "plan": {"ram": 4, "ram_unit": unit}})
    assert found.limits.memory_bytes == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-01-10T14:30:00", datetime(2025, 1, 10, 14, 30, tzinfo=UTC)),
        ("yesterday", None),
        (None, None),
        (12, None),
    ],
)
def test_a_time_without_a_zone_is_utc(text: object, expected: datetime | None) -> None:
    assert details(created_at=text).created_at == expected


@pytest.mark.parametrize("odd", [None, {}, "text", 3, {"results": None}, {"results": {}}])
def test_a_list_of_another_form_is_refused(odd: object) -> None:
    with pytest.raises(TypeError):
        parse_page(odd)


def test_a_list_without_pages_is_a_list() -> None:
    page = parse_page([{"uuid": UUID}, None, 3])
    assert (page.entries, page.size, page.has_next) == ([{"uuid": UUID}], 3, False)

"""What is made of Pterodactyl's answers, as recorded from a live panel."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.servers import Limits, Resources, Server, ServerRef, ServerState
from bot.panels._pterodactyl_parse import (
    Details,
    combine,
    parse_details,
    parse_list,
    parse_stats,
)
from tests.panels.support import recorded

AT = datetime(2026, 11, 21, 6, tzinfo=UTC)
MB = 1024 * 1024


def details(fixture: str = "client-server", **changes: object) -> Details:
    body: Any = copy.deepcopy(recorded(fixture).body)
    body["attributes"] |= changes
    return parse_details(body, "main", AT)


def test_a_server_is_read_whole() -> None:
    stats = parse_stats(recorded("client-resources-running").body)
    assert combine(details("client-server-include"), stats) == Server(
        ref=ServerRef("main", "3502e204"),
        name="Survival SMP",
        state=ServerState.RUNNING,
        observed_at=AT,
        description="Main world",
        node="rig-node",
        addresses=("127.0.0.1:25565",),
        limits=Limits(
            memory_bytes=1024 * MB, swap_bytes=0, disk_bytes=5120 * MB, cpu_percent=100.0
        ),
        resources=Resources(
            cpu_percent=38.164,
            memory_bytes=486015241,
            memory_limit_bytes=1024 * MB,
            disk_bytes=414199865,
            disk_limit_bytes=5120 * MB,
            network_rx_bytes=165182,
            network_tx_bytes=162878,
            uptime=timedelta(milliseconds=76199),
        ),
        extra={
            "uuid": "3502e204-ba81-4716-a949-dcf59a4d59f1",
            "internal_id": 1,
            "egg": "Vanilla Minecraft",
            "docker_image": "ghcr.io/pterodactyl/yolks:java_21",
            "sftp": "127.0.0.1:2022",
            "feature_limits": {"databases": 2, "allocations": 3, "backups": 2},
            "is_owner": True,
            "status": None,
            "current_state": "running",
        },
    )


@pytest.mark.parametrize("name", ["client-server", "client-server-include"])
def test_what_may_hold_passwords_is_left_behind(name: str) -> None:
    told = repr(details(name))
    for secret in ("java -Xms", "SERVER_JARFILE", "server.jar", "VANILLA_VERSION"):
        assert secret not in told


def test_a_list_is_read_whole() -> None:
    page = parse_list(recorded("client-list").body, "main", AT)
    found = page.entries
    assert (len(found), page.size, page.pages) == (7, 7, 1)
    assert {"3502e204", "ca1a13d8"} <= {entry.server.ref.server_id for entry in found}
    assert "Créatif ✨ 建築" in {entry.server.name for entry in found}


def test_the_number_of_pages_is_read() -> None:
    assert parse_list(recorded("client-list-bulk-page-2").body, "main", AT).pages == 2
    assert parse_list(recorded("client-list-bulk-page-9").body, "main", AT).entries == []


def test_a_subuser_sees_no_less_of_the_server_but_does_not_own_it() -> None:
    server = details("client-server-as-subuser").server
    assert server.addresses
    assert server.extra["is_owner"] is False


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("client-server", None),
        ("client-server-suspended", ServerState.SUSPENDED),
        ("client-server-installing", ServerState.INSTALLING),
        ("client-server-maintenance", ServerState.MAINTENANCE),
    ],
)
def test_recorded_details_decide_the_state(name: str, state: ServerState | None) -> None:
    assert details(name).state is state
    assert details(name).is_blocked is (state is not None)


@pytest.mark.parametrize(
    ("changes", "state", "is_blocked"),
    [
        ({"status": "suspended"}, ServerState.SUSPENDED, True),
        ({"is_suspended": True}, ServerState.SUSPENDED, True),
        ({"is_node_under_maintenance": True}, ServerState.MAINTENANCE, True),
        ({"status": "installing"}, ServerState.INSTALLING, True),
        ({"is_installing": True}, ServerState.INSTALLING, True),
        ({"status": "install_failed", "is_installing": True}, ServerState.INSTALL_FAILED, True),
        ({"status": "reinstall_failed"}, ServerState.INSTALL_FAILED, False),
        ({"status": "restoring_backup"}, ServerState.RESTORING, True),
        ({"is_transferring": True}, ServerState.TRANSFERRING, True),
        ({"status": "brewing"}, ServerState.UNKNOWN, False),
        # The first of the table wins.
        (
            {"status": "installing", "is_node_under_maintenance": True, "is_suspended": True},
            ServerState.SUSPENDED,
            True,
        ),
        (
            {"status": "installing", "is_node_under_maintenance": True},
            ServerState.MAINTENANCE,
            True,
        ),
        (
            {"status": "restoring_backup", "is_transferring": True},
            ServerState.RESTORING,
            True,
        ),
        ({"status": "brewing", "is_transferring": True}, ServerState.TRANSFERRING, False),
    ],
)
def test_details_decide_in_the_order_of_the_panel(
    changes: dict[str, Any], state: ServerState, *, is_blocked: bool
) -> None:
    found = details(**changes)
    assert found.state is state
    assert found.is_blocked is is_blocked
    running = parse_stats(recorded("client-resources-running").body)
    assert combine(found, running).state is state


def test_a_blocked_server_shows_no_usage_and_a_harmless_status_does() -> None:
    running = parse_stats(recorded("client-resources-running").body)
    assert combine(details(status="suspended"), running).resources is None
    assert combine(details(status="reinstall_failed"), running).resources is not None


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("offline", ServerState.OFFLINE),
        ("stopped", ServerState.OFFLINE),
        ("starting", ServerState.STARTING),
        ("running", ServerState.RUNNING),
        ("stopping", ServerState.STOPPING),
        ("exited", ServerState.OFFLINE),
        ("dead", ServerState.OFFLINE),
        ("created", ServerState.OFFLINE),
        ("removing", ServerState.STOPPING),
        ("restarting", ServerState.STARTING),
        ("paused", ServerState.UNKNOWN),
        ("missing", ServerState.UNKNOWN),
        (None, ServerState.OFFLINE),
        ("dancing", ServerState.UNKNOWN),
        (7, ServerState.UNKNOWN),
    ],
)
def test_power_words_have_a_common_state(word: object, state: ServerState) -> None:
    assert parse_stats({"attributes": {"current_state": word}}).state is state


def test_only_words_that_are_not_known_are_named_as_such() -> None:
    assert parse_stats({"attributes": {"current_state": "dancing"}}).unknown_word == "dancing"
    assert parse_stats({"attributes": {"current_state": "paused"}}).unknown_word is None
    assert details(status="brewing").unknown_word == "brewing"
    assert details(status="suspended").unknown_word is None


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"memory": 0, "swap": -1, "disk": 0, "cpu": 0}, Limits()),
        (
            {"memory": 512.0, "swap": 256, "disk": 1, "cpu": 50.5},
            Limits(512 * MB, 256 * MB, MB, 50.5),
        ),
        (
            {"memory": "512", "swap": " 0 ", "disk": "5120", "cpu": "12.5"},
            Limits(512 * MB, 0, 5120 * MB, 12.5),
        ),
        ({"memory": None, "swap": None, "disk": "much", "cpu": True}, Limits()),
        ({}, Limits()),
        (None, Limits()),
    ],
)
def test_limits_are_bytes_and_none_where_there_is_no_limit(
    limits: object, expected: Limits
) -> None:
    assert details(limits=limits).server.limits == expected


def test_addresses_begin_with_the_default_one_and_prefer_the_alias() -> None:
    allocations = [
        {"ip": "10.0.0.1", "ip_alias": None, "port": 1, "is_default": False},
        {"ip": "10.0.0.1", "ip_alias": "play.example.com", "port": 2, "is_default": True},
        {"ip": "2001:db8::1", "ip_alias": None, "port": 3, "is_default": False},
        {"ip": "10.0.0.2", "port": None},
        {"ip": None, "port": 5},
    ]
    relationships = {"allocations": {"data": [{"attributes": entry} for entry in allocations]}}
    assert details(relationships=relationships).server.addresses == (
        "play.example.com:2",
        "10.0.0.1:1",
        "[2001:db8::1]:3",
        "10.0.0.2",
    )


def usage_of(data: object) -> Resources | None:
    return combine(details(limits={}), parse_stats(data)).resources


def test_usage_that_is_not_offered_is_none_and_not_zero() -> None:
    assert usage_of({"attributes": {"current_state": "running", "resources": {}}}) == Resources()
    usage = usage_of(recorded("client-resources-offline").body)
    assert usage is not None
    # No process of an offline server is up, be it for 0 ms.
    assert (usage.cpu_percent, usage.uptime) == (0.0, None)


def test_an_uptime_that_cannot_be_is_not_offered() -> None:
    attributes = {"current_state": "running", "resources": {"memory_bytes": 1, "uptime": 2**62}}
    usage = usage_of({"attributes": attributes})
    assert usage is not None
    assert (usage.memory_bytes, usage.uptime) == (1, None)


def test_half_a_character_in_a_name_can_be_sent_on() -> None:
    attributes = {"identifier": "1a2b3c4d", "name": "broken \ud83d name"}

    details = parse_details({"attributes": attributes}, "main", AT)

    assert details.server.name == "broken ? name"


@pytest.mark.parametrize("identifier", ["../account", "1a2b 3c4d", "", None, 7])
def test_an_identifier_that_cannot_be_one_does_not_hide_the_uuid(identifier: object) -> None:
    assert details(identifier=identifier).server.ref.server_id == "3502e204"


@pytest.mark.parametrize("uuid", ["../account", "1a2b3c4d/..", "a" * 65, "", None, 7])
def test_without_anything_that_can_be_its_id_there_is_no_server(uuid: object) -> None:
    with pytest.raises(KeyError):
        details(identifier="../account", uuid=uuid)

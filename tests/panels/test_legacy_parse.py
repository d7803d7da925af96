"""What is read from the answers of panels before 0.7; the fixtures are the document's own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.domain.servers import Limits, Resources, ServerRef, ServerState
from bot.panels._errors import Answer
from bot.panels._legacy_parse import combine, parse_columns
from bot.panels._legacy_v05 import Api
from bot.panels._legacy_v06 import V06

if TYPE_CHECKING:
    from collections.abc import Mapping

FIXTURES = Path(__file__).parents[1] / "fixtures" / "pterodactyl_legacy"
AT = datetime(2026, 7, 1, 12, tzinfo=UTC)
V04, V05 = Api(reaches_nodes=False), Api(reaches_nodes=True)
MB = 1024 * 1024
UUID = "94545fd1-ae41-43c5-8842-3f5e30465691"


def example(name: str) -> object:
    found: object = json.loads((FIXTURES / f"{name}.json").read_text())
    return found


def state_of(**columns: object) -> ServerState:
    return parse_columns({"id": 2, **columns}, "main", AT).server.state


def daemon(**stats: object) -> Mapping[str, object]:
    return {"id": 2, "daemon": stats}


def test_the_documents_list_is_read() -> None:
    page = V04.read_page(example("list"))
    (columns,) = page.entries
    seen = parse_columns(columns, "main", AT)
    server = seen.server
    assert page.pages == 1
    assert (server.ref, server.name) == (ServerRef("main", "2"), "Test Server")
    assert (server.state, seen.is_blocked) == (ServerState.UNKNOWN, False)
    assert server.limits == Limits(memory_bytes=512 * MB, swap_bytes=0, disk_bytes=1024 * MB)
    assert server.created_at == datetime(2016, 1, 12, 3, 53, 22, tzinfo=UTC)
    assert seen.uuid == "94545fd1-ae41-43c5-8842-3f5e30465691"
    assert server.extra["service"] == 1
    assert "startup" not in server.extra


def test_the_documents_server_is_read_with_the_address_that_only_it_has() -> None:
    seen = parse_columns(V04.read_server(example("show")), "main", AT)
    assert (seen.server.name, seen.server.addresses) == ("Test Server", ("172.28.128.3:25565",))


def test_the_panels_before_0_7_have_three_forms_for_one_server() -> None:
    columns = {"id": 2, "name": "Survival"}
    document = {"data": {"type": "server", "id": "2", "attributes": {"name": "Survival"}}}
    found = [V04.read_server({"server": columns}), V05.read_server(columns)]
    found.append(V06().read_server(document))
    assert len({parse_columns(each, "main", AT).server.ref for each in found}) == 1
    assert {parse_columns(each, "main", AT).server.name for each in found} == {"Survival"}


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({"installed": 1, "suspended": 0}, ServerState.UNKNOWN),
        ({"installed": 1, "suspended": 1}, ServerState.SUSPENDED),
        ({"installed": 0}, ServerState.INSTALLING),
        ({"installed": 2}, ServerState.INSTALL_FAILED),
        ({"installed": 3}, ServerState.DELETING),
        ({"installed": 1, "deleted_at": "2017-01-12 03:53:22"}, ServerState.DELETING),
        ({"installed": 1, "suspended": 1, "deleted_at": "x"}, ServerState.DELETING),
        ({"installed": "0", "suspended": "0"}, ServerState.INSTALLING),
        ({"suspended": "1"}, ServerState.SUSPENDED),
        ({"suspended": True}, ServerState.SUSPENDED),
        ({"installed": True, "suspended": False}, ServerState.UNKNOWN),
        ({"installed": None, "suspended": None}, ServerState.UNKNOWN),
        ({}, ServerState.UNKNOWN),
    ],
)
def test_columns_decide_the_state_where_they_can(
    columns: dict[str, object], state: ServerState
) -> None:
    assert state_of(**columns) is state


@pytest.mark.parametrize(
    ("columns", "is_in_use"),
    [
        ({"installed": 1, "suspended": 0}, True),
        ({"installed": "1", "suspended": False}, True),
        ({"installed": 1, "suspended": 1}, False),
        ({"installed": 0, "suspended": 0}, False),
        ({"installed": 7, "suspended": 0}, False),
        ({"installed": 1}, False),
        ({"installed": None, "suspended": 0}, False),
    ],
)
def test_columns_tell_that_nothing_keeps_a_server_from_use(
    columns: dict[str, object], *, is_in_use: bool
) -> None:
    assert parse_columns({"id": 1, **columns}, "main", AT).server.is_in_use is is_in_use


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (0, ServerState.OFFLINE),
        (1, ServerState.RUNNING),
        (2, ServerState.STARTING),
        (3, ServerState.STOPPING),
        ("1", ServerState.RUNNING),
        (None, ServerState.UNKNOWN),
        (9, ServerState.UNKNOWN),
        ("on", ServerState.UNKNOWN),
    ],
)
def test_each_status_of_a_node_is_known(status: object, state: ServerState) -> None:
    assert V05.read_status(daemon(status=status)).state is state
    stat = {"type": "stat", "id": "1", "attributes": {"status": status, "resources": {}}}
    assert V06().read_status({"data": {}, "included": [stat]}).state is state


def test_a_status_that_is_not_known_is_named() -> None:
    assert V05.read_status(daemon(status=9)).unknown_word == "9"
    assert parse_columns({"id": 1, "installed": 7}, "main", AT).unknown_word == "7"


def test_a_node_that_does_not_answer_is_unreachable() -> None:
    assert V05.read_status(daemon(error="no route")).state is ServerState.UNREACHABLE
    stat = {"type": "stat", "attributes": {"error": "Error: ConnectException."}}
    assert V06().read_status({"data": {}, "included": [stat]}).state is ServerState.UNREACHABLE


def test_usage_is_read_in_its_units() -> None:
    proc = {
        "memory": {"total": 1000},
        "cpu": {"total": 150.5, "cores": [100, 50.5, None]},
        "disk": {"used": 20},
    }
    seen = parse_columns({"id": 2, "memory": 512, "disk": 0}, "main", AT)
    server = combine(seen, V05.read_status(daemon(status=1, proc=proc)))
    assert server.resources == Resources(
        cpu_percent=150.5,
        cpu_cores_percent=(100.0, 50.5),
        memory_bytes=1000,
        memory_limit_bytes=512 * MB,
        disk_bytes=20_000_000,
    )


def test_without_usage_there_are_no_resources() -> None:
    report = V05.read_status(daemon(status=0, proc=[]))
    assert combine(parse_columns({"id": 2}, "main", AT), report).resources is None


def test_the_default_address_comes_first() -> None:
    entries = [
        {"ip": "192.0.2.1", "alias": None, "port": 25566, "default": False},
        {"ip": "192.0.2.1", "alias": "play.example.com", "port": "25565", "default": True},
        {"ip": "2001:db8::1", "port": 25567},
        {"ip": None, "port": 25568},
    ]
    included = [{"type": "allocation", "attributes": entry} for entry in entries]
    report = V06().read_status({"data": {}, "included": included})
    assert report.addresses == ("play.example.com:25565", "192.0.2.1:25566", "[2001:db8::1]:25567")


def test_secrets_are_not_kept() -> None:
    columns = {
        "id": 2,
        "daemon_token": "hush",
        "daemonSecret": "hush",
        "startup": "-Drcon=hush",
        "env_PASSWORD": "hush",
        "sftp_password": "hush",
        "daemon": {"token": "hush"},
    }
    assert "hush" not in repr(parse_columns(columns, "main", AT))


@pytest.mark.parametrize("written", [None, "", "yesterday", "2016-13-45 99:00:00", 1452570802])
def test_a_date_of_another_form_is_none(written: object) -> None:
    assert parse_columns({"id": 2, "created_at": written}, "main", AT).server.created_at is None


@pytest.mark.parametrize(("cpu", "swap"), [("200", "-1"), (200, -1), (200.0, -1)])
def test_limits_may_be_texts(cpu: object, swap: object) -> None:
    columns = {"id": "2", "memory": "512", "swap": swap, "disk": "0", "cpu": cpu}
    limits = parse_columns(columns, "main", AT).server.limits
    assert limits == Limits(memory_bytes=512 * MB, cpu_percent=200.0)


@pytest.mark.parametrize(
    ("columns", "server_id"),
    [
        ({"id": 7, "uuid": UUID, "uuidShort": "94545fd1"}, "7"),
        ({"id": "7", "uuid": UUID}, "7"),
        ({"id": 7.0}, "7"),
        ({"id": None, "uuid": UUID, "uuidShort": "94545fd1"}, UUID),
        ({"id": "?", "uuid": UUID}, UUID),
        ({"uuidShort": "94545fd1"}, "94545fd1"),
        ({"uuid": "", "uuidShort": "94545fd1"}, "94545fd1"),
        ({"uuid": UUID, "uuidShort": "12345678"}, UUID),
    ],
)
def test_a_server_without_a_number_goes_by_its_uuid(
    columns: dict[str, object], server_id: str
) -> None:
    assert parse_columns(columns, "main", AT).server.ref.server_id == server_id


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"id": None},
        {"id": ""},
        {"id": "?"},
        {"id": []},
        {"id": True},
        {"uuidShort": "12345678"},
    ],
)
def test_what_has_no_id_is_no_server(columns: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        parse_columns(columns, "main", AT)


def test_the_id_of_a_new_server_is_in_the_header_or_in_the_body() -> None:
    location = {"Location": "http://panel.example.com/api/servers/17"}
    assert V04.read_created(Answer(201, location, None)) == "17"
    assert V05.read_created(Answer(200, {}, {"id": 17})) == "17"
    document = {"data": {"type": "server", "id": "17", "attributes": {}}}
    assert V06().read_created(Answer(200, {}, document)) == "17"
    for dialect in (V04, V05, V06()):
        with pytest.raises(KeyError):
            dialect.read_created(Answer(200, {}, {"data": {}}))

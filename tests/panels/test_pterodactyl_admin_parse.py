"""What is made of the Application API's answers, recorded and mutilated, and what is sent back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.errors import (
    PanelAuthFailed,
    PanelError,
    PanelForbidden,
    PanelInvalid,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
)
from bot.domain.servers import ServerState
from bot.panels._errors import Answer, Call
from bot.panels._pages import parse_page
from bot.panels._pterodactyl_admin_parse import (
    Record,
    build_body,
    details_body,
    entries,
    is_called,
    parse_record,
    startup_body,
    to_details,
    to_record,
)
from bot.panels._pterodactyl_errors import read_admin_error
from tests.panels.support import recorded

AT = datetime(2026, 11, 21, 6, tzinfo=UTC)
LIST = Call("GET", "/users")
SUSPEND = Call("POST", "/suspend", action="suspend", server_id="3502e204")
CREATE = Call("POST", "/servers", action="create")


def record(fixture: str = "app-server") -> Record:
    return parse_record(recorded(fixture).body)


def error_in(fixture: str, call: Call) -> PanelError | None:
    answer = recorded(fixture)
    return read_admin_error("main", call, Answer(answer.status, answer.headers, answer.body))


@pytest.mark.parametrize(
    ("fixture", "state"),
    [
        ("app-server-create", ServerState.INSTALLING),
        ("app-server-installing", ServerState.INSTALLING),
        ("app-server-suspended", ServerState.SUSPENDED),
        ("app-server", ServerState.UNKNOWN),
    ],
)
def test_a_server_is_read_as_far_as_this_api_knows_it(fixture: str, state: ServerState) -> None:
    found = record(fixture)
    server = to_details(found, "main", AT).server
    assert server.state is state
    assert server.ref.server_id == found.attributes["identifier"]
    assert server.limits.memory_bytes == 1024 * 1_048_576
    assert server.extra["internal_id"] == found.id
    assert server.extra["docker_image"] == "ghcr.io/pterodactyl/yolks:java_21"
    assert "server.jar" not in repr(found) + repr(server)


def test_before_1_3_flags_say_what_the_status_says_later() -> None:
    attributes = dict(record().attributes)
    del attributes["status"]
    suspended = to_record({**attributes, "suspended": True})
    installing = to_record({**attributes, "container": {"installed": 0}})
    assert to_details(suspended, "main", AT).server.state is ServerState.SUSPENDED
    assert to_details(installing, "main", AT).server.state is ServerState.INSTALLING


def test_a_page_has_its_entries_and_the_number_of_pages() -> None:
    body = recorded("app-servers-list-per_page").body
    found = entries(body)
    assert [entry["id"] for entry in found] == [3, 4]
    assert parse_page(body).pages == 4
    assert is_called(found[0], "0b28880c")
    assert is_called(found[0], "0B28880C-0202-4561-a937-2eaf21c4cabe")
    assert not is_called(found[1], "0b28880c")


def test_a_change_sends_what_was_there_with_what_is_given() -> None:
    assert details_body(record(), {"name": "New", "description": None}) == {
        "name": "New",
        "user": 2,
        "external_id": "guild-100",
        "description": None,
    }
    startup = startup_body(record(), {"environment": {"VANILLA_VERSION": "1.20"}})
    assert startup["egg"] == 4
    assert startup["image"] == "ghcr.io/pterodactyl/yolks:java_21"
    assert startup["environment"]["SERVER_JARFILE"] == "server.jar"  # type: ignore[index] # JSON
    assert startup["environment"]["VANILLA_VERSION"] == "1.20"  # type: ignore[index] # JSON
    assert build_body(record(), {"limits": {"cpu": 0}, "memory": 2048}) == {
        "allocation": 1,
        "oom_disabled": True,
        "limits": {
            "memory": 2048,
            "swap": 0,
            "disk": 5120,
            "io": 500,
            "cpu": 0,
            "threads": None,
        },
        "feature_limits": {"databases": 2, "allocations": 3, "backups": 2},
    }


def test_what_is_no_object_is_left_to_the_panel_to_refuse() -> None:
    assert build_body(record(), {"limits": 5})["limits"] == 5
    assert startup_body(record(), {"environment": "x"})["environment"] == "x"


@pytest.mark.parametrize(
    ("fixture", "call", "expected"),
    [
        ("error-application-key-no-permission", SUSPEND, PanelForbidden),
        ("error-application-key-no-permission-read", LIST, PanelForbidden),
        ("error-client-key-of-nonadmin-on-application", LIST, PanelAuthFailed),
        ("error-2fa-required-application", LIST, PanelAuthFailed),
        ("error-bad-key", LIST, PanelAuthFailed),
        ("error-ip-locked-key", SUSPEND, PanelAuthFailed),
        ("app-server-404", SUSPEND, ServerNotFound),
        ("app-server-create-error-422", CREATE, PanelInvalid),
        ("daemon-404-suspend", SUSPEND, PanelRefused),
        ("daemon-500-suspend", SUSPEND, PanelRefused),
        ("daemon-down-app-suspend", SUSPEND, PanelUnreachable),
        ("daemon-down-app-delete", SUSPEND, PanelUnreachable),
    ],
)
def test_a_recorded_refusal_has_its_meaning(
    fixture: str, call: Call, expected: type[PanelError]
) -> None:
    assert type(error_in(fixture, call)) is expected


def test_the_validators_words_are_kept_by_field() -> None:
    error = error_in("app-server-create-error-422", CREATE)
    assert isinstance(error, PanelInvalid)
    assert error.fields == {
        "name": ("The name field is required.",),
        "allocation.default": ("The selected allocation.default is invalid.",),
    }

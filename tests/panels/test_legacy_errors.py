"""What is made of the refusals of panels before 0.7."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAuthFailed,
    PanelConflict,
    PanelError,
    PanelForbidden,
    PanelInvalid,
    PanelProtocolError,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
    ServerOffline,
)
from bot.domain.servers import ServerState
from bot.panels._errors import Answer, Call
from bot.panels._legacy_errors import read_api_error, read_v06_error

FIXTURES = Path(__file__).parents[1] / "fixtures" / "pterodactyl_legacy"
LIST = Call("GET", "/api/servers")
SHOW = Call("GET", "/api/servers/2", server_id="2")
SUSPEND = Call("POST", "/api/servers/2/suspend", action="suspend", server_id="2")
POWER = Call("PUT", "/api/me/server/94545fd1", action="restart", server_id="2")
STATS = Call("GET", "/api/user/server/94545fd1", server_id="2")
COMMAND = Call("POST", "/api/user/server/94545fd1/command", action="command", server_id="2")
DETAILS = Call("PUT", "/api/admin/servers/2/details", action="update", server_id="2")
SENTENCE = "An error occured while attempting to suspend this server instance."
NO_DAEMON = "There was an error while attempting to contact the daemon."


def api_error(
    call: Call, status: int, message: str, retry_after: str | None = None
) -> PanelError | None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    body = {"message": message, "status_code": status}
    return read_api_error("main", call, Answer(status, headers, body))


def v06_error(
    call: Call, status: int, error: object, http_code: object = None
) -> PanelError | None:
    body = {"error": error, "http_code": http_code or status, "trace": None}
    return read_v06_error("main", call, Answer(status, {}, body))


@pytest.mark.parametrize(
    ("call", "status", "message", "expected"),
    [
        (LIST, 401, "401 Unauthorized", PanelAuthFailed),
        (LIST, 401, "Failed to authenticate because of bad credentials.", PanelAuthFailed),
        (LIST, 403, "Invalid API Key.", PanelAuthFailed),
        (LIST, 403, "This IP address <192.0.2.1> does not have permission.", PanelAuthFailed),
        (LIST, 403, "You do not have permission to access this resource.", PanelForbidden),
        (LIST, 404, "404 Not Found", PanelProtocolError),
        (LIST, 500, "500 Internal Server Error", PanelRefused),
        (SHOW, 400, "There was an issue with the fields passed in the request.", PanelRefused),
        (SHOW, 404, "No server by that ID was found.", ServerNotFound),
        (SHOW, 404, "404 Not Found", PanelProtocolError),
        (POWER, 404, "404 Not Found", PanelProtocolError),
        (SUSPEND, 400, NO_DAEMON, PanelUnreachable),
        (SUSPEND, 422, NO_DAEMON, PanelUnreachable),
        (SUSPEND, 422, "No query results for model [Server].", PanelRefused),
        (SUSPEND, 503, "503 Service Unavailable", PanelUnreachable),
        (POWER, 500, "500 Internal Server Error", OutcomeUnknown),
    ],
)
def test_a_refusal_of_0_4_or_0_5_has_its_meaning(
    call: Call, status: int, message: str, expected: type[PanelError]
) -> None:
    assert type(api_error(call, status, message)) is expected


@pytest.mark.parametrize(
    ("name", "expected"), [("show-400", PanelRefused), ("show-404", ServerNotFound)]
)
def test_the_documents_refusals_are_read(name: str, expected: type[PanelError]) -> None:
    body = json.loads((FIXTURES / f"{name}.json").read_text())
    error = read_api_error("main", SHOW, Answer(body["status_code"], {}, body))
    assert type(error) is expected


def test_the_sentence_of_a_503_is_in_the_header() -> None:
    error = api_error(SUSPEND, 503, "503 Service Unavailable", SENTENCE)
    assert isinstance(error, PanelRefused)
    assert error.detail == SENTENCE


@pytest.mark.parametrize("header", ["", "120", "Wed, 01 Jul 2099 12:00:00 GMT"])
def test_a_503_that_says_when_is_a_panel_in_maintenance(header: str) -> None:
    error = api_error(SUSPEND, 503, "503 Service Unavailable", header)
    assert isinstance(error, PanelUnreachable)
    assert not error.node


def test_a_node_that_does_not_answer_is_told_from_the_panel() -> None:
    for error in (api_error(SUSPEND, 422, NO_DAEMON), v06_error(SUSPEND, 504, NO_DAEMON)):
        assert isinstance(error, PanelUnreachable)
        assert error.node


@pytest.mark.parametrize("status", [400, 422])
def test_values_that_are_refused_are_named_by_field(status: int) -> None:
    errors = {"io": ["too small", "no number"], "name": "too short", "cpu": [], "x": [None]}
    body = {"message": "A validation error occured.", "status_code": status, "errors": errors}
    error = read_api_error("main", SUSPEND, Answer(status, {}, body))
    assert isinstance(error, PanelInvalid)
    assert error.fields == {"io": ("too small", "no number"), "name": ("too short",)}
    invalid = v06_error(SUSPEND, 400, {"io": ["too small"]})
    assert isinstance(invalid, PanelInvalid)
    assert invalid.fields == {"io": ("too small",)}


def test_a_bad_signature_says_what_may_be_wrong() -> None:
    for error in (
        api_error(LIST, 401, "Failed to authenticate"),
        v06_error(LIST, 400, "The HMAC for the request was invalid."),
    ):
        assert isinstance(error, PanelAuthFailed)
        assert "signed_base_url" in error.detail


@pytest.mark.parametrize(
    ("call", "status", "text", "expected"),
    [
        (LIST, 400, "Request was missing required Authorization header.", PanelAuthFailed),
        (LIST, 400, "The HMAC for the request was invalid.", PanelAuthFailed),
        (
            LIST,
            403,
            "Unable to identify requester. Authorization token is invalid.",
            PanelAuthFailed,
        ),
        (LIST, 403, "This IP address does not have permission to access the API.", PanelAuthFailed),
        (LIST, 403, "This action is unauthorized.", PanelForbidden),
        (SUSPEND, 400, "The action provided was invalid.", PanelRefused),
        (SHOW, 404, "No query results for model [Server].", ServerNotFound),
        (SHOW, 404, "", PanelProtocolError),
        (SUSPEND, 500, "An unhandled exception occured.", PanelRefused),
        (STATS, 500, "An unhandled exception was encountered.", PanelUnreachable),
        (COMMAND, 500, "An unhandled exception was encountered.", OutcomeUnknown),
        (COMMAND, 500, "responded with a non-200 error code (HTTP/412).", ServerOffline),
        (COMMAND, 500, "responded with a non-200 error code (HTTP/403).", PanelRefused),
        (POWER, 500, "responded with a non-200 error code (HTTP/412).", PanelRefused),
        (DETAILS, 500, "An unhandled exception occured while attemping to", OutcomeUnknown),
        (STATS, 403, "Server is suspended and cannot be accessed.", PanelConflict),
        (STATS, 403, "Server has not finished its install process.", PanelConflict),
    ],
)
def test_a_refusal_of_0_6_has_its_meaning(
    call: Call, status: int, text: str, expected: type[PanelError]
) -> None:
    assert type(v06_error(call, status, text)) is expected


def test_a_conflict_of_0_6_names_the_state() -> None:
    suspended, installing = (
        v06_error(STATS, 403, text) for text in ("is suspended", "its install process")
    )
    assert isinstance(suspended, PanelConflict)
    assert isinstance(installing, PanelConflict)
    assert (suspended.state, installing.state) == (ServerState.SUSPENDED, ServerState.INSTALLING)


def test_a_code_that_is_true_is_no_trouble() -> None:
    assert isinstance(v06_error(SUSPEND, 500, "unhandled", http_code=True), PanelRefused)


def test_a_route_that_only_another_generation_has_points_at_the_dialect() -> None:
    of_05 = Answer(404, {}, {"message": "404 Not Found", "status_code": 404})
    of_06 = Answer(404, {}, {"error": "", "http_code": 404, "trace": None})
    for error in (read_api_error("main", SHOW, of_06), read_v06_error("main", SHOW, of_05)):
        assert isinstance(error, PanelProtocolError)
        assert error.detail == "it does not know the path /api/servers/2; look at options.dialect"


@pytest.mark.parametrize("body", [None, [], {}, {"errors": [{"code": "x"}]}, "text", 7])
def test_a_body_of_another_form_is_left_to_its_status(body: object) -> None:
    assert read_api_error("main", LIST, Answer(500, {}, body)) is None
    assert read_v06_error("main", LIST, Answer(500, {}, body)) is None

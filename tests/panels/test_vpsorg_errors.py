"""How vps.org says no, in each form that a Django REST Framework has for it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.errors import (
    PanelAuthFailed,
    PanelConflict,
    PanelError,
    PanelForbidden,
    PanelInvalid,
    PanelProtocolError,
    PanelRateLimited,
    PanelRefused,
    PanelUnreachable,
    PaymentRequired,
    ServerNotFound,
)
from bot.domain.servers import ServerState
from bot.panels._errors import Answer, Call
from bot.panels._vpsorg_errors import decode, read_error

START = Call("POST", "/servers/1/start/", action="start", server_id="1")
CREATE = Call("POST", "/servers/", action="create")
DETAILS = Call("GET", "/servers/1/", server_id="1")


def error(call: Call, status: int, data: object) -> Any:  # noqa: ANN401 - its facts differ
    found = read_error("main", call, Answer(status, {}, data))
    assert found is None or isinstance(found, PanelError)
    return found


RUNNING = "Server is already running."


@pytest.mark.parametrize(
    "data",
    [
        {"detail": RUNNING},
        {"error": RUNNING},
        {"status": "error", "message": RUNNING},
        {"error": {"message": RUNNING}},
        {"non_field_errors": [RUNNING]},
        {"errors": [{"detail": RUNNING}]},
        [RUNNING],
        RUNNING,
    ],
)
def test_an_order_without_effect_is_a_conflict_in_whatever_form(data: object) -> None:
    found = error(START, 400, data)
    assert type(found) is PanelConflict
    assert (found.state, found.detail) == (ServerState.RUNNING, RUNNING)


@pytest.mark.parametrize(
    "said",
    ["Server is not running", "server not currently running", "Server is already stopped."],
)
def test_an_order_to_a_stopped_server_is_a_conflict(said: str) -> None:
    found = error(START, 400, {"detail": said})
    assert type(found) is PanelConflict
    assert found.state is ServerState.OFFLINE


def test_an_order_to_a_suspended_server_is_a_conflict() -> None:
    found = error(START, 400, {"detail": "Server is suspended."})
    assert type(found) is PanelConflict
    assert found.state is ServerState.SUSPENDED


def test_other_bad_orders_are_refused() -> None:
    found = error(START, 400, {"detail": "Server is provisioning."})
    assert type(found) is PanelRefused
    assert found.detail == "Server is provisioning."


def test_the_words_of_a_conflict_mean_nothing_elsewhere() -> None:
    assert type(error(CREATE, 400, {"detail": RUNNING})) is PanelRefused


def test_wrong_values_are_told_by_field() -> None:
    data = {
        "name": ["This field is required.", "Too short."],
        "plan": {"id": ["Not a number."]},
        "ssh_keys": [{}, {"uuid": ["Unknown."]}],
        "location": "Closed.",
        "non_field_errors": ["Not today."],
    }
    found = error(CREATE, 400, data)
    assert type(found) is PanelInvalid
    assert found.fields == {
        "name": ("This field is required.", "Too short."),
        "plan.id": ("Not a number.",),
        "ssh_keys.uuid": ("Unknown.",),
        "location": ("Closed.",),
        "": ("Not today.",),
    }


def test_fields_may_stand_beside_a_sentence() -> None:
    data = {"message": "Validation failed", "code": "invalid", "errors": {"name": ["No."]}}
    assert error(CREATE, 422, data).fields == {"name": ("No.",)}


@pytest.mark.parametrize("data", [{}, [], {"name": []}, {"code": 7}, 5, True])
def test_a_refusal_without_words_is_still_one(data: object) -> None:
    assert type(error(CREATE, 400, data)) is PanelRefused


@pytest.mark.parametrize(
    ("call", "status", "detail", "expected"),
    [
        (DETAILS, 401, "Invalid token.", PanelAuthFailed),
        (CREATE, 402, "Insufficient credit.", PaymentRequired),
        (DETAILS, 403, "You do not have permission to perform this action.", PanelForbidden),
        (DETAILS, 403, "Token lacks the scope servers:read.", PanelForbidden),
        (DETAILS, 403, "Authentication credentials were not provided.", PanelAuthFailed),
        (DETAILS, 403, "Invalid API token", PanelAuthFailed),
        (DETAILS, 403, "Token has expired", PanelAuthFailed),
        (DETAILS, 404, "Not found.", ServerNotFound),
        (CREATE, 404, "Not found.", PanelProtocolError),
        (DETAILS, 405, 'Method "PUT" not allowed.', PanelRefused),
        (CREATE, 415, 'Unsupported media type "text/plain" in request.', PanelRefused),
        (START, 409, "Busy.", PanelConflict),
        (START, 503, "Service temporarily unavailable, try again later.", PanelUnreachable),
    ],
)
def test_each_status_has_its_error(
    call: Call, status: int, detail: str, expected: type[PanelError]
) -> None:
    found = error(call, status, {"detail": detail})
    assert type(found) is expected
    assert expected is ServerNotFound or detail in str(found)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("Request was throttled. Expected available in 42 seconds.", 42.0),
        ("Request was throttled. Expected available in 1 second.", 1.0),
        ("Request was throttled. Expected available in 86400 seconds.", 300.0),
        ("Request was throttled.", None),
    ],
)
def test_a_throttle_says_how_long_and_is_believed_up_to_five_minutes(
    said: str, seconds: float | None
) -> None:
    found = error(DETAILS, 429, {"detail": said})
    assert type(found) is PanelRateLimited
    assert found.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "expected"),
    [(402, PaymentRequired), (404, PanelProtocolError), (502, PanelUnreachable)],
)
def test_text_that_is_no_json_may_come_from_a_proxy(
    status: int, expected: type[PanelError]
) -> None:
    assert type(error(DETAILS, status, "no such thing")) is expected


def test_a_success_that_is_none_is_a_refusal() -> None:
    assert type(error(START, 200, {"status": "error", "message": "No."})) is PanelRefused
    assert type(error(START, 200, {"status": "error", "message": RUNNING})) is PanelConflict


@pytest.mark.parametrize(
    "data", [None, "OK", {"status": "success"}, {"status": "active"}, [], {"detail": "Sent."}]
)
def test_a_success_is_one_whatever_it_says(data: object) -> None:
    assert error(START, 200, data) is None


def test_a_server_in_an_error_state_is_no_refusal() -> None:
    for call in (DETAILS, CREATE):
        assert error(call, 200, {"id": 1, "status": "error"}) is None


def test_text_is_read_as_it_is_and_a_page_is_not() -> None:
    assert decode(b"") is None
    assert decode(b'{"a": 1}') == {"a": 1}
    assert decode(b"Accepted\n\x00") == "Accepted"
    for page in (b"<html>", b"\xff\xfe"):
        with pytest.raises(ValueError, match=r".*"):
            decode(page)

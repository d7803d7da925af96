"""What is made of Pterodactyl's refusals, as recorded from a live panel."""

from __future__ import annotations

import pytest

from bot.domain.errors import (
    PanelAuthFailed,
    PanelConflict,
    PanelError,
    PanelForbidden,
    PanelProtocolError,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
    ServerOffline,
)
from bot.domain.servers import ServerState
from bot.panels._errors import Answer, Call
from bot.panels._pterodactyl_errors import read_error
from tests.panels.support import recorded

LIST = Call("GET", "/api/client")
RESOURCES = Call("GET", "/resources", server_id="3502e204")
POWER = Call("POST", "/power", action="start", server_id="3502e204")
COMMAND = Call("POST", "/command", action="command", server_id="3502e204")


def error_in(fixture: str, call: Call) -> PanelError | None:
    answer = recorded(fixture)
    return read_error("main", call, Answer(answer.status, answer.headers, answer.body))


def error_of(call: Call, status: int, code: object, detail: object) -> PanelError | None:
    body = {"errors": [{"code": code, "status": str(status), "detail": detail}]}
    return read_error("main", call, Answer(status, {}, body))


@pytest.mark.parametrize(
    ("fixture", "call", "expected"),
    [
        ("error-bad-key", LIST, PanelAuthFailed),
        ("error-no-key", LIST, PanelAuthFailed),
        ("error-right-identifier-wrong-secret", LIST, PanelAuthFailed),
        ("error-2fa-required-list", LIST, PanelAuthFailed),
        ("error-ip-locked-key", LIST, PanelAuthFailed),
        ("error-ip-locked-key", POWER, PanelAuthFailed),
        ("error-application-key-on-client", LIST, PanelAuthFailed),
        ("error-application-key-on-client", RESOURCES, PanelAuthFailed),
        ("error-403-subuser-power", POWER, PanelForbidden),
        ("error-403-subuser-command", COMMAND, PanelForbidden),
        ("error-404-unknown-server", RESOURCES, ServerNotFound),
        ("error-404-not-my-server-power", POWER, ServerNotFound),
        ("error-404-unknown-route", LIST, PanelProtocolError),
        ("error-405", POWER, PanelRefused),
        ("error-409-suspended-power", POWER, PanelConflict),
        ("error-409-maintenance-resources", RESOURCES, PanelConflict),
        ("error-503-panel-maintenance", LIST, PanelUnreachable),
        ("client-power-bad-signal", POWER, PanelRefused),
        ("client-command-empty", COMMAND, PanelRefused),
        ("client-command-offline", COMMAND, ServerOffline),
        ("client-list-filter-bad", LIST, PanelRefused),
        ("daemon-html-resources", RESOURCES, PanelRefused),
        ("daemon-500-power", POWER, PanelRefused),
        # A node's own words about its own key; ours is good.
        ("daemon-401-power", POWER, PanelRefused),
        ("daemon-403-command", COMMAND, PanelRefused),
        ("daemon-404-power", POWER, PanelRefused),
    ],
)
def test_a_recorded_refusal_has_its_meaning(
    fixture: str, call: Call, expected: type[PanelError]
) -> None:
    assert type(error_in(fixture, call)) is expected


@pytest.mark.parametrize("fault", ["down", "hang", "reset", "401", "403", "404", "500"])
def test_a_node_that_does_not_answer_is_told_from_the_panel(fault: str) -> None:
    error = error_in(f"daemon-{fault}-resources", RESOURCES)
    assert isinstance(error, PanelUnreachable)
    assert error.node


def test_the_words_of_the_panel_are_kept() -> None:
    error = error_in("client-power-bad-signal", POWER)
    assert isinstance(error, PanelRefused)
    assert error.detail == "The selected signal is invalid."
    error = error_in("daemon-403-power", POWER)
    assert isinstance(error, PanelRefused)
    assert "You are not authorized to access this endpoint" in error.detail


def test_a_forced_second_factor_is_named_as_the_reason() -> None:
    error = error_in("error-2fa-required-list", LIST)
    assert isinstance(error, PanelAuthFailed)
    assert "two factors" in error.detail


def test_panels_before_1_8_say_nothing_of_a_wrong_key() -> None:
    assert isinstance(error_of(POWER, 403, "AccessDeniedHttpException", ""), PanelAuthFailed)


def test_panels_before_1_3_answer_400_for_a_suspended_server() -> None:
    code, detail = "BadRequestHttpException", "This server is currently suspended"
    error = error_of(POWER, 400, code, detail)
    assert isinstance(error, PanelConflict)
    assert error.state is ServerState.SUSPENDED
    assert isinstance(error_of(LIST, 400, code, detail), PanelRefused)


def test_a_missing_right_is_no_bad_key_in_any_language() -> None:
    code = "AccessDeniedHttpException"
    error = error_of(POWER, 403, code, "Diese Aktion ist nicht erlaubt.")
    assert isinstance(error, PanelForbidden)


def test_another_502_does_not_say_that_the_server_is_offline() -> None:
    assert isinstance(error_of(POWER, 502, "HttpException", "oops"), PanelRefused)


def test_a_csrf_failure_makes_no_sense_for_a_client_without_cookies() -> None:
    error = error_of(POWER, 419, "HttpException", "CSRF token mismatch.")
    assert isinstance(error, PanelProtocolError)


def test_foreign_words_become_one_short_line() -> None:
    error = error_of(POWER, 422, "ValidationException", "a\x1b[31m\r\n\tb\u202e" + "x" * 5000)
    assert isinstance(error, PanelRefused)
    assert error.detail.startswith("a [31m b x")
    assert len(error.detail) == 300


@pytest.mark.parametrize(
    "body",
    [
        {"errors": None},
        {"errors": []},
        {"errors": ["text"]},
        {"errors": {"signal": ["wrong"]}},
        {"message": "Server Error"},
        [],
    ],
)
def test_a_body_of_another_form_is_left_to_its_status(body: object) -> None:
    assert read_error("main", POWER, Answer(500, {}, body)) is None


@pytest.mark.parametrize("entry", [{}, {"code": None, "detail": None}, {"code": 7, "detail": []}])
def test_an_error_without_code_and_words_has_the_meaning_of_its_status(
    entry: dict[str, object],
) -> None:
    error = read_error("main", POWER, Answer(409, {}, {"errors": [entry]}))
    assert isinstance(error, PanelConflict)

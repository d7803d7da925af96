"""Discord's OpenAPI description catches wrong requests and answers, and lets the rest pass."""

from __future__ import annotations

from typing import Any

import pytest

from bot.simulators.discord.exchange import Exchange
from tests.referee import RULES_MISSING, Rules, rules_folder

if rules_folder() is None:
    pytest.skip(RULES_MISSING, allow_module_level=True)

_CALLBACK = "/api/v10/interactions/1/token/callback"
_COMMANDS = "/api/v10/applications/1/commands"
_MESSAGES = "/api/v10/channels/2/messages"


def _exchange(
    method: str, path: str, body: object, *, status: int = 400, answer: object = None
) -> Exchange:
    refused = {"code": 50035, "message": "Invalid"}
    return Exchange(
        method=method,
        path=path,
        route="",
        query={},
        request_headers={},
        request_body=body,
        status=status,
        response_headers={},
        response_body=refused if status == 400 and answer is None else answer,
    )


@pytest.fixture
def rules(referee_rules: Rules | None) -> Rules:
    assert referee_rules is not None
    return referee_rules


def _reply(**data: object) -> dict[str, Any]:
    return {"type": 4, "data": data}


def _button(**changes: object) -> dict[str, Any]:
    button = {"type": 2, "style": 1, "label": "Start", "custom_id": "d1:start"}
    return _reply(components=[{"type": 1, "components": [button | changes]}])


def _command(**changes: object) -> list[dict[str, Any]]:
    return [{"type": 1, "name": "server", "description": "Servers"} | changes]


def _option(**changes: object) -> list[dict[str, Any]]:
    return _command(options=[{"type": 3, "name": "server", "description": "Which"} | changes])


def _text_input(**changes: object) -> dict[str, Any]:
    box = {"type": 4, "custom_id": "line", "style": 1} | changes
    label = {"type": 18, "label": "Command", "component": box}
    return {"type": 9, "data": {"custom_id": "m1", "title": "Console", "components": [label]}}


def _embed(**embed: object) -> dict[str, Any]:
    return _reply(embeds=[embed])


_FIELD = {"name": "CPU", "value": "3 %"}

_GOOD_REQUESTS = {
    "reply": (_CALLBACK, _reply(content="Done.", flags=64, allowed_mentions={"parse": []})),
    "deferred reply": (_CALLBACK, {"type": 5, "data": {"flags": 64}}),
    "deferred update": (_CALLBACK, {"type": 6}),
    "update with tts": (_CALLBACK, {"type": 7, "data": {"content": "", "tts": False}}),
    "autocomplete": (_CALLBACK, {"type": 8, "data": {"choices": [{"name": "a", "value": "b"}]}}),
    "button": (_CALLBACK, _button()),
    "container": (
        _CALLBACK,
        _reply(
            flags=1 << 15,
            components=[
                {
                    "type": 17,
                    "accent_color": 5,
                    "components": [{"type": 10, "content": "survival"}, {"type": 14}],
                }
            ],
        ),
    ),
    "modal": (_CALLBACK, _text_input()),
    "file": (_CALLBACK, _reply(attachments=[{"id": 0, "filename": "graph.png"}])),
    "answer to a message": (
        _MESSAGES,
        {"content": "x", "message_reference": {"channel_id": 2, "message_id": 3}},
    ),
    "nonce": (_MESSAGES, {"content": "x", "nonce": "a" * 25, "enforce_nonce": True}),
    "command as discord.py writes it": (
        _COMMANDS,
        _command(
            nsfw=False,
            dm_permission=True,
            default_member_permissions=32,
            contexts=[0],
            integration_types=[0],
            options=[],
        ),
    ),
    "permissions as digits": (_COMMANDS, _command(default_member_permissions="32")),
}

_BAD_REQUESTS = {
    "content too long": (_CALLBACK, _reply(content="x" * 2001), "$.data.content"),
    "eleven embeds": (_CALLBACK, _reply(embeds=[{"title": "x"}] * 11), "$.data.embeds"),
    "embed title": (_CALLBACK, _embed(title="x" * 257), "$.data.embeds[0].title"),
    "embed text": (_CALLBACK, _embed(description="x" * 4097), "$.data.embeds[0].description"),
    "too many fields": (_CALLBACK, _embed(fields=[_FIELD] * 26), "$.data.embeds[0].fields"),
    "field value": (
        _CALLBACK,
        _embed(fields=[{"name": "CPU", "value": "x" * 1025}]),
        "$.data.embeds[0].fields[0].value",
    ),
    "six buttons": (
        _CALLBACK,
        _reply(components=[{"type": 1, "components": [{"type": 2, "style": 1}] * 6}]),
        "$.data.components[0].components",
    ),
    "label": (_CALLBACK, _button(label="x" * 81), "$.data.components[0].components[0].label"),
    "custom_id": (
        _CALLBACK,
        _button(custom_id="x" * 101),
        "$.data.components[0].components[0].custom_id",
    ),
    "style": (_CALLBACK, _button(style=9), "$.data.components[0].components[0].style"),
    "41 components": (
        _CALLBACK,
        _reply(components=[{"type": 10, "content": "x"}] * 41),
        "$.data.components",
    ),
    "modal title": (
        _CALLBACK,
        {"type": 9, "data": _text_input()["data"] | {"title": "x" * 46}},
        "$.data.title",
    ),
    "text input style": (
        _CALLBACK,
        _text_input(style=3),
        "$.data.components[0].component.style",
    ),
    "26 choices": (
        _CALLBACK,
        {"type": 8, "data": {"choices": [{"name": "a", "value": "b"}] * 26}},
        "$.data.choices",
    ),
    "callback type": (_CALLBACK, {"type": 3}, "$.type"),
    "misspelt key": (_CALLBACK, _reply(contnet="x"), "contnet"),
    "misspelt key in a component": (_CALLBACK, _button(lable="x"), "lable"),
    "content of a wrong type": (_CALLBACK, _reply(content=5), "$.data.content"),
    "131 commands": (_COMMANDS, _command() * 131, "$: "),
    "26 options": (
        _COMMANDS,
        _command(options=[{"type": 3, "name": "a", "description": "b"}] * 26),
        "$[0].options",
    ),
    "option type": (_COMMANDS, _option(type=12), "$[0].options[0].type"),
    "26 option choices": (
        _COMMANDS,
        _option(choices=[{"name": "a", "value": "b"}] * 26),
        "$[0].options[0].choices",
    ),
    "command name": (_COMMANDS, _command(name="x" * 33), "$[0].name"),
    "permissions in words": (
        _COMMANDS,
        _command(default_member_permissions="manage"),
        "$[0].default_member_permissions",
    ),
    "nonce too long": (_MESSAGES, {"content": "x", "nonce": "a" * 26}, "$.nonce"),
    "no body": (_CALLBACK, None, "there must be a body"),
}


def _method(path: str) -> str:
    return "PUT" if path == _COMMANDS else "POST"


@pytest.mark.parametrize(("path", "body"), _GOOD_REQUESTS.values(), ids=_GOOD_REQUESTS)
def test_a_request_that_discord_takes_passes(rules: Rules, path: str, body: object) -> None:
    assert rules.rest.complaints(_exchange(_method(path), path, body)) == []


@pytest.mark.parametrize(("path", "body", "place"), _BAD_REQUESTS.values(), ids=_BAD_REQUESTS)
def test_a_wrong_request_is_caught_and_its_place_named(
    rules: Rules, path: str, body: object, place: str
) -> None:
    complaints = rules.rest.complaints(_exchange(_method(path), path, body))
    assert any(place in complaint for complaint in complaints), complaints
    assert all(path.rpartition("/")[2] in complaint for complaint in complaints)


def test_a_complaint_names_operation_place_and_value(rules: Rules) -> None:
    [complaint] = rules.rest.complaints(_exchange("POST", _CALLBACK, _button(label=77)))
    assert complaint == (
        "POST /interactions/{interaction_id}/{interaction_token}/callback request"
        ' at $.data.components[0].components[0].label: it is not of types "null", "string", got 77'
    )


def test_a_body_where_none_belongs_is_caught(rules: Rules) -> None:
    exchange = _exchange(
        "GET", "/api/v10/gateway", {"x": 1}, status=200, answer={"url": "ws://127.0.0.1"}
    )
    assert rules.rest.complaints(exchange) == [
        "GET /gateway request: there may be no body, got {'x': 1}"
    ]


@pytest.mark.parametrize(
    ("status", "body", "complaint"),
    [
        (200, {"url": "ws://127.0.0.1"}, None),
        (502, "<html>", None),
        (404, {"code": 10008, "message": "Unknown Message"}, None),
        (429, {"code": 0, "message": "Wait.", "retry_after": 0.3, "global": False}, None),
        (200, {"uri": "ws://127.0.0.1"}, '"url" is a required property'),
        (200, {"url": 3}, "$.url"),
        (200, {"url": "ws://127.0.0.1", "made_up": 1}, "made_up"),
        (200, None, "$: "),
        (204, None, "no such status"),
        (404, {"error": "gone"}, '"code" is a required property'),
        (429, {"code": 0, "message": "Slow down."}, '"retry_after" is a required property'),
    ],
)
def test_responses_are_judged_by_their_status(
    rules: Rules, status: int, body: object, complaint: str | None
) -> None:
    complaints = rules.rest.complaints(
        _exchange("GET", "/api/v10/gateway", None, status=status, answer=body)
    )
    if complaint is None:
        assert complaints == []
    else:
        assert any(complaint in text for text in complaints), complaints


def test_errors_of_single_fields_pass(rules: Rules) -> None:
    body = {
        "code": 50035,
        "message": "Invalid Form Body",
        "errors": {"data": {"0": {"_errors": [{"code": "BASE_TYPE_REQUIRED", "message": "x"}]}}},
    }
    exchange = _exchange("POST", _CALLBACK, {"type": 6}, answer=body)
    assert rules.rest.complaints(exchange) == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/v10/nowhere"), ("PATCH", "/api/v10/gateway"), ("GET", "/api/v10/channels/2/x")],
)
def test_a_route_that_discord_does_not_have_is_caught(rules: Rules, method: str, path: str) -> None:
    [complaint] = rules.rest.complaints(_exchange(method, path, None))
    assert complaint.endswith("no such route in Discord's description")


def test_fixed_words_of_a_path_come_before_parameters(rules: Rules) -> None:
    exchange = _exchange("PATCH", "/api/v10/webhooks/1/t/messages/@original", {"content": 5})
    [complaint] = rules.rest.complaints(exchange)
    assert "/messages/@original request at $.content" in complaint

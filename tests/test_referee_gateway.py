"""The schemas of gateway payloads catch wrong ones, and let the rest pass."""

from __future__ import annotations

from typing import Any

import pytest

from bot.simulators.discord.gateway import GatewayRecord
from tests.referee import RULES_MISSING, Rules, rules_folder

if rules_folder() is None:
    pytest.skip(RULES_MISSING, allow_module_level=True)


def _received(payload: dict[str, Any]) -> GatewayRecord:
    return GatewayRecord("receive", payload)


def _sent(payload: dict[str, Any]) -> GatewayRecord:
    return GatewayRecord("send", payload)


@pytest.fixture
def rules(referee_rules: Rules | None) -> Rules:
    assert referee_rules is not None
    return referee_rules


_HELLO = {"op": 10, "d": {"heartbeat_interval": 41250}, "s": None, "t": None}
_IDENTIFY = {
    "op": 2,
    "d": {
        "token": "made-up",
        "properties": {"os": "linux", "browser": "discord.py", "device": "discord.py"},
        "intents": 1,
        "compress": True,
        "large_threshold": 250,
        "shard": [0, 1],
        "presence": {"status": "online", "game": None, "since": 0, "afk": False},
    },
}


@pytest.mark.parametrize(
    "record",
    [
        _received(_HELLO),
        _received({"op": 11, "d": None, "s": None, "t": None}),
        _received({"op": 7, "d": None, "s": None, "t": None}),
        _received({"op": 9, "d": False, "s": None, "t": None}),
        _received({"op": 0, "t": "RESUMED", "d": {"_trace": []}, "s": 4}),
        _sent(_IDENTIFY),
        _sent({"op": 1, "d": None}),
        _sent({"op": 6, "d": {"token": "made-up", "session_id": "s", "seq": 4}}),
    ],
)
def test_a_gateway_payload_as_discord_has_it_passes(rules: Rules, record: GatewayRecord) -> None:
    assert rules.gateway.complaints(record) == []


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        (_received(_HELLO | {"d": {}}), '"heartbeat_interval" is a required property'),
        (
            _received({"op": 0, "t": "READY", "d": {}, "s": 1}),
            '"session_id" is a required property',
        ),
        (_received({"op": 0, "t": "READY", "s": 1}), '"d" is a required property'),
        (
            _received({"op": 0, "t": "INTERACTION_CREATE", "d": {"type": 2, "token": 5}, "s": 1}),
            "$.d.token",
        ),
        (_received({"op": 0, "t": "MADE_UP", "d": {}, "s": 1}), "no such payload"),
        (_received({"op": 99}), "no such payload"),
        (_sent({"op": 2, "d": {"intents": 1}}), '"token" is a required property'),
        (_sent(_HELLO), "no such payload"),
    ],
)
def test_a_wrong_gateway_payload_is_caught(
    rules: Rules, record: GatewayRecord, complaint: str
) -> None:
    complaints = rules.gateway.complaints(record)
    assert any(complaint in text for text in complaints), complaints

"""Frames of a node's websocket, from the document, from transcripts, and from nowhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given

from bot.domain import live
from bot.domain.servers import Resources, ServerState
from bot.panels._pterodactyl_frames import Frame, decode, encode, to_event
from tests.panels.mutations import ANYTHING, THOROUGH, mutated

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
FOLDER = Path(__file__).parents[1] / "fixtures" / "wings"
TRANSCRIPTS = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("ws-*.json"))}
KNOWN = sorted(
    {step["in"]["event"] for steps in TRANSCRIPTS.values() for step in steps if "in" in step}
)

# Document 002, letter for letter.
OF_THE_DOCUMENT = {
    '{"event":"auth success"}': Frame("auth success"),
    '{"event":"status","args":["offline"]}': live.State(NOON, ServerState.OFFLINE),
    '{"event":"console output","args":["[14:07:12] [Query Listener #1/INFO]: Query running on '
    '0.0.0.0:25565"]}': live.Console(
        NOON, "[14:07:12] [Query Listener #1/INFO]: Query running on 0.0.0.0:25565"
    ),
    '{"event":"stats","args":["{\\"memory_bytes\\":526626816,\\"memory_limit_bytes\\":588800000,'
    '\\"cpu_absolute\\":588.815,\\"network\\":{\\"rx_bytes\\":1126,\\"tx_bytes\\":1126},'
    '\\"state\\":\\"stopping\\",\\"disk_bytes\\":128118626}"]}': live.Stats(
        NOON,
        Resources(
            cpu_percent=588.815,
            memory_bytes=526626816,
            memory_limit_bytes=588800000,
            disk_bytes=128118626,
            network_rx_bytes=1126,
            network_tx_bytes=1126,
        ),
    ),
    '{"event":"token expiring"}': Frame("token expiring"),
    '{"event":"token expired"}': Frame("token expired"),
}


@pytest.mark.parametrize(("data", "meaning"), OF_THE_DOCUMENT.items())
def test_examples_of_the_document(data: str, meaning: live.Event | Frame) -> None:
    frame = decode(data)

    assert frame is not None
    assert (frame if isinstance(meaning, Frame) else to_event(frame, NOON)) == meaning


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_everything_in_a_transcript_is_about_the_token_or_an_event(name: str) -> None:
    for step in TRANSCRIPTS[name]:
        if "in" in step:
            frame = decode(json.dumps(step["in"]))
            assert frame is not None
            is_about_token = frame.event.startswith(("auth", "jwt", "token"))
            is_event = to_event(frame, NOON) is not None or frame.event == "deleted"
            assert is_about_token != is_event


def test_usage_has_its_uptime_from_wings_1_6_on() -> None:
    step = TRANSCRIPTS["ws-normal"][3]["in"]
    event = to_event(Frame("stats", step["args"][0]), NOON)

    assert isinstance(event, live.Stats)
    assert event.resources.uptime == timedelta(milliseconds=1001)


def test_what_is_sent_is_an_event_and_texts() -> None:
    assert json.loads(encode("send command", "say hi")) == {
        "event": "send command",
        "args": ["say hi"],
    }
    assert json.loads(encode("send logs")) == {"event": "send logs", "args": []}


@pytest.mark.parametrize(
    "data", ["", "null", "5", "[]", "{}", '{"event":null}', "[" * 100_000, '{"event":"status"']
)
def test_what_is_no_frame_is_none(data: str) -> None:
    assert decode(data) is None


@pytest.mark.parametrize("args", [None, [], [None], [5], "running", {"0": "running"}])
def test_a_frame_without_a_text_has_an_empty_one(args: object) -> None:
    assert decode(json.dumps({"event": "status", "args": args})) == Frame("status", "")


def test_a_word_of_any_length_is_a_short_one() -> None:
    transfer = to_event(Frame("transfer status", "x" * 1_000_000), NOON)
    backup = to_event(Frame("backup completed", json.dumps({"uuid": "x" * 1_000_000})), NOON)
    assert transfer == live.Transfer(NOON, status="x" * 100)
    assert backup == live.Backup(NOON, "x" * 100, successful=False)


def test_an_unknown_state_is_unknown_and_an_unknown_event_is_none() -> None:
    assert to_event(Frame("status", "dreaming"), NOON) == live.State(NOON, ServerState.UNKNOWN)
    assert to_event(Frame("feature match", "eula"), NOON) is None


STATS = json.loads(TRANSCRIPTS["ws-normal"][3]["in"]["args"][0])


@THOROUGH
@given(mutated(STATS))
def test_usage_of_any_form_breaks_nothing(stats: object) -> None:
    event = to_event(Frame("stats", json.dumps(stats)), NOON)

    assert event is None or isinstance(event, live.Stats)


@pytest.mark.parametrize("event", [*KNOWN, "backup completed", "backup completed:1", "throttled"])
@THOROUGH
@given(argument=ANYTHING)
def test_arguments_of_any_form_break_nothing(event: str, argument: object) -> None:
    for value in (argument, json.dumps(argument)):
        frame = decode(json.dumps({"event": event, "args": [value]}))
        assert frame is not None
        to_event(frame, NOON)

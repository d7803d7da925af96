"""What operators' tools get over HTTP, asked for over real connections."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.health import Answered, Boards, Connection, Health, Told, Waiting
from bot.domain.watching import PanelHealth
from bot.monitoring import serving
from tests.fakes import NOON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SEEN = PanelHealth(
    last_success=NOON - timedelta(seconds=12),
    lag_seconds=12.5,
    interval_seconds=60,
    is_late=False,
    servers=7,
    followed=3,
    failures={"PanelUnreachable": 2, "PanelRateLimited": 1},
)
NEVER = replace(SEEN, last_success=None, is_late=True, servers=0, followed=0, failures={})
HEALTH = Health(
    at=NOON,
    connection=Connection(is_ready=True, latency_seconds=0.25, guilds=3),
    database=None,
    panels={"main": SEEN, "g1a2b": NEVER},
    budgets={"main": 41},
    waiting=Waiting(count=4, oldest_at=NOON - timedelta(seconds=90), paused=3),
    told=Told(sent=11, failed=2, held=0, lost=5),
    boards=Boards(count=6, paused=1, failed=9),
    running=2,
    answered=Answered(
        counts={"command": 5, "component": 1},
        within={0.5: 4, 3.0: 5, float("inf"): 6},
        seconds=7.5,
        late=1,
    ),
)


class Patient:
    """Somebody whose health is asked for."""

    def __init__(self) -> None:
        self.health = HEALTH
        self.reasons: list[str] = []

    async def look(self) -> Health:
        return self.health

    async def obstacles(self) -> list[str]:
        return self.reasons


@pytest.fixture
def patient() -> Patient:
    return Patient()


@pytest.fixture
async def port(patient: Patient) -> AsyncIterator[int]:
    async with serving("127.0.0.1", 0, patient) as port:
        yield port


@pytest.fixture
async def http(port: int) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        yield session


async def metrics(http: aiohttp.ClientSession) -> dict[str, float]:
    async with http.get("/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        text = await response.text()
    return {
        _name(sample.name, sample.labels): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _name(name: str, labels: dict[str, str]) -> str:
    told = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    return f"{name}{{{told}}}" if told else name


async def test_whoever_answers_is_alive(http: aiohttp.ClientSession, patient: Patient) -> None:
    patient.reasons = ["everything is broken"]
    async with http.get("/healthz") as response:
        assert (response.status, await response.text()) == (200, "alive\n")


async def test_readiness_says_why_not(http: aiohttp.ClientSession, patient: Patient) -> None:
    async with http.get("/readyz") as response:
        assert response.status == 200
        assert await response.json() == {"ready": True, "reasons": []}
    patient.reasons = ["no Discord", "no database"]
    async with http.get("/readyz") as response:
        assert response.status == 503
        assert await response.json() == {"ready": False, "reasons": ["no Discord", "no database"]}


async def test_everything_is_measured(http: aiohttp.ClientSession) -> None:
    told = await metrics(http)

    own = {name: value for name, value in told.items() if name.startswith("deckhand_")}
    assert own == {
        "deckhand_gateway_ready": 1,
        "deckhand_gateway_latency_seconds": 0.25,
        "deckhand_guilds": 3,
        "deckhand_database_up": 1,
        "deckhand_panel_last_success_timestamp_seconds{panel=main}": NOON.timestamp() - 12,
        "deckhand_panel_lag_seconds{panel=main}": 12.5,
        "deckhand_panel_lag_seconds{panel=g1a2b}": 12.5,
        "deckhand_panel_late{panel=main}": 0,
        "deckhand_panel_late{panel=g1a2b}": 1,
        "deckhand_panel_servers{panel=main}": 7,
        "deckhand_panel_servers{panel=g1a2b}": 0,
        "deckhand_panel_servers_followed{panel=main}": 3,
        "deckhand_panel_servers_followed{panel=g1a2b}": 0,
        "deckhand_panel_failures_total{error=PanelUnreachable,panel=main}": 2,
        "deckhand_panel_failures_total{error=PanelRateLimited,panel=main}": 1,
        "deckhand_panel_budget_left{panel=main}": 41,
        "deckhand_deliveries_queued": 4,
        "deckhand_deliveries_oldest_age_seconds": 90,
        "deckhand_deliveries_paused": 3,
        "deckhand_deliveries_sent_total": 11,
        "deckhand_deliveries_failed_total": 2,
        "deckhand_events_held": 0,
        "deckhand_events_lost_total": 5,
        "deckhand_boards": 6,
        "deckhand_boards_paused": 1,
        "deckhand_board_failures_total": 9,
        "deckhand_receipts_running": 2,
        "deckhand_interactions_total{type=command}": 5,
        "deckhand_interactions_total{type=component}": 1,
        "deckhand_interaction_answer_seconds_bucket{le=0.5}": 4,
        "deckhand_interaction_answer_seconds_bucket{le=3.0}": 5,
        "deckhand_interaction_answer_seconds_bucket{le=+Inf}": 6,
        "deckhand_interaction_answer_seconds_count": 6,
        "deckhand_interaction_answer_seconds_sum": 7.5,
        "deckhand_interactions_late_total": 1,
    }
    assert told["process_resident_memory_bytes"] > 0


async def test_what_is_not_known_is_left_out(http: aiohttp.ClientSession, patient: Patient) -> None:
    patient.health = replace(
        HEALTH, connection=Connection(), database="it is locked", waiting=None, panels={}
    )

    told = await metrics(http)

    assert (told["deckhand_gateway_ready"], told["deckhand_database_up"]) == (0, 0)
    assert "deckhand_gateway_latency_seconds" not in told
    assert "deckhand_deliveries_queued" not in told


async def test_a_clock_that_went_back_makes_no_negative_age(
    http: aiohttp.ClientSession, patient: Patient
) -> None:
    patient.health = replace(HEALTH, waiting=Waiting(count=1, oldest_at=NOON + timedelta(hours=1)))

    assert (await metrics(http))["deckhand_deliveries_oldest_age_seconds"] == 0


async def test_an_hour_of_scrapes_does_not_pile_up(http: aiohttp.ClientSession) -> None:
    for _ in range(3):
        assert (await metrics(http))["deckhand_deliveries_sent_total"] == 11


@pytest.mark.parametrize("path", ["/", "/metrics/", "/admin", "/..%2f..%2fetc/passwd"])
async def test_there_is_nothing_else(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path) as response:
        assert response.status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_it_can_only_be_read(http: aiohttp.ClientSession, method: str) -> None:
    async with http.request(method, "/metrics", data=b"x" * 10_000) as response:
        assert response.status == 405


async def test_a_head_says_as_much_without_a_body(http: aiohttp.ClientSession) -> None:
    async with http.head("/healthz") as response:
        assert (response.status, await response.read()) == (200, b"")


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
)
async def test_garbage_is_refused_and_fills_no_log(
    port: int,
    http: aiohttp.ClientSession,
    garbage: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(garbage)
    writer.write_eof()
    answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.") or not answer
    assert b"200 OK" not in answer
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]
    async with http.get("/healthz") as response:
        assert response.status == 200


async def test_a_bug_is_logged_and_ends_nothing(
    http: aiohttp.ClientSession,
    patient: Patient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(patient, "health", None)
    async with http.get("/metrics") as response:
        assert response.status == 500
    assert "Traceback" in caplog.text
    async with http.get("/healthz") as response:
        assert response.status == 200


async def test_a_port_in_use_is_an_error_of_the_system(port: int, patient: Patient) -> None:
    with pytest.raises(OSError, match="in use"):
        async with serving("127.0.0.1", port, patient):
            pass


async def test_idle_connections_do_not_hold_up_the_end(patient: Patient) -> None:
    async with serving("127.0.0.1", 0, patient) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
    async with asyncio.timeout(5):
        await reader.read()  # to its end: the connection is closed
    writer.close()

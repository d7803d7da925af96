from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.cli._output import as_json, card, plain, table
from bot.domain.servers import Limits, Resources, Traffic
from tests.fakes import make_server

GIB = 1024**3

FULL = replace(
    make_server(observed_at=datetime(2026, 7, 1, 14, tzinfo=timezone(timedelta(hours=2)))),
    description="Home",
    node="node-1",
    location="fra",
    plan="S",
    os="Debian 13",
    addresses=("1.2.3.4:25565", "1.2.3.4:25566"),
    limits=Limits(memory_bytes=4 * GIB, cpu_percent=200.0),
    resources=Resources(
        cpu_percent=12.34,
        cpu_cores_percent=(10.0, 2.34),
        memory_bytes=GIB,
        disk_bytes=1536,
        uptime=timedelta(hours=26, minutes=5),
    ),
    traffic=Traffic(used_bytes=512, limit_bytes=2048 * GIB),
    created_at=datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
    extra={"egg_name": "Paper", "suspended": False, "counts": {"backups": 2}, "ips": ["::1"]},
)


def test_json_says_all_that_is_known() -> None:
    shown = as_json(FULL)

    assert shown["created_at"] == "2025-01-02T03:04:05Z"
    assert shown["observed_at"] == "2026-07-01T12:00:00Z"
    assert shown["traffic"] == {
        "used_bytes": 512,
        "limit_bytes": 2048 * GIB,
        "in_used_bytes": None,
        "in_limit_bytes": None,
        "out_used_bytes": None,
        "out_limit_bytes": None,
    }
    assert shown["resources"] == {
        "cpu_percent": 12.34,
        "cpu_cores_percent": (10.0, 2.34),
        "memory_bytes": GIB,
        "memory_limit_bytes": None,
        "disk_bytes": 1536,
        "disk_limit_bytes": None,
        "network_rx_bytes": None,
        "network_tx_bytes": None,
        "uptime_seconds": 93_900.0,
    }
    assert shown["extra"] == FULL.extra


def test_json_of_a_server_of_which_little_is_known_has_nulls() -> None:
    shown = as_json(make_server())

    assert shown["addresses"] == []
    for key in ("description", "node", "location", "plan", "os", "resources", "traffic"):
        assert shown[key] is None
    assert shown["created_at"] is None


def test_the_panels_own_words_never_stand_for_the_cards_lines() -> None:
    odd = {"state": "off", "node": 3, "observed": "never", "up_for": "ever"}
    assert card(replace(FULL, extra={**odd, **FULL.extra})) == card(FULL)
    assert "off" not in card(replace(make_server(), extra=odd))


def test_a_card_says_all_that_is_known() -> None:
    assert card(FULL).splitlines() == [
        "Survival (main:1a2b3c4d)",
        "  state        running",
        "  address      1.2.3.4:25565, 1.2.3.4:25566",
        "  up for       1 d 2 h",
        "  cpu          12.3 % of 200 %",
        "  memory       1 GiB of 4 GiB",
        "  disk         1.5 KiB",
        "  traffic      512 B of 2 TiB",
        "  description  Home",
        "  node         node-1",
        "  location     fra",
        "  plan         S",
        "  os           Debian 13",
        "  created      2025-01-02T03:04:05Z",
        "  egg name     Paper",
        "  suspended    no",
        "  counts       backups 2",
        "  ips          ::1",
        "  observed     2026-07-01T12:00:00Z",
    ]


def test_a_card_leaves_out_what_is_not_known() -> None:
    assert card(replace(make_server(), limits=Limits(disk_bytes=GIB))).splitlines() == [
        "Survival (main:1a2b3c4d)",
        "  state     running",
        "  disk      at most 1 GiB",
        "  observed  2026-07-01T12:00:00Z",
    ]


def test_a_card_leaves_out_what_is_not_known_within_what_is() -> None:
    limits = {"backups": 2, "databases": None}
    nothing = {"counts": {"a": None}, "ips": [None], "odd": {}}
    extra = {"feature limits": limits, **nothing}
    assert card(replace(make_server(), extra=extra)).splitlines() == [
        "Survival (main:1a2b3c4d)",
        "  state           running",
        "  feature limits  backups 2",
        "  observed        2026-07-01T12:00:00Z",
    ]


def test_columns_stand_below_each_other_with_wide_and_combining_signs_too() -> None:
    servers = [make_server("生存"), make_server("e\u0301te"), FULL]

    assert table(servers).splitlines() == [
        "STATE    NAME      ID        CPU     MEMORY  DISK     ADDRESS",
        "running  生存      1a2b3c4d  -       -       -        -",
        "running  e\u0301te       1a2b3c4d  -       -       -        -",
        "running  Survival  1a2b3c4d  12.3 %  1 GiB   1.5 KiB  1.2.3.4:25565",
    ]


@pytest.mark.parametrize("control", ["\n", "\r", "\x1b", "\x07", "\u202e", "\u2028", "\x9b"])
def test_text_of_a_panel_cannot_drive_the_terminal(control: str) -> None:
    assert plain(f"a{control}b") == "a b"
    evil = replace(make_server(f"x{control}y"), extra={f"k{control}": f"v{control}"})
    shown = [*card(evil).splitlines(), *table([evil]).splitlines()]
    assert len(shown) == 6
    assert all(line.isprintable() for line in shown)

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.cli.conftest import Ended, Installation

    Deckhand = Callable[..., Awaitable[Ended]]


@pytest.fixture
def panel(deckhand: Deckhand, installation: Installation) -> Deckhand:
    """Drive the panel of the installation."""

    async def drive(*arguments: object) -> Ended:
        return await deckhand("panel", "--config", installation.config, "main", *arguments)

    return drive


def value(ended: Ended) -> Any:  # noqa: ANN401 - JSON
    """The one JSON value on stdout; with it, nothing stands on stderr."""
    assert ended.err == ""
    return json.loads(ended.out)


async def test_list_has_an_object_for_every_server(
    panel: Deckhand, installation: Installation
) -> None:
    ended = await panel("list", "--json")

    assert ended.status == 0
    listed = {server["name"]: server for server in value(ended)}
    assert {name: server["state"] for name, server in listed.items()} == {
        "Survival": "running",
        "Creative": "offline",
    }
    assert listed["Survival"]["ref"] == f"main:{installation.survival.identifier}"


async def test_show_has_exactly_the_documented_keys(
    panel: Deckhand, installation: Installation
) -> None:
    shown = value(await panel("show", installation.survival.identifier, "--json"))

    assert list(shown) == [
        "ref",
        "id",
        "name",
        "description",
        "state",
        "node",
        "location",
        "plan",
        "os",
        "addresses",
        "limits",
        "resources",
        "traffic",
        "created_at",
        "extra",
        "observed_at",
    ]
    assert list(shown["limits"]) == ["memory_bytes", "swap_bytes", "disk_bytes", "cpu_percent"]
    assert list(shown["resources"]) == [
        "cpu_percent",
        "cpu_cores_percent",
        "memory_bytes",
        "memory_limit_bytes",
        "disk_bytes",
        "disk_limit_bytes",
        "network_rx_bytes",
        "network_tx_bytes",
        "uptime_seconds",
    ]
    assert shown["limits"]["memory_bytes"] == 2048 * 1_048_576
    assert shown["addresses"] == ["127.0.0.1:25565"]
    assert shown["traffic"] is None
    assert shown["created_at"] is None
    assert datetime.fromisoformat(shown["observed_at"]).tzinfo == UTC


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--state", "offline"], ["Creative"]),
        (["--state", "suspended"], []),
        (["--search", "SURV"], ["Survival"]),
        (["--search", "25566"], ["Creative"]),
        (["--search", "surv", "--state", "offline"], []),
        (["--location", "node-1", "--search", "surv"], ["Survival"]),
        (["--location", "elsewhere"], []),
    ],
)
async def test_a_list_can_be_narrowed(
    panel: Deckhand, options: list[str], names: list[str]
) -> None:
    listed = value(await panel("list", *options, "--json"))

    assert [server["name"] for server in listed] == names


@pytest.mark.parametrize("name", ["Survival", "survival", "SURVIVAL"])
async def test_a_server_is_found_by_its_name(
    panel: Deckhand, installation: Installation, name: str
) -> None:
    shown = value(await panel("show", name, "--json"))

    assert shown["id"] == installation.survival.identifier


async def test_a_server_is_found_by_its_reference(
    panel: Deckhand, installation: Installation
) -> None:
    ref = f"main:{installation.creative.identifier}"

    assert value(await panel("show", ref, "--json"))["ref"] == ref


async def test_an_id_wins_over_a_name(panel: Deckhand, installation: Installation) -> None:
    installation.creative.name = installation.survival.identifier

    shown = value(await panel("show", installation.survival.identifier, "--json"))

    assert shown["name"] == "Survival"


async def test_the_same_case_wins_over_another(panel: Deckhand, installation: Installation) -> None:
    installation.creative.name = "survival"

    shown = value(await panel("show", "survival", "--json"))

    assert shown["id"] == installation.creative.identifier


async def test_of_two_servers_of_one_name_neither_is_touched(
    panel: Deckhand, installation: Installation
) -> None:
    installation.creative.name = "Survival"

    ended = await panel("power", "Survival", "stop", "--json")

    error = value(ended)["error"]
    assert (ended.status, error["type"]) == (4, "AmbiguousServer")
    for server in (installation.survival, installation.creative):
        assert f"Survival (main:{server.identifier})" in error["message"]
        assert server.signals == []


async def test_an_unknown_server_is_told_with_what_is_similar(
    panel: Deckhand, installation: Installation
) -> None:
    ended = await panel("show", "surv")

    assert (ended.status, ended.out) == (4, "")
    similar = f"Survival (main:{installation.survival.identifier})"
    assert ended.err == f"no server is called 'surv'. Similar: {similar}\n"


@pytest.mark.parametrize("action", ["start", "stop", "restart", "kill"])
async def test_power_reaches_the_server(
    panel: Deckhand, installation: Installation, action: str
) -> None:
    accepted = value(await panel("power", "survival", action, "--json"))

    ref = f"main:{installation.survival.identifier}"
    assert accepted == {"ref": ref, "action": action, "accepted": True}
    assert installation.survival.signals == [action]


async def test_a_command_reaches_the_console(panel: Deckhand, installation: Installation) -> None:
    accepted = value(await panel("command", "survival", "say hello --json", "--json"))

    ref = f"main:{installation.survival.identifier}"
    assert accepted == {"ref": ref, "action": "command", "accepted": True}
    assert installation.survival.console == ["say hello --json"]


@pytest.mark.parametrize("text", ["say a\nop b", "\x1b[2J", "  ", ""])
async def test_a_command_of_more_than_one_plain_line_is_never_sent(
    panel: Deckhand, installation: Installation, text: str
) -> None:
    ended = await panel("command", "survival", text, "--json")

    assert (ended.status, value(ended)["error"]["type"]) == (2, "InvalidCommand")
    assert installation.stand_in.requests == []


async def test_a_command_for_a_server_that_is_off_is_a_panel_error(panel: Deckhand) -> None:
    ended = await panel("command", "creative", "say hello", "--json")

    assert ended.status == 3
    assert value(ended)["error"] == {
        "type": "ServerOffline",
        "message": "the server is not running",
        "panel": "main",
        "retry_after": None,
    }


async def test_options_may_stand_before_the_panel(
    deckhand: Deckhand, installation: Installation
) -> None:
    ended = await deckhand("panel", "--json", "--config", installation.config, "main", "list")

    assert len(value(ended)) == 2


async def test_people_get_a_table(panel: Deckhand, installation: Installation) -> None:
    installation.creative.name = "创造 \x1b[31mred"

    ended = await panel("list")

    head, *rows = ended.out.splitlines()
    assert head.split() == ["STATE", "NAME", "ID", "CPU", "MEMORY", "DISK", "ADDRESS"]
    assert sorted(row.split()[0] for row in rows) == ["offline", "running"]
    assert "创造  [31mred" in ended.out


async def test_people_get_a_card(panel: Deckhand, installation: Installation) -> None:
    ended = await panel("show", "survival")

    first, *facts = ended.out.splitlines()
    assert first == f"Survival (main:{installation.survival.identifier})"
    shown = dict(line.strip().split("  ", 1) for line in facts)
    assert shown["state"].strip() == "running"
    assert shown["address"].strip() == "127.0.0.1:25565"
    assert shown["memory"].endswith(" of 2 GiB")
    assert "traffic" not in shown


async def test_people_get_a_sentence(panel: Deckhand, installation: Installation) -> None:
    ended = await panel("power", "survival", "restart")

    ref = f"main:{installation.survival.identifier}"
    assert ended.out == f"The panel accepted restart for Survival ({ref}).\n"


async def test_a_wrong_key_is_a_panel_error(panel: Deckhand, installation: Installation) -> None:
    installation.write(key="ptlc_wrong")

    ended = await panel("list", "--json")

    error = value(ended)["error"]
    assert (ended.status, error["type"], error["panel"]) == (3, "PanelAuthFailed", "main")
    assert "ptlc_wrong" not in ended.out


async def test_a_throttled_order_says_when_to_come_back(
    panel: Deckhand, installation: Installation
) -> None:
    path = f"/api/client/servers/{installation.survival.identifier}/power"
    installation.stand_in.faults.add("throttle", path=path, retry_after="120")

    ended = await panel("power", "survival", "stop", "--json")

    error = value(ended)["error"]
    assert (ended.status, error["type"]) == (3, "PanelRateLimited")
    assert error["retry_after"] == pytest.approx(120, abs=60)


async def test_an_unknown_panel_is_told_with_those_there_are(
    deckhand: Deckhand, installation: Installation
) -> None:
    ended = await deckhand("panel", "--config", installation.config, "mian", "list")

    assert (ended.status, ended.out) == (2, "")
    assert ended.err == "the configuration has no panel 'mian'; its panels: main\n"


async def test_what_a_kind_refuses_is_named_by_its_path(
    deckhand: Deckhand, installation: Installation
) -> None:
    installation.write(more="    options: {colour: red}\n")

    ended = await deckhand("panel", "--config", installation.config, "main", "list")

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("panels[0].options.colour: ")

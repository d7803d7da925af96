"""The command line's admin calls, against a panel on loopback and against one that lacks them."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli._panel import answer
from bot.cli._parser import UsageError, build_parser
from bot.domain.errors import UnsupportedAction
from bot.domain.servers import Capability
from tests.fakes import FakeClock, FakePanel, make_server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.domain.administration import Field
    from bot.domain.servers import Server
    from tests.cli.conftest import Ended, Installation

    Deckhand = Callable[..., Awaitable[Ended]]


class FakeAdminPanel(FakePanel):
    """Says yes to everything and counts what it is asked."""

    async def fields(self, _action: Capability, _server_id: str | None) -> Sequence[Field]:
        return []

    async def create(self, _values: Mapping[str, object]) -> Server:
        self.calls["create"] += 1
        return make_server()

    async def update(
        self, server_id: str, _values: Mapping[str, object], *, replace: bool
    ) -> Server:
        self.calls["replace" if replace else "update"] += 1
        return self.now(server_id)

    async def build(self, server_id: str, _values: Mapping[str, object]) -> Server:
        self.calls["build"] += 1
        return self.now(server_id)

    async def suspend(self, _server_id: str) -> None:
        self.calls["suspend"] += 1

    async def unsuspend(self, _server_id: str) -> None:
        self.calls["unsuspend"] += 1

    async def delete(self, _server_id: str, *, force: bool) -> None:
        self.calls["force_delete" if force else "delete"] += 1


NEEDED = [
    "name=Lobby",
    "egg=4",
    "docker_image=ghcr.io/pterodactyl/yolks:java_21",
    "startup=java -jar {{SERVER_JARFILE}}",
    'environment={"SERVER_JARFILE": "server.jar"}',
    "environment.VANILLA_VERSION=latest",
    *("limits.memory=1024", "limits.swap=0", "limits.disk=5120", "limits.io=500", "limits.cpu=0"),
    'feature_limits={"databases": 0, "backups": 0}',
]


@pytest.fixture
def panel(deckhand: Deckhand, installation: Installation) -> Deckhand:
    """Drive the panel of the installation with an application key."""
    stand_in = installation.stand_in
    admin = stand_in.add_user("admin", admin=True)
    (installation.folder / "application").write_text(stand_in.add_key(admin, application=True))
    installation.write(credentials="{key: {file: key}, application_key: {file: application}}")

    async def drive(*arguments: object) -> Ended:
        return await deckhand("panel", "--config", installation.config, "main", *arguments)

    return drive


def value(ended: Ended) -> Any:  # noqa: ANN401 - JSON
    """The one JSON value on stdout; with it, nothing stands on stderr."""
    assert ended.err == ""
    return json.loads(ended.out)


def sets(values: list[str]) -> list[str]:
    return [word for value in values for word in ("--set", value)]


def values_of(*arguments: str) -> dict[str, object]:
    parsed = build_parser().parse_args(["panel", "main", "create", *arguments])
    values: dict[str, object] = parsed.values
    return values


def test_values_are_nested_by_their_dots_and_json_where_they_can_be() -> None:
    assert values_of("--set", "name=a=b", "limits.memory=1024", "--set", "limits.cpu=1.5") == {
        "name": "a=b",
        "limits": {"memory": 1024, "cpu": 1.5},
    }
    texts = ["a=true", "b=null", 'c="5"', "d=[1, 2]", "e=NaN", "f=", "g=1 2", "h=[" + "[" * 9999]
    assert values_of(*sets(texts)) == {
        "a": True,
        "b": None,
        "c": "5",
        "d": [1, 2],
        "e": "NaN",
        "f": "",
        "g": "1 2",
        "h": "[" * 10_000,
    }
    assert values_of("--set", 'a={"b": 1}', "--set", "a.c=2", "a.b=3") == {"a": {"b": 3, "c": 2}}


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--set"],
        ["--set", "name"],
        ["--set", "=1"],
        ["--set", "a..b=1"],
        ["--set", "a.=1"],
        ["--set", "a=1", "a.b=2"],
    ],
)
def test_what_is_no_value_is_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(UsageError):
        values_of(*arguments)


async def test_create_prints_the_server_as_show_does(
    panel: Deckhand, installation: Installation
) -> None:
    stand_in, node = installation.stand_in, installation.survival.node
    wanted = [*NEEDED, "user=1", f"allocation.default={stand_in.add_allocation(node, 25570)}"]

    created = value(await panel("create", "--json", *sets(wanted)))

    shown = value(await panel("show", "Lobby", "--json"))
    assert created.pop("observed_at")
    assert shown.pop("observed_at")
    assert created == shown
    assert created["state"] == "installing"
    assert created["addresses"] == ["127.0.0.1:25570"]


async def test_update_and_build_change_what_is_given_and_print_the_server(
    panel: Deckhand, installation: Installation
) -> None:
    installation.survival.description = "Main world"
    updated = value(await panel("update", "survival", "--set", "name=SMP", "--json"))
    assert (updated["name"], updated["description"]) == ("SMP", "Main world")

    built = value(await panel("--json", "build", "SMP", "--set", "limits.memory=4096"))
    assert built["limits"]["memory_bytes"] == 4096 * 1_048_576
    assert built["limits"]["disk_bytes"] == 10240 * 1_048_576

    full = await panel("update", "SMP", "--full", "--set", "name=Survival", "user=1")
    assert full.status == 0
    assert full.out.startswith("Survival (main:")
    assert installation.survival.description == ""


@pytest.mark.parametrize(
    "arguments", [["suspend"], ["unsuspend"], ["delete", "--yes"], ["delete", "--yes", "--force"]]
)
async def test_what_changes_no_value_is_accepted(
    panel: Deckhand, installation: Installation, arguments: list[str]
) -> None:
    verb, *options = arguments
    server = installation.survival

    ended = await panel(verb, "Survival", *options, "--json")

    assert value(ended) == {
        "ref": f"main:{server.identifier}",
        "action": verb,
        "accepted": True,
    }
    assert server.suspended == (verb == "suspend")
    left = value(await panel("list", "--json"))
    assert ("Survival" in {each["name"] for each in left}) == (verb != "delete")


async def test_delete_wants_to_be_confirmed_before_anything_is_asked(
    panel: Deckhand, installation: Installation
) -> None:
    ended = await panel("delete", "Survival", "--force")

    assert (ended.status, ended.out) == (2, "")
    assert ended.err == "delete is for good: add --yes if that is what you want\n"
    assert not installation.stand_in.requests


async def test_only_force_deletes_where_the_node_is_down(
    panel: Deckhand, installation: Installation
) -> None:
    installation.survival.node.up = False
    ended = await panel("delete", "Survival", "--yes")
    assert ended.status == 3
    assert "node did not answer" in ended.err
    assert (await panel("delete", "Survival", "--yes", "--force")).status == 0


async def test_values_that_the_panel_does_not_take_are_told_one_by_one(panel: Deckhand) -> None:
    wrong = ["name=", "user=99", *NEEDED[1:]]

    ended = await panel("create", *sets(wrong))
    assert (ended.status, ended.out) == (3, "")
    assert ended.err.splitlines() == [
        "panel main does not take these values",
        "name: The name field is required.",
        "user: The selected user is invalid.",
        "allocation.default: The allocation.default field is required.",
    ]

    told = value(await panel("create", "--json", *sets(wrong)))["error"]
    assert told["type"] == "PanelInvalid"
    assert told["fields"]["name"] == ["The name field is required."]
    assert list(told["fields"]) == ["name", "user", "allocation.default"]


async def test_a_change_that_was_made_by_half_says_what_is_changed(panel: Deckhand) -> None:
    half = sets(["name=New", "description=Newer", "egg=99"])

    ended = await panel("update", "Survival", *half)
    assert (ended.status, ended.out) == (3, "")
    assert ended.err.splitlines() == [
        "panel main does not take these values",
        "egg: The selected egg is invalid.",
        "changed already: description, name",
        "not changed, as far as is known: egg",
    ]
    assert (await panel("update", "New", *half, "--json")).status == 3

    told = value(await panel("update", "New", "--json", *half))["error"]
    assert (told["changed"], told["failed"]) == (["description", "name"], ["egg"])


async def test_without_an_application_key_nothing_of_this_is_offered(
    deckhand: Deckhand, installation: Installation
) -> None:
    for arguments in (
        ["create", "--set", "name=x"],
        ["update", "Survival", "--set", "name=x"],
        ["build", "Survival", "--set", "cpu=1"],
        ["suspend", "Survival"],
        ["unsuspend", "Survival"],
        ["delete", "Survival", "--yes"],
    ):
        ended = await deckhand("panel", "--config", installation.config, "main", *arguments)
        assert ended.status == 5, arguments
        assert "does not offer" in ended.err
    assert not installation.stand_in.requests


@pytest.mark.parametrize(
    ("arguments", "lacking", "typed"),
    [
        (["create", "--set", "a=1"], Capability.CREATE, "create"),
        (["update", "survival", "--set", "a=1"], Capability.UPDATE, "update"),
        (["update", "survival", "--full", "--set", "a=1"], Capability.REPLACE, "update --full"),
        (["build", "survival", "--set", "a=1"], Capability.BUILD, "build"),
        (["suspend", "survival"], Capability.SUSPEND, "suspend"),
        (["unsuspend", "survival"], Capability.SUSPEND, "unsuspend"),
        (["delete", "survival", "--yes"], Capability.DELETE, "delete"),
        (["delete", "survival", "--yes", "--force"], Capability.FORCE_DELETE, "delete --force"),
    ],
)
async def test_what_a_kind_lacks_is_refused_as_it_was_typed_without_asking_it(
    arguments: list[str], lacking: Capability, typed: str
) -> None:
    panel = FakeAdminPanel(FakeClock())
    panel.add(make_server())
    args = build_parser().parse_args(["panel", "main", *arguments])
    assert await answer(panel, args)
    asked, panel.calls = panel.calls, Counter()

    panel.capabilities = frozenset(Capability) - {lacking}
    with pytest.raises(UnsupportedAction, match=f"does not offer {typed}$"):
        await answer(panel, args)

    assert asked
    assert not panel.calls

"""What the command line makes of panels that offer less than Pterodactyl does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.cli._panel import answer
from bot.cli._parser import build_parser
from bot.domain.errors import UnknownServer, UnsupportedAction
from bot.domain.servers import Capability
from bot.panels import PANELS
from tests.fakes import FakeClock, FakePanel, make_server

if TYPE_CHECKING:
    import argparse
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.cli.conftest import Ended

    Deckhand = Callable[..., Awaitable[Ended]]


def asked(*arguments: str) -> argparse.Namespace:
    return build_parser().parse_args(["panel", "main", *arguments])


@pytest.mark.parametrize(
    ("arguments", "offered"),
    [
        (["power", "survival", "kill"], frozenset(Capability) - {Capability.KILL}),
        (["command", "survival", "say hi"], frozenset(Capability) - {Capability.COMMAND}),
    ],
)
async def test_what_a_kind_does_not_offer_is_refused_without_asking_it(
    arguments: list[str], offered: frozenset[Capability]
) -> None:
    panel = FakePanel(FakeClock())
    panel.add(make_server())
    panel.capabilities = offered

    with pytest.raises(UnsupportedAction, match="kind fake does not offer"):
        await answer(panel, asked(*arguments))

    assert not panel.calls


async def test_a_name_that_cannot_be_an_id_is_not_asked_for_as_one() -> None:
    panel = FakePanel(FakeClock())
    panel.add(make_server("My server"))

    await answer(panel, asked("show", "my server"))

    assert panel.calls == {"list_servers": 1, "get_server": 1}


async def test_an_empty_name_is_no_server() -> None:
    with pytest.raises(UnknownServer):
        await answer(FakePanel(FakeClock()), asked("show", ""))


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("pterodactyl_legacy", '{dialect: "0.4"}', "offer build. Its options.dialect is 0.4"),
        ("vpsorg", "{}", "offer build. Its options.dialect is not set"),
        ("pterodactyl", "{}", "offer build"),
    ],
)
async def test_what_a_dialect_may_be_to_blame_for_names_it(
    deckhand: Deckhand, tmp_path: Path, kind: str, options: str, said: str
) -> None:
    names = sorted(PANELS[kind].required_credentials)
    (tmp_path / "key").write_text("made-up")
    config = tmp_path / "config.yaml"
    config.write_text(
        "panels:\n"
        "  - id: main\n"
        f"    kind: {kind}\n"
        "    base_url: http://127.0.0.1:1\n"
        f"    credentials: {{{', '.join(f'{name}: {{file: key}}' for name in names)}}}\n"
        f"    options: {options}\n"
    )
    ended = await deckhand("panel", "--config", config, "main", "build", "x", "--set", "a=1")
    assert (ended.status, ended.out) == (5, "")
    assert ended.err.endswith(f"does not {said}\n")

"""Which buttons a card offers, and which of them can be pressed in which state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.servers import Capability, ServerState
from bot.services.status import Status
from bot.ui.items import ServerButton, Verb, card_view
from tests.fakes import make_server
from tests.ui.render.languages import ENGLISH, EVERY
from tests.ui.render.layout import every_part

if TYPE_CHECKING:
    from bot.domain.servers import Server
    from bot.ui.i18n import Words

_BUTTON = 2
_UP = {"Restart", "Stop", "Kill", "Command", "Logs"}
_ALL = {"Start", *_UP}
_POSSIBLE = {
    ServerState.RUNNING: _UP,
    ServerState.STARTING: _UP,
    ServerState.STOPPING: {"Kill", "Logs"},
    ServerState.OFFLINE: {"Start"},
    ServerState.UNREACHABLE: _ALL,
    ServerState.UNKNOWN: _ALL,
}
"""In every other state there is nothing that could be done."""


def _buttons(
    server: Server, *, capabilities: frozenset[Capability] = frozenset(Capability), t: Words
) -> list[dict[str, Any]]:
    status = Status(
        server=server,
        panel_name="Main panel",
        capabilities=capabilities,
        last_action=None,
        error=None,
    )
    return [part for part in every_part(card_view(status, t)) if part["type"] == _BUTTON]


@pytest.mark.parametrize("state", list(ServerState))
def test_what_is_possible_in_a_state_can_be_pressed(state: ServerState) -> None:
    buttons = _buttons(make_server(state=state), t=ENGLISH)

    assert [button["label"] for button in buttons] == [
        "Start",
        "Restart",
        "Stop",
        "Kill",
        "Command",
        "Logs",
        "Refresh",
    ]
    enabled = {button["label"] for button in buttons if not button["disabled"]}
    assert enabled == _POSSIBLE.get(state, set()) | {"Refresh"}


@pytest.mark.parametrize("capability", list(Capability))
def test_what_a_panel_cannot_do_is_not_offered(capability: Capability) -> None:
    some = frozenset(Capability) - {capability}

    buttons = _buttons(make_server(), capabilities=some, t=ENGLISH)

    labels = {button["label"] for button in buttons}
    lost = "Logs" if capability is Capability.LIVE else capability.capitalize()
    assert labels == (_ALL | {"Refresh"}) - {lost}


def test_a_panel_that_only_shows_leaves_one_button() -> None:
    buttons = _buttons(make_server(), capabilities=frozenset(), t=ENGLISH)

    assert [button["label"] for button in buttons] == ["Refresh"]


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_buttons_are_told_apart_in_every_language(t: Words) -> None:
    labels = [button["label"] for button in _buttons(make_server(), t=t)]

    assert len(set(labels)) == len(labels) == len(Verb)


def test_a_button_carries_all_that_it_is_about() -> None:
    server = make_server(panel_id="p" * 32, server_id="s" * 300)

    for button in _buttons(server, t=ENGLISH):
        read = ServerButton.__discord_ui_compiled_template__.fullmatch(button["custom_id"])
        assert read
        assert (read["verb"].capitalize(), read["key"]) == (button["label"], server.ref.key)

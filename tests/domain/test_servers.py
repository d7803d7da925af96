"""The identity of a server fits where Discord allows a hundred characters."""

from __future__ import annotations

import pytest

from bot.domain.access import Action
from bot.domain.servers import Capability, PowerAction, ServerRef

_LONGEST_PANEL_ID = "p" * 32


def test_a_reference_reads_as_panel_and_server() -> None:
    assert str(ServerRef("main", "1a2b3c4d")) == "main:1a2b3c4d"


@pytest.mark.parametrize("length", [1, 8, 37])
def test_a_short_key_is_the_reference_itself(length: int) -> None:
    ref = ServerRef(_LONGEST_PANEL_ID, "s" * length)
    assert ref.key == str(ref)


@pytest.mark.parametrize("length", [38, 300])
def test_a_long_key_is_cut_to_fit_and_still_names_the_panel(length: int) -> None:
    key = ServerRef(_LONGEST_PANEL_ID, "s" * length).key
    assert len(key) <= 70
    assert key.startswith(f"{_LONGEST_PANEL_ID}:~")


def test_long_keys_tell_servers_apart_and_stay_the_same() -> None:
    first, second = ServerRef("main", "s" * 100 + "1"), ServerRef("main", "s" * 100 + "2")
    assert first.key != second.key
    # It stands in messages that are weeks old, so it may never change.
    assert first.key == "main:~b226d1222ea01408c2c7d2628df3847f"


def test_a_long_id_cannot_break_out_of_its_key() -> None:
    assert ServerRef("main", "й" * 100).key.isascii()


def test_every_power_action_is_a_right_and_a_capability() -> None:
    for action in PowerAction:
        assert Action(action).value == Capability(action).value == action.value

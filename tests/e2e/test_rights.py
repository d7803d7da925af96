"""What may not be seen is never named: not by a command, a suggestion, a button or a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.stage import Stage

_COMMANDS = (
    "server status",
    "server start",
    "server stop",
    "server restart",
    "server kill",
    "status",
    "restart",
)


@pytest.mark.parametrize("command", _COMMANDS)
async def test_a_hidden_server_and_none_get_the_same_answer(stage: Stage, command: str) -> None:
    hidden = await stage.answer(stage.helper, command, server="Secret")
    none = await stage.answer(stage.helper, command, server="Atlantis")
    assert hidden.ephemeral
    assert none.ephemeral
    assert hidden.text.replace("Secret", "…") == none.text.replace("Atlantis", "…")
    by_id = await stage.answer(stage.helper, command, server=stage.secret.identifier)
    assert "Secret" not in by_id.text
    assert stage.secret.signals == []


@pytest.mark.parametrize("typed", ["", "s", "Secret", "main:"])
async def test_suggestions_hold_only_what_may_be_seen(stage: Stage, typed: str) -> None:
    for name, _ in await stage.suggest(stage.helper, typed):
        assert "Secret" not in name
    assert await stage.suggest(stage.guest, typed) == []


async def test_suggestions_name_state_and_panel(stage: Stage) -> None:
    labels = {name for name, _ in await stage.suggest(stage.helper, "")}
    assert labels == {"Survival · running · Main panel", "Creative · offline · Main panel"}


async def test_suggestions_come_from_memory(stage: Stage) -> None:
    asked = len(stage.panel.requests)
    for typed in ("s", "su", "sur"):
        await stage.suggest(stage.helper, typed)
    assert len(stage.panel.requests) == asked


async def test_a_suggestion_can_be_used_as_it_is(stage: Stage) -> None:
    [(_, value)] = await stage.suggest(stage.helper, "creat")
    card = await stage.answer(stage.helper, "server status", server=value)
    assert "Creative" in card.text


async def test_many_servers_are_cut_to_what_discord_takes(quiet_stage: Stage) -> None:
    stage = await _with_lobbies(quiet_stage, 30)
    assert len(await stage.suggest(stage.owner, "lobby")) == 25


async def test_panels_are_suggested_only_to_those_who_see_a_server(stage: Stage) -> None:
    for member, expected in ((stage.helper, [("Main panel", "main")]), (stage.guest, [])):
        suggested = await stage.discord.autocomplete(
            member, stage.channel, "server list", "panel", ""
        )
        assert suggested == expected


@pytest.mark.parametrize("button", ["Stop", "Kill", "Command"])
async def test_a_button_is_checked_with_the_rights_of_the_one_who_presses(
    stage: Stage, button: str
) -> None:
    card = await stage.answer(stage.owner, "server status", server="Survival")
    pressed = await stage.click(stage.guest, card, button)
    answer = await stage.told(pressed)
    assert answer.ephemeral
    assert "Survival" not in answer.text
    assert stage.survival.signals == []
    assert pressed.modal is None


async def test_a_role_that_was_lost_counts_at_the_click(stage: Stage) -> None:
    card = await stage.answer(stage.helper, "server status", server="Survival")
    stage.helper.roles.clear()
    pressed = await stage.click(stage.helper, card, "Restart")
    assert "no such server" in (await stage.told(pressed)).text
    assert stage.survival.signals == []


async def test_a_menu_is_checked_with_the_rights_of_the_one_who_picks(stage: Stage) -> None:
    listing = await stage.answer(stage.owner, "server list", private=False)
    [menu] = listing.selects
    value = dict(menu.options)["Secret"]
    for member, seen in ((stage.guest, False), (stage.owner, True)):
        picked = await stage.select(member, listing, value)
        answer = await stage.told(picked)
        assert answer.ephemeral
        assert ("running" in answer.text) is seen


async def test_pages_of_a_public_list_are_turned_in_private(quiet_stage: Stage) -> None:
    stage = await _with_lobbies(quiet_stage, 20)
    listing = await stage.answer(stage.owner, "server list", private=False)
    assert "page 1 of 2" in listing.text
    before = listing.text
    turned = await stage.press(stage.owner, listing, "▶")
    assert turned.ephemeral
    assert "page 2 of 2" in turned.text
    assert listing.text == before
    as_guest = await stage.press(stage.guest, listing, "▶")
    assert "Lobby" not in as_guest.text


async def test_a_private_list_is_turned_in_place(quiet_stage: Stage) -> None:
    stage = await _with_lobbies(quiet_stage, 20)
    listing = await stage.answer(stage.owner, "server list")
    await stage.click(stage.owner, listing, "▶")
    await stage.until_text(listing, "page 2 of 2")
    await stage.click(stage.owner, listing, "◀")
    await stage.until_text(listing, "page 1 of 2")


async def _with_lobbies(stage: Stage, count: int) -> Stage:
    for number in range(count):
        stage.add_server(f"Lobby {number:02}")
    await stage.start_bot()
    return stage

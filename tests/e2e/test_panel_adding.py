"""A guild admin adds a panel from Discord: tried live, then stored, then its servers are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.storage.engine import Database
from tests.e2e.adding import add, fill_in, seen, suggested, tick, until_read

if TYPE_CHECKING:
    from tests.e2e.stage import Stage


async def test_a_panel_is_tried_stored_and_its_servers_ticked(stage: Stage) -> None:
    other = stage.add_server("Lobby")
    message = await add(stage, stage.moderator)
    for text in ("Annex is added", "It answers.", "not encrypted", "client key of an ordinary"):
        assert text in message.text
    assert "It shows 4 servers." in message.text
    assert "0 of 4 are used" in message.text
    assert message.viewer is stage.moderator.user
    await tick(stage, stage.moderator, message, "Lobby", "Secret")
    await stage.until_text(message, "2 of 4 are used")
    listed = await seen(stage, stage.owner)
    assert listed.count("Secret") == 2  # of the operator's panel, and of this one
    assert listed.count(other.name) == 1
    assert listed.count("Creative") == 1
    assert stage.key not in "".join(stage.channel_texts) + message.text


async def test_all_also_future_ones_needs_one_tap(stage: Stage) -> None:
    message = await add(stage, stage.moderator)
    await stage.click(stage.moderator, message, "All, also future ones")
    await stage.until_text(message, "All of them, also those still to come.")
    await stage.click(stage.moderator, message, "Only those that are there now")
    await stage.until_text(message, "3 of 3 are used")


async def test_three_hundred_servers_are_ticked_in_pages(stage: Stage) -> None:
    for number in range(300):
        stage.add_server(f"World {number:03}")
    message = await add(stage, stage.moderator)
    assert "0 of 303 are used" in message.text
    [first] = message.selects
    assert len(first.options) == 25
    await stage.click(stage.moderator, message, "▶")
    await stage.until(lambda: message.selects[0].options != first.options)
    names = [label for label, _ in message.selects[0].options]
    await tick(stage, stage.moderator, message, *names[:3])
    await stage.until_text(message, "3 of 303 are used")
    assert message.selects[0].options[0][0] == names[0]


async def test_the_choice_goes_on_working_after_a_restart(stage: Stage) -> None:
    message = await add(stage, stage.moderator)
    await stage.stop_bot(stage.bots[0])
    await stage.start_bot_only()
    await until_read(stage, stage.moderator, "Annex")
    await tick(stage, stage.moderator, message, "Secret")
    await stage.until_text(message, "1 of 3 are used")


async def test_a_wrong_key_is_named_and_the_form_keeps_all_but_the_key(stage: Stage) -> None:
    message = await add(stage, stage.moderator, key="ptlc_wrong")
    assert "Annex is not added yet" in message.text
    assert "It refuses the key." in message.text
    assert await suggested(stage, stage.moderator) == []
    again = await stage.click(stage.moderator, message, "Try again")
    assert again.modal is not None
    fields = {
        part["component"]["custom_id"]: part["component"].get("value")
        for part in again.modal["components"]
    }
    assert fields["name"] == "Annex"
    assert fields["address"] == stage.panel.url
    assert not fields["key.key"]
    assert "ptlc_wrong" not in str(message.components)
    await stage.send_form(stage.moderator, again, {"key.key": stage.key})
    await stage.until_text(message, "Annex is added")


async def test_try_again_works_after_a_restart(stage: Stage) -> None:
    message = await add(stage, stage.moderator, key="ptlc_wrong")
    await stage.stop_bot(stage.bots[0])
    await stage.start_bot_only()
    again = await stage.click(stage.moderator, message, "Try again")
    await stage.send_form(stage.moderator, again, {"key.key": stage.key})
    await stage.until_text(message, "Annex is added")


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("no address at all?", "That is no address."),
        ("https://user:pass@panel.example.com", "That is no address."),
        ("https://panel.invalid", "There is no host of that name."),
        ("http://127.0.0.1:1", "Nothing takes my connection there."),
        ("https://10.1.2.3", "no public address"),
        ("http://2130706433:{port}", "no public address"),
        ("https://127.0.0.1:{port}", "no `https` at all"),
        ("127.0.0.1:{port}", "no `https` at all"),
        ("http://127.0.0.1:{port}/server/1a2b", "Leave out what comes after"),
    ],
)
async def test_a_bad_address_is_told_with_what_to_do(stage: Stage, address: str, text: str) -> None:
    port = stage.panel.url.rpartition(":")[2]
    message = await add(stage, stage.moderator, address=address.format(port=port))
    assert text in message.text
    assert await suggested(stage, stage.moderator) == []


async def test_blanks_around_what_was_copied_do_no_harm(stage: Stage) -> None:
    message = await add(
        stage,
        stage.moderator,
        name="  Annex ",
        address=f" {stage.panel.url}/ ",
        key=f" {stage.key[:20]} {stage.key[20:]} ",
    )
    assert "Annex is added" in message.text


async def test_an_application_key_in_the_place_of_a_client_key_is_named(stage: Stage) -> None:
    admin = stage.panel.add_user("root", admin=True)
    key = stage.panel.add_key(admin, application=True)
    message = await add(stage, stage.moderator, key=key)
    assert "That is an application key." in message.text


async def test_a_key_that_can_do_more_than_is_needed_is_warned_of(stage: Stage) -> None:
    admin = stage.panel.add_user("root", admin=True)
    stage.panel.own(admin, stage.survival)
    keys = {
        "key": stage.panel.add_key(admin),
        "application_key": stage.panel.add_key(admin, application=True),
    }
    message = await add(stage, stage.moderator, **keys)
    assert "client key of an admin" in message.text
    assert "it reaches every server of the panel" in message.text
    assert "can also create and delete servers" in message.text
    assert "Annex is added" in message.text


async def test_a_redirect_to_https_says_how_the_address_begins(stage: Stage) -> None:
    stage.panel.faults.add("redirect", path="/api/client/account", to="https://panel.example.com")
    message = await add(stage, stage.moderator)
    assert "It sends me on to another address." in message.text


async def test_a_panel_that_hangs_is_answered_in_time_and_stores_nothing(stage: Stage) -> None:
    stage.panel.faults.add("hang", path="/api/client/account")
    sent = await fill_in(stage, stage.moderator)
    assert sent.acknowledged
    assert sent.thinking
    assert await suggested(stage, stage.moderator) == []
    await stage.panel.close()  # or the bot would wait for it before it ends


async def test_rights_are_asked_for_when_a_form_or_a_menu_is_sent(stage: Stage) -> None:
    message = await add(stage, stage.moderator)
    opened = await stage.slash(stage.moderator, "panel add", kind="pterodactyl")
    stage.moderator.roles.clear()
    requests = len(stage.panel.requests)
    filled: dict[str, str | list[str]] = {
        "name": "Mine",
        "address": stage.panel.url,
        "key.key": stage.key,
    }
    refused = await (await stage.send_form(stage.moderator, opened, filled)).reply()
    assert "Manage Server" in refused.text
    for asked in (
        await tick(stage, stage.moderator, message, "Secret"),
        await stage.click(stage.moderator, message, "All, also future ones"),
    ):
        assert "Manage Server" in (await stage.told(asked)).text
    assert "0 of 3 are used" in message.text
    assert await suggested(stage, stage.owner) == ["Annex"]
    account = [each for each in stage.panel.requests[requests:] if each.path.endswith("/account")]
    assert not account


async def test_the_key_is_nowhere_but_sealed(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "bot")
    await add(stage, stage.moderator)
    await add(stage, stage.moderator, name="Second", key="ptlc_wrongButSecret")
    async with Database(stage.settings().database_url):
        raw = b"".join(path.read_bytes() for path in stage.folder.glob("deckhand.db*"))
    for key in (stage.key, "ptlc_wrongButSecret"):
        assert key.encode() not in raw
        assert key not in caplog.text

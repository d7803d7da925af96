"""Panels that a guild has added are tested, edited, given other keys, removed and brought back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from bot.domain.access import Action, Rule, Subject
from bot.storage.engine import Database
from bot.storage.rules import SqlRules
from tests.e2e.adding import add, id_of, seen, suggested, tick, until_read

if TYPE_CHECKING:
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage


def values_of(opened: Interaction) -> dict[str, Any]:
    """Return what stands in the fields of a form."""
    assert opened.modal is not None
    parts = [part["component"] for part in opened.modal["components"]]
    return {part["custom_id"]: part.get("value") for part in parts}


async def changed(stage: Stage, command: str, filled: dict[str, str | list[str]]) -> Message:
    """Open a form about the panel Annex, send it, and return the answer."""
    opened = await stage.slash(stage.moderator, command, panel="Annex")
    return await (await stage.send_form(stage.moderator, opened, filled)).reply()


async def test_the_list_shows_own_panels_the_operators_and_removed_ones(stage: Stage) -> None:
    message = await add(stage, stage.moderator)
    await tick(stage, stage.moderator, message, "Secret")
    await stage.until_text(message, "1 of 3 are used")
    listed = await stage.answer(stage.moderator, "panel list")
    assert "2 panels" in listed.text
    annex, main = listed.text.splitlines()[1:3]
    assert "**Annex** · Pterodactyl 1.x, Pelican" in annex
    assert annex.endswith("1 server · ✅ answers")
    assert "**Main panel**" in main
    assert "from the configuration file" in main
    assert stage.panel.url.removeprefix("http://") not in main
    question = await stage.answer(stage.moderator, "panel remove", panel="Annex")
    await stage.click(stage.moderator, question, "Remove it")
    await stage.until_text(question, "is removed")
    listed = await stage.answer(stage.moderator, "panel list")
    assert "1 panel" in listed.text
    [menu] = listed.selects
    assert [label for label, _ in menu.options] == ["Annex"]
    await stage.select(stage.moderator, listed, menu.options[0][1])
    await stage.until_text(listed, "**Annex** is back")
    assert await suggested(stage, stage.moderator) == ["Annex"]


async def test_a_panel_of_the_operator_is_left_alone(stage: Stage) -> None:
    for command in ("test", "servers", "edit", "rotate-key", "remove"):
        refused = await stage.answer(stage.moderator, f"panel {command}", panel="Main panel")
        assert "configuration of the person who runs this bot" in refused.text


async def test_the_check_list_can_be_had_again(stage: Stage) -> None:
    await add(stage, stage.moderator)
    good = await stage.answer(stage.moderator, "panel test", panel="Annex")
    assert "It shows 3 servers." in good.text
    stage.panel.accounts.revoke(stage.key)
    assert not good.buttons
    bad = await stage.answer(stage.moderator, "panel test", panel="Annex")
    assert "It refuses the key." in bad.text
    form = await stage.click(stage.moderator, bad, "Give the key")
    await stage.send_form(
        stage.moderator, form, {"key.key": stage.panel.add_key(stage.panel_owner)}
    )
    await stage.until_text(bad, "Annex is changed")


async def test_an_edit_renames_and_what_does_not_work_changes_nothing(stage: Stage) -> None:
    await add(stage, stage.moderator)
    opened = await stage.slash(stage.moderator, "panel edit", panel="Annex")
    assert values_of(opened)["name"] == "Annex"
    assert values_of(opened)["address"] == stage.panel.url
    assert not any(name.startswith("key.") for name in values_of(opened))
    wrong = await changed(stage, "panel edit", {"address": f"{stage.panel.url}/nowhere"})
    assert "Nothing was changed" in wrong.text
    again = await stage.click(stage.moderator, wrong, "Try again")
    assert values_of(again)["address"] == f"{stage.panel.url}/nowhere"
    await stage.send_form(stage.moderator, again, {"name": "Pier", "address": stage.panel.url})
    await stage.until_text(wrong, "Pier is changed")
    assert await suggested(stage, stage.moderator) == ["Pier"]


async def test_another_address_needs_the_key_anew_and_gets_no_old_one(stage: Stage) -> None:
    await add(stage, stage.moderator)
    address = stage.panel.url.replace("127.0.0.1", "127.0.0.2")
    asked = await changed(stage, "panel edit", {"address": address})
    assert "never sent to another address by itself" in asked.text
    form = await stage.click(stage.moderator, asked, "Give the key")
    assert values_of(form)["address"] == address
    assert not values_of(form)["key.key"]


async def test_of_two_admins_who_edit_the_second_is_told(stage: Stage) -> None:
    await add(stage, stage.moderator)
    first = await stage.slash(stage.moderator, "panel edit", panel="Annex")
    second = await stage.slash(stage.owner, "panel edit", panel="Annex")
    await (await stage.send_form(stage.moderator, first, {"name": "Pier"})).reply()
    late = await (await stage.send_form(stage.owner, second, {"name": "Quay"})).reply()
    assert "Somebody else has changed this panel meanwhile" in late.text
    assert await suggested(stage, stage.moderator) == ["Pier"]
    again = await stage.click(stage.owner, late, "Try again")
    await stage.send_form(stage.owner, again, {"name": "Quay"})
    await stage.until_text(late, "Quay is changed")


async def test_the_old_key_works_until_the_new_one_is_tried(stage: Stage) -> None:
    message = await add(stage, stage.moderator)
    await stage.click(stage.moderator, message, "All, also future ones")
    await stage.until_text(message, "All of them")
    refused = await changed(stage, "panel rotate-key", {"key.key": "ptlc_wrong"})
    assert "It refuses the key." in refused.text
    fine = await stage.answer(stage.moderator, "panel test", panel="Annex")
    assert "It shows 3 servers." in fine.text
    new = stage.panel.add_key(stage.panel_owner)
    rotated = await changed(stage, "panel rotate-key", {"key.key": new})
    assert "Annex is changed" in rotated.text
    stage.panel.accounts.revoke(stage.key)
    fine = await stage.answer(stage.moderator, "panel test", panel="Annex")
    assert "It shows 3 servers." in fine.text
    card = await stage.answer(stage.moderator, "server list", panel="Annex")
    assert "Survival" in card.text


async def test_a_good_key_is_kept_while_the_panel_is_too_busy_to_judge_another(
    stage: Stage,
) -> None:
    await add(stage, stage.moderator)
    stage.panel.faults.add("throttle", retry_after="3600")
    refused = await changed(stage, "panel rotate-key", {"key.key": "ptlc_wrong"})
    assert "too many requests to try the key just now. Try again in" in refused.text
    stage.panel.faults.clear()
    with closing(sqlite3.connect(stage.database)) as rows:
        [(last,)] = rows.execute("SELECT outcome FROM audit WHERE action = 'panel key'")
    assert last == "failed"


async def test_rules_of_a_removed_panel_wait_for_it(stage: Stage) -> None:
    message = await add(stage, stage.moderator)
    await tick(stage, stage.moderator, message, "Secret")
    await stage.until_text(message, "1 of 3 are used")
    panel_id = await id_of(stage, stage.moderator, "Annex")
    await stage.stop_bot(stage.bots[0])
    async with Database(stage.settings().database_url) as database:
        rule = Rule(
            guild_id=stage.guild.id,
            subject=Subject.ROLE,
            subject_id=stage.helpers.id,
            grant=Action.VIEW,
            allow=True,
            panel_id=panel_id,
        )
        await SqlRules(database).add(rule)
    await stage.start_bot_only()
    await until_read(stage, stage.moderator, "Annex")
    assert "Secret" in await seen(stage, stage.helper)
    question = await stage.answer(stage.moderator, "panel remove", panel="Annex")
    await stage.click(stage.moderator, question, "Remove it")
    await stage.until_text(question, "is removed")
    assert "Secret" not in await seen(stage, stage.helper)
    await stage.click(stage.moderator, question, "Bring it back")
    await stage.until_text(question, "is back")
    await until_read(stage, stage.moderator, "Annex")
    assert "Secret" in await seen(stage, stage.helper)


async def test_hostile_names_stay_text(stage: Stage) -> None:
    name = "@everyone **bold** [a](https://x.example) `code`"
    stage.add_server("@here ~~gone~~")
    message = await add(stage, stage.moderator, name=name)
    assert "@everyone" not in message.text
    assert "https://x.example" not in message.text
    listed = await stage.answer(stage.moderator, "panel list")
    assert "@everyone" not in listed.text
    assert await suggested(stage, stage.moderator) == [name]


async def test_a_name_of_the_same_guild_is_taken_once(stage: Stage) -> None:
    await add(stage, stage.moderator)
    for name in ("annex", "Main Panel"):
        refused = await add(stage, stage.moderator, name=name)
        assert "Another panel here has that name" in refused.text
        assert [button.label for button in refused.buttons][-1] == "Try again"


async def test_a_panel_that_cannot_be_opened_any_more_is_shown_and_hides_no_other(
    stage: Stage,
) -> None:
    await add(stage, stage.moderator)
    await add(stage, stage.moderator, name="Second")
    await stage.stop_bot(stage.bots[0])
    with closing(sqlite3.connect(stage.database)) as database, database:
        database.execute("UPDATE panels SET kind = 'gone' WHERE name = 'Annex'")
    await stage.start_bot_only()
    await until_read(stage, stage.moderator, "Second")
    listed = await stage.answer(stage.moderator, "panel list")
    assert "❌ cannot be opened" in listed.text

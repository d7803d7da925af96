"""Servers are administered from Discord, through forms, on a panel that checks what it is given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.simulators.discord.errors import RefusedError
from tests.e2e.forms import fill, given, type_name

if TYPE_CHECKING:
    from tests.e2e.stage import Stage


@pytest.fixture
async def stage(quiet_stage: Stage) -> Stage:
    """The stage with a bot that has an application key."""
    admin = quiet_stage.panel.add_user("admin", admin=True)
    quiet_stage.application_key = quiet_stage.panel.add_key(admin, application=True)
    quiet_stage.panel.add_allocation(quiet_stage.node, 25600)
    await quiet_stage.start_bot()
    return quiet_stage


def _fields(**changed: str) -> dict[str, str]:
    return {
        "Name": "Lobby",
        "Owner": "owner",
        "Egg": "Paper",
        "Memory in MB, 0 unlimited": "2048",
        "Swap in MB, -1 unlimited": "0",
        "Disk in MB, 0 unlimited": "5120",
        "Block IO weight, 10 to 1000": "500",
        "CPU in percent of a core, 0 unlimited": "100",
        "Databases at most": "1",
        "Backups at most": "1",
    } | changed


async def test_a_server_is_created_after_the_panel_refused_two_values(stage: Stage) -> None:
    draft = await stage.answer(stage.owner, "manage create", panel="Main panel")
    assert draft.ephemeral
    assert "Still needed: **Name**" in draft.text
    assert "Image" not in draft.text
    await fill(stage, draft, _fields(**{"Block IO weight, 10 to 1000": "5000"}))
    await stage.until_text(draft, "`Lobby`", "`Paper`", "▫️ Image: `Java 21`", "`2048`")
    assert "Build Number: `latest`" in draft.text
    assert "Server Version" not in draft.text
    await fill(stage, draft, {"Start command": "java -jar {{SERVER_JARFILE}}"})

    await stage.click(stage.owner, draft, "Create")
    await stage.until_text(draft, "The limits.io must be between 10 and 1000.")
    (line,) = [each for each in draft.text.splitlines() if "5000" in each]
    assert line.startswith("⚠️ Block IO weight, 10 to 1000: `5000` · The limits.io must be")
    assert len(stage.world.servers) == 3

    await fill(stage, draft, {"Block IO weight, 10 to 1000": "500"})
    await stage.until_text(draft, "⚠️ Address · The allocation.default field is required.")
    await fill(stage, draft, {"Address": "127.0.0.1:25600 on node-1"})
    await stage.click(stage.owner, draft, "Create")
    await stage.until_text(draft, "The panel has created **Lobby**")

    lobby = stage.world.servers[-1]
    assert (lobby.name, lobby.memory_mb, lobby.port) == ("Lobby", 2048, 25600)
    entry = stage.panel.register.entry(lobby)
    assert (entry.egg.name, entry.startup) == ("Paper", "java -jar {{SERVER_JARFILE}}")
    assert entry.environment["SERVER_JARFILE"] == "server.jar"
    assert lobby.identifier in draft.text
    assert not draft.buttons
    card = await stage.answer(stage.owner, "server status", server="Lobby")
    assert "installing" in card.text


async def test_a_server_is_renamed_and_what_was_not_touched_stays(stage: Stage) -> None:
    stage.survival.description = "Main world"
    draft = await stage.answer(stage.moderator, "manage update", server="Survival")
    assert "Main world" in draft.text

    form = await stage.click(stage.moderator, draft, draft.buttons[0].custom_id or "")
    await stage.send_form(stage.moderator, form, given(form, {"Name": "SMP"}))
    await stage.until_text(draft, "▪️ Name: `SMP`", "▫️ Description: `Main world`")
    await stage.click(stage.moderator, draft, "Save")
    await stage.until_text(draft, "The panel has changed **SMP**")

    assert (stage.survival.name, stage.survival.description) == ("SMP", "Main world")
    assert stage.panel.accounts.owner(stage.survival).username == "owner"
    assert stage.channel_texts == []


async def test_a_change_that_is_made_by_half_says_what_is_changed(stage: Stage) -> None:
    refusal = {"code": "ValidationException", "status": "422", "detail": "No such image."}
    body = json.dumps({"errors": [{**refusal, "meta": {"source_field": "image"}}]})
    path = f"/api/application/servers/{stage.survival.id}/startup"
    stage.panel.faults.add("html", path=path, status=422, body=body)
    draft = await stage.answer(stage.owner, "manage update", server="Survival")
    await fill(stage, draft, {"Name": "SMP", "Start command": "java"})

    saved = await stage.click(stage.owner, draft, "Save")
    await stage.until(lambda: bool(saved.followups))
    (told,) = saved.followups
    assert told.ephemeral
    assert told.text.startswith("A part of this is done")
    assert "Changed: `name`\n" in told.text
    assert "as far as I know: `startup`\n" in told.text
    assert "No such image." in told.text
    assert stage.survival.name == "SMP"


async def test_two_admins_who_change_a_server_at_once_lose_nothing(stage: Stage) -> None:
    wishes = {stage.owner: {"Name": "SMP"}, stage.moderator: {"Description": "Ours"}}
    drafts = {
        member: await stage.answer(member, "manage update", server="Survival") for member in wishes
    }
    for member, draft in drafts.items():
        await fill(stage, draft, wishes[member], member=member)
    for member, draft in drafts.items():
        await stage.click(member, draft, "Save")
        await stage.until_text(draft, "The panel has changed **SMP**")

    assert (stage.survival.name, stage.survival.description) == ("SMP", "Ours")


async def test_a_server_gets_another_egg_and_what_that_needs(stage: Stage) -> None:
    draft = await stage.answer(stage.owner, "manage update", server="Survival")
    assert "Server Version: `latest`" in draft.text
    await fill(stage, draft, {"Egg": "Paper"})
    await stage.until_text(draft, "▪️ Egg: `Paper`", "▪️ Build Number: `latest`")
    assert "Server Version" not in draft.text
    await stage.click(stage.owner, draft, "Save")
    await stage.until_text(draft, "The panel has changed **Survival**")

    entry = stage.panel.register.entry(stage.survival)
    assert (entry.egg.name, entry.environment["BUILD_NUMBER"]) == ("Paper", "latest")


async def test_limits_and_addresses_are_changed(stage: Stage) -> None:
    disk = stage.survival.disk_mb
    draft = await stage.answer(stage.owner, "manage build", server="Survival")
    await fill(
        stage,
        draft,
        {"Memory in MB, 0 unlimited": "8192", "Addresses to add": "127.0.0.1:25600"},
    )
    await stage.click(stage.owner, draft, "Save")
    await stage.until_text(draft, "The panel has changed **Survival**")

    assert (stage.survival.memory_mb, stage.survival.disk_mb) == (8192, disk)
    assert stage.survival.more_ports == (25600,)


async def test_among_more_addresses_than_a_menu_holds_one_is_typed(stage: Stage) -> None:
    for port in range(26000, 26030):
        stage.panel.add_allocation(stage.node, port)
    draft = await stage.answer(stage.owner, "manage build", server="Survival")
    await fill(stage, draft, {"Addresses to add": "127.0.0.1:26007, 127.0.0.1:26029"})
    await stage.until_text(draft, "Addresses to add: `127.0.0.1:26007, 127.0.0.1:26029`")
    await stage.click(stage.owner, draft, "Save")
    await stage.until_text(draft, "The panel has changed **Survival**")

    assert stage.survival.more_ports == (26007, 26029)


async def test_a_server_is_suspended_twice_and_brought_back(stage: Stage) -> None:
    for _ in range(2):
        answer = await stage.answer(stage.owner, "manage suspend", server="Survival")
        assert answer.ephemeral
        assert "**Survival** is suspended" in answer.text
        assert stage.survival.suspended
    card = await stage.answer(stage.owner, "server status", server="Survival")
    assert "suspended" in card.text
    answer = await stage.answer(stage.owner, "manage unsuspend", server="Survival")
    assert "may be used again" in answer.text
    assert not stage.survival.suspended


async def test_a_server_is_deleted_by_its_name_only(stage: Stage) -> None:
    asked = await stage.slash(stage.owner, "manage delete", server="Creative")
    assert "Nothing was deleted" in await type_name(stage, asked, "Survival")
    assert stage.creative in stage.world.servers

    asked = await stage.slash(stage.owner, "manage delete", server="Creative")
    assert await type_name(stage, asked, "Creative") == "The panel has deleted **Creative**."
    assert stage.creative not in stage.world.servers
    assert "Creative" not in str(await stage.suggest(stage.owner, "", "manage delete"))


async def test_only_force_deletes_where_the_machine_does_not_answer(stage: Stage) -> None:
    stage.node.up = False
    asked = await stage.slash(stage.owner, "manage delete", server="Creative")
    said = await type_name(stage, asked, "Creative")
    assert "did not answer its panel. Nothing was changed" in said
    assert stage.creative in stage.world.servers

    asked = await stage.slash(stage.owner, "manage delete", server="Creative", force=True)
    assert await type_name(stage, asked, "Creative") == "The panel has deleted **Creative**."
    assert stage.creative not in stage.world.servers


async def test_a_form_is_gone_after_a_restart_and_buttons_say_so(quiet_stage: Stage) -> None:
    stage = quiet_stage
    admin = stage.panel.add_user("admin", admin=True)
    stage.application_key = stage.panel.add_key(admin, application=True)
    bot = await stage.start_bot()
    draft = await stage.answer(stage.owner, "manage update", server="Survival")
    first = draft.buttons[0].custom_id or ""
    form = await stage.click(stage.owner, draft, first)
    deletion = await stage.slash(stage.owner, "manage delete", server="Creative")
    await stage.stop_bot(bot)
    await stage.start_bot()

    assert "no longer open" in (await stage.press(stage.owner, draft, first)).text
    sent = await stage.send_form(stage.owner, form, {})
    assert "no longer open" in (await stage.told(sent)).text
    assert await type_name(stage, deletion, "Creative") == "The panel has deleted **Creative**."


async def test_a_draft_is_shown_anew_after_the_first_answer_can_no_longer_be_edited(
    stage: Stage,
) -> None:
    draft = await stage.answer(stage.owner, "manage update", server="Survival")
    stage.time.advance(16 * 60)
    form = await stage.click(stage.owner, draft, draft.buttons[0].custom_id or "")
    await stage.send_form(stage.owner, form, given(form, {"Name": "SMP"}))
    await stage.until_text(draft, "▪️ Name: `SMP`")


async def test_who_lost_the_rights_since_the_form_was_opened_changes_nothing(
    stage: Stage,
) -> None:
    draft = await stage.answer(stage.moderator, "manage update", server="Survival")
    form = await stage.click(stage.moderator, draft, draft.buttons[0].custom_id or "")
    await stage.send_form(stage.moderator, form, given(form, {"Name": "SMP"}))
    await stage.until_text(draft, "`SMP`")
    stage.moderator.roles[:] = [stage.helpers]

    answer = await stage.press(stage.moderator, draft, "Save")

    assert answer.ephemeral
    assert "You may not change **Survival**" in answer.text
    assert stage.survival.name == "Survival"


async def test_members_without_manage_server_are_not_offered_any_of_it(stage: Stage) -> None:
    for member in (stage.helper, stage.guest):
        with pytest.raises(RefusedError, match="not offered"):
            await stage.slash(member, "manage suspend", server="Survival")


async def test_without_an_application_key_nothing_is_offered(quiet_stage: Stage) -> None:
    stage = quiet_stage
    await stage.start_bot()

    assert await stage.suggest(stage.owner, "", "manage update") == []
    answer = await stage.answer(stage.owner, "manage suspend", server="Survival")
    assert "cannot suspend servers" in answer.text
    created = await stage.answer(stage.owner, "manage create", panel="Main panel")
    assert "This panel cannot create servers" in created.text


async def test_a_member_reads_it_all_in_chinese(stage: Stage) -> None:
    stage.owner.user.locale = "zh-CN"
    draft = await stage.answer(stage.owner, "manage create", panel="main")
    assert "仍需填写" in draft.text
    form = await stage.click(stage.owner, draft, draft.buttons[0].custom_id or "")
    modal: Any = form.modal
    assert [part["label"] for part in modal["components"]][:2] == ["名称", "所有者"]

"""Servers are created and changed from Discord: command, forms, the panel's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
import pytest

from bot.domain.access import Action
from bot.domain.administration import Field
from bot.domain.errors import (
    OutcomeUnknown,
    PanelError,
    PanelForbidden,
    PanelInvalid,
    PanelUnreachable,
)
from bot.domain.servers import Capability
from tests.services.house import ADMIN, OPERATOR, House, allow
from tests.ui.member import Member, button_ids, text_of

if TYPE_CHECKING:
    from bot.ui.client import Client
    from tests.ui.desk import Desk

_GONE = "This form is no longer open"


@pytest.fixture
def admin(client: Client, desk: Desk) -> Member:
    return Member(client, desk)


@pytest.fixture
def draft_id(house: House) -> str:
    """A draft of a new server that lacks nothing."""
    draft = house.drafts.begin(
        ADMIN,
        Capability.CREATE,
        panel=("main", "Main panel"),
        fields=tuple(house.panel.asks[Capability.CREATE]),
    )
    draft.fill({"name": "Lobby", "egg": "Paper"})
    return draft.id


async def test_a_server_is_created_step_by_step(admin: Member, desk: Desk, house: House) -> None:
    asked = await admin.uses("create", {"panel": "Main panel"})
    assert desk.said[0].is_private
    assert "New server on Main panel" in text_of(asked)
    first, second = button_ids(asked)

    form = await admin.presses(first)
    assert form.body["type"] == discord.InteractionResponseType.modal.value
    assert [label["label"] for label in form.message["components"]] == [
        "Name",
        "Egg",
        "Note",
        "Memory in MB",
        "Remote password",
    ]
    eggs = form.message["components"][1]["component"]["options"]
    given = {"0": "Lobby", "1": [eggs[1]["value"]], "2": "", "3": "2048", "4": "hunter2"}
    shown = await admin.sends(form.message["custom_id"], given, answers=2)
    assert (
        desk.said[-2].body["type"] == discord.InteractionResponseType.deferred_message_update.value
    )
    assert button_ids(shown)[:2] == [first, second]
    give = button_ids(shown)[-1]

    done = await admin.presses(give, answers=2)
    assert "The panel has created **Lobby** (`new1`)." in text_of(done)
    values = {
        "name": "Lobby",
        "egg": 5,
        "limits": {"memory": 2048},
        "environment": {"RCON_PASSWORD": "hunter2"},
    }
    assert house.panel.given == [("create", None, values)]
    assert not any("hunter2" in str(said.body) for said in desk.said)


@pytest.mark.parametrize(("verb", "title"), [("update", "Change"), ("build", "Limits of")])
async def test_a_server_is_changed_step_by_step(
    admin: Member, house: House, verb: str, title: str
) -> None:
    asked = await admin.uses(verb, {"server": "main:1a2b3c4d"})
    assert f"### {title} Survival" in text_of(asked)
    (fill_in,) = button_ids(asked)
    form = await admin.presses(fill_in)
    shown = await admin.sends(
        form.message["custom_id"], {"0": "SMP", "1": "The old one"}, answers=2
    )

    done = await admin.presses(button_ids(shown)[-1], answers=2)

    assert "The panel has changed **SMP** (`1a2b3c4d`)." in text_of(done)
    assert house.panel.given == [(verb, "1a2b3c4d", {"name": "SMP"})]


async def test_what_the_panel_refuses_is_shown_at_its_field_and_the_draft_is_kept(
    admin: Member, house: House, draft_id: str
) -> None:
    house.panel.errors["create"] = PanelInvalid("main", {"name": ("Taken @everyone.",)})

    shown = await admin.presses(f"d1g:{draft_id}", answers=2)

    assert "⚠️ Name: `Lobby` · Taken @\u200beveryone." in text_of(shown)
    assert f"d1g:{draft_id}" in button_ids(shown)
    form = await admin.presses(f"d1f:{draft_id}:0")
    label = form.message["components"][0]
    assert (label["label"], label["component"]["value"]) == ("Name", "Lobby")


async def test_the_page_of_the_first_problem_is_shown(admin: Member, house: House) -> None:
    fields = [Field(name=f"f{n}", label=f"Field {n}", value="x") for n in range(60)]
    house.panel.asks[Capability.CREATE] = [*fields, Field(name="name", label="Name", value="y")]
    house.panel.errors["create"] = PanelInvalid("main", {"f45": ("No.",)})
    asked = await admin.uses("create", {"panel": "main"})

    shown = await admin.presses(button_ids(asked)[-1], answers=2)

    assert "⚠️ Field 45: `x` · No." in text_of(shown)
    assert "Field 19" not in text_of(shown)


async def test_pages_are_turned_where_they_are(admin: Member, house: House) -> None:
    fields = [Field(name=f"f{n}", label=f"Field {n}") for n in range(25)]
    house.panel.asks[Capability.CREATE] = fields
    asked = await admin.uses("create", {"panel": "main"})
    (turn,) = [each for each in button_ids(asked) if each.startswith("d1n")]

    turned = await admin.presses(turn)

    assert turned.body["type"] == discord.InteractionResponseType.message_update.value
    assert "Field 20" in text_of(turned)
    form = await admin.presses(button_ids(turned)[0])
    shown = await admin.sends(form.message["custom_id"], {"20": "twenty", "21": ""}, answers=2)
    assert "▪️ Field 20: `twenty`" in text_of(shown)


async def test_what_cannot_be_read_is_told_at_its_field_and_cannot_be_given(
    admin: Member, house: House, draft_id: str
) -> None:
    shown = await admin.sends(f"d1m:{draft_id}:0", {"3": "much"}, answers=2)
    assert "⚠️ Memory in MB: `much` · must be a whole number" in text_of(shown)
    assert f"d1g:{draft_id}" not in button_ids(shown)

    again = await admin.presses(f"d1g:{draft_id}", answers=2)

    assert "must be a whole number" in text_of(again)
    assert house.panel.given == []


@pytest.mark.parametrize("step", ["d1f:{}:0", "d1n:{}:1", "d1g:{}"])
async def test_the_draft_of_somebody_else_is_gone_for_others(
    client: Client, desk: Desk, house: House, draft_id: str, step: str
) -> None:
    other = Member(client, desk, user_id=OPERATOR.user_id)

    said = await other.presses(step.format(draft_id))

    assert said.is_private
    assert said.text.startswith(_GONE)
    said = await other.sends(f"d1m:{draft_id}:0", {"0": "Mine"})
    assert said.text.startswith(_GONE)
    assert house.panel.given == []


@pytest.mark.parametrize("step", ["d1f:{}:0", "d1n:{}:1", "d1g:{}"])
async def test_what_was_left_alone_for_a_quarter_of_an_hour_is_gone(
    admin: Member, house: House, draft_id: str, step: str
) -> None:
    house.clock.advance(900)

    said = await admin.presses(step.format(draft_id))

    assert said.is_private
    assert said.text.startswith(_GONE)


async def test_after_a_restart_forms_and_buttons_say_that_they_are_gone(admin: Member) -> None:
    """The draft was in the memory of the process before."""
    for said in (
        await admin.presses("d1g:00ff00ff00ff00ff"),
        await admin.sends("d1m:00ff00ff00ff00ff:0", {"0": "Lobby"}),
    ):
        assert said.is_private
        assert said.text.startswith(_GONE)


async def test_what_was_given_cannot_be_given_again(
    admin: Member, house: House, draft_id: str
) -> None:
    await admin.presses(f"d1g:{draft_id}", answers=2)

    said = await admin.presses(f"d1g:{draft_id}")

    assert said.text.startswith(_GONE)
    assert house.panel.calls["create"] == 1


async def test_rights_lost_since_the_form_was_opened_are_missing(
    client: Client, desk: Desk, house: House
) -> None:
    await house.access.add(allow(OPERATOR.user_id, Action.VIEW))
    roles = tuple(OPERATOR.role_ids)
    before = Member(client, desk, user_id=OPERATOR.user_id, permissions=0, roles=roles)
    after = Member(client, desk, user_id=OPERATOR.user_id, permissions=0)
    asked = await before.uses("update", {"server": "main:1a2b3c4d"})
    form = await before.presses(button_ids(asked)[0])
    shown = await before.sends(form.message["custom_id"], {"0": "SMP"}, answers=2)

    said = await after.presses(button_ids(shown)[-1], answers=2)

    assert said.is_private
    assert "You may not change **Survival**." in said.text
    assert house.panel.given == []


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (PanelUnreachable("main", "gone"), "The panel did not answer."),
        (PanelForbidden("main", "no"), "The panel does not let my key do that."),
        (OutcomeUnknown("main", "create"), "The panel did not confirm."),
    ],
)
async def test_other_failures_are_told_beside_the_draft(
    admin: Member, house: House, draft_id: str, error: PanelError, text: str
) -> None:
    house.panel.errors["create"] = error

    said = await admin.presses(f"d1g:{draft_id}", answers=2)

    assert said.method == "POST"
    assert said.is_private
    assert said.text.startswith(text)


@pytest.mark.parametrize(
    ("verb", "given"),
    [("create", {"panel": "main"}), ("update", {"server": "survival"})],
)
async def test_a_panel_that_cannot_list_its_choices_is_told(
    admin: Member, house: House, verb: str, given: dict[str, str]
) -> None:
    house.panel.errors["fields"] = PanelUnreachable("main", "gone")

    said = await admin.uses(verb, given)

    assert said.text.startswith("The panel did not answer. Nothing was changed.")


async def test_what_cannot_be_seen_is_not_found(client: Client, desk: Desk) -> None:
    stranger = Member(client, desk, user_id=13, permissions=0)

    assert (
        "no panel called `Main panel`"
        in (await stranger.uses("create", {"panel": "Main panel"})).text
    )
    assert (
        "no server called `Survival`" in (await stranger.uses("build", {"server": "Survival"})).text
    )


async def test_a_draft_reads_in_the_language_of_its_member(client: Client, desk: Desk) -> None:
    member = Member(client, desk, locale="zh-CN")

    asked = await member.uses("create", {"panel": "main"})
    form = await member.presses(button_ids(asked)[0])

    assert "仍需填写" in text_of(asked)
    assert form.message["components"][0]["label"] == "名称"

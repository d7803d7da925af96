"""A server is deleted by those who type its name, and by nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest

from bot.domain.errors import PanelUnreachable
from bot.domain.servers import Capability
from bot.ui.deletion import deletion_form
from tests.fakes import make_server
from tests.services.house import ADMIN, STRANGER, VIEWER
from tests.ui.member import Member
from tests.ui.render.judge import INVISIBLE, PIECES, threats
from tests.ui.render.languages import CHINESE, ENGLISH, EVERY
from tests.ui.render.limits import check_form

if TYPE_CHECKING:
    from bot.ui.client import Client
    from bot.ui.i18n import Words
    from tests.services.house import House
    from tests.ui.desk import Desk

_KEY = "main:1a2b3c4d"


@pytest.fixture
def admin(client: Client, desk: Desk) -> Member:
    return Member(client, desk)


def _warning(t: Words, *, force: bool) -> str:
    form: Any = deletion_form(make_server(), t, force=force).to_dict()
    return str(form["components"][0]["content"])


async def test_the_form_names_the_server_and_asks_for_its_name(admin: Member) -> None:
    form = await admin.uses("delete", {"server": "survival"}, answers=1)

    assert form.body["type"] == discord.InteractionResponseType.modal.value
    warning, asked = form.message["components"]
    assert warning["content"].startswith("**Survival** (`1a2b3c4d`) and all that is on it")
    assert asked["label"] == "Type the server's name"


async def test_who_types_the_name_deletes_it(admin: Member, desk: Desk, house: House) -> None:
    form = await admin.uses("delete", {"server": "survival"}, answers=1)

    said = await admin.sends(form.message["custom_id"], {"name": "Survival"}, answers=2)

    assert desk.said[1].is_private
    assert said.text == "The panel has deleted **Survival**."
    assert house.panel.given == [("delete", "1a2b3c4d", {})]


async def test_a_wrong_name_deletes_nothing_and_says_what_to_type(
    admin: Member, house: House
) -> None:
    said = await admin.sends(f"d1x:0:{_KEY}", {"name": "Survivor"}, answers=2)

    assert "Nothing was deleted." in said.text
    assert "type `Survival`, or its id `1a2b3c4d`" in said.text
    assert house.panel.given == []


async def test_what_was_deleted_is_not_there_a_second_time(admin: Member, house: House) -> None:
    await admin.sends(f"d1x:0:{_KEY}", {"name": "Survival"}, answers=2)

    said = await admin.sends(f"d1x:0:{_KEY}", {"name": "Survival"}, answers=2)

    assert "There is no such server for you." in said.text
    assert house.panel.calls["delete"] == 1


async def test_force_goes_with_the_form_to_the_panel(admin: Member, house: House) -> None:
    form = await admin.uses("delete", {"server": "survival", "force": True}, answers=1)
    assert "By force" in str(form.message["components"])

    await admin.sends(form.message["custom_id"], {"name": "Survival"}, answers=2)

    assert house.panel.given == [("force_delete", "1a2b3c4d", {})]


async def test_force_without_the_capability_is_refused_before_anything_is_asked(
    admin: Member, house: House
) -> None:
    house.panel.capabilities -= {Capability.FORCE_DELETE}

    said = await admin.uses("delete", {"server": "survival", "force": True}, answers=1)

    assert said.is_private
    assert said.text.startswith("The panel of this server cannot forcibly delete servers.")
    sent = await admin.sends(f"d1x:1:{_KEY}", {"name": "Survival"}, answers=2)
    assert "Nothing was changed" in sent.text
    assert house.panel.given == []


@pytest.mark.parametrize(
    ("user_id", "text"),
    [
        (VIEWER.user_id, "You may not delete **Survival**."),
        (STRANGER.user_id, "I know no server called `Survival`."),
    ],
)
async def test_a_form_is_not_opened_for_who_may_not_delete(
    client: Client, desk: Desk, house: House, user_id: int, text: str
) -> None:
    member = Member(client, desk, user_id=user_id, permissions=0)

    said = await member.uses("delete", {"server": "Survival"}, answers=1)

    assert said.is_private
    assert said.text.startswith(text)
    await member.sends(f"d1x:0:{_KEY}", {"name": "Survival"}, answers=2)
    assert house.panel.given == []


async def test_a_failure_of_the_panel_is_told(admin: Member, house: House) -> None:
    house.panel.errors["delete"] = PanelUnreachable("main", "gone", node=True)

    said = await admin.sends(f"d1x:0:{_KEY}", {"name": "Survival"}, answers=2)

    assert said.text.startswith("The machine that runs this server did not answer its panel.")
    assert (await house.directory.resolve(ADMIN, "survival")).name == "Survival"


@pytest.mark.parametrize("name", [*PIECES, *INVISIBLE, "x" * 300])
async def test_a_server_of_any_name_can_be_deleted_by_its_id(
    admin: Member, house: House, name: str
) -> None:
    server = make_server(name, "0badf00d")
    house.add(server)
    for t in EVERY.values():
        form = deletion_form(server, t, force=True)
        check_form(form)
        warning: Any = form.to_dict()["components"][0]
        assert threats(warning["content"]) == []

    await admin.sends("d1x:0:main:0badf00d", {"name": "0badf00d"}, answers=2)

    assert house.panel.given == [("delete", "0badf00d", {})]


def test_the_longest_form_fits_into_a_custom_id() -> None:
    check_form(deletion_form(make_server(server_id="s" * 300), ENGLISH, force=True))


@pytest.mark.parametrize("force", [True, False])
def test_the_warning_is_told_in_both_languages(*, force: bool) -> None:
    assert _warning(ENGLISH, force=force) != _warning(CHINESE, force=force)
    assert "gone" not in _warning(CHINESE, force=force)

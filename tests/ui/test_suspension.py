"""A server is taken out of use and brought back by command, as often as it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import PanelConflict
from bot.domain.servers import Capability, ServerState
from tests.services.house import STRANGER, VIEWER
from tests.ui.member import Member

if TYPE_CHECKING:
    from bot.ui.client import Client
    from tests.services.house import House
    from tests.ui.desk import Desk

_DONE = {
    "suspend": "**Survival** is suspended: nobody can start it.",
    "unsuspend": "**Survival** may be used again.",
}


@pytest.fixture
def admin(client: Client, desk: Desk) -> Member:
    return Member(client, desk)


@pytest.mark.parametrize("verb", _DONE)
async def test_it_is_done_and_told_in_private(
    admin: Member, desk: Desk, house: House, verb: str
) -> None:
    said = await admin.uses(verb, {"server": "survival"})

    assert desk.said[0].is_private
    assert said.text == _DONE[verb]
    assert house.panel.given == [(verb, "1a2b3c4d", {})]


@pytest.mark.parametrize("verb", _DONE)
async def test_to_ask_a_second_time_does_no_harm(admin: Member, house: House, verb: str) -> None:
    first = await admin.uses(verb, {"server": "survival"})
    second = await admin.uses(verb, {"server": "survival"})

    assert first.text == second.text
    assert house.panel.calls[verb] == 2


@pytest.mark.parametrize("verb", _DONE)
@pytest.mark.parametrize(
    ("user_id", "text"),
    [
        (VIEWER.user_id, "You may not suspend **Survival**."),
        (STRANGER.user_id, "I know no server called `Survival`."),
    ],
)
async def test_who_may_not_is_told_so(
    client: Client, desk: Desk, house: House, verb: str, user_id: int, text: str
) -> None:
    member = Member(client, desk, user_id=user_id, permissions=0)

    said = await member.uses(verb, {"server": "Survival"})

    assert said.text.startswith(text)
    assert house.panel.given == []


async def test_a_panel_that_lacks_it_is_not_asked(admin: Member, house: House) -> None:
    house.panel.capabilities -= {Capability.SUSPEND}

    said = await admin.uses("suspend", {"server": "survival"})

    assert said.text.startswith("The panel of this server cannot suspend servers.")
    assert house.panel.given == []


async def test_a_state_that_forbids_it_is_named(admin: Member, house: House) -> None:
    house.panel.errors["suspend"] = PanelConflict("main", ServerState.TRANSFERRING)

    said = await admin.uses("suspend", {"server": "survival"})

    assert "while the server is" in said.text


async def test_the_answer_is_in_the_readers_language(client: Client, desk: Desk) -> None:
    member = Member(client, desk, locale="zh-CN")

    assert (await member.uses("suspend", {"server": "survival"})).text.startswith(
        "**Survival** 已暂停"
    )

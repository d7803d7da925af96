"""Who asks is read from the interaction itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
import pytest

from bot.domain.access import Actor
from bot.ui.actor import actor_from, named_actor, role_actor
from tests.services.house import GUILD
from tests.ui.doors import commands, filled_in
from tests.ui.gateway import asked, join
from tests.ui.payloads import guild, in_private, slash

if TYPE_CHECKING:
    from bot.ui.client import Client

_MANAGE_SERVER, _ADMINISTRATOR, _KICK = 1 << 5, 1 << 3, 1 << 1


async def test_the_actor_is_the_member_with_the_roles_of_the_interaction(client: Client) -> None:
    join(client, guild(20, 21, 22))

    actor = actor_from(asked(client, slash(user_id=11, roles=(20, 22))))

    assert (actor.user_id, actor.guild_id, actor.is_admin) == (11, GUILD, False)
    assert actor.role_ids - {GUILD} == {20, 22}


@pytest.mark.parametrize(
    ("permissions", "is_admin"),
    [
        (0, False),
        (_KICK, False),
        (_MANAGE_SERVER, True),
        (_ADMINISTRATOR, True),
        (_MANAGE_SERVER | _KICK, True),
    ],
)
async def test_an_admin_is_who_may_manage_the_server(
    client: Client, permissions: int, is_admin: bool
) -> None:
    assert actor_from(asked(client, slash(permissions=permissions))).is_admin is is_admin


async def test_roles_count_before_the_guild_is_known(client: Client) -> None:
    actor = actor_from(asked(client, slash(roles=(20, 22))))

    assert actor.role_ids >= {20, 22}


async def test_everybody_has_the_role_of_everybody(client: Client) -> None:
    assert actor_from(asked(client, slash())).role_ids == {GUILD}
    assert role_actor(20, GUILD).role_ids == {20, GUILD}


async def test_who_is_named_has_the_roles_that_came_with_the_name(client: Client) -> None:
    command = commands()["access explain"]
    payload = filled_in(command, {"permissions": _MANAGE_SERVER})
    resolved = payload["data"]["resolved"]
    resolved["members"]["77"] |= {"roles": ["20"], "permissions": str(_MANAGE_SERVER)}
    person = asked(client, payload).namespace.__dict__["member"]

    actor = named_actor(person, GUILD)
    assert actor == Actor(77, GUILD, frozenset({20, GUILD}), is_admin=True)

    del resolved["members"]
    left = asked(client, payload).namespace.__dict__["member"]
    actor = named_actor(left, GUILD)
    assert actor == Actor(77, GUILD, frozenset({GUILD}))


async def test_nobody_acts_from_a_private_message(client: Client) -> None:
    with pytest.raises(discord.app_commands.NoPrivateMessage):
        actor_from(asked(client, in_private(slash())))

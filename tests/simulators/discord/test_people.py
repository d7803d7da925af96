"""What people can do, and what Discord's client does not let them do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.simulators.discord import RefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Channel, Guild, Member
    from tests.simulators.discord.bots import Clock, RawBot

MESSAGE, DEFERRED, CHOICES, MODAL = 4, 5, 8, 9
MANAGE_GUILD, ADMINISTRATOR = 1 << 5, 1 << 3


def option(name: str, kind: int, **more: object) -> dict[str, Any]:
    return {"name": name, "description": "x", "type": kind} | more


COMMANDS: list[dict[str, Any]] = [
    {
        "name": "server",
        "description": "x",
        "contexts": [0],
        "options": [
            option(
                "restart",
                1,
                options=[
                    option("server", 3, required=True, autocomplete=True, max_length=20),
                    option("times", 4, min_value=1, max_value=3),
                    option("how", 3, choices=[{"name": "Gently", "value": "gently"}]),
                    option("force", 5),
                    option("factor", 10),
                ],
            )
        ],
    },
    {
        "name": "allow",
        "description": "x",
        "default_member_permissions": MANAGE_GUILD,
        "options": [option("who", 9), option("where", 7), option("role", 8), option("user", 6)],
    },
    {"name": "root", "description": "x", "default_member_permissions": 0},
    {"name": "direct", "description": "x", "contexts": [1]},
    {"name": "Show", "type": 2},
]


@pytest.fixture
async def online(bot: RawBot, standin: DiscordStandIn, channel: Channel) -> RawBot:
    await bot.call("PUT", f"/applications/{standin.application.id}/commands", COMMANDS)
    await bot.connect()
    return bot


async def test_options_arrive_nested_and_typed(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    given = {"server": "a", "times": 2, "how": "gently", "force": False, "factor": 0.5}
    async with online.acting(standin.slash(mia, channel, "server restart", given)) as (asked, _):
        await online.callback(asked, DEFERRED)
    [sub] = asked["data"]["options"]
    assert (sub["name"], sub["type"]) == ("restart", 1)
    assert {item["name"]: item["value"] for item in sub["options"]} == given
    assert asked["locale"] == "de"
    assert asked["guild_locale"] == "en-US"
    assert asked["member"]["permissions"] == str(mia.permissions)


async def test_people_roles_and_channels_are_resolved(
    online: RawBot, standin: DiscordStandIn, guild: Guild, channel: Channel, mia: Member
) -> None:
    role = guild.add_role("Helpers")
    given = {"who": mia, "where": channel, "role": role, "user": mia}
    async with online.acting(standin.slash(guild.owner, channel, "allow", given)) as (asked, _):
        await online.callback(asked, DEFERRED)
    resolved = asked["data"]["resolved"]
    assert resolved["users"][str(mia.id)]["global_name"] == "Mia"
    assert resolved["members"].keys() == {str(mia.id)}
    assert resolved["roles"][str(role.id)]["name"] == "Helpers"
    assert resolved["channels"][str(channel.id)]["name"] == "general"


@pytest.mark.parametrize(
    ("command", "given", "complaint"),
    [
        ("nothing", {}, "no command"),
        ("Show", {}, "no command"),
        ("server", {}, "not complete"),
        ("server stop", {}, "does not exist"),
        ("server restart", {}, "required"),
        ("server restart", {"server": "a", "x": 1}, "No such options"),
        ("server restart", {"server": 5}, "wants one of"),
        ("server restart", {"server": ""}, "empty"),
        ("server restart", {"server": "x" * 21}, "bounds"),
        ("server restart", {"server": "a", "times": 4}, "bounds"),
        ("server restart", {"server": "a", "times": True}, "wants one of"),
        ("server restart", {"server": "a", "how": "Gently"}, "does not offer"),
        ("allow", {"role": "Helpers"}, "wants one of"),
        ("direct", {}, "not offered in guilds"),
    ],
)
@pytest.mark.usefixtures("online")
async def test_the_client_sends_only_what_a_command_takes(
    standin: DiscordStandIn, channel: Channel, command: str, given: dict[str, Any], complaint: str
) -> None:
    assert channel.guild is not None
    with pytest.raises(RefusedError, match=complaint):
        await standin.slash(channel.guild.owner, channel, command, given)


async def test_commands_are_offered_to_those_with_the_permission(
    online: RawBot, standin: DiscordStandIn, guild: Guild, channel: Channel, mia: Member
) -> None:
    for command in ("allow", "root"):
        with pytest.raises(RefusedError, match="not offered to Mia"):
            await standin.slash(mia, channel, command)
    mia.roles.append(guild.add_role("Managers", permissions=MANAGE_GUILD))
    used = await online.answer(standin.slash(mia, channel, "allow"), MESSAGE, {"content": "x"})
    assert used.acknowledged
    with pytest.raises(RefusedError, match="not offered to Mia"):
        await standin.slash(mia, channel, "root")
    mia.roles.append(guild.add_role("Admins", permissions=ADMINISTRATOR))
    used = await online.answer(standin.slash(mia, channel, "root"), MESSAGE, {"content": "x"})
    assert used.acknowledged


async def test_members_of_other_guilds_are_not_offered_anything(
    online: RawBot, standin: DiscordStandIn, channel: Channel
) -> None:
    stranger = standin.add_guild("Elsewhere").add_member("Zoe")
    with pytest.raises(RefusedError, match="Only members"):
        await standin.slash(stranger, channel, "server restart", {"server": "a"})


async def test_guild_commands_are_not_offered_in_direct_messages(
    online: RawBot, standin: DiscordStandIn, mia: Member
) -> None:
    direct = standin.direct_channel(mia)
    assert standin.direct_channel(mia) is direct
    with pytest.raises(RefusedError, match="not offered in direct messages"):
        await standin.slash(mia, direct, "server restart", {"server": "a"})
    async with online.acting(standin.slash(mia.user, direct, "direct")) as (asked, doing):
        await online.callback(asked, MESSAGE, {"content": f"hello {mia.mention}"})
    assert (asked["context"], asked["user"]["id"]) == (1, str(mia.id))
    [message] = direct.messages
    assert message.pings == [mia.mention]
    assert message.visible_to(mia)
    assert message.url == f"https://discord.com/channels/@me/{direct.id}/{message.id}"
    assert doing.result().message is message


async def test_a_command_of_the_guild_comes_first(
    online: RawBot, standin: DiscordStandIn, guild: Guild, channel: Channel, mia: Member
) -> None:
    path = f"/applications/{standin.application.id}/guilds/{guild.id}/commands"
    await online.call("PUT", path, [{"name": "allow", "description": "for all"}])
    async with online.acting(standin.slash(mia, channel, "allow")) as (asked, _):
        await online.callback(asked, DEFERRED)
    assert asked["data"]["guild_id"] == str(guild.id)


async def test_suggestions_carry_what_was_typed_and_chosen_before(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    typing = standin.autocomplete(mia, channel, "server restart", "server", "su", {"times": 2})
    choices = [{"name": "survival", "value": "main:1"}]
    async with online.acting(typing) as (asked, doing):
        await online.callback(asked, CHOICES, {"choices": choices})
    times, server = asked["data"]["options"][0]["options"]
    assert (times["value"], server["value"], server["focused"]) == ("2", "su", True)
    assert doing.result() == [("survival", "main:1")]


@pytest.mark.parametrize(
    ("choices", "path"),
    [
        ([{"name": str(n), "value": str(n)} for n in range(26)], "data.choices"),
        ([{"name": "x" * 101, "value": "x"}], "data.choices.0.name"),
        ([{"name": "x", "value": "x" * 101}], "data.choices.0.value"),
        ([{"name": "x", "value": 5}], "data.choices.0.value"),
    ],
)
async def test_wrong_suggestions_are_refused(
    online: RawBot,
    standin: DiscordStandIn,
    channel: Channel,
    mia: Member,
    choices: list[dict[str, Any]],
    path: str,
) -> None:
    typing = standin.autocomplete(mia, channel, "server restart", "server", "su")
    async with online.acting(typing) as (asked, _):
        answer = await online.callback(asked, CHOICES, {"choices": choices})
        await online.callback(asked, CHOICES, {"choices": []})
    assert path in answer.complaints


async def test_suggestions_that_do_not_come_fail(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member, clock: Clock
) -> None:
    typing = standin.autocomplete(mia, channel, "server restart", "server", "su")
    async with online.acting(_failure(typing)) as (_, doing):
        clock.ahead = 3
        standin.tick()
    assert isinstance(doing.result(), TimeoutError)


async def test_only_registered_options_have_suggestions(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    for name in ("how", "nothing"):
        with pytest.raises(RefusedError, match="no suggestions"):
            await standin.autocomplete(mia, channel, "server restart", name, "x")


async def test_until_says_what_is_to_be_seen_when_it_gives_up(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    slash = standin.slash(mia, channel, "server restart", {"server": "a"})
    await online.answer(slash, MESSAGE, {"content": "something else"})
    await online.call("GET", "/guilds/1")
    with pytest.raises(TimeoutError) as gave_up:
        await standin.until(lambda: channel.messages[7].text, timeout=0.01)
    for text in ("#general", "something else", "COMMAND by Mia", "Unknown Guild"):
        assert text in str(gave_up.value)


async def _failure(doing: Awaitable[object]) -> Exception:
    with pytest.raises(TimeoutError) as failed:
        await doing
    return failed.value

"""What may not be registered as a command, each answered in Discord's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Guild
    from tests.simulators.discord.bots import RawBot


def command(name: str = "ping", **more: object) -> dict[str, Any]:
    return {"name": name, "description": "Does it", "type": 1} | more


def option(name: str = "server", kind: int = 3, **more: object) -> dict[str, Any]:
    return {"name": name, "description": "Which", "type": kind} | more


def choice(name: str = "n", value: object = "v") -> dict[str, Any]:
    return {"name": name, "value": value}


def nested(depth: int) -> dict[str, Any]:
    inner = option("leaf", 1)
    for number in range(depth):
        inner = option(f"group{number}", 2, options=[inner])
    return inner


REFUSED: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "capitals": ([command("Ping")], "0.name", "Command name is invalid"),
    "a blank in the name": ([command("pi ng")], "0.name", "Command name is invalid"),
    "no name": ([command("")], "0.name", "between 1 and 32"),
    "a long name": ([command("x" * 33)], "0.name", "between 1 and 32"),
    "an empty description": ([command(description="")], "0.description", "between 1 and 100"),
    "an unknown kind": ([command(type=9)], "0.type", "Value must be one of (1, 2, 3)."),
    "a description on a user command": ([command("Show", type=2)], "0", "Context menu"),
    "a misspelt key": ([command(descriptoin="x")], "0.descriptoin", "Unknown property."),
    "the same name twice": ([command(), command()], "1.name", "must be unique"),
    "101 commands": ([command(f"c{n}") for n in range(101)], "", "commands reached (100)"),
    "an unknown language": (
        [command(name_localizations={"xx": "ping"})],
        "0.name_localizations.xx",
        "Value must be one of (ar, bg, ",
    ),
    "languages of another shape": (
        [command(name_localizations=["de"])],
        "0.name_localizations",
        "Only dictionaries",
    ),
    "rights of another shape": (
        [command(default_member_permissions="many")],
        "0.default_member_permissions",
        "Not int",
    ),
    "26 options": ([command(options=[option(f"o{n}") for n in range(26)])], "0.options", "25"),
    "two options of one name": (
        [command(options=[option(), option()])],
        "0.options.1.name",
        "Option name already exists",
    ),
    "required after optional": (
        [command(options=[option("a"), option("b", required=True)])],
        "0.options.1",
        "Required options must be placed before non-required options",
    ),
    "a subcommand beside an option": (
        [command(options=[option("a"), option("b", 1)])],
        "0.options",
        "mutually exclusive",
    ),
    "a group in a group": ([command(options=[nested(2)])], "0.options.0.options.0.type", "deep"),
    "a subcommand in a subcommand": (
        [command(options=[option("a", 1, options=[option("b", 1)])])],
        "0.options.0.options.0.type",
        "deep",
    ),
    "an unknown kind of option": (
        [command(options=[option(kind=12)])],
        "0.options.0.type",
        "Value must be one of (1, 2, ",
    ),
    "26 choices": (
        [command(options=[option(choices=[choice(str(n), str(n)) for n in range(26)])])],
        "0.options.0.choices",
        "25 or fewer",
    ),
    "a long choice": (
        [command(options=[option(choices=[choice(value="x" * 101)])])],
        "0.options.0.choices.0.value",
        "between 1 and 100",
    ),
    "a text as a number's choice": (
        [command(options=[option(kind=4, choices=[choice()])])],
        "0.options.0.choices.0.value",
        "not a number",
    ),
    "suggestions beside choices": (
        [command(options=[option(choices=[choice()], autocomplete=True)])],
        "0.options.0",
        "Autocomplete",
    ),
    "more than 8000 characters": (
        [
            command(
                options=[
                    option(f"o{n}", choices=[choice("x" * 90, f"{k}" * 90) for k in range(5)])
                    for n in range(10)
                ]
            )
        ],
        "0",
        "maximum size (8000)",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_wrong_command_is_refused(bot: RawBot, case: str) -> None:
    body, path, complaint = REFUSED[case]
    application = bot.standin.application.id
    answer = await bot.call("PUT", f"/applications/{application}/commands", body)
    assert (answer.status, answer.code) == (400, 50035)
    assert complaint in answer.complaints[path]
    assert bot.standin.commands == []


async def test_commands_are_stored_as_described_and_keep_their_id(bot: RawBot) -> None:
    path = f"/applications/{bot.standin.application.id}/commands"
    body = [
        command(
            "server",
            options=[nested(1)],
            contexts=[0],
            integration_types=[0],
            default_member_permissions=32,
            name_localizations={"de": "rechner"},
            nsfw=False,
        ),
        {"name": "Show", "type": 2},
    ]
    first = (await bot.call("PUT", path, body)).body
    assert first[0]["default_member_permissions"] == "32"
    again = (await bot.call("PUT", path, body)).body
    assert again == first
    body[0]["description"] = "Does something else"
    changed = (await bot.call("PUT", path, body)).body
    assert changed[0]["id"] == first[0]["id"]
    assert changed[0]["version"] != first[0]["version"]
    assert changed[1] == first[1]
    listed = (await bot.call("GET", path, params={"with_localizations": "true"})).body
    assert listed == changed
    short = (await bot.call("GET", path)).body
    assert "name_localizations" not in short[0]


async def test_commands_of_a_guild_have_no_contexts(bot: RawBot, guild: Guild) -> None:
    path = f"/applications/{bot.standin.application.id}/guilds/{guild.id}/commands"
    [stored] = (await bot.call("PUT", path, [command()])).body
    assert stored["guild_id"] == str(guild.id)
    assert not stored.keys() & {"contexts", "integration_types"}
    assert guild.commands == [stored]
    assert bot.standin.commands == []


async def test_other_applications_and_guilds_are_out_of_reach(bot: RawBot) -> None:
    application = bot.standin.application.id
    assert (await bot.call("GET", "/applications/1/commands")).code == 20012
    answer = await bot.call("PUT", f"/applications/{application}/guilds/1/commands", [])
    assert (answer.status, answer.code) == (403, 50001)

"""Owns the routes about the application, its commands and the guilds it is in. Sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.discord import payloads
from bot.simulators.discord.command_rules import check_commands
from bot.simulators.discord.errors import refusal
from bot.simulators.discord.exchange import Reply

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Guild
    from bot.simulators.discord.exchange import Call
    from bot.simulators.discord.state import State

_SESSIONS_A_DAY = 1000
_GUILDS_A_SHARD = 1000


def gateway_bot(state: State, _call: Call) -> Reply:
    """`GET /gateway/bot`."""
    return Reply(
        {
            "url": state.gateway_url,
            "shards": max(1, -(-len(state.guilds) // _GUILDS_A_SHARD)),
            "session_start_limit": {
                "total": _SESSIONS_A_DAY,
                "remaining": _SESSIONS_A_DAY - state.identifies,
                "reset_after": 86_400_000,
                "max_concurrency": 1,
            },
        }
    )


def current_user(state: State, _call: Call) -> Reply:
    """`GET /users/@me`."""
    return Reply(payloads.me(state.application.bot_user))


def current_application(state: State, _call: Call) -> Reply:
    """`GET /oauth2/applications/@me`."""
    return Reply(payloads.application(state.application, guild_count=len(state.guilds)))


def get_commands(state: State, call: Call) -> Reply:
    """`GET /applications/{id}/commands`, with or without a guild."""
    commands = _commands(state, call)
    if call.flag("with_localizations"):
        return Reply(list(commands))
    hidden = ("name_localizations", "description_localizations")
    return Reply([{k: v for k, v in item.items() if k not in hidden} for item in commands])


def put_commands(state: State, call: Call) -> Reply:
    """`PUT /applications/{id}/commands`: unchanged commands keep id and version."""
    commands = _commands(state, call)
    wanted = check_commands(call.body)
    known = {(item["type"], item["name"]): item for item in commands}
    guild = state.guilds.get(call.id("guild_id")) if "guild_id" in call.params else None
    commands[:] = [_stored(state, item, known, guild=guild) for item in wanted]
    return Reply(list(commands))


def get_guild(state: State, call: Call) -> Reply:
    """`GET /guilds/{id}`."""
    guild = _guild(state, call)
    body = payloads.guild(guild)
    if call.flag("with_counts"):
        body |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
    return Reply(body)


def get_member(state: State, call: Call) -> Reply:
    """`GET /guilds/{id}/members/{id}`."""
    member = _guild(state, call).members.get(call.id("user_id"))
    if member is None:
        raise refusal(10007)
    return Reply(payloads.member(member))


def _guild(state: State, call: Call) -> Guild:
    guild = state.guilds.get(call.id("guild_id"))
    if guild is None:
        raise refusal(10004)
    return guild


def _commands(state: State, call: Call) -> list[dict[str, Any]]:
    if call.id("application_id") != state.application.id:
        raise refusal(20012)
    if "guild_id" not in call.params:
        return state.commands
    guild = state.guilds.get(call.id("guild_id"))
    if guild is None:
        raise refusal(50001)
    return guild.commands


def _stored(
    state: State,
    command: dict[str, Any],
    known: dict[tuple[int, str], dict[str, Any]],
    *,
    guild: Guild | None,
) -> dict[str, Any]:
    kind = command.get("type") or 1
    old = known.get((kind, command["name"]))
    rights = command.get("default_member_permissions")
    body: dict[str, Any] = {
        "id": old["id"] if old else str(state.next_id()),
        "application_id": str(state.application.id),
        "version": old["version"] if old else str(state.next_id()),
        "type": kind,
        "name": command["name"],
        "name_localizations": command.get("name_localizations"),
        "description": command.get("description") or "",
        "description_localizations": command.get("description_localizations"),
        "default_member_permissions": None if rights is None else str(rights),
        "nsfw": bool(command.get("nsfw")),
        "options": [_without_nulls(option) for option in command.get("options") or ()],
    }
    if guild is not None:
        body["guild_id"] = str(guild.id)
    else:
        body["contexts"] = command.get("contexts")
        body["integration_types"] = command.get("integration_types") or [0]
        body["dm_permission"] = command.get("dm_permission") is not False
    if old is not None and body != old:
        body["version"] = str(state.next_id())
    return body


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value

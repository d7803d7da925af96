"""What Discord sends when somebody uses the bot, as plain payloads. Sends nothing."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import discord

from tests.services.house import GUILD
from tests.ui.desk import APPLICATION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHANNEL = 3
_numbers = itertools.count(1)


def guild(*role_ids: int) -> dict[str, Any]:
    """Return a guild with its roles, as it is told when the bot connects."""
    roles = [{"id": str(role_id), "name": "role"} for role_id in (GUILD, *role_ids)]
    return {"id": str(GUILD), "name": "Harbour", "roles": roles, "channels": [], "members": []}


def interaction(
    kind: discord.InteractionType,
    data: dict[str, Any],
    *,
    user_id: int = 10,
    roles: tuple[int, ...] = (),
    permissions: int = 0,
    locale: str = "en-US",
    guild_locale: str | None = "en-US",
    message: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return an interaction in the guild, made this very moment."""
    user = {"id": str(user_id), "username": "m", "discriminator": "0", "avatar": None}
    payload: dict[str, Any] = {
        "id": str(discord.utils.time_snowflake(discord.utils.utcnow()) + next(_numbers)),
        "application_id": str(APPLICATION),
        "type": kind.value,
        "token": f"token-{next(_numbers)}",
        "version": 1,
        "attachment_size_limit": 1,
        "guild_id": str(GUILD),
        "guild": {"id": str(GUILD), "locale": "en-US", "features": []},
        "channel_id": str(CHANNEL),
        "channel": {"id": str(CHANNEL), "type": 0, "name": "general", "position": 0},
        "member": {
            "user": user,
            "roles": [str(role_id) for role_id in roles],
            "flags": 0,
            "permissions": str(permissions),
        },
        "locale": locale,
        "data": data,
    }
    if guild_locale is not None:
        payload["guild_locale"] = guild_locale
    if message is not None:
        payload["message"] = message
    return payload


def in_private(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the same interaction as it comes from a direct message."""
    kept = {key: value for key, value in payload.items() if not key.startswith("guild")}
    channel = {"id": str(CHANNEL), "type": 1, "recipients": []}
    return kept | {"user": kept.pop("member")["user"], "channel": channel}


def slash(**options: Any) -> dict[str, Any]:  # noqa: ANN401 - keywords of `interaction`
    """Return a use of `/status`, which has no option that must be given."""
    data = {"id": "1", "name": "status", "type": 1, "options": []}
    return interaction(discord.InteractionType.application_command, data, **options)


def manage(
    verb: str,
    given: Mapping[str, str | bool],
    **options: Any,  # noqa: ANN401 - keywords of `interaction`
) -> dict[str, Any]:
    """Return a use of `/manage` with what was given for its options."""
    types = {str: 3, bool: 5}
    filled = [
        {"type": types[type(value)], "name": name, "value": value} for name, value in given.items()
    ]
    command = {"type": 1, "name": verb, "options": filled}
    data = {"id": "1", "name": "manage", "type": 1, "options": [command]}
    return interaction(discord.InteractionType.application_command, data, **options)


def typing(command: str, option: str, text: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - same
    """Return what comes while somebody types into an option of a command like `server start`."""
    group, *verb = command.split()
    focused: dict[str, Any] = {"type": 3, "name": option, "value": text, "focused": True}
    filled_in = [focused]
    if verb:
        filled_in = [{"type": 1, "name": verb[0], "options": [focused]}]
    data = {"id": "1", "name": group, "type": 1, "options": filled_in}
    return interaction(discord.InteractionType.autocomplete, data, **options)


def click(
    view: discord.ui.View | discord.ui.LayoutView,
    custom_id: str,
    **options: Any,  # noqa: ANN401 - keywords of `interaction`
) -> dict[str, Any]:
    """Return a click on a button of a message that shows the view."""
    is_layout = isinstance(view, discord.ui.LayoutView)
    message = {
        "id": "77",
        "channel_id": str(CHANNEL),
        "type": 0,
        "content": "",
        "flags": 1 << 15 if is_layout else 0,
        "author": {"id": "900", "username": "deckhand", "discriminator": "0", "avatar": None},
        "components": view.to_components(),
    }
    data = {"custom_id": custom_id, "component_type": 2}
    kind = discord.InteractionType.component
    return interaction(kind, data, message=message, **options)


def submission(custom_id: str, line: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - same
    """Return a submitted form with one line."""
    return filled(custom_id, {"line": line}, **options)


def filled(
    custom_id: str,
    given: Mapping[str, str | Sequence[str]],
    **options: Any,  # noqa: ANN401 - keywords of `interaction`
) -> dict[str, Any]:
    """Return a submitted form: texts that were typed, lists of what was picked in menus."""
    parts: list[dict[str, Any]] = [
        {"type": 4, "custom_id": name, "value": value}
        if isinstance(value, str)
        else {"type": 3, "custom_id": name, "values": list(value)}
        for name, value in given.items()
    ]
    labels = [
        {"type": 18, "id": 2 * place + 1, "component": part | {"id": 2 * place + 2}}
        for place, part in enumerate(parts)
    ]
    data = {"custom_id": custom_id, "components": labels}
    return interaction(discord.InteractionType.modal_submit, data, **options)

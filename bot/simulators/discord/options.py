"""Owns what Discord's client does with a command before it is sent: who sees it, what it takes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.simulators.discord.command_rules import OptionType
from bot.simulators.discord.entities import Channel, Member, Role, User
from bot.simulators.discord.errors import RefusedError
from bot.simulators.discord.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.discord.state import State

_NESTED = (OptionType.SUBCOMMAND, OptionType.GROUP)
_THINGS: dict[int, tuple[type[Member | User | Role | Channel], ...]] = {
    OptionType.USER: (Member, User),
    OptionType.CHANNEL: (Channel,),
    OptionType.ROLE: (Role,),
    OptionType.MENTIONABLE: (Member, User, Role),
}
_PLAIN: dict[int, tuple[type, ...]] = {
    OptionType.STRING: (str,),
    OptionType.INTEGER: (int,),
    OptionType.BOOLEAN: (bool,),
    OptionType.NUMBER: (int, float),
}


@dataclass(frozen=True, slots=True)
class Picked:
    """A command as the member has picked it, and the way down to its options."""

    command: dict[str, Any]
    path: tuple[dict[str, Any], ...]

    @property
    def options(self) -> dict[str, dict[str, Any]]:
        """The options that it takes, by name."""
        leaf = self.path[-1] if self.path else self.command
        return {option["name"]: option for option in leaf.get("options") or ()}

    def data(self, values: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the data of the interaction around these option values."""
        nested = values
        for step in reversed(self.path):
            nested = [{"type": step["type"], "name": step["name"], "options": nested}]
        body = {"id": self.command["id"], "name": self.command["name"], "type": 1}
        if "guild_id" in self.command:
            body["guild_id"] = self.command["guild_id"]
        return body | {"options": nested}


def pick(state: State, actor: Member | User, channel: Channel, line: str) -> Picked:
    """Find what a line such as `server restart` names, among what this member is offered."""
    words = line.removeprefix("/").split()
    offered = [item for item in _all(state, channel) if item["type"] == 1]
    command = next((item for item in offered if [item["name"]] == words[:1]), None)
    if command is None:
        raise RefusedError(f"There is no command /{line}; there are {_names(offered)}")
    _check_offered(command, actor, channel)
    path: list[dict[str, Any]] = []
    here = command
    for word in words[1:]:
        below = [o for o in here.get("options") or () if o["type"] in _NESTED]
        here = next((option for option in below if option["name"] == word), {})
        if not here:
            raise RefusedError(f"/{line} does not exist; there are {_names(below)}")
        path.append(here)
    if any(option["type"] in _NESTED for option in here.get("options") or ()):
        raise RefusedError(f"/{line} is not complete; there are {_names(here['options'])}")
    return Picked(command, tuple(path))


def filled(picked: Picked, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the option values, or raise `RefusedError` where the client would not send them."""
    options = picked.options
    unknown = set(given) - set(options)
    if unknown:
        raise RefusedError(f"No such options: {sorted(unknown)}; there are {sorted(options)}")
    missing = [name for name, o in options.items() if o.get("required") and name not in given]
    if missing:
        raise RefusedError(f"These options are required: {missing}")
    return [
        {"type": option["type"], "name": name, "value": _value(option, given[name])}
        for name, option in options.items()
        if name in given
    ]


def half_filled(picked: Picked, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what is filled in already while a member types; nothing is checked yet.

    Numbers travel as text here, for the member may have typed anything.
    """
    unknown = set(given) - set(picked.options)
    if unknown:
        raise RefusedError(f"No such options: {sorted(unknown)}")
    body = []
    for name, value in given.items():
        kind = picked.options[name]["type"]
        text = str(value) if kind in (OptionType.INTEGER, OptionType.NUMBER) else value
        body.append({"type": kind, "name": name, "value": text})
    return body


def offered(state: State, actor: Member | User, channel: Channel) -> list[dict[str, Any]]:
    """Return the commands that this member is offered."""
    found = []
    for command in _all(state, channel):
        with suppress(RefusedError):
            _check_offered(command, actor, channel)
            found.append(command)
    return found


def _all(state: State, channel: Channel) -> list[dict[str, Any]]:
    return [*(channel.guild.commands if channel.guild else ()), *state.commands]


def _check_offered(command: dict[str, Any], actor: Member | User, channel: Channel) -> None:
    name = command["name"]
    if channel.guild is None:
        if 1 not in (command.get("contexts") or [0, 1, 2]) or not command.get("dm_permission"):
            raise RefusedError(f"/{name} is not offered in direct messages")
        return
    if 0 not in (command.get("contexts") or [0]):
        raise RefusedError(f"/{name} is not offered in guilds")
    if not isinstance(actor, Member) or actor.guild is not channel.guild:
        raise RefusedError("Only members of the guild can use commands in it")
    needed = command["default_member_permissions"]
    # "0" means: administrators only.
    wanted = int(needed) or Permission.ADMINISTRATOR if needed is not None else 0
    wanted |= Permission.USE_APPLICATION_COMMANDS | Permission.VIEW_CHANNEL
    if actor.permissions & wanted != wanted:
        raise RefusedError(f"/{name} is not offered to {actor.user.name}")


def _value(option: dict[str, Any], value: Any) -> Any:
    kind, name = option["type"], option["name"]
    if kind in _THINGS:
        if not isinstance(value, _THINGS[kind]):
            raise RefusedError(f"{name} wants one of {_THINGS[kind]}, not {value!r}")
        return str(value.id)
    accepted = _PLAIN.get(kind, ())
    if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in accepted):
        raise RefusedError(f"{name} wants one of {accepted}, not {value!r}")
    choices = [choice["value"] for choice in option.get("choices") or ()]
    if choices and value not in choices:
        raise RefusedError(f"{name} does not offer {value!r}; it offers {choices}")
    size, low, high = (
        (len(value), "min_length", "max_length")
        if isinstance(value, str)
        else (value, "min_value", "max_value")
    )
    if not option.get(low, size) <= size <= option.get(high, size):
        raise RefusedError(f"{name} is out of its bounds: {value!r}")
    if value == "":
        raise RefusedError(f"{name} is empty")
    return value


def _names(items: list[dict[str, Any]]) -> list[str]:
    return sorted(item["name"] for item in items)

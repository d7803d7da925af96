"""Owns whether given options fit a command, as sentences: the stand-in's refusals are for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.discord import RefusedError
from bot.simulators.discord.command_rules import OptionType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.web.asked import Plain

    Options = Mapping[str, Mapping[str, Any]]

THINGS = frozenset({OptionType.USER, OptionType.CHANNEL, OptionType.ROLE, OptionType.MENTIONABLE})
_WANTED: Mapping[int, tuple[str, tuple[type, ...]]] = {
    OptionType.STRING: ("a text", (str,)),
    OptionType.INTEGER: ("a whole number", (int,)),
    OptionType.NUMBER: ("a number", (int, float)),
    OptionType.BOOLEAN: ("true or false", (bool,)),
    **dict.fromkeys(THINGS, ("an id, which is a text of digits", (str,))),
}


def check(command: str, taken: Options, given: Mapping[str, Plain]) -> None:
    """Raise `RefusedError` where a client could not send these options with this command."""
    check_names(command, taken, given)
    for name, option in taken.items():
        if name not in given:
            if option.get("required"):
                raise RefusedError(f"/{command} needs the option {name!r}.")
            continue
        value, (what, kinds) = given[name], _WANTED.get(option["type"], ("nothing", ()))
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise RefusedError(f"The option {name!r} of /{command} wants {what}.")
        offered = [choice["value"] for choice in option.get("choices") or ()]
        if offered and value not in offered:
            choices = ", ".join(map(str, offered))
            raise RefusedError(f"The option {name!r} of /{command} is one of: {choices}.")


def check_names(command: str, taken: Options, given: Mapping[str, Plain]) -> None:
    """Raise `RefusedError` where the command takes no option of such a name."""
    unknown = next((name for name in given if name not in taken), None)
    if unknown is not None:
        options = f"there are: {', '.join(taken)}" if taken else "it has none"
        raise RefusedError(f"/{command} has no option {unknown!r}; {options}.")

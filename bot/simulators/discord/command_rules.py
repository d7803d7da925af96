"""Owns what Discord demands of application commands. Stores nothing.

Figures: Discord's application command reference: 100 chat, 15 user and 15 message commands; names
and descriptions 32 and 100; 25 options, 25 choices; 8000 characters in all per command.
"""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from bot.simulators.discord.errors import Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.simulators.discord.errors import Path

MAX_CHARACTERS = 8000
_MAX_COMMANDS = {1: 100, 2: 15, 3: 15}
LOCALES = frozenset(
    {
        *("ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419"),
        *("es-ES", "fi", "fr", "he", "hi", "hr", "hu", "id", "it"),
        *("ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru"),
        *("sv-SE", "th", "tr", "uk", "vi", "zh-CN", "zh-TW"),
    },
)


class OptionType(IntEnum):
    """Discord's types of options."""

    SUBCOMMAND = 1
    GROUP = 2
    STRING = 3
    INTEGER = 4
    BOOLEAN = 5
    USER = 6
    CHANNEL = 7
    ROLE = 8
    MENTIONABLE = 9
    NUMBER = 10
    ATTACHMENT = 11


_CHOOSABLE = (OptionType.STRING, OptionType.INTEGER, OptionType.NUMBER)
_NESTED = (OptionType.SUBCOMMAND, OptionType.GROUP)
_TEXT_KEYS = {"name", "name_localizations", "description", "description_localizations", "type"}
_COMMAND_KEYS = _TEXT_KEYS | {
    *("id", "options", "default_member_permissions", "dm_permission", "contexts"),
    *("integration_types", "nsfw", "handler"),
}
_OPTION_KEYS = _TEXT_KEYS | {
    *("required", "choices", "options", "channel_types", "min_value", "max_value"),
    *("min_length", "max_length", "autocomplete"),
}


def check_commands(body: Any) -> list[dict[str, Any]]:
    """Return the commands of a bulk overwrite, or raise Discord's form error."""
    form = Form()
    commands = form.items((), body, sum(_MAX_COMMANDS.values()))
    seen: set[tuple[int, Any]] = set()
    for index, command in enumerate(commands):
        _check_command(form, (index,), command)
        identity = (command.get("type") or 1, command.get("name"))
        if identity in seen:
            form.refuse((index, "name"), "Application command names must be unique")
        seen.add(identity)
    for kind, maximum in _MAX_COMMANDS.items():
        if sum((command.get("type") or 1) == kind for command in commands) > maximum:
            form.refuse((), f"Maximum number of application commands reached ({maximum})")
    form.close()
    return commands


def _check_command(form: Form, path: Path, command: dict[str, Any]) -> None:
    form.known(path, command, _COMMAND_KEYS)
    kind = command.get("type") or 1
    if kind == 1:
        _check_name(form, (*path, "name"), command.get("name"))
        form.text((*path, "description"), command.get("description"), 100, minimum=1)
    elif kind in _MAX_COMMANDS:
        form.text((*path, "name"), command.get("name"), 32, minimum=1)
        if command.get("description") or command.get("options"):
            form.refuse(path, "Context menu commands have neither description nor options")
    else:
        form.refuse((*path, "type"), "Value must be one of (1, 2, 3).")
    _check_localizations(form, path, command)
    _check_options(form, path, command, depth=0)
    if sum(len(text) for text in _texts(command)) > MAX_CHARACTERS:
        form.refuse(path, f"Command exceeds maximum size ({MAX_CHARACTERS})")


def _check_options(form: Form, path: Path, parent: dict[str, Any], *, depth: int) -> None:
    below = (*path, "options")
    options = form.items(below, parent.get("options"), 25)
    kinds = {option.get("type") in _NESTED for option in options}
    if len(kinds) > 1:
        form.refuse(below, "Sub-command and sub-command group option types are exclusive")
    names: set[Any] = set()
    optional_seen = False
    for index, option in enumerate(options):
        here = (*below, index)
        _check_option(form, here, option, depth=depth)
        if option.get("name") in names:
            form.refuse((*here, "name"), "Option names must be unique")
        names.add(option.get("name"))
        if option.get("required") and optional_seen:
            form.refuse(here, "Required options must be placed before non-required options")
        optional_seen = optional_seen or not option.get("required")


def _check_option(form: Form, path: Path, option: dict[str, Any], *, depth: int) -> None:
    form.known(path, option, _OPTION_KEYS)
    _check_name(form, (*path, "name"), option.get("name"))
    form.text((*path, "description"), option.get("description"), 100, minimum=1)
    _check_localizations(form, path, option)
    kind = option.get("type")
    if kind not in list(OptionType):
        form.refuse((*path, "type"), "Value must be one of (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11).")
        return
    # A group holds subcommands, a subcommand holds options, and nothing goes deeper.
    if (kind == OptionType.GROUP and depth > 0) or (kind == OptionType.SUBCOMMAND and depth > 1):
        form.refuse((*path, "type"), "Sub-commands may not be nested this deep")
    if kind in _NESTED:
        _check_options(form, path, option, depth=2 if kind == OptionType.SUBCOMMAND else 1)
        return
    _check_choices(form, path, option)


def _check_choices(form: Form, path: Path, option: dict[str, Any]) -> None:
    choices = form.items((*path, "choices"), option.get("choices"), 25)
    if option.get("autocomplete") and (choices or option["type"] not in _CHOOSABLE):
        form.refuse(path, "Autocomplete is only for text and numbers without choices")
    check_choice_texts(form, (*path, "choices"), choices, kind=option["type"])


def check_choice_texts(form: Form, path: Path, choices: list[dict[str, Any]], *, kind: int) -> None:
    """Complain about names and values of choices, registered ones or suggested ones."""
    for index, choice in enumerate(choices):
        here = (*path, index)
        form.known(here, choice, {"name", "name_localizations", "value"})
        form.text((*here, "name"), choice.get("name"), 100, minimum=1)
        value = choice.get("value")
        if kind == OptionType.STRING:
            form.text((*here, "value"), value, 100, minimum=1)
        elif not isinstance(value, int | float):
            form.refuse((*here, "value"), "Could not interpret the value as a number.")


def _check_name(form: Form, path: Path, name: Any) -> None:
    form.text(path, name, 32, minimum=1)
    if isinstance(name, str) and (name != name.lower() or not all(map(_may_name, name))):
        form.refuse(path, "Command name is invalid")


def _may_name(character: str) -> bool:
    return character in "-_'" or unicodedata.category(character)[0] in "LNM"


def _check_localizations(form: Form, path: Path, item: dict[str, Any]) -> None:
    for key, maximum in (("name_localizations", 32), ("description_localizations", 100)):
        for locale, text in (item.get(key) or {}).items():
            if locale not in LOCALES:
                form.refuse((*path, key, locale), "Unknown locale.")
            form.text((*path, key, locale), text, maximum, minimum=1)


def _texts(item: dict[str, Any]) -> Iterator[str]:
    """Yield what counts towards the size of a command."""
    for key in ("name", "description", "value"):
        if isinstance(item.get(key), str):
            yield item[key]
    for key in ("options", "choices"):
        for below in item.get(key) or ():
            if isinstance(below, dict):
                yield from _texts(below)

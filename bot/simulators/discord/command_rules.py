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
            text = "Application command names must be unique"
            form.refuse((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", text)
        seen.add(identity)
    for kind, maximum in _MAX_COMMANDS.items():
        if sum((command.get("type") or 1) == kind for command in commands) > maximum:
            text = f"Maximum number of application commands reached ({maximum})"
            form.refuse((), "BASE_TYPE_MAX_LENGTH", text)
    form.close()
    return commands


def _check_command(form: Form, path: Path, command: dict[str, Any]) -> None:
    form.known(path, command, _COMMAND_KEYS)
    kind = command.get("type") or 1
    if not form.choice((*path, "type"), kind, _MAX_COMMANDS):
        return
    if kind == 1:
        _check_name(form, (*path, "name"), command.get("name"))
        form.text((*path, "description"), command.get("description"), 100, minimum=1)
    else:
        form.text((*path, "name"), command.get("name"), 32, minimum=1)
        if command.get("description") or command.get("options"):
            text = "Context menu commands cannot have description or options"
            form.refuse(path, "APPLICATION_COMMAND_CONTEXT_MENU_INVALID", text)
    rights = command.get("default_member_permissions")
    if rights is not None and not str(rights).isdecimal():
        form.refuse((*path, "default_member_permissions"), "NUMBER_TYPE_COERCE", "Not int.")
    _check_localizations(form, path, command)
    _check_options(form, path, command, depth=0)
    if sum(len(text) for text in _texts(command)) > MAX_CHARACTERS:
        text = f"Command exceeds maximum size ({MAX_CHARACTERS})"
        form.refuse(path, "APPLICATION_COMMAND_TOO_LARGE", text)


def _check_options(form: Form, path: Path, parent: dict[str, Any], *, depth: int) -> None:
    below = (*path, "options")
    options = form.items(below, parent.get("options"), 25)
    kinds = {option.get("type") in _NESTED for option in options}
    if len(kinds) > 1:
        text = "Sub-command and sub-command group option types are mutually exclusive"
        form.refuse(below, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", text)
    names: set[Any] = set()
    optional_seen = False
    for index, option in enumerate(options):
        here = (*below, index)
        _check_option(form, here, option, depth=depth)
        if option.get("name") in names:
            text = "Option name already exists"
            form.refuse((*here, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", text)
        names.add(option.get("name"))
        if option.get("required") and optional_seen:
            text = "Required options must be placed before non-required options"
            form.refuse(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", text)
        optional_seen = optional_seen or not option.get("required")


def _check_option(form: Form, path: Path, option: dict[str, Any], *, depth: int) -> None:
    form.known(path, option, _OPTION_KEYS)
    _check_name(form, (*path, "name"), option.get("name"))
    form.text((*path, "description"), option.get("description"), 100, minimum=1)
    _check_localizations(form, path, option)
    kind = option.get("type")
    if not form.choice((*path, "type"), kind, list(OptionType)):
        return
    # A group holds subcommands, a subcommand holds options, and nothing goes deeper.
    if (kind == OptionType.GROUP and depth > 0) or (kind == OptionType.SUBCOMMAND and depth > 1):
        text = "Sub-commands cannot be nested this deep"
        form.refuse((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", text)
    if kind in _NESTED:
        _check_options(form, path, option, depth=2 if kind == OptionType.SUBCOMMAND else 1)
        return
    _check_choices(form, path, option)


def _check_choices(form: Form, path: Path, option: dict[str, Any]) -> None:
    choices = form.items((*path, "choices"), option.get("choices"), 25)
    if option.get("autocomplete") and (choices or option["type"] not in _CHOOSABLE):
        text = "Autocomplete is only for text and numbers without choices"
        form.refuse(path, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", text)
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
            form.refuse((*here, "value"), "NUMBER_TYPE_COERCE", "The value is not a number.")


def _check_name(form: Form, path: Path, name: Any) -> None:
    form.text(path, name, 32, minimum=1)
    if isinstance(name, str) and (name != name.lower() or not all(map(_may_name, name))):
        form.refuse(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _may_name(character: str) -> bool:
    return character in "-_'" or unicodedata.category(character)[0] in "LNM"


def _check_localizations(form: Form, path: Path, item: dict[str, Any]) -> None:
    for key, maximum in (("name_localizations", 32), ("description_localizations", 100)):
        for locale, text in form.object((*path, key), item.get(key)).items():
            form.choice((*path, key, locale), locale, LOCALES)
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

"""The option of a command that means a time zone, by its name in the IANA database."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from discord import app_commands

if TYPE_CHECKING:
    import discord

    from bot.ui.client import Client

_MOST = 25
"""Discord takes no more suggestions."""


class UnknownTimeZone(app_commands.AppCommandError):
    """No zone is called that."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class TimeZoneOption(app_commands.Transformer["Client"]):
    """A zone: suggests by any part of its name, in whatever case and with blanks."""

    async def transform(self, _interaction: discord.Interaction[Client], value: str, /) -> str:
        """Return the zone's exact name; raises `UnknownTimeZone`."""
        found = _zones().get(_plain(value))
        if found is None:
            raise UnknownTimeZone(value)
        return found

    async def autocomplete(
        self, _interaction: discord.Interaction[Client], value: float | str, /
    ) -> list[app_commands.Choice[int | float | str]]:
        """Return at most 25 suggestions."""
        typed = _plain(str(value))
        fitting = [zone for plain, zone in _zones().items() if typed in plain]
        return [app_commands.Choice(name=zone, value=zone) for zone in fitting[:_MOST]]


@cache
def _zones() -> dict[str, str]:
    """Return all zones by their names in lower case; places come before abbreviations."""
    # Without a database of time zones on the machine there is only this one.
    names = available_timezones() | {"UTC"}
    ordered = sorted(names, key=lambda zone: ("/" not in zone, zone.startswith("Etc/"), zone))
    return {_plain(zone): zone for zone in ordered}


def _plain(text: str) -> str:
    return text.strip().casefold().replace(" ", "_")

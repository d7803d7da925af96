"""Holds everything that the stand-in and the bot say to each other against Discord's own schemas.

Judges shapes only: what the schemas cannot say (deadlines, rights, limits over several fields)
is refused by the stand-in itself. The schema files are no part of this project.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.referee_gateway import GatewayRules
from tests.referee_rest import RestRules

if TYPE_CHECKING:
    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.exchange import Exchange
    from bot.simulators.discord.gateway import GatewayRecord

RULES_MISSING = "Discord is not refereed: DECKHAND_REFEREE names no folder with its schemas"
_MAX_COMPLAINTS = 20


def rules_folder() -> Path | None:
    """Return where Discord's schemas are, if they are here."""
    folder = os.getenv("DECKHAND_REFEREE")
    return Path(folder) if folder else None


class FoulPlayError(AssertionError):
    """Something was said that Discord, or a client of Discord, would never say."""


class Referee:
    """Collects complaints during one test; `verdict` raises them together.

    Without rules only routes that the stand-in does not serve are a foul.
    """

    def __init__(self, rules: Rules | None) -> None:
        self._rules = rules
        self._standins: list[DiscordStandIn] = []
        self.complaints: list[str] = []

    def watch(self, standin: DiscordStandIn) -> None:
        """Judge all traffic of this stand-in from now on."""
        standin.on_exchange.append(self.exchange)
        standin.on_gateway.append(self.payload)
        self._standins.append(standin)

    def exchange(self, exchange: Exchange) -> None:
        """Judge one REST exchange."""
        if self._rules:
            self.complaints += self._rules.rest.complaints(exchange)

    def payload(self, record: GatewayRecord) -> None:
        """Judge one gateway payload."""
        if self._rules:
            self.complaints += self._rules.gateway.complaints(record)

    def verdict(self) -> None:
        """Raise `FoulPlayError` if there was anything to complain about."""
        unknown = [f"route not served: {r}" for s in self._standins for r in s.unknown_routes]
        complaints = list(dict.fromkeys(unknown + self.complaints))
        if complaints:
            shown = "\n".join(complaints[:_MAX_COMPLAINTS])
            raise FoulPlayError(f"{len(complaints)} complaints of the referee:\n{shown}")


class Rules:
    """Discord's schemas, read from a folder; each is compiled once, when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self.rest = RestRules(_read(folder / "discord-openapi.json"))
        self.gateway = GatewayRules(
            receive=_read(folder / "discord-gateway-receive.schema.json"),
            send=_read(folder / "discord-gateway-send.schema.json"),
        )


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document

"""JSON Schemas as judges of gateway payloads; widened where they are narrower than Discord."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jsonschema_rs

from tests.referee_words import complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.simulators.discord.gateway import GatewayRecord

_URI = "urn:discord:gateway:"


class GatewayRules:
    """One schema for what the bot receives and one for what it sends."""

    def __init__(self, *, receive: dict[str, Any], send: dict[str, Any]) -> None:
        documents = {"receive": receive, "send": send}
        self._registry = jsonschema_rs.Registry(
            [(_URI + name, _corrected(d)) for name, d in documents.items()],
            draft=jsonschema_rs.Draft7,
        )
        self._names = {
            direction: dict(_payload_names(document["definitions"]))
            for direction, document in documents.items()
        }
        self._validator = cache(self._compile)

    def complaints(self, record: GatewayRecord) -> list[str]:
        """Say what is wrong with it, if anything."""
        opcode, event = record.payload.get("op"), record.payload.get("t")
        where = f"gateway {record.direction} op {opcode}" + (f" {event}" if event else "")
        reference = self._names[record.direction].get((opcode, event))
        if reference is None:
            return [f"{where}: no such payload in Discord's description"]
        validator = self._validator(_URI + record.direction + reference)
        return complaints(validator, record.payload, where=where)

    def _compile(self, reference: str) -> jsonschema_rs.Draft7Validator:
        return jsonschema_rs.Draft7Validator(
            {"$ref": reference}, registry=self._registry, mask="it"
        )


def _corrected(document: dict[str, Any]) -> dict[str, Any]:
    """Widen what the generated types get wrong.

    Payloads without data do say `d` (null, or a trace), which the types forbid; discord.py sends
    the older `game` instead of `activities` with its presence.
    """
    text = json.dumps(document).replace('"not": {}', '"not": false')
    corrected: dict[str, Any] = json.loads(text)
    presence = corrected["definitions"].get("GatewayPresenceUpdateData", {})
    if "activities" in presence.get("required", ()):
        presence["required"].remove("activities")
    return corrected


def _payload_names(definitions: dict[str, Any]) -> Iterator[tuple[tuple[object, object], str]]:
    """Yield where each payload is defined, by its opcode and event."""
    for name, definition in definitions.items():
        properties = definition.get("properties", {})
        if "const" in properties.get("op", {}):
            event = properties.get("t", {}).get("const")
            yield (properties["op"]["const"], event), "#/definitions/" + quote(name, safe="")

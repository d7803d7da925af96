"""Reads what the Application API of Pterodactyl says, and puts together what it wants to be sent.

Pure: no request, no clock, no log. Source: the recorded answers of panel 1.11 and its validation
rules. What a change leaves out the panel sets to nothing, so all is sent, the present values too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.panels._json import integer, mapping, mappings, text
from bot.panels._pterodactyl_parse import parse_details

if TYPE_CHECKING:
    from datetime import datetime

    from bot.panels._pterodactyl_parse import Details

DETAILS = ("name", "user", "external_id", "description")
STARTUP = ("startup", "environment", "egg", "image", "skip_scripts")
LIMITS = ("memory", "swap", "disk", "io", "cpu", "threads")
FEATURE_LIMITS = ("databases", "allocations", "backups")
ALLOCATIONS = ("allocation", "add_allocations", "remove_allocations")
CREATE = (
    *("docker_image", "limits", "feature_limits", "oom_disabled"),
    *("allocation", "deploy", "start_on_completion"),
    *DETAILS,
    *(name for name in STARTUP if name != "image"),
)
BUILD = (*ALLOCATIONS, "limits", *LIMITS, "feature_limits", "oom_disabled")


@dataclass(frozen=True, slots=True)
class Record:
    """A server as the Application API has it."""

    id: int
    """By which all its other endpoints know the server."""
    attributes: Mapping[str, object] = field(repr=False)
    """Variables and startup command included, which may hold passwords."""


def entries(listing: object) -> list[Mapping[str, object]]:
    """Return the attributes of a list's entries; none where it was not allowed to be included."""
    found = (mapping(entry.get("attributes")) for entry in mappings(mapping(listing).get("data")))
    return [attributes for attributes in found if attributes]


def is_called(attributes: Mapping[str, object], server_id: str) -> bool:
    """Whether that is the server's identifier or uuid."""
    return server_id.lower() in (attributes.get("identifier"), attributes.get("uuid"))


def parse_record(data: object) -> Record:
    """Return one server; raises `KeyError` for one without an id."""
    return to_record(mapping(mapping(data).get("attributes")))


def to_record(attributes: Mapping[str, object]) -> Record:
    """Return the server of these attributes; raises `KeyError` for one without an id."""
    number = integer(attributes.get("id"))
    if number is None:
        raise KeyError("id")
    return Record(number, attributes)


def to_details(record: Record, panel_id: str, at: datetime) -> Details:
    """Return what both APIs know of a server; the power state is not among it."""
    attributes = record.attributes
    container = mapping(attributes.get("container"))
    told = {
        **attributes,
        "internal_id": record.id,
        # The only sign before 1.3, where there is no status.
        "is_suspended": attributes.get("suspended"),
        "is_installing": container.get("installed") == 0,
        "docker_image": container.get("image"),
    }
    return parse_details({"attributes": told}, panel_id, at)


def details_body(record: Record, values: Mapping[str, object]) -> Mapping[str, object]:
    """Return what PATCH details wants for a change of some of its fields."""
    present = record.attributes
    return {**only(present, DETAILS), **only(values, DETAILS)}


def startup_body(record: Record, values: Mapping[str, object]) -> Mapping[str, object]:
    """Return what PATCH startup wants for a change of some of its fields."""
    container = mapping(record.attributes.get("container"))
    # Holds more than the variables of the egg; the panel takes no notice of the others.
    environment = mapping(container.get("environment"))
    return {
        "startup": text(container.get("startup_command")),
        "egg": record.attributes.get("egg"),
        "image": text(container.get("image")),
        # Nothing tells what it is now; this is the panel's default.
        "skip_scripts": False,
        **only(values, STARTUP),
        "environment": _merged(environment, values.get("environment", {})),
    }


def build_body(record: Record, values: Mapping[str, object]) -> Mapping[str, object]:
    """Return what PATCH build wants; raises where the present limits cannot be read."""
    attributes = record.attributes
    limits, features = attributes["limits"], attributes["feature_limits"]
    if not isinstance(limits, Mapping) or not isinstance(features, Mapping):
        raise TypeError("limits are no object")
    needed = {name: limits[name] for name in LIMITS if name != "threads"}
    # The panel takes limits with or without `limits.` before them, but not both mixed.
    flat = {**needed, **only(limits, ("threads",)), **only(values, LIMITS)}
    return {
        "allocation": attributes["allocation"],
        **only(limits, ("oom_disabled",)),
        **only(values, (*ALLOCATIONS, "oom_disabled")),
        "limits": _merged(flat, values.get("limits", {})),
        "feature_limits": _merged(only(features, FEATURE_LIMITS), values.get("feature_limits", {})),
    }


def only(values: Mapping[str, object], names: tuple[str, ...]) -> dict[str, object]:
    """Return those of the values that have one of the names."""
    return {name: values[name] for name in names if name in values}


def _merged(present: Mapping[str, object], given: object) -> object:
    # What is no object is for the panel to refuse.
    return {**present, **given} if isinstance(given, Mapping) else given

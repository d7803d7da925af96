"""Owns what the Application API takes for a server: its rules, and what it does with the values.

Source: the validation rules of panel 1.11. Knows no endpoint and no daemon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.panels import pterodactyl_app_catalog as catalog

if TYPE_CHECKING:
    from bot.simulators.panels.pterodactyl_app_form import Form
    from bot.simulators.panels.pterodactyl_app_register import Entry
    from bot.simulators.world import Server, World

_FEATURES = ("databases", "allocations", "backups")
_LEAST = {"memory": 0, "swap": -1, "disk": 0, "io": 10, "cpu": 0}
_MOST = {"io": 1000}
_LONGEST = 191
_WORLD_NAMES = {
    "memory": "memory_mb",
    "swap": "swap_mb",
    "disk": "disk_mb",
    "cpu": "cpu_percent",
}


def read_limits(form: Form, *, below: str) -> dict[str, Any]:
    """Read the limits, all of which are required but the threads."""
    limits = {
        name: form.number(f"{below}{name}", least=least, most=_MOST.get(name), whole=False)
        for name, least in _LEAST.items()
    }
    return {**limits, "threads": form.text(f"{below}threads", required=False)}


def read_features(form: Form) -> dict[str, int]:
    """Read the feature limits; those that are not given become 0."""
    form.array("feature_limits", required=True)
    for name in ("databases", "backups"):
        form.present(f"feature_limits.{name}")
    read = {
        name: form.number(f"feature_limits.{name}", required=False, least=0) for name in _FEATURES
    }
    return {name: limit or 0 for name, limit in read.items()}


def read_identity(form: Form, world: World, *, server: Server | None) -> dict[str, Any]:
    """Read what a server is called, here and elsewhere; what is not given becomes nothing."""
    external_id = form.text("external_id", required=False, longest=_LONGEST)
    others = [each for each in world.servers if each is not server]
    if external_id is not None and any(each.external_id == external_id for each in others):
        form.refuse("external_id", "unique", "The {} has already been taken.")
    return {
        "external_id": external_id,
        "name": form.text("name", longest=_LONGEST),
        "description": form.text("description", required=False) or "",
    }


def read_egg(form: Form, *, image: str) -> dict[str, Any]:
    """Read what a server runs; the variables are looked at when all else is right."""
    egg = form.number("egg")
    form.exists("egg", egg, catalog.EGGS)
    read = {
        "egg": egg,
        "image": form.text(image, longest=_LONGEST),
        "startup": form.text("startup"),
    }
    form.array("environment", present=True)
    return read


def read_environment(form: Form, egg: catalog.Egg) -> dict[str, str | None]:
    """Read the variables of an egg; others are not looked at."""
    for variable in egg.variables:
        rule = variable.refuses(form.get(f"environment.{variable.env}"))
        if rule is not None:
            told = {
                "required": f"The {variable.name} variable field is required.",
                "string": f"The {variable.name} variable must be a string.",
            }.get(rule, f"The {variable.name} variable must not be greater than 20 characters.")
            form.refuse(f"environment.{variable.env}", rule, told)
    form.check()
    return {
        variable.env: form.get(f"environment.{variable.env}") or "" for variable in egg.variables
    }


def apply_limits(server: Server, entry: Entry, limits: dict[str, Any]) -> None:
    """Let the server have them."""
    for name, world_name in _WORLD_NAMES.items():
        setattr(server, world_name, limits[name])
    entry.io, entry.threads = limits["io"], limits["threads"]

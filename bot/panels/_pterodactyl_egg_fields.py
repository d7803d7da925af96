"""Describes what hangs on the egg of a server: its image, start command and variables.

Pure: asks the panel nothing. An egg is the attributes of one entry of `/nests/{id}/eggs` with
its variables included; None stands for an egg that the panel does not list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.administration import Choice, Field, FieldType
from bot.panels._json import mapping, text
from bot.panels._pterodactyl_admin_parse import entries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.panels._pterodactyl_admin_parse import Record

    Egg = Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Startup:
    """How a server is started now; None is for the egg to propose."""

    image: str | None = None
    command: str | None = field(default=None, repr=False)
    environment: Mapping[str, object] = field(default_factory=dict, repr=False)


def startup_of(record: Record, *, same_egg: bool) -> Startup:
    """Return what stays of a server's startup, with its egg or with another one."""
    container = mapping(record.attributes.get("container"))
    environment = mapping(container.get("environment"))
    if not same_egg:
        return Startup(environment=environment)
    image, command = text(container.get("image")), text(container.get("startup_command"))
    return Startup(image or "", command or "", environment)


def startup_fields(egg: Egg, present: Startup, *, image: str) -> list[Field]:
    """Return image, start command and variables; `image` is how the call names the first."""
    images = _images(egg)
    proposed = images[0].value if images else None
    return [
        Field(
            name=image,
            label="Image",
            required=present.image is None,
            choices=images,
            value=proposed if present.image is None else present.image,
            is_proposed=present.image is None,
        ),
        Field(
            name="startup",
            label="Start command",
            required=present.command is None,
            value=_startup(egg) if present.command is None else present.command,
            is_proposed=present.command is None,
        ),
        *_variables(egg, present.environment),
    ]


def _images(egg: Egg) -> tuple[Choice, ...]:
    listed = mapping((egg or {}).get("docker_images"))
    found = {image: label for label, image in listed.items() if isinstance(image, str)}
    # The only one that panels before 1.6 know.
    single = text((egg or {}).get("docker_image"))
    if single and not found:
        found = {single: single}
    return tuple(Choice(image, label) for image, label in found.items())


def _startup(egg: Egg) -> str | None:
    return text((egg or {}).get("startup"))


def _variables(egg: Egg, environment: Mapping[str, object]) -> list[Field]:
    if egg is None:
        return [Field(name="environment", label="Variables", type=FieldType.MAP)]
    listed = entries(mapping(egg.get("relationships")).get("variables"))
    named = {text(each.get("env_variable")): each for each in listed}
    return [_variable(name, each, environment) for name, each in named.items() if name]


def _variable(
    name: str, variable: Mapping[str, object], environment: Mapping[str, object]
) -> Field:
    is_new = name not in environment
    value = text(variable.get("default_value")) if is_new else text(environment[name])
    if not is_new and variable.get("user_viewable") is False:
        # Hidden from the server's own users; left empty it stays as it is.
        value = None
    rules = (text(variable.get("rules")) or "").split("|")
    return Field(
        name=f"environment.{name}",
        label=text(variable.get("name")) or name,
        required=is_new and "required" in rules,
        value=value,
        is_proposed=is_new,
    )

"""What Pterodactyl 0.4 to 0.6 asks for to create or change a server. Asks the panel nothing.

Sizes are in MB, 0 is unlimited; CPU in percent of one core. `env` stands for all variables of
the service option, which the panels take as `env_NAME`: every one must be given, also those that
may be empty.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.administration import Field, FieldType
from bot.domain.servers import Capability

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LIMITS = (
    Field(name="memory", label="Memory in MB", type=FieldType.NUMBER, required=True),
    Field(name="swap", label="Swap in MB, -1 unlimited", type=FieldType.NUMBER, required=True),
    Field(name="disk", label="Disk in MB", type=FieldType.NUMBER, required=True),
    Field(name="io", label="Block IO weight, 10 to 1000", type=FieldType.NUMBER, required=True),
    Field(name="cpu", label="CPU in percent of a core", type=FieldType.NUMBER, required=True),
)
_STARTUP = Field(name="startup", label="Start command", required=True)
_VARIABLES = Field(name="env", label="Variables of the service option", type=FieldType.MAP)

_NODE = Field(name="node", label="Node", type=FieldType.NUMBER, required=True)
_API_CREATE = (
    Field(name="name", label="Name", required=True),
    Field(name="owner", label="E-mail of the owner", required=True),
    Field(name="location", label="Location", type=FieldType.NUMBER, required=True),
    _NODE,
    Field(name="allocation", label="Free address", type=FieldType.NUMBER),
    Field(name="ip", label="IP address, in place of an allocation"),
    Field(name="port", label="Port of that address", type=FieldType.NUMBER),
    *_LIMITS,
    Field(name="service", label="Service", type=FieldType.NUMBER, required=True),
    Field(name="option", label="Service option", type=FieldType.NUMBER, required=True),
    _STARTUP,
    _VARIABLES,
)
_V05_CREATE = (
    *(replace(field, required=False) if field is _NODE else field for field in _API_CREATE),
    Field(name="auto_deploy", label="Any node and address there", type=FieldType.FLAG),
    Field(name="custom_id", label="Id of the new server", type=FieldType.NUMBER),
    Field(name="use_custom_image", label="Take another image", type=FieldType.FLAG),
    Field(name="custom_image_name", label="Name of that image"),
)
_API_UPDATE = (
    Field(name="name", label="Name"),
    Field(name="owner", label="E-mail of the owner"),
    Field(name="reset_token", label="Make a new token for the node", type=FieldType.FLAG),
)
_API_BUILD = (
    Field(name="default", label="Default address, ip:port"),
    Field(name="add_additional", label="Addresses to add, ip:port", type=FieldType.LIST),
    Field(name="remove_additional", label="Addresses to remove, ip:port", type=FieldType.LIST),
    *(replace(limit, required=False) for limit in _LIMITS),
)

_V06_CREATE = (
    Field(name="name", label="Name", required=True),
    Field(name="description", label="Description", required=True),
    Field(name="user_id", label="Owner", type=FieldType.NUMBER, required=True),
    Field(name="location_id", label="Location", type=FieldType.NUMBER, required=True),
    Field(name="node_id", label="Node", type=FieldType.NUMBER, required=True),
    Field(
        name="allocation_id",
        label="Free address",
        type=FieldType.NUMBER,
        required=True,
    ),
    *_LIMITS,
    Field(name="service_id", label="Service", type=FieldType.NUMBER, required=True),
    Field(name="option_id", label="Service option", type=FieldType.NUMBER, required=True),
    _STARTUP,
    _VARIABLES,
)
_V06_UPDATE = (
    Field(name="name", label="Name"),
    Field(name="owner_id", label="Owner", type=FieldType.NUMBER),
    Field(name="description", label="Description"),
    Field(name="reset_token", label="Make a new token for the node", type=FieldType.FLAG),
)
_V06_BUILD = (
    Field(name="allocation_id", label="Default address", type=FieldType.NUMBER),
    Field(name="add_allocations", label="Addresses to add", type=FieldType.LIST),
    Field(name="remove_allocations", label="Addresses to take away", type=FieldType.LIST),
    *(replace(limit, required=False) for limit in _LIMITS if limit.name != "disk"),
)

_API = {
    Capability.CREATE: _API_CREATE,
    Capability.UPDATE: _API_UPDATE,
    Capability.BUILD: _API_BUILD,
}
_V06 = {
    Capability.CREATE: _V06_CREATE,
    Capability.UPDATE: _V06_UPDATE,
    Capability.REPLACE: tuple(
        replace(field, required=field.name in ("name", "owner_id")) for field in _V06_UPDATE
    ),
    Capability.BUILD: _V06_BUILD,
}


def v04_fields(action: Capability, columns: Mapping[str, object]) -> Sequence[Field]:
    """Return what 0.4 asks for, with what the server has now."""
    return _filled(_API.get(action, ()), columns)


def v05_fields(action: Capability, columns: Mapping[str, object]) -> Sequence[Field]:
    """Return what 0.5 asks for: 0.4's, and a place that the panel finds."""
    return _V05_CREATE if action is Capability.CREATE else v04_fields(action, columns)


def v06_fields(action: Capability, columns: Mapping[str, object]) -> Sequence[Field]:
    """Return what 0.6 asks for, with what the server has now."""
    return _filled(_V06.get(action, ()), columns)


def _filled(fields: Sequence[Field], columns: Mapping[str, object]) -> Sequence[Field]:
    # 0.4 and 0.5 tell the owner's id and ask for the e-mail.
    return [
        replace(field, value=None if field.name == "owner" else columns.get(field.name))
        for field in fields
    ]

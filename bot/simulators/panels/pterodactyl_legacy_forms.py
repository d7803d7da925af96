"""Owns what panels before 0.7 take for values of a server, and what they say of others.

Knows no route. The names of the fields differ: 0.6 has `node_id` where 0.4 and 0.5 have `node`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.simulators.panels.pterodactyl_legacy_errors import Refusal
from bot.simulators.panels.pterodactyl_legacy_records import OPTION, SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.simulators.panels.pterodactyl_legacy_accounts import User
    from bot.simulators.panels.pterodactyl_legacy_records import Records
    from bot.simulators.world import Node, Server

    Values = Mapping[str, Any]

INVALID = "A validation error occured."
VARIABLES = ("env_SERVER_JARFILE", "env_VANILLA_VERSION")
"""Every variable of the one service option that there is."""

_NAMES = {"0.4": r"[\w -]{4,35}", "0.5": r"[\w .-]{1,200}", "0.6": r"[\w .-]{1,200}"}
_LEAST = {"memory": 0, "swap": -1, "disk": 0, "io": 10, "cpu": 0}
_PLACES = ("location", "node", "service", "option")
_NUMBERS = (*_LEAST, *_PLACES, "allocation", "port", "custom_id", "user", "owner")
_NUMBER = re.compile(r"-?\d{1,18}(\.\d*)?")
_SIZES = {"memory": "memory_mb", "swap": "swap_mb", "disk": "disk_mb", "cpu": "cpu_percent"}


class Forms:
    """Checks values, and gives them to servers."""

    def __init__(self, records: Records, *, dialect: str) -> None:
        self._records = records
        self._dialect = dialect
        self._suffix = "_id" if dialect == "0.6" else ""

    def cleaned(self, values: Values) -> dict[str, Any]:
        """Return the values with numbers for the texts that the framework takes for numbers."""
        names = {f"{name}{suffix}" for name in _NUMBERS for suffix in ("", "_id")} - {"owner"}
        return {name: _whole(value) if name in names else value for name, value in values.items()}

    def owner(self, wanted: object) -> User | None:
        """Look an owner up: by e-mail, from 0.5 on by number, and in 0.6 by that alone."""
        if isinstance(wanted, str) and self._dialect == "0.6":
            return None
        if not isinstance(wanted, str) and self._dialect == "0.4":
            return None
        return self._records.find_owner(wanted)

    def refuse_unless_creatable(self, values: Values) -> None:
        """Refuse values that make no server; all fields at once."""
        errors = self._errors(values, required=("name", *_LEAST))
        is_there: dict[str, Callable[[object], object]] = {
            "location": self._records.has_location,
            "node": self._records.node,
            "service": lambda number: number == SERVICE,
            "option": lambda number: number == OPTION,
        }
        for place, exists in is_there.items():
            name = f"{place}{self._suffix}"
            if place == "node" and self.deploys(values):
                continue
            if not isinstance(values.get(name), int):
                errors[name] = [f"The {name} field is required."]
            elif not exists(values[name]):
                errors[name] = [f"The selected {name} is invalid."]
        if self._dialect != "0.6" and not values.get("startup"):
            errors["startup"] = ["The startup field is required."]
        if self._dialect == "0.5" and "custom_id" in values:
            errors |= self._custom_id(values["custom_id"])
        self._refuse(errors)

    def deploys(self, values: Values) -> bool:
        """Whether 0.5 shall look for a node and an address itself."""
        return self._dialect == "0.5" and values.get("auto_deploy") in (True, 1, "1")

    def place(self, values: Values) -> tuple[Node, int]:
        """Return the free address that was asked for, or any."""
        if self.deploys(values):
            free = next(iter(self._records.free()), None)
            if free is None:
                raise Refusal(422, "No nodes are available with enough space for this server.")
            return free
        field = f"allocation{self._suffix}"
        place = self._records.allocation(values.get(field))
        if self._dialect != "0.6" and "ip" in values:
            node = self._records.node(values["node"])
            place = (node, values.get("port", 0)) if node and node.ip == values["ip"] else None
        if place is None or not self._records.is_free(*place):
            raise self._invalid({field: [f"The selected {field} is invalid."]})
        return place

    def refuse_unless_fitting(self, values: Values) -> None:
        """Refuse changes that no server takes; what is left out stays as it is."""
        self._refuse(self._errors(values, required=()))

    def apply_limits(self, server: Server, values: Values, *, but: str = "") -> None:
        """Give a server new limits."""
        for field, attribute in _SIZES.items():
            if field in values and field != but:
                setattr(server, attribute, values[field])
        if "io" in values:
            self._records.of(server).io = values["io"]

    def _errors(self, values: Values, *, required: tuple[str, ...]) -> dict[str, list[str]]:
        errors = {
            name: [f"The {name} field is required."] for name in required if name not in values
        }
        checks: dict[str, Callable[[Any], str]] = {
            "name": self._check_name,
            **{name: _check_least(name, least) for name, least in _LEAST.items()},
        }
        for name, check in checks.items():
            if name in values and (sentence := check(values[name])):
                errors[name] = [sentence]
        owner = {"0.6": "owner_id"}.get(self._dialect, "owner")
        if required and self._dialect == "0.6":
            owner = "user_id"
        if (required or owner in values) and not self.owner(values.get(owner)):
            errors[owner] = [f"The selected {owner} is invalid."]
        return errors

    def _custom_id(self, value: object) -> dict[str, list[str]]:
        if not isinstance(value, int) or isinstance(value, bool):
            return {"custom_id": ["The custom_id must be a number."]}
        if self._records.find(str(value)):
            return {"custom_id": ["The custom_id has already been taken."]}
        return {}

    def _check_name(self, value: Any) -> str:
        if isinstance(value, str) and re.fullmatch(_NAMES[self._dialect], value):
            return ""
        return "The name format is invalid."

    def _refuse(self, errors: dict[str, list[str]]) -> None:
        if errors:
            raise self._invalid(errors)

    def _invalid(self, errors: dict[str, list[str]]) -> Refusal:
        return Refusal(400 if self._dialect == "0.6" else 422, INVALID, fields=errors)


def _whole(value: Any) -> Any:
    return int(float(value)) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


def _check_least(name: str, least: int) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int):
            return f"The {name} must be a number."
        if value < least:
            return f"The {name} must be at least {least}."
        if name == "io" and value > 1000:
            return f"The {name} may not be greater than 1000."
        return ""

    return check

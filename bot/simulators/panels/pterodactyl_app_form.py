"""Owns how the panel validates a body: every wrong field is told at once, in Laravel's words.

Knows no server. Laravel trims texts and takes an empty one for none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.panels.pterodactyl_errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Container, Mapping


class Form:
    """Reads fields one by one and collects what is wrong; `check` refuses the lot."""

    def __init__(self, document: Any, *, labels: Mapping[str, str] | None = None) -> None:
        self._document = document if isinstance(document, dict) else {}
        self._labels = labels or {}
        self._errors: list[Refusal] = []

    def check(self) -> None:
        """Refuse with all that was wrong, if anything was."""
        if self._errors:
            first, *more = self._errors
            first.more = more
            raise first

    def has(self, field: str) -> bool:
        """Whether there is such a field, even an empty one."""
        return self._look(field)[0]

    def get(self, field: str) -> Any:
        """Return the value as it was sent, None for nothing."""
        return self._look(field)[1]

    def text(self, field: str, *, required: bool = True, longest: int | None = None) -> Any:
        """Read a text."""
        value = self._given(field, required=required)
        if value is None:
            return None
        if not isinstance(value, str):
            return self.refuse(field, "string", "The {} must be a string.")
        if longest is not None and len(value) > longest:
            told = f"The {{}} must not be greater than {longest} characters."
            return self.refuse(field, "max", told)
        return value

    def number(
        self,
        field: str,
        *,
        required: bool = True,
        least: int | None = None,
        most: int | None = None,
        whole: bool = True,
    ) -> Any:
        """Read a number, digits in a text too; the database cuts a fraction off where it may be."""
        value = self._given(field, required=required)
        if value is None:
            return None
        if isinstance(value, str) and value.lstrip("-").isdecimal():
            value = int(value)
        if not whole and isinstance(value, float):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            rule, kind = ("integer", "an integer") if whole else ("numeric", "a number")
            return self.refuse(field, rule, f"The {{}} must be {kind}.")
        if most is not None and not (least or 0) <= value <= most:
            return self.refuse(field, "between", f"The {{}} must be between {least} and {most}.")
        if least is not None and value < least:
            return self.refuse(field, "min", f"The {{}} must be at least {least}.")
        return value

    def flag(self, field: str, *, present: bool = False) -> Any:
        """Read true or false, 1 or 0."""
        if present:
            self.present(field)
        value = self.get(field)
        if value is not None and value not in (True, False, "1", "0"):
            return self.refuse(field, "boolean", "The {} field must be true or false.")
        return None if value is None else value in (True, "1")

    def array(self, field: str, *, required: bool = False, present: bool = False) -> Any:
        """Read an object or a list."""
        if present:
            self.present(field)
        value = self.get(field)
        if required and not value:
            return self.refuse(field, "required", "The {} field is required.")
        if value is not None and not isinstance(value, dict | list):
            return self.refuse(field, "array", "The {} must be an array.")
        return value

    def numbers(self, field: str) -> list[int]:
        """Read a list of whole numbers."""
        listed = self.array(field) or []
        found = [self.number(f"{field}.{index}") for index in range(len(listed))]
        return [number for number in found if number is not None]

    def present(self, field: str) -> None:
        """Ask for the field, even an empty one."""
        if not self.has(field):
            self.refuse(field, "present", "The {} field must be present.")

    def exists(self, field: str, value: Any, known: Container[Any]) -> None:
        """Ask for a value that the panel has."""
        if value is not None and value not in known:
            self.refuse(field, "exists", "The selected {} is invalid.")

    def refuse(self, field: str, rule: str, told: str) -> None:
        """Note what is wrong with a field; `{}` stands for its name."""
        name = self._labels.get(field, field.replace("_", " "))
        meta = {"source_field": field, "rule": rule}
        detail = told.format(name)
        self._errors.append(Refusal(422, "ValidationException", detail=detail, meta=meta))

    def _given(self, field: str, *, required: bool) -> Any:
        value = self.get(field)
        if required and (value is None or value == []):
            self.refuse(field, "required", "The {} field is required.")
            return None
        return value

    def _look(self, field: str) -> tuple[bool, Any]:
        value: Any = self._document
        for step in field.split("."):
            if isinstance(value, dict) and step in value:
                value = value[step]
            elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            else:
                return False, None
        return True, (value.strip() or None) if isinstance(value, str) else value

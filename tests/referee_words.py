"""Turns what a schema finds into lines that name place and value. Knows nothing of Discord."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jsonschema_rs

_MAX_VALUE = 200


def complaints(validator: jsonschema_rs.Validator, value: object, *, where: str) -> list[str]:
    return [
        f"{where} at {_path(error)}: {error.message}, got {brief(error.instance)}"
        for found in validator.iter_errors(value)
        for error in _causes(found)
    ]


def brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_VALUE else text[:_MAX_VALUE] + "..."


def _causes(error: jsonschema_rs.ValidationError) -> list[jsonschema_rs.ValidationError]:
    """Follow a failed union into the branch that was meant."""
    branches: list[list[jsonschema_rs.ValidationError]] = getattr(error.kind, "context", None) or []
    if not branches:
        return [error]
    meant = min(branches, key=lambda branch: (_is_other_kind(branch, error), len(branch)))
    return [cause for inner in meant for cause in _causes(inner)]


def _is_other_kind(
    branch: list[jsonschema_rs.ValidationError], union: jsonschema_rs.ValidationError
) -> bool:
    """Whether a branch is about something else: another JSON type, or another `type` number."""
    return any(
        (inner.kind.name == "type" and inner.instance_path == union.instance_path)
        or (inner.kind.name in ("const", "enum") and inner.instance_path[-1:] == ["type"])
        for inner in branch
    )


def _path(error: jsonschema_rs.ValidationError) -> str:
    return "$" + "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path
    )

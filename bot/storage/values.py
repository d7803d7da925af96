"""Turns the domain's values to JSON text and back, as columns of text keep them. Knows no table."""

from __future__ import annotations

import json
from typing import Generic, TypeVar

from pydantic import TypeAdapter

Value = TypeVar("Value")


class AsJson(Generic[Value]):
    """One kind of dataclass; fields that are missing in what was stored get their defaults."""

    def __init__(self, kind: type[Value]) -> None:
        self._adapter = TypeAdapter(kind)

    def dump(self, value: Value) -> str:
        """Return the text; `ForeignText` replaces what cannot be stored."""
        # Not `dump_json`, which refuses the lone surrogates that names from panels may have.
        return json.dumps(self._adapter.dump_python(value, mode="json"), ensure_ascii=False)

    def load(self, text: str) -> Value:
        """Return the value."""
        return self._adapter.validate_json(text)

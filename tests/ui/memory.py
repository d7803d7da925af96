"""What the process remembers about itself, in a dictionary."""

from __future__ import annotations


class DictMemory:
    """Forgets at the end of the test."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        return self.kept.get(key)

    async def put(self, key: str, value: str) -> None:
        self.kept[key] = value

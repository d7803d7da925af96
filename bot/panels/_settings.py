"""A panel's settings as plain values. Reads no file and no environment, and asks no panel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSettings:
    """One panel of the configuration, its secrets resolved; its repr shows none of them."""

    panel_id: str
    kind: str
    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
    verify_tls: bool | str = True
    """Or `sha256:<hex>`: the one certificate (in DER) that is trusted."""
    options: Mapping[str, object] = field(default_factory=dict)


class SettingsError(Exception):
    """A setting that cannot work; `path` is below the panel's own, like `credentials.key`."""

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(f"{path}: {message}")

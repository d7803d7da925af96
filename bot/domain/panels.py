"""Panels as a guild adds them from Discord. Knows no kind of panel, and speaks to none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPanel:
    """One panel of one guild; its repr shows no credential."""

    panel_id: str
    guild_id: int
    name: str
    kind: str
    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
    verify_tls: bool | str = True
    options: Mapping[str, object] = field(default_factory=dict)
    server_ids: frozenset[str] | None = frozenset()
    """Those that the guild uses; None is all, also future ones."""
    added_by: int
    added_at: datetime
    """Aware, UTC."""
    removed_at: datetime | None = None
    """Aware, UTC; until 30 days later it can be brought back."""

"""How well a panel is watched. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelHealth:
    """What is to be said of the looks at one panel."""

    last_success: datetime | None
    """When its list was read last, UTC; None is never since the bot was started."""
    lag_seconds: float
    """Since then; without a success since watching it began."""
    interval_seconds: float
    is_late: bool
    """No list came for five intervals."""
    servers: int
    """How many were in the last list."""
    followed: int
    """How many of them a live connection tells of."""
    failures: Mapping[str, int] = field(default_factory=dict)
    """How many looks failed since the start, by the class of the error."""

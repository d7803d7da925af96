"""Owns what the operator of a panel configures. Holds no behaviour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Settings:
    """All may be changed while the panel runs."""

    requests_per_minute: int
    cache_seconds: float
    """How long the answer of `/resources` is kept."""
    daemon_timeout_seconds: float = 15.0
    maintenance: bool = False
    """The panel itself is down for maintenance."""
    require_two_factor: bool = False
    descriptions: bool = True
    """Pelican can do without descriptions of servers."""

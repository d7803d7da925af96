"""Owns what may be different from one node to the next, or go wrong on it. Holds no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from secrets import token_hex


@dataclass(slots=True, kw_only=True)
class WingsSettings:
    """All may be changed while the node runs."""

    remote: str = ""
    """The panel's address; the one Origin that is let in, byte for byte."""
    allowed_origins: tuple[str, ...] = ()
    """Further ones; `*` is all."""
    secret: str = field(default_factory=lambda: token_hex(32), repr=False)
    """Shared with the panel, which signs with it."""
    clock_offset: float = 0.0
    """Seconds by which its clock is ahead of the panel's."""
    is_silent: bool = False
    """Whether it says nothing at all to tokens."""
    scope_required: bool = False
    """From 1.12.2 on a token without the claim `scope` gives no right at all."""
    has_limits: bool = False
    """From 1.12 on: 30 sockets for a server, 4096 bytes for a frame, few frames a second."""
    idle_seconds: float | None = None
    """After how much silence the proxy in front cuts a socket."""
    log_lines: int = 150
    """How many lines `send logs` brings."""

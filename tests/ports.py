"""Ports for programs that must be told one."""

from __future__ import annotations

import os
import socket

_FIRST, _LAST = 20_000, 30_000
"""Whoever asks a system for any port is given a higher one: 32768 or more on Linux."""
_OWN = 16
"""So many apart begin processes that run these tests side by side."""


def free_port() -> int:
    """Return one that nobody listens on, nor will soon."""
    own = _FIRST + os.getpid() * _OWN % (_LAST - _FIRST)
    for port in range(own, 2**15):
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")

"""What can be the id of a server: anything else would make another path. Asks no panel."""

from __future__ import annotations

import re

from bot.domain.errors import ServerNotFound

NUMBER = re.compile(r"[0-9]{1,19}")
NAME = re.compile(r"[0-9A-Za-z-]{1,64}")
"""A number, a uuid or the head of one."""


def check_id(panel_id: str, server_id: str, *, form: re.Pattern[str]) -> str:
    """Return an id that can be one; raise `ServerNotFound` for what cannot."""
    if not form.fullmatch(server_id):
        raise ServerNotFound(panel_id, server_id)
    return server_id

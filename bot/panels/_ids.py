"""What can be the id of a server: anything else would make another path. Asks no panel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.errors import ServerNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

NUMBER = re.compile(r"[0-9]{1,19}")
NAME = re.compile(r"[0-9A-Za-z-]{1,64}")
"""A number, a uuid or the head of one."""


def check_id(panel_id: str, server_id: str, *, form: re.Pattern[str]) -> str:
    """Return an id that can be one; raise `ServerNotFound` for what cannot."""
    if not form.fullmatch(server_id):
        raise ServerNotFound(panel_id, server_id)
    return server_id


def first_id(found: Iterable[str | None]) -> str | None:
    """Return the first that can be a name; None where none can."""
    return next((each for each in found if each is not None and NAME.fullmatch(each)), None)

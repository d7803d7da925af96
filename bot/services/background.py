"""The one boundary of loops that nobody waits for: they outlive bugs. Decides nothing of a loop."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)


@contextmanager
def outliving(what: str, *of: object) -> Iterator[None]:
    """Log a bug in the block and go on after it; `what`, with `of` put in, says who was at work.

    What a loop expects to fail it handles inside the block.
    """
    try:
        yield
    except Exception:  # whatever it is: one bad answer or row must not end the loop or the bot
        log.exception("%s failed unexpectedly", what % of)

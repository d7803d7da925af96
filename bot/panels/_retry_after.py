"""Reads when a panel wants to be asked again. Does not wait."""

from __future__ import annotations

import math
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_CAP = 300.0
# Legacy panels put a whole sentence into the header; only a number with its unit counts.
_IN_A_SENTENCE = re.compile(r"\b(\d+)\s*(s|sec|seconds?|m|min|minutes?)\b", re.IGNORECASE)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds to wait, at most five minutes; None where the headers say nothing."""
    # Against the panel's own clock, so that ours may be wrong.
    now = _date(headers.get("Date", "")) or now
    stated = _seconds(headers.get("Retry-After", ""), now)
    if stated is None:
        reset = _number(headers.get("X-RateLimit-Reset", ""))
        stated = None if reset is None else reset - now.timestamp()
    return None if stated is None else min(max(stated, 0.0), _CAP)


def _seconds(text: str, now: datetime) -> float | None:
    number = _number(text)
    if number is not None:
        return number
    date = _date(text)
    if date is not None:
        return (date - now).total_seconds()
    found = _IN_A_SENTENCE.search(text)
    if found is None:
        return None
    return float(found[1]) * (60 if found[2].lower().startswith("m") else 1)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    # A date without a zone cannot be compared with ours.
    return date if date.tzinfo is not None else None

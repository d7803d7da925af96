"""Every form in which a panel says when to come back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.panels._retry_after import retry_after

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
RESET = str(int(NOW.timestamp()) + 42)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "57"}, 57),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "Sat, 21 Nov 2026 06:00:20 GMT"}, 20),
        ({"Retry-After": "Please try again in 30 seconds."}, 30),
        ({"Retry-After": "Wait 2 minutes, please"}, 120),
        ({"Retry-After": "SQLSTATE[HY000] [2002] Connection refused"}, None),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "86400"}, 300),
        ({"Retry-After": "Sat, 21 Nov 2026 06:00:20"}, None),
        ({"X-RateLimit-Reset": RESET}, 42),
        ({"X-RateLimit-Reset": RESET, "Retry-After": "3"}, 3),
        ({"X-RateLimit-Reset": RESET, "Retry-After": "soon"}, 42),
        ({"X-RateLimit-Reset": "tomorrow"}, None),
        ({}, None),
    ],
)
def test_any_form_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_the_panels_own_clock_counts_where_ours_is_wrong() -> None:
    headers = {"X-RateLimit-Reset": RESET, "Date": "Sat, 21 Nov 2026 06:00:00 GMT"}
    assert retry_after(headers, NOW.replace(hour=9)) == 42

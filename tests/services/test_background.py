"""What is at work in the background outlives bugs, and nothing else."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.services.background import outliving


def test_a_bug_is_logged_with_who_was_at_work_and_where(caplog: pytest.LogCaptureFixture) -> None:
    with outliving("watching panel %s", "50%s"):
        int("a bug")

    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage() == "watching panel 50%s failed unexpectedly"
    assert "ValueError: " in caplog.text


@pytest.mark.parametrize("end", [asyncio.CancelledError, KeyboardInterrupt, SystemExit])
def test_the_end_of_the_task_and_of_the_bot_pass(
    caplog: pytest.LogCaptureFixture, end: type[BaseException]
) -> None:
    with pytest.raises(end), outliving("watching panel %s", "main"):
        raise end

    assert not caplog.records

"""`run`: the bot itself, until it is told to stop. Knows nothing of how it is made."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot import app
from bot.cli._failures import NotStarted
from bot.startup import StartupError

if TYPE_CHECKING:
    from bot.config import Config


def execute(config: Config) -> int:
    """Run the bot; raises `NotStarted` where something that it needs is not there."""
    try:
        asyncio.run(app.run(config))
    except StartupError as error:
        raise NotStarted(str(error)) from error
    return 0

"""Tells Discord our commands, only when they changed. Knows no command and remembers nothing."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from discord import app_commands

    from bot.ui.client import Client

log = logging.getLogger(__name__)


async def sync_commands(
    tree: app_commands.CommandTree[Client], known: str | None, *, mode: str
) -> str | None:
    """Sync by mode `auto` (unless they are the `known` ones), `always` or `never`.

    Returns the word by which what was told is known the next time; None where nothing was told.
    """
    if mode == "never":
        return None
    digest = await _digest(tree)
    if mode == "auto" and known == digest:
        log.debug("commands are unchanged")
        return None
    commands = await tree.sync()
    log.info("told Discord %d commands", len(commands))
    return digest


async def _digest(tree: app_commands.CommandTree[Client]) -> str:
    """Hash what would be sent; discord.py builds the same payload in `CommandTree.sync`."""
    translator = tree.translator
    payload = [
        await command.get_translated_payload(tree, translator)
        if translator
        else command.to_dict(tree)
        for command in sorted(tree.get_commands(), key=lambda command: command.name)
    ]
    text = json.dumps([discord.__version__, payload], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()

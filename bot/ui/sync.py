"""Tells Discord our commands, only when they changed. Knows no command."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from discord import app_commands

    from bot.domain.ports import Memory
    from bot.ui.client import Client

log = logging.getLogger(__name__)


async def sync_commands(
    tree: app_commands.CommandTree[Client], memory: Memory, *, mode: str, application_id: int
) -> bool:
    """Sync by mode `auto` (when the hash changed), `always` or `never`; say whether it was done."""
    if mode == "never":
        return False
    key = f"commands:{application_id}"
    digest = await _digest(tree)
    if mode == "auto" and await memory.get(key) == digest:
        log.debug("commands are unchanged")
        return False
    commands = await tree.sync()
    await memory.put(key, digest)
    log.info("told Discord %d commands", len(commands))
    return True


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

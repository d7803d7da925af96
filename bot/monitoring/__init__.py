"""Tells operators' tools, over HTTP, how the bot does. Changes nothing, and knows no secret."""

from bot.monitoring.server import serving

__all__ = ["serving"]

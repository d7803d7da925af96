"""A Discord of our own for tests and the demo: REST v10 and gateway, as strict as the real one.

Owns no state when imported. Refuses to know anything of the bot it serves.
"""

from bot.simulators.discord.errors import RefusedError
from bot.simulators.discord.standin import DiscordStandIn

__all__ = ["DiscordStandIn", "RefusedError"]

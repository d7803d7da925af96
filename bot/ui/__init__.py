"""Discord: commands, buttons and texts. The only part that knows discord.py."""

"""What a guild has chosen about the bot. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Confirm(StrEnum):
    """Which orders are asked for twice."""

    COSTLY = "costly"
    """Kill and delete."""
    ALWAYS = "always"
    """Stop and restart, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """One guild's choices; the defaults are those of a guild that has chosen nothing."""

    guild_id: int
    language: str | None = None
    """Of public answers, such as `zh-CN`; None is the guild's own in Discord."""
    time_zone: str = "UTC"
    """A name of the IANA database."""
    private_replies: bool = False
    """Whether cards are shown to the asker alone unless they say otherwise."""
    confirm: Confirm = Confirm.COSTLY
    audit_channel_id: int | None = None

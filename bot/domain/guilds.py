"""What a guild has chosen about the bot, and how far it was told of what happened. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

KEPT = timedelta(days=30)
"""How long the data of a guild is kept that the bot was removed from."""


class Confirm(StrEnum):
    """Which orders are asked for twice."""

    COSTLY = "costly"
    """Kill and delete."""
    ALWAYS = "always"
    """Stop and restart, too."""


class Setting(StrEnum):
    """What can be chosen; the words are the names of the fields of `GuildSettings`."""

    LANGUAGE = "language"
    TIME_ZONE = "time_zone"
    PRIVATE_REPLIES = "private_replies"
    CONFIRM = "confirm"
    AUDIT_CHANNEL = "audit_channel_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """One guild's choices; the defaults are those of a guild that has chosen nothing."""

    guild_id: int
    language: str | None = None
    """Of public answers, such as `zh-CN`; None is the guild's own in Discord."""
    time_zone: str = "UTC"
    """A name of the IANA database."""
    private_replies: bool | None = None
    """Whether lists and cards are for the asker alone; None: lists are, cards are not."""
    confirm: Confirm = Confirm.COSTLY
    audit_channel_id: int | None = None
    audit_channel_lost: bool = False
    """There was one, and it is gone; what happened since waits for another."""


@dataclass(frozen=True, slots=True)
class Told:
    """How far an audit channel has come, by the ids of audit entries."""

    upto: int
    """All up to this one are there."""
    on_its_way: int | None = None
    """Those up to this one were sent in one message, which may have arrived."""

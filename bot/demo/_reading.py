"""How a message reads without a client: with names for ids, and what can be pressed below it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.demo._stage import Stage
    from bot.simulators.discord.entities import Channel, Member, Role
    from bot.simulators.discord.message import Message

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_TIME = re.compile(r"<t:(\d{1,10}):[a-zA-Z]>")


def things(stage: Stage) -> dict[str, Member | Role | Channel]:
    """Return what can be named besides texts: people, roles and channels."""
    members = {member.user.name: member for member in stage.members.values()}
    roles = {role.name: role for role in stage.guild.roles}
    channels = {f"#{channel.name}": channel for channel in stage.guild.channels}
    return {**members, **roles, **channels}


def described(stage: Stage, message: Message) -> str:
    """Return a message as text, with what can be pressed below it, and where that is not plain."""
    place = "" if message.channel is stage.channel else f"#{message.channel.name}:"
    buttons = " ".join(f"[{b.label}]" for b in message.buttons if not b.disabled)
    privacy = "(only you see this)" if message.ephemeral else ""
    parts = (place, readable(stage, message.text), buttons, privacy)
    return "\n".join(part for part in parts if part)


def readable(stage: Stage, text: str) -> str:
    """Return a text with names in place of mentions, and times as a clock shows them."""
    text = _TIME.sub(lambda found: _clock(int(found[1])), text)
    for name, thing in things(stage).items():
        text = text.replace(thing.mention, name if name[0] in "@#" else f"@{name}")
    return text


def plain(text: str) -> str:
    r"""Return a text with names for what would act on a terminal: `\x1b` for the escape sign.

    Line breaks and tabs stay. What turns the direction of writing counts as well.
    """
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def _clock(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%X}"

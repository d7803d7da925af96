"""Owns whom a message really mentions, as Discord reads it. Notifies nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.simulators.discord.components import Kind, walk
from bot.simulators.discord.permissions import Permission

if TYPE_CHECKING:
    from bot.simulators.discord.message import Message

_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
_MENTION = re.compile(r"<@(?P<role>&?)!?(?P<id>\d+)>|(?P<all>@everyone|@here)")
_ALL: dict[str, Any] = {"parse": ["users", "roles", "everyone"]}


def mentioned(message: Message, allowed: dict[str, Any] | None) -> list[str]:
    """Return the mentions that would ping, each once, as `<@id>`, `<@&id>` or `@everyone`.

    Embeds and code never ping; no `allowed_mentions` means that all mentions are read.
    """
    texts = [message.content]
    texts += [part["content"] for part in walk(message.components) if part["type"] == Kind.TEXT]
    rule = _ALL if allowed is None else allowed
    found: dict[str, None] = {}
    for match in _MENTION.finditer(_CODE.sub(" ", "\n".join(texts))):
        text = match.group("all") or f"<@{match.group('role')}{match.group('id')}>"
        if _pings(message, match, rule):
            found[text] = None
    return list(found)


def _pings(message: Message, match: re.Match[str], rule: dict[str, Any]) -> bool:
    guild = message.channel.guild
    parse = rule.get("parse") or ()
    rights = message.channel.effective_bot_permissions
    may_ping_all = bool(rights & (Permission.MENTION_EVERYONE | Permission.ADMINISTRATOR))
    if match.group("all"):
        return "everyone" in parse and may_ping_all
    wanted = int(match.group("id"))
    key = "roles" if match.group("role") else "users"
    if key not in parse and wanted not in [int(item) for item in rule.get(key) or ()]:
        return False
    if guild is None:
        recipient = message.channel.recipient
        return key == "users" and recipient is not None and recipient.id == wanted
    if key == "users":
        return wanted in guild.members
    return any(r.id == wanted and (r.mentionable or may_ping_all) for r in guild.roles)

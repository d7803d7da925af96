"""A guild's choices in words. Reads and changes none."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.guilds import Confirm, Setting
from bot.ui.render.text import code

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.guilds import GuildSettings
    from bot.ui.i18n import Words

LANGUAGES = {"en-US": "English", "zh-CN": "中文"}
"""Each is called what those who speak it call it."""


def setting_word(setting: Setting, t: Words) -> str:
    """Return what a setting is called."""
    return {
        Setting.LANGUAGE: t.gettext("Language"),
        Setting.TIME_ZONE: t.gettext("Time zone"),
        Setting.PRIVATE_REPLIES: t.gettext("Answers"),
        Setting.CONFIRM: t.gettext("Confirmation"),
        Setting.AUDIT_CHANNEL: t.gettext("Audit channel"),
    }[setting]


def language_word(language: str | None, t: Words) -> str:
    """Return a language by its own name."""
    if language is None:
        return t.gettext("the one of this Discord server")
    return LANGUAGES.get(language, language)


def replies_word(private: bool | None, t: Words) -> str:  # noqa: FBT001 - the value of a setting
    """Return who sees lists and cards."""
    if private is None:
        return t.gettext("cards for everybody, lists for the asker")
    return t.gettext("for the asker alone") if private else t.gettext("for everybody")


def confirm_word(confirm: Confirm, t: Words) -> str:
    """Return what is asked for twice."""
    if confirm is Confirm.ALWAYS:
        return t.gettext("before kill, stop, restart and delete")
    return t.gettext("before kill and delete")


def local(at: datetime, chosen: GuildSettings) -> datetime:
    """Return a time as a clock in the guild's zone shows it."""
    try:
        return at.astimezone(ZoneInfo(chosen.time_zone))
    except ZoneInfoNotFoundError:  # the database of zones is another one by now
        return at.astimezone(UTC)


def summary(chosen: GuildSettings, now: datetime, channel: str, t: Words) -> str:
    """Return all choices; `channel` says which the audit channel is, and how it does."""
    there = local(now, chosen)
    zone = t.gettext("{zone} · it is {time} there · change it with `/settings time-zone`")
    values = {
        Setting.LANGUAGE: t.gettext("{language} · of what everybody reads").format(
            language=language_word(chosen.language, t)
        ),
        Setting.TIME_ZONE: zone.format(zone=code(chosen.time_zone, 64), time=f"{there:%H:%M}"),
        Setting.PRIVATE_REPLIES: replies_word(chosen.private_replies, t),
        Setting.CONFIRM: confirm_word(chosen.confirm, t),
        Setting.AUDIT_CHANNEL: channel,
    }
    lines = [f"**{setting_word(setting, t)}**: {value}" for setting, value in values.items()]
    return "\n".join([t.gettext("### Settings"), *lines])

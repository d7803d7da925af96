"""A guild's choices in words. Reads and changes none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.guilds import Confirm, Setting

if TYPE_CHECKING:
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

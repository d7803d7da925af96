"""What was done in words: one entry of the audit is one line, with a smaller one that says why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Change, Door, Outcome
from bot.domain.guilds import Confirm, Setting
from bot.ui.render import rules
from bot.ui.render.audit_detail import detail_words
from bot.ui.render.errors import right
from bot.ui.render.settings import confirm_word, language_word, replies_word, setting_word
from bot.ui.render.text import code, duration, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.domain.audit import AuditEntry
    from bot.domain.grants import NamedRule
    from bot.ui.i18n import Words

TEXT_LIMIT = 3900
"""Discord takes 4,000 characters of text in one message of components."""
_SYMBOLS = {
    Outcome.DENIED: "⛔",
    Outcome.REFUSED: "🚫",
    Outcome.SENT: "⏳",
    Outcome.ACCEPTED: "✅",
    Outcome.DONE: "✅",
    Outcome.NO_EFFECT: "⚪",
    Outcome.NOT_UP: "❌",
    Outcome.FAILED: "❌",
    Outcome.UNKNOWN: "❔",
}
_ACTIONS = frozenset(Action)


def told(
    entries: Sequence[AuditEntry], named: Mapping[int, NamedRule], t: Words, *, limit: int
) -> str:
    """Return the entries, one below the other; why is left out where that would be too much."""
    text = "\n".join(f"{_line(entry, t)}{_why(entry, named, t)}" for entry in entries)
    if len(text) <= limit:
        return text
    return "\n".join(_line(entry, t) for entry in entries)


def told_unnamed(entries: Sequence[AuditEntry], t: Words) -> str:
    """Return them without names and words of others, some of which Discord does not take."""
    return "\n".join(_line(_unnamed(entry), t) for entry in entries)


def _unnamed(entry: AuditEntry) -> AuditEntry:
    # What was chosen in the settings has words of ours only.
    if entry.action == Change.SETTINGS:
        return entry
    return replace(entry, server_name="", detail=None)


def _line(entry: AuditEntry, t: Words) -> str:
    who = t.gettext("by itself") if entry.door is Door.ITSELF else f"<@{entry.user_id}>"
    how = [outcome_word(entry.outcome, t)]
    if entry.duration is not None and entry.duration.total_seconds() >= 1:
        how.append(duration(entry.duration))
    parts = [
        f"{_SYMBOLS[entry.outcome]} {_moment(entry.at)} {who}: {_what(entry, t)}",
        _door(entry.door, t),
        " ".join(how),
    ]
    return " · ".join(filter(None, [*parts, detail_words(entry, t)]))


def _what(entry: AuditEntry, t: Words) -> str:
    name = f"**{plain(entry.server_name, 60)}**" if entry.server_name.strip() else ""
    if entry.action in _ACTIONS:
        return f"{right(entry.action, t)} {name}".rstrip()
    if entry.action == Change.SETTINGS and entry.server_name in set(Setting):
        return f"{_change(entry.action, t)} {_choice(entry, t)}"
    return f"{_change(entry.action, t)} {name}".rstrip()


def _choice(entry: AuditEntry, t: Words) -> str:
    setting, chosen = Setting(entry.server_name), entry.detail
    if setting is Setting.AUDIT_CHANNEL:
        value = t.gettext("none") if chosen is None else f"<#{plain(chosen, 20)}>"
    elif setting is Setting.LANGUAGE:
        value = plain(language_word(chosen, t), 40)
    elif setting is Setting.PRIVATE_REPLIES:
        value = replies_word(None if chosen is None else chosen == str(True), t)
    elif setting is Setting.CONFIRM:
        value = confirm_word(Confirm.ALWAYS if chosen == Confirm.ALWAYS else Confirm.COSTLY, t)
    else:
        value = code(chosen or "UTC", 64)
    return f"**{setting_word(setting, t)}** → {value}"


def _change(change: str, t: Words) -> str:
    words: dict[str, str] = {
        Change.RULES_SEEN: t.gettext("read the rules"),
        Change.RULE_ADDED: t.gettext("gave a rule"),
        Change.RULE_REMOVED: t.gettext("ended a rule"),
        Change.RULE_RESTORED: t.gettext("brought a rule back"),
        Change.RULE_EXPIRY: t.gettext("changed when a rule ends"),
        Change.PANEL_LISTED: t.gettext("read the list of panels"),
        Change.PANEL_ADDED: t.gettext("added the panel"),
        Change.PANEL_TESTED: t.gettext("tested the panel"),
        Change.PANEL_SERVERS: t.gettext("chose the servers of the panel"),
        Change.PANEL_EDITED: t.gettext("changed the panel"),
        Change.PANEL_KEY: t.gettext("gave another key to the panel"),
        Change.PANEL_REMOVED: t.gettext("removed the panel"),
        Change.PANEL_RESTORED: t.gettext("brought back the panel"),
        Change.BOARD_ADDED: t.gettext("made a board"),
        Change.BOARD_REFRESHED: t.gettext("refreshed a board"),
        Change.BOARD_MOVED: t.gettext("moved a board"),
        Change.BOARD_REMOVED: t.gettext("removed a board"),
        Change.NEWS_SEEN: t.gettext("read the list of news"),
        Change.NEWS_ADDED: t.gettext("let a channel be told"),
        Change.NEWS_EDITED: t.gettext("changed what a channel is told"),
        Change.NEWS_REMOVED: t.gettext("let a channel be told no more"),
        Change.NEWS_RESTORED: t.gettext("let a channel be told again"),
        Change.NEWS_TESTED: t.gettext("sent a test of news"),
        Change.NEWS_MUTED: t.gettext("muted news"),
        Change.NEWS_UNMUTED: t.gettext("ended a mute of news"),
        Change.SETTINGS: t.gettext("settings"),
        Change.HEALTH_SEEN: t.gettext("read how I am doing"),
        Change.DATA_DELETED: t.gettext("deleted all that was stored of this Discord server"),
    }
    return words.get(change) or plain(change)


def _door(door: Door, t: Words) -> str:
    return {
        Door.COMMAND: t.gettext("command"),
        Door.BUTTON: t.gettext("button"),
        Door.FORM: t.gettext("form"),
        Door.MENU: t.gettext("menu"),
        Door.ITSELF: "",
    }[door]


def outcome_word(outcome: Outcome, t: Words) -> str:
    """Return the word for how an attempt ended."""
    return {
        Outcome.DENIED: t.gettext("not allowed"),
        Outcome.REFUSED: t.gettext("not done"),
        Outcome.SENT: t.gettext("on its way"),
        Outcome.ACCEPTED: t.gettext("the panel took it"),
        Outcome.DONE: t.gettext("done"),
        Outcome.NO_EFFECT: t.gettext("nothing changed"),
        Outcome.NOT_UP: t.gettext("did not come up"),
        Outcome.FAILED: t.gettext("failed"),
        Outcome.UNKNOWN: t.gettext("its end was not seen"),
    }[outcome]


def _why(entry: AuditEntry, named: Mapping[int, NamedRule], t: Words) -> str:
    if entry.door is Door.ITSELF or (entry.rule_id is None and entry.outcome is Outcome.REFUSED):
        return ""
    if entry.rule_id is None:
        is_denied = entry.outcome is Outcome.DENIED
        passes = t.gettext("has the Manage Server permission")
        why = t.gettext("no rule allows it") if is_denied else passes
    elif entry.rule_id in named:
        why = t.gettext("rule: {rule}").format(rule=rules.says(named[entry.rule_id], t))
    else:
        why = t.gettext("by a rule that is deleted since")
    return f"\n-# {why}"


def _moment(at: datetime) -> str:
    """Return Discord's own markup for date and time, which every reader sees locally."""
    return f"<t:{int(at.timestamp())}:f>"

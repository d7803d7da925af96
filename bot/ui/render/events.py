"""The words for kinds of events. Says nothing of what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.events import EventKind, Preset

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.ui.i18n import Words

CHOICES: Sequence[EventKind | Preset] = (
    *Preset,
    *(kind for kind in EventKind if kind is not EventKind.ACTION),
)
"""What is offered; `Preset.ACTIONS` is that one kind, and neither is offered twice."""
_MOST = 6


_SYMBOLS = {
    EventKind.STARTED: "🟢",
    EventKind.STOPPED: "🔴",
    EventKind.CRASHED: "💥",
    EventKind.RESTARTED: "🔄",
    EventKind.SUSPENDED: "⛔",
    EventKind.UNSUSPENDED: "🔓",
    EventKind.INSTALLING: "🔧",
    EventKind.INSTALLED: "📦",
    EventKind.INSTALL_FAILED: "❌",
    EventKind.ADDED: "🆕",
    EventKind.REMOVED: "🗑️",
    EventKind.RENAMED: "🏷️",
    EventKind.UNREACHABLE: "📡",
    EventKind.RECOVERED: "✅",
    EventKind.FLAPPING: "🔁",
    EventKind.ACTION: "👤",
    EventKind.THRESHOLD: "⚠️",
}


def symbol(kind: EventKind) -> str:
    """Return the emoji of a kind of event."""
    return _SYMBOLS[kind]


def kind_word(kind: EventKind, t: Words) -> str:
    """Return the word for a kind of event."""
    return {
        EventKind.STARTED: t.gettext("started"),
        EventKind.STOPPED: t.gettext("stopped"),
        EventKind.CRASHED: t.gettext("crashed"),
        EventKind.RESTARTED: t.gettext("restarted"),
        EventKind.SUSPENDED: t.gettext("suspended"),
        EventKind.UNSUSPENDED: t.gettext("no longer suspended"),
        EventKind.INSTALLING: t.gettext("being installed"),
        EventKind.INSTALLED: t.gettext("installed"),
        EventKind.INSTALL_FAILED: t.gettext("installation failed"),
        EventKind.ADDED: t.gettext("new"),
        EventKind.REMOVED: t.gettext("gone"),
        EventKind.RENAMED: t.gettext("renamed"),
        EventKind.UNREACHABLE: t.gettext("out of reach"),
        EventKind.RECOVERED: t.gettext("in reach again"),
        EventKind.FLAPPING: t.gettext("keeps changing"),
        EventKind.ACTION: t.gettext("actions of members"),
        EventKind.THRESHOLD: t.gettext("nearly out of memory or disk space"),
    }[kind]


def event_word(word: EventKind | Preset, t: Words) -> str:
    """Return what a kind of event, or several at once, are called."""
    if isinstance(word, EventKind):
        return kind_word(word, t)
    return {
        Preset.PROBLEMS: t.gettext("problems"),
        Preset.CHANGES: t.gettext("all changes"),
        Preset.ACTIONS: t.gettext("what members do"),
    }[word]


def as_offered(words: Iterable[EventKind | Preset]) -> set[EventKind | Preset]:
    """Return the same in words that are offered."""
    return {Preset.ACTIONS if word is EventKind.ACTION else word for word in words}


def event_words(words: Iterable[EventKind | Preset], t: Words) -> str:
    """Return them in the order in which they are offered, as many as are read at a glance."""
    chosen = as_offered(words)
    shown = [event_word(word, t) for word in CHOICES if word in chosen]
    text = t.gettext(", ").join(shown[:_MOST])
    more = len(shown) - _MOST
    return f"{text} {t.gettext('and {count} more').format(count=more)}" if more > 0 else text

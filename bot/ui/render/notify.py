"""Subscriptions and mutes in words. Looks at no channel: what is in the way there is told to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.events import PINGING, EventKind
from bot.domain.news import Pause, kinds_of
from bot.ui.render.events import event_words, kind_word
from bot.ui.render.places import channel_label, place, place_label
from bot.ui.render.text import ago, code, label, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.news import Subscription
    from bot.domain.notify import NamedMute, NamedSubscription
    from bot.ui.i18n import Words

_PANEL, _PANELS = 40, 3


def says(named: NamedSubscription, t: Words) -> str:
    """Return what a subscription tells where, in one line."""
    subscription = named.subscription
    parts = [
        f"<#{subscription.channel_id}>",
        event_words(subscription.events, t),
        place(subscription.panel_id, subscription.server_id, (named.panel, named.server), t),
    ]
    if subscription.mention_role_id is not None:
        role = f"<@&{subscription.mention_role_id}>"
        parts.append(t.gettext("mentions {role} for problems").format(role=role))
    return " · ".join(parts)


def obstacles(subscription: Subscription, found: Sequence[str], t: Words) -> list[str]:
    """Return why nothing is told, or not all of it; `found` is what is in the way there now."""
    unheard = _mentions_nobody(subscription, t)
    if found:
        return [*(f"⚠️ {text}" for text in found), *unheard]
    if subscription.pause is None:
        return unheard
    texts = {
        Pause.CHANNEL_GONE: t.gettext("Paused: the channel was deleted; nothing is lost."),
        Pause.NOT_ALLOWED: t.gettext(
            "Paused: Discord does not let me write there; I try again every few minutes, and "
            "nothing is lost."
        ),
        Pause.REFUSED: t.gettext(
            "Paused: Discord takes no news there, whatever I write; I try again every few minutes, "
            "and nothing is lost."
        ),
    }
    return [f"⏸️ {texts[subscription.pause]}", *unheard]


def _mentions_nobody(subscription: Subscription, t: Words) -> list[str]:
    """Return that a role is never mentioned, where nothing that is told does that."""
    role_id = subscription.mention_role_id
    if role_id is None or not PINGING.isdisjoint(kinds_of(subscription.events)):
        return []
    text = t.gettext("Nothing of this ever mentions {role}; that do only: {kinds}.")
    kinds = t.gettext(", ").join(kind_word(kind, t) for kind in EventKind if kind in PINGING)
    return [f"⚠️ {text.format(role=f'<@&{role_id}>', kinds=kinds)}"]


def saved(named: NamedSubscription, said: str, found: Sequence[str], t: Words) -> str:
    """Return one subscription; `said` is what was just done with it."""
    title = t.gettext("### News in {channel}").format(channel=f"<#{named.subscription.channel_id}>")
    lines = obstacles(named.subscription, found, t)
    return "\n".join(filter(None, [title, said, says(named, t), *lines]))


def list_title(position: tuple[int, int, int], t: Words, *, has_mutes: bool) -> str:
    """Return what is above a page; `position` is how many there are, the page, and of how many."""
    total, page, pages = position
    if not total and not has_mutes:
        return t.gettext(
            "No channel is told anything yet. `/notify add` lets me post there what happens."
        )
    title = t.ngettext("{count} subscription", "{count} subscriptions", total).format(count=total)
    if pages > 1:
        title += " · " + t.gettext("page {page} of {pages}").format(page=page + 1, pages=pages)
    return f"### {title}"


def listed(entries: Sequence[tuple[NamedSubscription, Sequence[str]]], t: Words) -> str:
    """Return the subscriptions of one page, with what is in the way of each."""
    lines = []
    for named, found in entries:
        lines.append(f"📣 {says(named, t)}")
        lines += [f"-# {text}" for text in obstacles(named.subscription, found, t)]
    return "\n".join(lines)


def blind(panels: Sequence[str], t: Words) -> list[str]:
    """Return what is told instead of crashes where these panels do not tell of them."""
    if not panels:
        return []
    text = t.gettext(
        "{panels}: I see there that a server stopped, not that it crashed. A stop that nobody "
        "asked me for counts as a problem."
    )
    names = t.gettext(", ").join(plain(name, _PANEL) for name in panels[:_PANELS])
    if (more := len(panels) - _PANELS) > 0:
        names += " " + t.gettext("and {count} more").format(count=more)
    return [f"-# {text.format(panels=names)}"]


def mute_line(named: NamedMute, t: Words) -> str:
    """Return a mute, as in a list."""
    mute = named.mute
    where = place(mute.panel_id, mute.server_id, (named.panel, named.server), t)
    end = t.gettext("until it is ended")
    if mute.until is not None:
        end = t.gettext("ends {time}").format(time=ago(mute.until))
    parts = [t.gettext("{place} muted").format(place=where), end, f"<@{mute.muted_by}>"]
    if mute.reason:
        parts.append(code(mute.reason, 80))
    return f"🔇 {' · '.join(parts)}"


def suggestion(named: NamedSubscription, channel: str | None, t: Words) -> str:
    """Return a subscription for a place without markup; `channel` is its channel's name."""
    subscription = named.subscription
    names = (named.panel, named.server)
    where = place_label(subscription.panel_id, subscription.server_id, names, t)
    words = event_words(subscription.events, t)
    return label(f"{channel_label(channel, t)} · {where} · {words}", 100)


def mute_suggestion(named: NamedMute, t: Words) -> str:
    """Return a mute for a place without markup."""
    mute = named.mute
    where = place_label(mute.panel_id, mute.server_id, (named.panel, named.server), t)
    return label(" · ".join(filter(None, [where, mute.reason])), 100)

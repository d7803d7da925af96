"""Subscriptions and mutes in words. Looks at no channel: what is in the way there is told to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.news import Pause
from bot.ui.render.events import event_words
from bot.ui.render.text import ago, code, label, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.news import Subscription
    from bot.domain.notify import NamedMute, NamedSubscription
    from bot.ui.i18n import Words

_NAME = 60


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


def place(
    panel_id: str | None, server_id: str | None, names: tuple[str | None, str | None], t: Words
) -> str:
    """Return what a subscription or a mute is about; `names` are those of panel and server."""
    panel, server = names
    if server is not None:
        return f"**{plain(server, _NAME)}**"
    if server_id is not None:
        return t.gettext("a server that I do not see now")
    if panel_id is None:
        return t.gettext("all servers")
    if panel is None:
        return t.gettext("a panel that is gone")
    return t.gettext("all servers of {panel}").format(panel=f"**{plain(panel, _NAME)}**")


def obstacles(subscription: Subscription, found: Sequence[str], t: Words) -> list[str]:
    """Return why nothing is told, or not all of it; `found` is what is in the way there now."""
    if found:
        return [f"⚠️ {text}" for text in found]
    if subscription.pause is None:
        return []
    texts = {
        Pause.CHANNEL_GONE: t.gettext("Paused: the channel was deleted; nothing is lost."),
        Pause.NOT_ALLOWED: t.gettext(
            "Paused: Discord does not let me write there; I try again every few minutes, and "
            "nothing is lost."
        ),
    }
    return [f"⏸️ {texts[subscription.pause]}"]


def saved(named: NamedSubscription, said: str, found: Sequence[str], t: Words) -> str:
    """Return one subscription; `said` is what was just done with it."""
    title = t.gettext("### News in {channel}").format(channel=f"<#{named.subscription.channel_id}>")
    lines = obstacles(named.subscription, found, t)
    return "\n".join(filter(None, [title, said, says(named, t), *lines]))


def listed(
    entries: Sequence[tuple[NamedSubscription, Sequence[str]]],
    mutes: Sequence[NamedMute],
    position: tuple[int, int, int],
    t: Words,
) -> str:
    """Return one page; `position` is how many there are, the page, from 0, and of how many."""
    total, page, pages = position
    if not total and not mutes:
        return t.gettext(
            "No channel is told anything yet. `/notify add` lets me post there what happens."
        )
    title = t.ngettext("{count} subscription", "{count} subscriptions", total).format(count=total)
    if pages > 1:
        title += " · " + t.gettext("page {page} of {pages}").format(page=page + 1, pages=pages)
    lines = [f"### {title}"]
    for named, found in entries:
        lines.append(f"📣 {says(named, t)}")
        lines += [f"-# {text}" for text in obstacles(named.subscription, found, t)]
    return "\n".join([*lines, *(mute_line(mute, t) for mute in mutes)])


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
    where = named.server or named.panel
    if where is None:
        where = t.gettext("all") if subscription.panel_id is None else "?"
    name = "?" if channel is None else f"#{label(channel, 30)}"
    words = event_words(subscription.events, t)
    return label(f"{name} · {label(where, 30)} · {words}", 100)


def mute_suggestion(named: NamedMute, t: Words) -> str:
    """Return a mute for a place without markup."""
    mute = named.mute
    where = named.server or named.panel or (t.gettext("all") if mute.panel_id is None else "?")
    return label(" · ".join(filter(None, [label(where, 40), mute.reason])), 100)

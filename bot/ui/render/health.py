"""What the bot is and how it does, in words. Asks nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.ui.render.notify import mute_line
from bot.ui.render.text import ago, plain
from bot.ui.render.trouble import panel_trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.health import Connection, GuildHealth, PanelView, Waiting
    from bot.domain.notify import NamedMute
    from bot.ui.i18n import Words

_LINES = 8
"""Of panels; those that need a look come first."""
_MUTES = 2


def about(version: str, kinds: Sequence[str], t: Words) -> str:
    """Introduce the bot."""
    title = t.gettext("### Deckhand {version}").format(version=version)
    what = t.gettext(
        "I put this community's game servers and VPSes within reach of the people who use them: "
        "`/status` shows how one is, `/restart` restarts it and tells when it runs again, "
        "`/server list` shows all that you may see."
    )
    panels = t.gettext("Panels I speak to: {kinds}.").format(kinds=t.gettext(", ").join(kinds))
    begin = t.gettext(
        "Those with Manage Server begin with `/setup`; `/access` says who may do what."
    )
    keeps = t.gettext(
        "I read no messages and keep no list of members. I keep who did what with which server, "
        "for as long as the person who runs me has chosen."
    )
    return f"{title}\n{what}\n{panels}\n{begin}\n{keeps}"


def guild_health(health: GuildHealth, t: Words) -> str:
    """Return how the bot does for one guild."""
    panels = sorted(health.panels, key=_is_well)
    lines = [_panel(panel, t) for panel in panels[:_LINES]]
    if (more := len(panels) - _LINES) > 0:
        further = t.ngettext("… and {count} more panel", "… and {count} more panels", more)
        lines.append(further.format(count=more))
    if not lines:
        lines = [t.gettext("There is no panel here yet. Add one with `/panel add`.")]
    title = t.gettext("### How I am doing")
    waiting, muted = _waiting(health.waiting, t), _muted(health.mutes, t)
    if not waiting and not muted:
        waiting = [t.gettext("✅ All news is told.")]
    news = [*waiting, *_paused(health.paused, t), *muted]
    boards = _paused_boards(health.paused_boards, t)
    return "\n".join([title, _connection(health.connection, t), *lines, *news, *boards])


def _connection(connection: Connection, t: Words) -> str:
    if not connection.is_ready:
        return t.gettext("⚠️ My connection to Discord is just being made anew.")
    if connection.latency_seconds is None:
        return t.gettext("✅ Discord: connected")
    told = t.gettext("✅ Discord: connected, answers within {count} ms")
    return told.format(count=round(connection.latency_seconds * 1000))


def _is_well(panel: PanelView) -> bool:
    if panel.trouble is not None or panel.health is None:
        return False
    return panel.health.last_success is not None and not panel.health.is_late


def _panel(panel: PanelView, t: Words) -> str:
    name = plain(panel.name, 40)
    seen = panel.health.last_success if panel.health else None
    if panel.trouble is not None:
        trouble = panel_trouble(panel.trouble, t).format(name=name)
        never, last = t.gettext("not seen since I was started"), t.gettext("seen last {ago}")
        return f"❌ {trouble} · {last.format(ago=ago(seen)) if seen else never}"
    if panel.health is None or seen is None:
        told = t.gettext("⏳ {panel}: not looked at yet")
        return told.format(panel=f"**{name}**")
    if panel.health.is_late:
        told = t.gettext("⚠️ {panel}: not looked at for longer than it should be, seen last {ago}")
    else:
        told = t.gettext("✅ {panel}: answers, seen {ago}")
    return told.format(panel=f"**{name}**", ago=ago(seen))


def _waiting(waiting: Waiting | None, t: Words) -> list[str]:
    if waiting is None:
        return [
            t.gettext(
                "❌ My database takes nothing: news waits and is told later, nothing is lost."
            )
        ]
    lines = []
    if waiting.oldest_at is not None:
        told = t.ngettext(
            "⏳ {count} piece of news waits to be told, since {ago}.",
            "⏳ {count} pieces of news wait to be told, the first since {ago}.",
            waiting.count,
        )
        lines.append(told.format(count=waiting.count, ago=ago(waiting.oldest_at)))
    if waiting.paused:
        told = t.ngettext(
            "⏸️ {count} piece of news waits for a channel that I cannot write to.",
            "⏸️ {count} pieces of news wait for channels that I cannot write to.",
            waiting.paused,
        )
        lines.append(told.format(count=waiting.paused))
    return lines


def _muted(mutes: Sequence[NamedMute], t: Words) -> list[str]:
    without_reason = (
        replace(named, mute=replace(named.mute, reason=None)) for named in mutes[:_MUTES]
    )
    lines = [mute_line(named, t) for named in without_reason]
    if (more := len(mutes) - _MUTES) > 0:
        lines.append(f"🔇 {t.gettext('and {count} more').format(count=more)}")
    return lines


def _paused(count: int, t: Words) -> list[str]:
    if not count:
        return []
    told = t.ngettext(
        "⚠️ {count} notification is paused: I may not write into its channel, that is gone, or "
        "Discord takes nothing there. `/notify list` says more.",
        "⚠️ {count} notifications are paused: I may not write into their channels, these are gone, "
        "or Discord takes nothing there. `/notify list` says more.",
        count,
    )
    return [told.format(count=count)]


def _paused_boards(count: int, t: Words) -> list[str]:
    if not count:
        return []
    told = t.ngettext(
        "⚠️ {count} board is paused: I may not write into its channel, that is gone, or Discord "
        "takes no message of it. `/board refresh` tries again or says why not, `/board move` shows "
        "it in another channel.",
        "⚠️ {count} boards are paused: I may not write into their channels, these are gone, or "
        "Discord takes no message of them. `/board refresh` tries again or says why not, "
        "`/board move` shows them in another channel.",
        count,
    )
    return [told.format(count=count)]

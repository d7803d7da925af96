"""The steps of `/setup` in words: what there is already, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ui.render import rules
from bot.ui.render.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.grants import NamedRule
    from bot.services.open_panels import PanelLine
    from bot.ui.i18n import Words

_LINES = 6


def panel_step(lines: Sequence[PanelLine], t: Words) -> str:
    """Return what panels there are."""
    intro = t.gettext("A panel is where your game servers are run. Its key is asked for in a form.")
    here = t.gettext("In use here: {panels}.")
    return _step(1, t.gettext("Panel"), [intro, _named(here, lines)], t)


def servers_step(lines: Sequence[PanelLine], t: Words) -> str:
    """Return how many servers of each panel are used."""
    intro = t.gettext("Pick a panel to tick which of its servers are used here.")
    counts = [
        t.ngettext("{panel}: {count} server", "{panel}: {count} servers", line.servers).format(
            panel=f"**{plain(line.name, 60)}**", count=line.servers
        )
        for line in lines[:_LINES]
    ]
    if not any(line.panel for line in lines):
        intro = t.gettext("There is no panel yet whose servers you could choose.")
    return _step(2, t.gettext("Servers"), [intro, *counts], t)


def role_step(given: Sequence[NamedRule], said: str, t: Words) -> str:
    """Return which rights there are; `said` is what was just given."""
    intro = t.gettext(
        "Nobody but those with the Manage Server permission can do anything until a role is "
        "given rights. Pick a role, then what its members may do with all servers; "
        "`/access allow` can do that for one server, too."
    )
    return _step(3, t.gettext("Roles"), [said or intro, *_rules(given, t)], t)


def grant_step(role_id: int, guild_id: int, t: Words) -> str:
    """Return what is asked about a role."""
    who = t.gettext("everybody here") if role_id == guild_id else f"<@&{role_id}>"
    question = t.gettext("What may {who} do with all servers?").format(who=who)
    return _step(3, t.gettext("Roles"), [question], t)


def channel_step(channel: str, notice: str, t: Words) -> str:
    """Return which channel is told what is done; `channel` says how it does."""
    intro = t.gettext(
        "I can tell a channel who did what: every restart, every denial, every change of rights. "
        "Pick one that only your team reads."
    )
    now = t.gettext("Audit channel: {channel}").format(channel=channel)
    return _step(4, t.gettext("Channel"), [notice or intro, now], t)


def news_step(channel_ids: Sequence[int], notice: str, t: Words) -> str:
    """Return which channels are told what happens to servers."""
    intro = t.gettext(
        "I can post in a channel what happens to servers: problems, to begin with. Pick one that "
        "your members read; `/notify` lets you choose more."
    )
    return _step(5, t.gettext("News"), [notice or intro, news_channels(channel_ids, t)], t)


def news_channels(channel_ids: Sequence[int], t: Words) -> str:
    """Return the channels that are told anything, or nothing where there is none."""
    if not channel_ids:
        return ""
    more = f" … +{len(channel_ids) - _LINES}" if len(channel_ids) > _LINES else ""
    shown = ", ".join(f"<#{channel_id}>" for channel_id in channel_ids[:_LINES])
    return t.gettext("News: {channels}").format(channels=shown + more)


def end_step(
    lines: Sequence[PanelLine], given: Sequence[NamedRule], notes: Sequence[str], t: Words
) -> str:
    """Return what members can do now, what is in the way, and how to try it."""
    servers = sum(line.servers for line in lines)
    there = t.ngettext(
        "{count} server can be used here.", "{count} servers can be used here.", servers
    ).format(count=servers)
    nobody = t.gettext("No role has any right yet: only those with Manage Server can use them.")
    may = _rules(given, t) or [nobody]
    try_it = t.gettext(
        "**Try it**: members use `/server list` and `/restart`. "
        "Pick a role below to see the list as its members see it."
    )
    title = t.gettext("### Ready: what members can do now")
    return "\n".join([title, there, *may, *notes, try_it])


def _step(number: int, name: str, parts: Sequence[str], t: Words) -> str:
    title = t.gettext("### Setup · {number} of 5: {step}").format(number=number, step=name)
    return "\n".join([title, *filter(None, parts)])


def _named(text: str, lines: Sequence[PanelLine]) -> str:
    if not lines:
        return ""
    more = f" … +{len(lines) - _LINES}" if len(lines) > _LINES else ""
    panels = ", ".join(f"**{plain(line.name, 60)}**" for line in lines[:_LINES])
    return text.format(panels=panels + more)


def _rules(given: Sequence[NamedRule], t: Words) -> list[str]:
    shown = [f"- {rules.says(named, t)}" for named in given[:_LINES]]
    more = len(given) - _LINES
    return [*shown, f"- … +{more}"] if more > 0 else shown

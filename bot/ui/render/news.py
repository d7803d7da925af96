"""News in words: one event is one line, many are a summary. Mentions only what it is told to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.events import PINGING, EventKind
from bot.domain.incidents import UNWATCHED
from bot.domain.news import MOST_LINES
from bot.domain.servers import Capability, ServerState
from bot.ui.render import states
from bot.ui.render.errors import right
from bot.ui.render.events import kind_word, symbol
from bot.ui.render.history import TEXT_LIMIT, outcome_word
from bot.ui.render.text import ago, code, duration, label, plain
from bot.ui.render.trouble import panel_trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.domain.events import Asker, Event
    from bot.domain.news import Announcement
    from bot.ui.i18n import Words

_OVER = "✅"
_BY_ITSELF = frozenset({EventKind.STARTED, EventKind.STOPPED, EventKind.RESTARTED})
"""What is worth saying that nobody here asked for it."""
_ACTIONS: frozenset[str] = frozenset({*Action, Capability.FORCE_DELETE})
_NAME, _NAMES = 60, 30
_SUMMARY_LINE = 200
_TITLE = 90


def news(message: Announcement, t: Words, panels: Mapping[str, str]) -> str:
    """Return all that a message says; `panels` are the names of the guild's panels by id."""
    roles = " ".join(f"<@&{role_id}>" for role_id in message.role_ids)
    if message.is_unsaid:
        return "\n".join(filter(None, [_unsaid(len(message.events), t), roles]))
    lines = [line(event, t, panels, message.guild_id) for event in message.events]
    if message.names_servers and len(lines) == 1:
        lines += _hidden(message.events[0], t)
    limit = TEXT_LIMIT - len(roles)
    if len(lines) > MOST_LINES or len("\n".join(lines)) > limit:
        lines = _summary(message.events, t)
    return "\n".join(filter(None, [*lines, roles]))


def title(message: Announcement, t: Words, panels: Mapping[str, str]) -> str:
    """Return a name without markup for the post that a message is in a forum."""
    event = message.events[0]
    if message.is_unsaid:
        return "📰"
    if len(message.events) > 1:
        count = len(message.events)
        return t.ngettext("{count} change", "{count} changes", count).format(count=count)
    # The post keeps its name: Discord takes two others in ten minutes, and no more.
    may_be_a_restart = event.kind is EventKind.STOPPED and event.incident is not None
    mark = "📰" if may_be_a_restart else symbol(event.kind)
    return f"{mark} {label(event.name or panels.get(event.panel_id, '?'), _TITLE)}"


def _unsaid(count: int, t: Words) -> str:
    """Return what is said where Discord takes no names or words from panels."""
    return t.ngettext(
        "📰 {count} change, which Discord does not let me describe here",
        "📰 {count} changes, which Discord does not let me describe here",
        count,
    ).format(count=count)


def line(event: Event, t: Words, panels: Mapping[str, str], guild_id: int) -> str:
    """Return what happened, as a guild reads it."""
    if event.is_test:
        test = t.gettext("🧪 only a test:")
        return f"{test} {line(replace(event, is_test=False), t, panels, guild_id)}"
    if event.kind is EventKind.ACTION:
        return _action(event, t, guild_id)
    event = _as_told(event)
    if event.kind in _INCIDENTS:
        return _incident(event, t, panels)
    parts = [_what(event, t)]
    if event.asker is not None:
        parts.append(_asked(event.asker, t, guild_id))
    elif event.kind in _BY_ITSELF and not event.was_away:
        parts.append(t.gettext("by itself"))
    parts += _place(event, panels)
    parts.append(t.gettext("while I was away") if event.was_away else ago(event.at))
    return f"{symbol(event.kind)} {' · '.join(parts)}"


def _as_told(event: Event) -> Event:
    """Return the last word of an incident without an end as that of what it was about."""
    is_gone = event.kind in _INCIDENTS and event.detail in (ServerState.DELETED, UNWATCHED)
    return replace(event, kind=EventKind.REMOVED) if is_gone else event


def _what(event: Event, t: Words) -> str:
    name = plain(event.name, _NAME)
    if event.kind is EventKind.REMOVED and event.detail == UNWATCHED:
        return t.gettext("**{server}** is no longer watched").format(server=name)
    if event.kind is EventKind.REMOVED and event.ref is not None and event.incident is not None:
        # That it is gone is news of its own.
        return t.gettext("the trouble with **{server}** ended with its removal").format(server=name)
    if event.kind is EventKind.RENAMED:
        former = plain(event.former_name or "?", _NAME)
        return t.gettext("**{former}** is now called **{server}**").format(
            former=former, server=name
        )
    if event.kind is EventKind.CRASHED and event.asker is not None:
        return t.gettext("**{server}** did not come up").format(server=name)
    texts = {
        EventKind.STARTED: t.gettext("**{server}** started"),
        EventKind.STOPPED: t.gettext("**{server}** stopped"),
        EventKind.CRASHED: t.gettext("**{server}** crashed"),
        EventKind.RESTARTED: t.gettext("**{server}** restarted"),
        EventKind.SUSPENDED: t.gettext("**{server}** was suspended"),
        EventKind.UNSUSPENDED: t.gettext("**{server}** is no longer suspended"),
        EventKind.INSTALLING: t.gettext("**{server}** is being installed"),
        EventKind.INSTALLED: t.gettext("**{server}** is installed"),
        EventKind.INSTALL_FAILED: t.gettext("the installation of **{server}** failed"),
        EventKind.ADDED: t.gettext("**{server}** is new"),
        EventKind.REMOVED: t.gettext("**{server}** is gone from its panel"),
    }
    return texts[event.kind].format(server=name)


def _asked(asker: Asker, t: Words, guild_id: int) -> str:
    if asker.guild_id != guild_id:
        return t.gettext("asked for in another Discord server")
    return t.gettext("asked by {member}").format(member=f"<@{asker.user_id}>")


def _action(event: Event, t: Words, guild_id: int) -> str:
    asker = event.asker
    if asker is None:
        who = t.gettext("somebody")
    elif asker.guild_id == guild_id:
        who = f"<@{asker.user_id}>"
    else:
        who = t.gettext("somebody in another Discord server")
    action = event.action or ""
    done = right(action, t) if action in _ACTIONS else plain(action)
    parts = [f"{who}: {done} **{plain(event.name, _NAME)}**"]
    if event.outcome in set(Outcome):
        parts.append(outcome_word(Outcome(event.outcome), t))
    # A reason or a command, which was given in one guild, is for that one alone.
    if event.detail and asker is not None and asker.guild_id == guild_id:
        parts.append(code(event.detail, _NAME))
    return f"{symbol(event.kind)} {' · '.join([*parts, ago(event.at)])}"


def _incident(event: Event, t: Words, panels: Mapping[str, str]) -> str:
    parts = [_INCIDENTS[event.kind](event, t, panels)]
    if event.ref is not None or event.name:
        parts += _place(event, panels)
    if not _is_over(event):
        parts.append(t.gettext("since {time}").format(time=ago(event.since or event.at)))
        return f"{symbol(event.kind)} {' · '.join(parts)}"
    if event.since is not None:
        parts.append(t.gettext("it took {time}").format(time=duration(event.at - event.since)))
    mark = symbol(event.kind) if _stays_down(event) else _OVER
    return f"{mark} {' · '.join([*parts, ago(event.at)])}"


def _is_over(event: Event) -> bool:
    return event.is_over or event.kind is EventKind.RECOVERED


def _stays_down(event: Event) -> bool:
    """Whether a server that changes no longer does not run either."""
    is_flapping = event.kind is EventKind.FLAPPING
    return is_flapping and event.detail not in (None, ServerState.RUNNING)


def _reach(event: Event, t: Words, panels: Mapping[str, str]) -> str:
    name = event.name
    if event.ref is not None:
        again, text = (
            t.gettext("**{name}** can be reached again"),
            t.gettext("**{name}** is out of reach"),
        )
    elif name:
        again, text = (
            t.gettext("The node **{name}** answers again"),
            t.gettext("The node **{name}** does not answer"),
        )
    else:
        name = panels.get(event.panel_id, event.panel_id)
        again = t.gettext("The panel **{name}** answers again")
        text = panel_trouble(event.detail, t)
    return (again if _is_over(event) else text).format(name=plain(name, _NAME))


def _flapping(event: Event, t: Words, _panels: Mapping[str, str]) -> str:
    calm, wild = t.gettext("**{server}** has calmed down"), t.gettext("**{server}** keeps changing")
    down = t.gettext("**{server}** no longer changes")
    text = (down if _stays_down(event) else calm) if _is_over(event) else wild
    changes = t.ngettext("{count} change", "{count} changes", event.count)
    parts = [
        text.format(server=plain(event.name, _NAME)),
        changes.format(count=event.count),
    ]
    if event.detail in set(ServerState):
        state = ServerState(event.detail)
        parts.append(f"{states.symbol(state)} {states.word(state, t)}")
    return " · ".join(parts)


def _threshold(event: Event, t: Words, _panels: Mapping[str, str]) -> str:
    texts = {
        ("disk", False): t.gettext("**{server}** uses nearly all of its disk space"),
        ("disk", True): t.gettext("**{server}** has disk space to spare again"),
        ("memory", False): t.gettext("**{server}** uses nearly all of its memory"),
        ("memory", True): t.gettext("**{server}** has memory to spare again"),
    }
    measure = "disk" if event.measure == "disk" else "memory"
    text = texts[measure, _is_over(event)].format(server=plain(event.name, _NAME))
    return text if event.percent is None else f"{text} · {event.percent:.0f} %"


_INCIDENTS: Mapping[EventKind, Callable[[Event, Words, Mapping[str, str]], str]] = {
    EventKind.UNREACHABLE: _reach,
    EventKind.RECOVERED: _reach,
    EventKind.FLAPPING: _flapping,
    EventKind.THRESHOLD: _threshold,
}


def _hidden(event: Event, t: Words) -> list[str]:
    """Return the servers that an incident hides while it lasts, on a line of their own."""
    if event.ref is not None or not event.count or _is_over(event):
        return []
    text = t.ngettext(
        "{count} server is out of sight: {names}",
        "{count} servers are out of sight: {names}",
        event.count,
    )
    names = _some(event.servers, event.count, t)
    return [f"-# {text.format(count=event.count, names=names)}"]


def _place(event: Event, panels: Mapping[str, str]) -> list[str]:
    """Return the panel, where the guild has several."""
    if len(panels) <= 1 or event.panel_id not in panels:
        return []
    return [plain(panels[event.panel_id], _NAMES)]


def _summary(events: Sequence[Event], t: Words) -> list[str]:
    """Return how many things happened, and the newest of each server; problems are all there."""
    newest: dict[object, Event] = {}
    for event in map(_as_told, events):
        is_problem = event.kind in PINGING or event.kind is EventKind.ACTION
        newest[(event.panel_id, event.ref or event.name, is_problem and event.kind)] = event
    groups: defaultdict[tuple[EventKind, bool], list[str]] = defaultdict(list)
    for event in newest.values():
        groups[event.kind, event.is_over and event.kind in PINGING].append(event.name)
    happened = t.ngettext("{count} change", "{count} changes", len(events))
    between = f"{ago(events[0].at)} → {ago(events[-1].at)}"
    lines = [f"📰 **{happened.format(count=len(events))}** · {between}"]
    for kind, is_over in product(EventKind, (False, True)):
        if names := groups.get((kind, is_over)):
            some = _some(names, len(names), t)
            word = kind_word(kind, t)
            what = t.gettext("{what} (over)").format(what=word) if is_over else word
            lines.append(f"{_OVER if is_over else symbol(kind)} {what}: **{len(names)}** · {some}")
    return lines


def _some(names: Iterable[str], count: int, t: Words) -> str:
    """Return as many names as one line has room for, and how many more there are."""
    shown: list[str] = []
    room = _SUMMARY_LINE
    for name in names:
        text = plain(name, _NAMES)
        room -= len(text) + 2
        if room < 0:
            break
        shown.append(text)
    more = count - len(shown)
    text = ", ".join(shown)
    if more <= 0:
        return text
    rest = t.gettext("and {count} more").format(count=more)
    return f"{text} {rest}" if text else rest

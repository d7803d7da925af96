"""The panels of a guild in words: the list, the choice of servers, and what was not taken."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.domain.panels import PanelProblem
from bot.ui.render.text import code, plain
from bot.ui.render.trouble import panel_trouble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.errors import InvalidPanel
    from bot.domain.panels import PanelForm
    from bot.services.open_panels import PanelLine, Selection
    from bot.ui.i18n import Words

LINES = 12
"""To a page of the list; with the longest names they stay within what Discord takes."""


def panel_list(
    lines: Sequence[PanelLine], page: int, forms: Mapping[str, PanelForm], t: Words
) -> str:
    """Return a page of the list."""
    if not lines:
        return t.gettext("There is no panel here yet. Add one with `/panel add`.")
    title = t.ngettext("{count} panel", "{count} panels", len(lines)).format(count=len(lines))
    shown = lines[page * LINES :][:LINES]
    return "\n".join([f"### {title}", *(_line(line, forms, t) for line in shown)])


def choice(selection: Selection, t: Words) -> str:
    """Return what is chosen of a panel's servers, and what that means."""
    panel, count = selection.panel, len(selection.servers)
    title = t.gettext("### Which servers of {panel} are used here?").format(panel=plain(panel.name))
    if panel.server_ids is None:
        chosen = t.gettext("All of them, also those still to come.")
    else:
        used = sum(map(selection.uses, selection.servers))
        chosen = t.gettext("{used} of {count} are used.").format(used=used, count=count)
    rights = t.gettext("Who may do what with them is said by `/access allow`.")
    return f"{title}\n{chosen} {rights}"


def problem(error: InvalidPanel, t: Words) -> str:
    """Return why a panel was not taken or changed, and what to do."""
    words: dict[PanelProblem, str] = {
        PanelProblem.NAMELESS: t.gettext(
            "The panel needs a name that can be read. Nothing was changed."
        ),
        PanelProblem.NAME_TAKEN: t.gettext(
            "Another panel here has that name. Nothing was changed; choose another one."
        ),
        PanelProblem.NAME_GIVEN: t.gettext(
            "Another panel here is called **{name}** by now. Nothing was changed; give that one "
            "another name first with `/panel edit`, then bring this one back."
        ).format(name=plain(error.detail)),
        PanelProblem.TOO_MANY: t.gettext(
            "There are as many panels here as there may be. Nothing was changed; "
            "remove one that is not needed."
        ),
        PanelProblem.OF_OPERATOR: t.gettext(
            "That panel is in the configuration of the person who runs this bot, and can be "
            "changed only there. Nothing was changed."
        ),
        PanelProblem.CHANGED: t.gettext(
            "Somebody else has changed this panel meanwhile. Nothing was changed now; "
            "look at it and try again."
        ),
        PanelProblem.NOT_REMOVED: t.gettext("That panel is back already. Nothing was changed."),
        PanelProblem.KEY_WANTED: t.gettext(
            "A key is never sent to another address by itself. Nothing was changed yet: "
            "give the key for the new address."
        ),
        PanelProblem.UNFIT: t.gettext(
            "That panel cannot be opened as it is stored. Nothing was changed. "
            "Remove it and add it anew, or tell the person who runs this bot."
        ),
    }
    return words[error.problem]


def host_of(address: str) -> str:
    """Return the host of an address, with its port."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2] or address
    except ValueError:
        return address


def _line(line: PanelLine, forms: Mapping[str, PanelForm], t: Words) -> str:
    form = forms.get(line.kind)
    kind = t.gettext(form.title) if form else line.kind
    name = plain(line.name, 40)
    parts = [f"**{name}**", plain(kind, 30)]
    if line.trouble is not None:
        parts[0] = f"❌ {panel_trouble(line.trouble, t).format(name=name)}"
    if line.panel is None:
        parts.append(t.gettext("from the configuration file"))
    else:
        parts.append(code(host_of(line.panel.base_url), 60))
    if not line.is_open:
        return " · ".join([*parts, t.gettext("❌ cannot be opened")])
    count = t.ngettext("{count} server", "{count} servers", line.servers)
    parts.append(count.format(count=line.servers))
    if line.panel is not None and line.panel.server_ids is None:
        parts[-1] += t.gettext(", also future ones")
    if line.trouble is None:
        parts.append(t.gettext("✅ answers") if line.is_read else t.gettext("⏳ not looked at yet"))
    return " · ".join(parts)

"""What a board and the answers about boards say. Knows no buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bot.domain.boards import BoardProblem
from bot.domain.news import Pause
from bot.domain.servers import ServerState
from bot.ui.render import lost, states
from bot.ui.render.places import channel_label, place_label, short_place
from bot.ui.render.text import ago, code, plain
from bot.ui.render.trouble import panel_trouble

if TYPE_CHECKING:
    from bot.domain.boards import Line, Page
    from bot.services.boards import NamedBoard
    from bot.ui.i18n import Words

_LIMIT = 3900
"""Discord takes 4,000 characters of text in one message of components."""
_PANEL, _ADDRESS, _TITLE = 16, 40, 60
_MOST_LOST = 3


class _Detail(NamedTuple):
    """How much is said of each server."""

    name: int = 32
    """Characters of it; what has to be escaped takes twice as many."""
    panel: bool = True
    address: bool = True


_DETAILS = (
    _Detail(),
    _Detail(address=False),
    _Detail(address=False, panel=False),
    _Detail(16, address=False, panel=False),
)


def heading(page: Page, t: Words) -> str:
    """Return what stands above the servers of a message."""
    title = plain(page.title, _TITLE) if page.title is not None else t.gettext("Servers")
    if page.pages > 1:
        position = t.gettext("page {page} of {pages}")
        title += " · " + position.format(page=page.number + 1, pages=page.pages)
    lines = [f"### {title}"]
    if page.number == 0:
        lines += _of_all(page, t)
    return "\n".join(lines)


def _of_all(page: Page, t: Words) -> list[str]:
    lines = []
    if page.total > 1:
        counts = [(state, page.counts[state]) for state in ServerState if page.counts.get(state)]
        shown = (
            f"{states.symbol(state)} {count} {states.word(state, t)}" for state, count in counts
        )
        lines.append(" · ".join(shown))
    for panel in page.lost[:_MOST_LOST]:
        trouble = panel_trouble(panel.trouble, t).format(name=plain(panel.name, 32))
        told = t.gettext("📡 {trouble}: I cannot tell what servers it has.")
        lines.append(told.format(trouble=trouble))
    if page.is_panel_gone:
        why = t.gettext("I cannot use the panel of this board: it was removed or cannot be opened.")
        lines.append(why)
    elif not page.total and not page.lost:
        lines.append(t.gettext("There is no server to be shown here."))
    if page.more:
        more = t.ngettext(
            "{count} more server has no place here: see `/server list`.",
            "{count} more servers have no place here: see `/server list`.",
            page.more,
        )
        lines.append(more.format(count=page.more))
    return lines


def body(page: Page, t: Words) -> str:
    """Return the lines of a page without buttons, with as much as there is room for in all."""
    room = _LIMIT - len(heading(page, t))
    text = ""
    for detail in _DETAILS:
        text = "\n".join(line(each, t, detail) for each in page.lines)
        if len(text) <= room:
            break
    return text


def line(shown: Line, t: Words, detail: _Detail | None = None) -> str:
    """Return one server; nothing in it changes by itself."""
    server, detail = shown.server, detail or _DETAILS[0]
    state = states.word(server.state, t)
    parts = [f"{states.symbol(server.state)} **{plain(server.name, detail.name)}**", state]
    if shown.seen.since is not None:
        parts.append(t.gettext("since {time}").format(time=ago(shown.seen.since)))
    if detail.panel and shown.panel is not None:
        parts.append(plain(shown.panel, _PANEL))
    if detail.address and server.addresses:
        parts.append(code(server.addresses[0], _ADDRESS))
    return " · ".join(parts)


def unsaid(t: Words) -> str:
    """Return what is said instead where Discord takes no names or words from panels."""
    return t.gettext("⚠️ Discord does not let me show these servers here: see `/server list`.")


def named(board: NamedBoard, t: Words) -> str:
    """Return what a board shows."""
    shown = board.board
    return short_place(shown.panel_id, shown.server_id, (board.panel, board.server), t)


def choice(board: NamedBoard, channel: str | None, t: Words) -> str:
    """Return a board in a list of suggestions; `channel` is its channel's name."""
    shown, names = board.board, (board.panel, board.server)
    what = place_label(shown.panel_id, shown.server_id, names, t)
    return f"{channel_label(channel, t)} · {what}"


def created(board: NamedBoard, t: Words) -> str:
    """Return the answer to who has made a board: also who will see it."""
    text = t.gettext(
        "The board of **{what}** appears in {channel} and stays up to date by itself.\n"
        "Everybody who can read that channel sees the names, states and addresses of these "
        "servers, whatever rights they have."
    )
    if board.board.buttons:
        text += " " + t.gettext("Its buttons obey only those who may do what they say.")
    return text.format(what=named(board, t), channel=f"<#{board.board.channel_id}>")


def refreshed(board: NamedBoard, t: Words) -> str:
    """Return the answer to who wants a board to be shown anew."""
    if isinstance(board.board.pause, Pause):
        return lost.board(board.board.channel_id, board.board.pause, t)
    text = t.gettext("The board of **{what}** in {channel} is shown anew.")
    return text.format(what=named(board, t), channel=f"<#{board.board.channel_id}>")


def moved(board: NamedBoard, t: Words, *, is_left: bool = False) -> str:
    """Return the answer to who has moved a board; `is_left` where its old messages stay."""
    text = t.gettext(
        "The board of **{what}** moves to {channel}. Everybody who can read that channel sees the "
        "names, states and addresses of these servers."
    )
    text = text.format(what=named(board, t), channel=f"<#{board.board.channel_id}>")
    return f"{text}\n{_left(board, t)}" if is_left else text


def removed(board: NamedBoard, t: Words, *, is_left: bool = False) -> str:
    """Return the answer to who has removed a board; `is_left` where its messages stay."""
    what, channel = named(board, t), f"<#{board.board.channel_id}>"
    if is_left:
        text = t.gettext("The board of **{what}** is removed.").format(what=what)
        return f"{text}\n{_left(board, t)}"
    if board.board.pause is Pause.CHANNEL_GONE:
        text = t.gettext("The board of **{what}** is removed; its channel was gone already.")
    else:
        text = t.gettext("The board of **{what}** in {channel} is removed, with its messages.")
    return text.format(what=what, channel=channel)


def _left(board: NamedBoard, t: Words) -> str:
    return t.gettext(
        "⚠️ Its messages are still in {channel}: I may not see that channel, so I cannot delete "
        "them. Please delete them by hand."
    ).format(channel=f"<#{board.left}>")


def problems(t: Words) -> dict[BoardProblem, str]:
    """Return why a board cannot be made or moved, in a sentence each."""
    return {
        BoardProblem.PLACE: t.gettext(
            "A board shows one server, or those of a panel, or all: give a server or a panel, "
            "not both. Nothing was changed."
        ),
        BoardProblem.CHANNEL: t.gettext(
            "I may not write in that channel. Nothing was changed. "
            "Give me the permissions View Channel and Send Messages there, and try again."
        ),
        BoardProblem.TOO_MANY: t.gettext(
            "There are as many boards here as there can be. Nothing was changed. "
            "`/board remove` ends one."
        ),
        BoardProblem.SAME: t.gettext(
            "There is such a board in that channel already. Nothing was changed. "
            "`/board refresh` shows it anew."
        ),
    }

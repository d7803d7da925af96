"""Every expected failure in words: what happened, whether anything changed, what to do next."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.errors import (
    ActionInProgress,
    AmbiguousServer,
    DeckhandError,
    DraftGone,
    InvalidCommand,
    NameMismatch,
    NotAllowed,
    OutcomeUnknown,
    PanelAuthFailed,
    PanelConflict,
    PanelError,
    PanelForbidden,
    PanelInvalid,
    PanelProtocolError,
    PanelRateLimited,
    PanelRefused,
    PanelUnreachable,
    PaymentRequired,
    ServerNotFound,
    ServerOffline,
    StorageUnavailable,
    UnknownPanel,
    UnknownServer,
    UnsupportedAction,
)
from bot.domain.servers import ServerState
from bot.ui.render import states
from bot.ui.render.text import code, duration, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.ui.i18n import Words

_CANDIDATES = 10
_KEY = re.compile(r"[a-z0-9-]{1,32}:\S+")


def sentence(error: DeckhandError, t: Words) -> str:
    """Return what a member reads."""
    for kind in type(error).__mro__:
        if kind in _WORDS:
            return _WORDS[kind](error, t)
    return str(error)


def right(action: str, t: Words) -> str:
    """Return the name of a right or an action, as a verb."""
    return {
        Action.VIEW: t.gettext("view"),
        Action.START: t.gettext("start"),
        Action.STOP: t.gettext("stop"),
        Action.RESTART: t.gettext("restart"),
        Action.KILL: t.gettext("kill"),
        Action.COMMAND: t.gettext("send commands to"),
        Action.CREATE: t.gettext("create servers on"),
        Action.UPDATE: t.gettext("change"),
        Action.BUILD: t.gettext("change the limits of"),
        Action.SUSPEND: t.gettext("suspend"),
        Action.DELETE: t.gettext("delete"),
    }[Action(action)]


def _not_allowed(error: NotAllowed, t: Words) -> str:
    return t.gettext(
        "You may not {action} **{server}**. Nothing was changed. "
        "Somebody with the Manage Server permission can give you that right."
    ).format(action=right(error.action, t), server=plain(error.name))


def _unknown_server(error: UnknownServer, t: Words) -> str:
    if _KEY.fullmatch(error.text):
        # From a button: an id tells a member nothing.
        return t.gettext(
            "There is no such server for you. Nothing was changed. "
            "It may be gone: see `/server list`."
        )
    return t.gettext(
        "I know no server called {name}. Pick one from the suggestions, or see `/server list`."
    ).format(name=code(error.text, 60))


def _ambiguous(error: AmbiguousServer, t: Words) -> str:
    more = len(error.candidates) - _CANDIDATES
    named = "\n".join(
        f"- **{plain(server.name, 40)}** · {code(server.ref.key)}"
        for server in error.candidates[:_CANDIDATES]
    )
    return (
        t.gettext(
            "Several servers are called {name}. Nothing was changed. Which one do you mean?"
        ).format(name=code(error.text, 60))
        + f"\n{named}"
        + (f"\n… +{more}" if more > 0 else "")
    )


def _in_progress(error: ActionInProgress, t: Words) -> str:
    if error.user_id is None:
        return t.gettext(
            "Somebody asked to {action} this server a moment ago and that is not finished. "
            "Nothing was changed; try again in a minute."
        ).format(action=right(error.action, t))
    text = t.gettext(
        "<@{user}> asked to {action} this server a moment ago and that is not finished. "
        "Nothing was changed; try again when it has ended."
    ).format(user=error.user_id, action=right(error.action, t))
    return f"{text} {error.link}" if error.link else text


def _unsupported(error: UnsupportedAction, t: Words) -> str:
    return t.gettext(
        "The panel of this server cannot {action} servers. Nothing was changed. "
        "Perhaps the panel's own website can do it."
    ).format(action=right(error.action, t))


def _invalid_command(_: InvalidCommand, t: Words) -> str:
    return t.gettext(
        "A console command is one line of plain text. Nothing was sent; "
        "remove line breaks and special characters and try again."
    )


def _unknown_panel(error: UnknownPanel, t: Words) -> str:
    return t.gettext(
        "I know no panel called {name} here. Nothing was changed. Pick one from the suggestions."
    ).format(name=code(error.text, 60))


def _draft_gone(_: DraftGone, t: Words) -> str:
    return t.gettext(
        "This was begun more than 15 minutes ago, or before I was restarted. "
        "Nothing was changed; please use the command again."
    )


def _name_mismatch(error: NameMismatch, t: Words) -> str:
    return t.gettext(
        "That is not the server's name, so nothing was deleted. To delete it, type exactly {name}."
    ).format(name=code(error.name, 100))


def _invalid(error: PanelInvalid, t: Words) -> str:
    lines = [
        f"- {code(name, 60)}: {plain(text, 150)}" if name else f"- {plain(text, 150)}"
        for name, texts in error.fields.items()
        for text in texts
    ]
    problem = t.gettext("The panel does not take these values. Nothing was changed.")
    return "\n".join([problem, *lines[:_CANDIDATES]])


def _storage(_: StorageUnavailable, t: Words) -> str:
    return t.gettext(
        "I cannot reach my own database, so I cannot check your rights. Nothing was changed. "
        "Please tell the person who runs this bot."
    )


def _unreachable(error: PanelUnreachable, t: Words) -> str:
    if error.node:
        return t.gettext(
            "The machine that runs this server did not answer its panel. Nothing was changed. "
            "Try again in a few minutes."
        )
    return t.gettext("The panel did not answer. Nothing was changed. Try again in a few minutes.")


def _auth_failed(_: PanelAuthFailed, t: Words) -> str:
    return t.gettext(
        "The panel no longer accepts my key. Nothing was changed. "
        "Please tell an admin of this Discord server."
    )


def _forbidden(_: PanelForbidden, t: Words) -> str:
    return t.gettext(
        "The panel does not let my key do that. Nothing was changed. "
        "An admin can give the key's owner that permission in the panel."
    )


def _rate_limited(error: PanelRateLimited, t: Words) -> str:
    wait = timedelta(minutes=1)
    if error.retry_after is not None:
        wait = timedelta(seconds=max(1, math.ceil(error.retry_after)))
    return t.gettext(
        "The panel is getting too many requests. Nothing was changed. Try again in {time}."
    ).format(time=duration(wait))


def _conflict(error: PanelConflict, t: Words) -> str:
    if error.state is ServerState.UNKNOWN:
        return t.gettext(
            "The panel says that the server cannot do that at the moment. Nothing was changed. "
            "Try again in a few minutes."
        )
    return t.gettext(
        "That is not possible while the server is {state}. Nothing was changed. "
        "Try again when that is over."
    ).format(state=f"{states.symbol(error.state)} {states.word(error.state, t)}")


def _offline(_: ServerOffline, t: Words) -> str:
    return t.gettext(
        "The server is not running, so it takes no commands. Nothing was sent. Start it first."
    )


def _not_found(_: ServerNotFound, t: Words) -> str:
    return t.gettext("The panel no longer has this server. `/server list` shows those that it has.")


def _refused(error: PanelRefused, t: Words) -> str:
    return t.gettext(
        "The panel refused. Look at the server before you try again. Its words: {detail}"
    ).format(detail=plain(error.detail, 300))


def _payment(_: PaymentRequired, t: Words) -> str:
    return t.gettext(
        "The panel wants to be paid before it does that. Nothing was changed. "
        "Please tell the person who pays for this server."
    )


def _protocol(_: PanelProtocolError, t: Words) -> str:
    return t.gettext(
        "The panel gave an answer that I do not understand. Look at the server before you try "
        "again, and please tell the person who runs this bot."
    )


def _outcome_unknown(_: OutcomeUnknown, t: Words) -> str:
    return t.gettext(
        "The panel did not confirm. It may or may not have been carried out: "
        "look at the server before you try again."
    )


def _panel_error(_: PanelError, t: Words) -> str:
    return t.gettext("The panel could not do that.")


_WORDS: Mapping[type, Callable[..., str]] = {
    NotAllowed: _not_allowed,
    UnknownServer: _unknown_server,
    AmbiguousServer: _ambiguous,
    ActionInProgress: _in_progress,
    UnsupportedAction: _unsupported,
    InvalidCommand: _invalid_command,
    UnknownPanel: _unknown_panel,
    DraftGone: _draft_gone,
    NameMismatch: _name_mismatch,
    StorageUnavailable: _storage,
    PanelUnreachable: _unreachable,
    PanelAuthFailed: _auth_failed,
    PanelForbidden: _forbidden,
    PanelRateLimited: _rate_limited,
    PanelConflict: _conflict,
    ServerOffline: _offline,
    ServerNotFound: _not_found,
    PanelRefused: _refused,
    PanelInvalid: _invalid,
    PaymentRequired: _payment,
    PanelProtocolError: _protocol,
    OutcomeUnknown: _outcome_unknown,
    PanelError: _panel_error,
}

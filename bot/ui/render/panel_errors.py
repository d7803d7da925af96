"""Every failure of a panel in words; what a panel itself says is quoted as harmless text."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAddressRefused,
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
)
from bot.domain.servers import ServerState
from bot.ui.render import states
from bot.ui.render.text import code, duration, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.ui.i18n import Words

_REJECTED = 5


def panel_sentence(error: PanelError, t: Words) -> str:
    """Return what a member reads."""
    if error.changed:
        return _partly(error, t)
    return next(_WORDS[kind](error, t) for kind in type(error).__mro__ if kind in _WORDS)


def pause_of(seconds: float | None) -> timedelta:
    """Return how long to wait where a panel gets too many requests: a minute, if it did not say."""
    return (
        timedelta(minutes=1) if seconds is None else timedelta(seconds=max(1, math.ceil(seconds)))
    )


def _partly(error: PanelError, t: Words) -> str:
    return t.gettext(
        "A part of this is done, and then it failed: look at the server before you try again.\n"
        "Changed: {changed}\nNot changed, as far as I know: {failed}\nThe cause: {detail}"
    ).format(
        changed=", ".join(code(name, 40) for name in error.changed),
        failed=", ".join(code(name, 40) for name in error.failed),
        detail=plain(str(error), 300),
    )


def _unreachable(error: PanelUnreachable, t: Words) -> str:
    if error.node:
        return t.gettext(
            "The machine that runs this server did not answer its panel. Nothing was changed. "
            "Try again in a few minutes."
        )
    return t.gettext("The panel did not answer. Nothing was changed. Try again in a few minutes.")


def _address_refused(error: PanelAddressRefused, t: Words) -> str:
    if error.node:
        return t.gettext(
            "The machine that runs this server is not at a public address, so I do not connect "
            "to it. Nothing was changed. The person who runs this bot can allow its network."
        )
    return t.gettext(
        "This panel is not at a public address, so I do not connect to it. Nothing was changed. "
        "The person who runs this bot can allow its network."
    )


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
    return t.gettext(
        "The panel is getting too many requests. Nothing was changed. Try again in {time}."
    ).format(time=duration(pause_of(error.retry_after)))


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


def _invalid(error: PanelInvalid, t: Words) -> str:
    lines = [
        f"• {code(name, 40)}: {plain(text, 100)}" if name else f"• {plain(text, 100)}"
        for name, texts in error.fields.items()
        for text in texts
    ]
    problem = t.gettext("The panel does not take these values. Nothing was changed.")
    return "\n".join([problem, *lines[:_REJECTED]])


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
    PanelUnreachable: _unreachable,
    PanelAddressRefused: _address_refused,
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

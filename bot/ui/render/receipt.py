"""The one line that a member sees of a power action, in each of its phases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import OutcomeUnknown
from bot.domain.receipts import Phase
from bot.domain.servers import PowerAction
from bot.ui.render import states
from bot.ui.render.errors import right, sentence
from bot.ui.render.text import duration, plain

if TYPE_CHECKING:
    from bot.domain.errors import DeckhandError
    from bot.domain.receipts import Progress
    from bot.ui.i18n import Words


def receipt(progress: Progress, t: Words) -> str:
    """Return the line; at the end it says what came of it and, if need be, what to do."""
    if progress.phase is Phase.ORDERED:
        return _order(progress, t)
    if not progress.phase.is_final:
        return f"{_order(progress, t)} · {_waiting(progress, t)}"
    return f"{_verdict(progress, t)}\n-# {_asked(progress, t)}"


def unseen(progress: Progress, t: Words) -> str:
    """Return what the asker is told where the bot does not see the channel of the line."""
    text = t.gettext(
        "I do not see this channel: should I be restarted meanwhile, or should it take longer "
        "than 15 minutes, nobody reads here what came of it. `/server status` shows how "
        "**{server}** is; with **View Channel** I could come back to my line."
    )
    return text.format(server=_name(progress))


def _order(progress: Progress, t: Words) -> str:
    words = {
        PowerAction.START: t.gettext("{member} is starting **{server}**"),
        PowerAction.STOP: t.gettext("{member} is stopping **{server}**"),
        PowerAction.RESTART: t.gettext("{member} is restarting **{server}**"),
        PowerAction.KILL: t.gettext("{member} is killing **{server}**"),
    }[progress.action]
    return words.format(member=_member(progress), server=_name(progress)) + _reason(progress, t)


def _waiting(progress: Progress, t: Words) -> str:
    if progress.phase is Phase.PAUSED:
        return t.gettext("I am being restarted and look again right after that …")
    if isinstance(progress.error, OutcomeUnknown):
        return t.gettext("the panel did not confirm, watching the server …")
    if progress.error is not None:
        return t.gettext("the panel does not answer at the moment, still watching …")
    accepted = t.gettext("the panel has accepted it …")
    step = accepted if progress.phase is Phase.ACCEPTED else f"{_state(progress, t)} …"
    if progress.usual is None:
        return step
    return f"{step} " + t.gettext("(usually {time})").format(time=duration(progress.usual))


def _verdict(progress: Progress, t: Words) -> str:
    facts = {
        "server": _name(progress),
        "state": states.word(progress.server.state, t),
        "time": duration(progress.elapsed),
        "action": right(progress.action, t),
    }
    if progress.phase is Phase.DONE:
        done = t.gettext("**{server}** is {state} · {time}").format(**facts)
        return f"{states.symbol(progress.server.state)} {done}"
    if progress.phase is Phase.ALREADY:
        already = t.gettext("**{server}** was {state} already").format(**facts)
        return f"{states.symbol(progress.server.state)} {already}"
    return f"⚠️ {_trouble(progress, t).format(**facts)}"


def _trouble(progress: Progress, t: Words) -> str:
    """Return a sentence with the places {server}, {state}, {time} and {action}."""
    if progress.error is not None:
        return _failure(progress.phase, progress.error, t)
    if progress.phase is Phase.NO_EFFECT and not progress.is_confirmed:
        return t.gettext(
            "The panel never confirmed it, and **{server}** is still {state} after {time}. "
            "Look into its console in the panel, or try again."
        )
    texts = {
        Phase.INTERRUPTED: t.gettext(
            "I was away for too long or met a fault of mine, so I stop watching **{server}** here. "
            "`/server status` shows how it is."
        ),
        Phase.NEVER_SENT: t.gettext(
            "I was restarted just before I could pass this on. "
            "Nothing was done to **{server}**; try again."
        ),
        Phase.PANEL_GONE: t.gettext(
            "I had to stop watching **{server}**: its panel was taken away from me. "
            "An admin can look at `/panel list`."
        ),
        Phase.OVERTAKEN: t.gettext(
            "**{server}** was killed in the meantime, so this has ended. "
            "`/server status` shows how it is."
        ),
        Phase.NO_EFFECT: t.gettext(
            "The panel accepted it, but **{server}** is still {state} after {time}. "
            "Look into its console in the panel, or try again."
        ),
        Phase.UNSEEN: t.gettext(
            "**{server}** is {state} after {time} and I stop watching. "
            "`/server status` shows how it goes on."
        ),
    }
    if progress.phase in texts:
        return texts[progress.phase]
    return t.gettext(
        "**{server}** did not come up: it is {state} after {time}. "
        "Look into its console in the panel for the cause."
    )


def _failure(phase: Phase, error: DeckhandError, t: Words) -> str:
    if phase is Phase.UNSEEN:
        return t.gettext(
            "The panel stopped answering, so I cannot see what came of it. "
            "`/server status` shows how **{server}** is."
        )
    return f"**{{server}}**: {_braced(sentence(error, t))}"


def _asked(progress: Progress, t: Words) -> str:
    words = {
        PowerAction.START: t.gettext("start · asked by {member}"),
        PowerAction.STOP: t.gettext("stop · asked by {member}"),
        PowerAction.RESTART: t.gettext("restart · asked by {member}"),
        PowerAction.KILL: t.gettext("kill · asked by {member}"),
    }[progress.action]
    return words.format(member=_member(progress)) + _reason(progress, t)


def _reason(progress: Progress, t: Words) -> str:
    if not progress.reason:
        return ""
    return " · " + t.gettext("reason: {reason}").format(reason=plain(progress.reason, 200))


def _state(progress: Progress, t: Words) -> str:
    state = progress.server.state
    return f"{states.symbol(state)} {states.word(state, t)}"


def _member(progress: Progress) -> str:
    return f"<@{progress.user_id}>"


def _name(progress: Progress) -> str:
    return plain(progress.server.name)


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")

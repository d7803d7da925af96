"""Every expected failure in words: what happened, whether anything changed, what to do next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.errors import (
    ActionInProgress,
    AmbiguousServer,
    DeckhandError,
    DraftGone,
    InvalidBoard,
    InvalidCommand,
    InvalidNews,
    InvalidPanel,
    InvalidRule,
    NameMismatch,
    NewsProblem,
    NotAllowed,
    PanelError,
    RuleChanged,
    RuleProblem,
    StorageUnavailable,
    UnknownBoard,
    UnknownNews,
    UnknownPanel,
    UnknownRule,
    UnknownServer,
    UnsupportedAction,
)
from bot.domain.panels import is_given
from bot.domain.servers import Capability
from bot.ui.render.board import problems
from bot.ui.render.panel_errors import panel_sentence
from bot.ui.render.panels import problem
from bot.ui.render.text import code, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.domain.access import Rule
    from bot.ui.i18n import Words

_CANDIDATES = 10
_PATTERNS = 3
_KEY = re.compile(r"[a-z0-9-]{1,32}:\S+")


def sentence(error: DeckhandError, t: Words) -> str:
    """Return what a member reads."""
    if isinstance(error, PanelError):
        return panel_sentence(error, t)
    return _WORDS[type(error)](error, t)


def right(action: str, t: Words) -> str:
    """Return the name of a right or an action, as a verb."""
    words: dict[str, str] = {
        Action.VIEW: t.gettext("view"),
        Action.START: t.gettext("start"),
        Action.STOP: t.gettext("stop"),
        Action.RESTART: t.gettext("restart"),
        Action.KILL: t.gettext("kill"),
        Action.COMMAND: t.gettext("send commands to"),
        Action.LOGS: t.gettext("read the console of"),
        Action.CREATE: t.gettext("create servers on"),
        Action.UPDATE: t.gettext("change"),
        Action.BUILD: t.gettext("change the limits of"),
        Action.SUSPEND: t.gettext("suspend"),
        Action.DELETE: t.gettext("delete"),
        Action.MANAGE: t.gettext("configure"),
        Capability.FORCE_DELETE: t.gettext("forcibly delete"),
    }
    return words[action]


def _not_allowed(error: NotAllowed, t: Words) -> str:
    if error.action is Action.MANAGE:
        return t.gettext(
            "You may not configure me here. Nothing was changed. "
            "Somebody with the Manage Server permission can do it, or give you that right."
        )
    if error.rule is not None and error.rule.allow:
        return t.gettext(
            "Of all commands you may send **{server}** only those like {patterns}. "
            "Nothing was sent. Somebody with the Manage Server permission can allow more."
        ).format(server=plain(error.name), patterns=patterns(error.rule))
    return t.gettext(
        "You may not {action} **{server}**. Nothing was changed. "
        "Somebody with the Manage Server permission can give you that right."
    ).format(action=right(error.action, t), server=plain(error.name))


def patterns(rule: Rule) -> str:
    """Return the commands that a rule speaks of, cut to what is read at a glance."""
    more = len(rule.commands) - _PATTERNS
    shown = ", ".join(code(pattern, 60) for pattern in rule.commands[:_PATTERNS])
    return f"{shown} … +{more}" if more > 0 else shown


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
    if error.action == Action.CREATE:
        return t.gettext(
            "This panel cannot create servers. Nothing was changed. "
            "Perhaps the panel's own website can do it."
        )
    if error.action == Action.LOGS:
        return t.gettext(
            "The panel of this server does not hand out its console. Nothing was changed. "
            "Perhaps the panel's own website shows it."
        )
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
    if not error.text or is_given(error.text):
        # From a button: an id tells a member nothing.
        return t.gettext(
            "That panel is no longer here. Nothing was changed; `/panel list` shows those that are."
        )
    return t.gettext(
        "I know no panel called {name} here. Nothing was changed. Pick one from the suggestions."
    ).format(name=code(error.text, 60))


def _draft_gone(_: DraftGone, t: Words) -> str:
    return t.gettext(
        "This form is no longer open: it was given to the panel already, or left alone for "
        "15 minutes, or I was restarted since. Nothing was changed now; "
        "please use the command again."
    )


def _name_mismatch(error: NameMismatch, t: Words) -> str:
    return t.gettext(
        "That is not the server's name. Nothing was deleted. "
        "To delete it, use the command again and type {name}, or its id {id}."
    ).format(name=code(error.server.name, 100), id=code(error.server.ref.server_id, 100))


def _invalid_rule(error: InvalidRule, t: Words) -> str:
    why = {
        RuleProblem.NOBODY: t.gettext("Choose either a role or a member."),
        RuleProblem.PLACE: t.gettext("Choose either a server or a panel; neither means all."),
        RuleProblem.MANAGE: t.gettext(
            "To configure me is a right in the whole Discord server; leave server and panel empty."
        ),
        RuleProblem.CREATE: t.gettext(
            "To create servers is a right on a panel; leave the server empty."
        ),
        RuleProblem.COMMANDS: t.gettext(
            "Commands can be listed only with the right to send commands, "
            "or with a bundle that has it when it is allowed."
        ),
        RuleProblem.PATTERN: t.gettext(
            "List at most 20 commands of up to 100 characters, separated by semicolons: "
            "`say *; whitelist add *`."
        ),
        RuleProblem.DURATION: t.gettext(
            "Give the time as `30m`, `2h`, `1d` or `1d 12h`: one minute to one year."
        ),
        RuleProblem.ROLE_GONE: t.gettext(
            "The role is deleted. `/access allow` and `/access deny` make a rule for another one."
        ),
    }[error.problem]
    return t.gettext("Nothing was changed. {why}").format(why=why)


def _unknown_rule(_: UnknownRule, t: Words) -> str:
    return t.gettext(
        "There is no such rule. Nothing was changed. Pick one from the suggestions, "
        "or see `/access list`."
    )


def _rule_changed(_: RuleChanged, t: Words) -> str:
    return t.gettext(
        "Somebody has changed this rule since. Nothing was changed now; see `/access list`."
    )


def _invalid_board(error: InvalidBoard, t: Words) -> str:
    return problems(t)[error.problem]


def _unknown_board(_: UnknownBoard, t: Words) -> str:
    return t.gettext("There is no such board. Nothing was changed. Pick one from the suggestions.")


def _invalid_news(error: InvalidNews, t: Words) -> str:
    why = {
        NewsProblem.EVENTS: t.gettext(
            "{typed} is no kind of event. Pick from the suggestions, such as problems; several are "
            "separated by semicolons."
        ).format(typed=code(error.detail, 60)),
        NewsProblem.CHANNEL: t.gettext(
            "I do not see that channel. Give me View Channel there, or take an archived thread "
            "out of the archive, and try again."
        ),
        NewsProblem.PLACE: t.gettext("Name a server or a panel, not both; neither means all."),
        NewsProblem.EVERYBODY: t.gettext("I never mention everybody; choose another role."),
        NewsProblem.NOTHING: t.gettext("It is like that already."),
        NewsProblem.BOTH_WAYS: t.gettext("Set something or take it away, not both at once."),
        NewsProblem.TAKEN: t.gettext(
            "That channel is told of the same servers already; change that with `/notify edit`."
        ),
        NewsProblem.TOO_MANY: t.gettext(
            "There are too many already; remove some first: see `/notify list`."
        ),
    }[error.problem]
    return t.gettext("Nothing was changed. {why}").format(why=why)


def _unknown_news(_: UnknownNews, t: Words) -> str:
    return t.gettext(
        "That is no longer there; somebody may have removed it, or its time is over. Nothing was "
        "changed. See `/notify list`."
    )


def _storage(_: StorageUnavailable, t: Words) -> str:
    return t.gettext(
        "I cannot reach my own database just now, so I went no further. Most likely nothing was "
        "changed; look before you try again, and if it stays so, tell the person who runs this bot."
    )


_WORDS: Mapping[type, Callable[..., str]] = {
    NotAllowed: _not_allowed,
    UnknownServer: _unknown_server,
    AmbiguousServer: _ambiguous,
    ActionInProgress: _in_progress,
    UnsupportedAction: _unsupported,
    InvalidCommand: _invalid_command,
    InvalidPanel: problem,
    UnknownPanel: _unknown_panel,
    DraftGone: _draft_gone,
    NameMismatch: _name_mismatch,
    InvalidRule: _invalid_rule,
    UnknownRule: _unknown_rule,
    RuleChanged: _rule_changed,
    InvalidBoard: _invalid_board,
    UnknownBoard: _unknown_board,
    InvalidNews: _invalid_news,
    UnknownNews: _unknown_news,
    StorageUnavailable: _storage,
}

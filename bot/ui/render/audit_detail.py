"""Why or how, of an entry of the audit, in the reader's words. Knows what the bot itself writes.

What is stored is English and of a fixed form, since one entry is read in many languages; what is
not of that form was typed by somebody or came from a panel, and is shown as it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.domain.access import Action, Bundle
from bot.domain.audit import Change, Outcome
from bot.domain.boards import BoardProblem
from bot.domain.errors import NewsProblem, RuleProblem
from bot.domain.events import EventKind, Preset
from bot.domain.panels import PanelProblem
from bot.domain.trials import Finding
from bot.ui.render import rules
from bot.ui.render.events import event_words
from bot.ui.render.text import code, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.audit import AuditEntry
    from bot.ui.i18n import Words

_LONGEST = 80
_UNTIL = r"(?P<until>[0-9-]{10} [0-9:]{5})"
_RULE = re.compile(
    r"(?P<verb>allow|deny) (?P<grant>\w+) · (?:role|member) (?P<name>.*?)"
    rf"(?: · until {_UNTIL} UTC)?(?: · only: (?P<commands>.*))?",
    re.DOTALL,
)
_GRANTS: Mapping[str, Action | Bundle] = {word.value: word for word in (*Action, *Bundle)}
_EVENTS: Mapping[str, EventKind | Preset] = {word.value: word for word in (*EventKind, *Preset)}
_NEED_NO_REASON = frozenset(
    {Outcome.SENT, Outcome.ACCEPTED, Outcome.DONE, Outcome.NO_EFFECT, Outcome.NOT_UP}
)
"""Ends of which we write down nothing more."""
_CHANGES = frozenset(Change)
_OF_A_RULE = frozenset(
    {Change.RULE_ADDED, Change.RULE_REMOVED, Change.RULE_RESTORED, Change.RULE_EXPIRY}
)

_OF_NEWS = frozenset(change for change in Change if change.name.startswith("NEWS_"))


def detail_words(entry: AuditEntry, t: Words) -> str:
    """Return it with markup, or nothing where there is none."""
    if not entry.detail or entry.action == Change.SETTINGS:
        return ""
    if entry.action in _OF_A_RULE and (found := _RULE.fullmatch(entry.detail)):
        return _rule(found, t)
    if entry.action not in _CHANGES and entry.outcome in _NEED_NO_REASON:
        # The reason that somebody gave, or a command: never ours.
        return code(entry.detail, _LONGEST)
    parts = entry.detail.split(" · ")
    is_news = entry.action in _OF_NEWS
    known = [_known(part, t) or (_news(part, t) if is_news else None) for part in parts]
    if not any(known):
        return code(entry.detail, _LONGEST)
    limit = _LONGEST // len(parts) + 1
    pairs = zip(known, parts, strict=True)
    return " · ".join((words or code(part, limit)) for words, part in pairs if words or part)


def _rule(found: re.Match[str], t: Words) -> str:
    sign = "✅" if found["verb"] == "allow" else "⛔"
    grant = _GRANTS.get(found["grant"])
    what = found["grant"] if grant is None else rules.choice(grant, t)
    parts = [f"{sign} {plain(found['name'], 30)}", what]
    if found["until"]:
        parts.append(_until(found["until"], t) or code(found["until"]))
    if found["commands"]:
        parts.append(code(found["commands"], 40))
    return " · ".join(parts)


def _known(part: str, t: Words) -> str | None:
    if words := _fixed(t).get(part):
        return words
    for form, words in _with_more(t):
        if found := re.fullmatch(form, part, re.DOTALL):
            more = found.groupdict().get("more")
            return f"{words}: {code(more, 60)}" if more else words
    if found := re.fullmatch(r"channel ([0-9]{1,20})", part):
        return f"<#{found[1]}>"
    if found := re.fullmatch(r"([0-9]{1,6}) used", part):
        count = int(found[1])
        return t.ngettext("{count} server", "{count} servers", count).format(count=count)
    if found := re.fullmatch(r"([0-9]{1,6}) rules", part):
        count = int(found[1])
        return t.ngettext("{count} rule", "{count} rules", count).format(count=count)
    return None


def _news(part: str, t: Words) -> str | None:
    """Return what is said of a subscription or a mute."""
    if found := re.fullmatch(r"role ([0-9]{1,20})", part):
        return f"<@&{found[1]}>"
    if found := re.fullmatch(rf"until {_UNTIL} UTC", part):
        return _until(found["until"], t)
    words = part.split("; ")
    if all(word in _EVENTS for word in words):
        return event_words([_EVENTS[word] for word in words], t)
    return None


def _until(text: str, t: Words) -> str | None:
    try:
        until = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:  # somebody has typed that
        return None
    return t.gettext("until {time}").format(time=f"<t:{int(until.timestamp())}:f>")


def _fixed(t: Words) -> dict[str, str]:
    words: dict[str, str] = {
        "all, also future ones": t.gettext("all servers, also those still to come"),
        "role deleted": t.gettext("the role was deleted"),
        "busy": t.gettext("another action was not finished"),
        "not offered": t.gettext("the panel does not offer that"),
        "not one plain line": t.gettext("it was not one plain line"),
        "never sent": t.gettext("it was never sent"),
        "panel gone": t.gettext("its panel was taken away"),
        "interrupted": t.gettext("I was stopped before the end"),
        "another name was typed": t.gettext("another name was typed"),
        "by force": t.gettext("by force"),
        "there is no such rule": t.gettext("no such rule"),
        "there is no such subscription": t.gettext("no such subscription or mute"),
        "somebody has changed this rule since": t.gettext("somebody had changed this rule"),
        "there is no such board": t.gettext("no such board"),
        "this form is no longer open": t.gettext("the form was no longer open"),
        "the server is not running": t.gettext("the server was not running"),
    }
    findings = {finding.value: text for finding, text in _findings(t).items()}
    asked = {f"such a rule cannot be given: it {why}": text for why, text in _rules(t).items()}
    boards = {f"the board {why}": text for why, text in _boards(t).items()}
    return words | findings | asked | boards


def _with_more(t: Words) -> list[tuple[str, str]]:
    """Return forms of what may go on with a text that is not ours."""
    more = r"(?:: (?P<more>.*))?"
    called = r"""(?P<more>(['"]).*\2)"""
    panels = [(f"the panel {why}{more}", text) for why, text in _panels(t).items()]
    news = [(f"such news cannot be: it {why}{more}", text) for why, text in _problems(t).items()]
    return [
        (f"no server is called {called}", t.gettext("no such server")),
        (f"{called} could be any of: .*", t.gettext("several servers are called that")),
        (f"no panel is called {called}", t.gettext("no such panel")),
        (r"was (?P<more>.*)", t.gettext("its name was")),
        (r"changed already: (?P<more>.*)", t.gettext("changed already")),
        (r"the database is not available: .*", t.gettext("my database did not answer")),
        (r"panel \S+ did not answer: .*", t.gettext("the panel did not answer")),
        (r"the server's node did not answer: .*", t.gettext("the server's node did not answer")),
        (r"panel \S+ refused the key: .*", t.gettext("the panel refused the key")),
        (r"the key of panel \S+ may not do that: .*", t.gettext("the key may not do that")),
        (
            r"panel \S+ is getting too many requests.*",
            t.gettext("the panel was getting too many requests"),
        ),
        (
            r"(?:panel \S+|the server's node) is not at a public address",
            t.gettext("its address is not public"),
        ),
        (rf"the server is \w+{more}", t.gettext("the server's state forbade it")),
        (rf"the server's state forbids it{more}", t.gettext("the server's state forbade it")),
        (r"panel \S+ has no server \S+", t.gettext("the panel does not know the server")),
        (r"panel \S+ refused: (?P<more>.*)", t.gettext("the panel refused")),
        (r"panel \S+ asks for payment: (?P<more>.*)", t.gettext("the panel asks for payment")),
        (
            r"panel \S+ gave an answer that makes no sense: .*",
            t.gettext("the panel's answer made no sense"),
        ),
        (
            r"panel \S+ did not confirm .*; it may have been carried out",
            t.gettext("the panel did not confirm it"),
        ),
        *panels,
        *news,
    ]


def _findings(t: Words) -> dict[Finding, str]:
    other = t.gettext("something else than such a panel answers there")
    return {
        Finding.NO_ADDRESS: t.gettext("that is no address"),
        Finding.NOT_PUBLIC: t.gettext("its address is not public"),
        Finding.NO_HOST: t.gettext("there is no such host"),
        Finding.NO_CONNECTION: t.gettext("nothing takes the connection"),
        Finding.TOO_SLOW: t.gettext("no answer in time"),
        Finding.FAILS: t.gettext("the panel itself fails"),
        Finding.NO_PANEL: other,
        Finding.NO_PANEL_HERE: other,
        Finding.REDIRECTS: t.gettext("it sends on to another address"),
        Finding.BAD_OPTION: t.gettext("one of the other fields cannot be right"),
        Finding.BAD_CERTIFICATE: t.gettext("its certificate is not valid"),
        Finding.NO_KEY: t.gettext("no key can look like that"),
        Finding.KEY_REFUSED: t.gettext("the panel refused the key"),
        Finding.KEY_OF_OTHER_API: t.gettext("it is an application key"),
        Finding.KEY_TOO_WEAK: t.gettext("the key may not list servers"),
        Finding.TOO_MANY_REQUESTS: t.gettext("the panel was getting too many requests"),
        Finding.ADMIN_KEY_REFUSED: t.gettext("the panel refused the application key"),
    }


def _rules(t: Words) -> dict[RuleProblem, str]:
    return {
        RuleProblem.NOBODY: t.gettext("neither a role nor a member, or both"),
        RuleProblem.PLACE: t.gettext("both a server and a panel"),
        RuleProblem.MANAGE: t.gettext("to configure me has no server and no panel"),
        RuleProblem.CREATE: t.gettext("to create servers has no server"),
        RuleProblem.COMMANDS: t.gettext("commands without the right to send any"),
        RuleProblem.PATTERN: t.gettext("commands that cannot be read, or too many"),
        RuleProblem.DURATION: t.gettext("a time that cannot be read"),
        RuleProblem.ROLE_GONE: t.gettext("the role was deleted"),
    }


def _boards(t: Words) -> dict[BoardProblem, str]:
    return {
        BoardProblem.PLACE: t.gettext("both a server and a panel"),
        BoardProblem.CHANNEL: t.gettext("I may not write there"),
        BoardProblem.TOO_MANY: t.gettext("too many boards"),
        BoardProblem.SAME: t.gettext("it is there already"),
    }


def _problems(t: Words) -> dict[NewsProblem, str]:
    return {
        NewsProblem.EVENTS: t.gettext("no such kind of event"),
        NewsProblem.CHANNEL: t.gettext("I do not see the channel"),
        NewsProblem.PLACE: t.gettext("both a server and a panel"),
        NewsProblem.EVERYBODY: t.gettext("I never mention everybody"),
        NewsProblem.NOTHING: t.gettext("nothing would change"),
        NewsProblem.BOTH_WAYS: t.gettext("set and taken away at once"),
        NewsProblem.TAKEN: t.gettext("the channel is told that already"),
        NewsProblem.TOO_MANY: t.gettext("too many already"),
    }


def _panels(t: Words) -> dict[PanelProblem, str]:
    return {
        PanelProblem.NAMELESS: t.gettext("a name that cannot be read"),
        PanelProblem.NAME_TAKEN: t.gettext("another panel has that name"),
        PanelProblem.NAME_GIVEN: t.gettext("another panel has that name"),
        PanelProblem.TOO_MANY: t.gettext("too many panels"),
        PanelProblem.OF_OPERATOR: t.gettext("it is in the bot's configuration file"),
        PanelProblem.CHANGED: t.gettext("somebody else had changed the panel"),
        PanelProblem.NOT_REMOVED: t.gettext("it was back already"),
        PanelProblem.KEY_WANTED: t.gettext("the key must be given for the new address"),
        PanelProblem.UNFIT: t.gettext("it cannot be opened as it is stored"),
    }

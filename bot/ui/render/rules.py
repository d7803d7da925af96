"""Rules in words: what one says, what giving it came to, and why somebody may or may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.access import Action, Bundle, Subject
from bot.ui.render.errors import patterns, right
from bot.ui.render.settings import local
from bot.ui.render.text import ago, code, label, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.access import Rule
    from bot.domain.grants import Explained, Given, NamedRule
    from bot.domain.guilds import GuildSettings
    from bot.ui.i18n import Words

_NAME = 60


def short(action: Action, t: Words) -> str:
    """Return the name of a right, as it stands in a list."""
    return {
        Action.COMMAND: t.gettext("send commands"),
        Action.LOGS: t.gettext("read the console"),
        Action.CREATE: t.gettext("create servers"),
        Action.BUILD: t.gettext("change limits"),
        Action.MANAGE: t.gettext("configure me"),
    }.get(action) or right(action, t)


def choice(grant: Action | Bundle, t: Words) -> str:
    """Return what is read where a right or a bundle is picked."""
    if isinstance(grant, Action):
        return short(grant, t)
    return {
        Bundle.VIEWER: t.gettext("viewer: view"),
        Bundle.OPERATOR: t.gettext("operator: view, start, restart"),
        Bundle.MANAGER: t.gettext("manager: operator, and stop, kill, read the console"),
        Bundle.CONSOLE: t.gettext("console: view, read the console, send commands"),
        Bundle.EVERYTHING: t.gettext("everything but to configure me"),
    }[grant]


def says(named: NamedRule, t: Words) -> str:
    """Return what a rule says, in one sentence without its end."""
    rule = named.rule
    text = (
        t.gettext("{who} may {what}") if rule.allow else t.gettext("{who} may not {what}")
    ).format(who=_who(rule, t), what=_what(named, t))
    if rule.commands:
        limits = t.gettext("only like {commands}") if rule.allow else t.gettext("like {commands}")
        text += " · " + limits.format(commands=patterns(rule))
    if rule.expires_at is not None:
        text += " · " + t.gettext("ends {time}").format(time=ago(rule.expires_at))
    return text


def line(named: NamedRule, t: Words) -> str:
    """Return a rule with its sign, who gave it and when, as in a list."""
    rule = named.rule
    text = f"{'✅' if rule.allow else '⛔'} {says(named, t)}"
    if rule.created_by is not None and rule.created_at is not None:
        text += "\n-# " + t.gettext("by {member} {time}").format(
            member=f"<@{rule.created_by}>", time=ago(rule.created_at)
        )
    return text


def listed(rules: Sequence[NamedRule], total: int, position: tuple[int, int], t: Words) -> str:
    """Return one page of rules; `position` is the page, from 0, and how many there are."""
    if not rules:
        return t.gettext(
            "There is no such rule. Without rules only members with the Manage Server permission "
            "can do anything; `/access allow` gives rights to others."
        )
    title = t.ngettext("{count} rule", "{count} rules", total).format(count=total)
    page, pages = position
    if pages > 1:
        title += " · " + t.gettext("page {page} of {pages}").format(page=page + 1, pages=pages)
    return "\n".join([f"### {title}", *(line(rule, t) for rule in rules)])


def previewed(role_id: int, guild_id: int | None, t: Words) -> str:
    """Return the line above a list as it is for a role."""
    who = t.gettext("everybody here") if role_id == guild_id else f"<@&{role_id}>"
    return t.gettext("This is what {who} can see:").format(who=who)


def suggestion(named: NamedRule, who: str, chosen: GuildSettings, t: Words) -> str:
    """Return a rule for a place without markup; `who` is what its role or member is called.

    When it ends is told in the guild's time zone.
    """
    rule = named.rule
    sign = "✅" if rule.allow else "⛔"
    words = rule.grant if isinstance(rule.grant, Bundle) else short(rule.grant, t)
    where = named.server or named.panel or (t.gettext("all") if rule.panel_id is None else "?")
    parts = [f"{sign} {label(who, 30)}", words, label(where, 30)]
    if rule.expires_at is not None:
        until = t.gettext("until {time}")
        parts.append(until.format(time=f"{local(rule.expires_at, chosen):%m-%d %H:%M}"))
    if rule.commands:
        parts.append(label("; ".join(rule.commands), 15))
    return label(" · ".join(parts), 100)


def given(outcome: Given, t: Words) -> str:
    """Return what a rule that was just given means."""
    named = outcome.given
    rule = named.rule
    start = t.gettext("{who} may now {what}.") if rule.allow else t.gettext("{who} may not {what}.")
    parts = [start.format(who=_who(rule, t), what=_what(named, t))]
    if rule.commands:
        limits = t.gettext("Only commands like {commands}.")
        parts.append(limits.format(commands=patterns(rule)))
    if rule.expires_at is not None:
        parts.append(t.gettext("It ends {time}.").format(time=ago(rule.expires_at)))
    if outcome.is_admin:
        parts.append(_passes(t))
        return " ".join(parts)
    if outcome.others:
        still = t.gettext("They still may not: {actions}.")
        may = t.gettext("They still may: {actions}.")
        parts.append((still if rule.allow else may).format(actions=_list(outcome.others, t)))
    if outcome.narrower:
        more = t.ngettext(
            "{count} rule about a single server or panel says otherwise, and goes before this one.",
            "{count} rules about single servers or panels say otherwise, and go before this one.",
            outcome.narrower,
        )
        parts.append(more.format(count=outcome.narrower))
    if outcome.outruled_by is not None:
        stronger = t.gettext("But for {actions} a stronger rule counts: {rule}.")
        rules = says(outcome.outruled_by, t)
        parts.append(stronger.format(actions=_list(outcome.outruled, t), rule=rules))
    return " ".join(parts)


def explained(answer: Explained, t: Words) -> str:
    """Return whether somebody may do something, and which rule makes it so."""
    decision, who = answer.decision, f"<@{answer.member.user_id}>"
    if answer.action is Action.MANAGE:
        what = short(answer.action, t)
    else:
        what = _on(right(answer.action, t), f"**{plain(answer.server.name, _NAME)}**", t)
    if answer.line:
        what += f" · {code(answer.line, 100)}"
    yes, no = t.gettext("**Yes.** {who} may {what}."), t.gettext("**No.** {who} may not {what}.")
    verdict = (yes if decision.allowed else no).format(who=who, what=what)
    return f"{verdict}\n{_why(answer, t)}"


def _why(answer: Explained, t: Words) -> str:
    if answer.decision.as_admin:
        return _passes(t)
    if answer.rule is None:
        return t.gettext("No rule speaks of it, and nothing is allowed until one does.")
    rule = answer.rule.rule
    why = t.gettext("The rule that decides:") + "\n" + line(answer.rule, t)
    if answer.action is Action.VIEW and Action.VIEW not in rule.actions:
        why += "\n" + t.gettext("Any right on a server includes to view it.")
    if rule.allow and not answer.decision.allowed:
        why += "\n" + t.gettext("Only commands like these are allowed, and this is none of them.")
    return why


def _passes(t: Words) -> str:
    return t.gettext("They have the Manage Server permission, which passes every rule.")


def _who(rule: Rule, t: Words) -> str:
    if rule.subject is Subject.MEMBER:
        return f"<@{rule.subject_id}>"
    # The role of everybody has the guild's own id, and reads badly as a mention.
    is_all = rule.subject_id == rule.guild_id
    return t.gettext("everybody here") if is_all else f"<@&{rule.subject_id}>"


def _what(named: NamedRule, t: Words) -> str:
    grant = named.rule.grant
    if grant is Action.MANAGE:
        return short(grant, t)
    if grant is Action.CREATE:
        return _on(right(grant, t), _panel(named, t), t)
    if grant is Bundle.EVERYTHING:
        return _on(t.gettext("do everything with"), _servers(named, t), t)
    verbs = [right(action, t) for action in Action if action in named.rule.actions]
    return _on(_joined(verbs, t), _servers(named, t), t)


def _on(deed: str, thing: str, t: Words) -> str:
    return t.gettext("{deed} {thing}").format(deed=deed, thing=thing)


def _servers(named: NamedRule, t: Words) -> str:
    rule = named.rule
    if named.server is not None:
        return f"**{plain(named.server, _NAME)}**"
    if rule.server_id is not None:
        return t.gettext("a server that I do not see now")
    if rule.panel_id is None:
        return t.gettext("all servers") if rule.allow else t.gettext("any server")
    of_panel = (
        t.gettext("all servers of {panel}") if rule.allow else t.gettext("any server of {panel}")
    )
    return of_panel.format(panel=_panel(named, t))


def _panel(named: NamedRule, t: Words) -> str:
    if named.panel is not None:
        return f"**{plain(named.panel, _NAME)}**"
    if named.rule.panel_id is not None:
        return t.gettext("a panel that is gone")
    return t.gettext("all panels") if named.rule.allow else t.gettext("any panel")


def _list(actions: Iterable[Action], t: Words) -> str:
    return _joined([short(action, t) for action in actions], t)


def _joined(words: Iterable[str], t: Words) -> str:
    return t.gettext(", ").join(words)

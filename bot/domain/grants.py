"""From what an admin asks for to a rule that makes sense, and back to plain words. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.access import Action, actions_of
from bot.domain.errors import InvalidRule, RuleProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.access import Actor, Bundle, Decision, Rule, Subject
    from bot.domain.servers import Server

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=366)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(?:\s*\d{1,6}\s*[mhdw])+\s*")
_PART = re.compile(r"(\d{1,6})\s*([mhdw])")
_MOST_PATTERNS, _LONGEST_PATTERN = 20, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWish:
    """A rule as it is asked for; `server` and `panel` are what was typed or picked."""

    subject: Subject
    subject_id: int
    subject_name: str
    who: Actor
    """The member, or somebody with nothing but the role: for whom the effect is told."""
    grant: Action | Bundle
    allow: bool
    server: str | None = None
    panel: str | None = None
    lasts: timedelta | None = None
    """None is for ever."""
    commands: Sequence[str] = ()

    def check(self) -> None:
        """Raise `InvalidRule` where it would mean nothing, or more than is meant."""
        if self.server and self.panel:
            raise InvalidRule(RuleProblem.PLACE)
        if self.grant is Action.MANAGE and (self.server or self.panel):
            raise InvalidRule(RuleProblem.MANAGE)
        if self.grant is Action.CREATE and self.server:
            raise InvalidRule(RuleProblem.CREATE)
        # To deny a bundle with patterns would deny the rest of it altogether.
        fits = self.grant is Action.COMMAND or (
            self.allow and Action.COMMAND in actions_of(self.grant)
        )
        if self.commands and not fits:
            raise InvalidRule(RuleProblem.COMMANDS)


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A rule with the names of what it is limited to; None where that is not to be found."""

    rule: Rule
    panel: str | None = None
    server: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A rule that counts from now on, and what it comes to."""

    given: NamedRule
    former: tuple[int, ...]
    """Ids of the rules that it replaces."""
    others: tuple[Action, ...] = ()
    """After an allow what is still not allowed there, after a deny what still is."""
    outruled: tuple[Action, ...] = ()
    """Of the rule's actions those that a stronger one decides otherwise."""
    outruled_by: NamedRule | None = None
    narrower: int = 0
    """How many rules about less say otherwise to the same role or member, and go before it."""
    is_admin: bool = False
    """Whom it is about has Manage Server, and passes everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Whether somebody may do something, and why."""

    member: Actor
    action: Action
    server: Server
    decision: Decision
    rule: NamedRule | None
    """The deciding one."""
    line: str | None


def duration(text: str) -> timedelta:
    """Read `30m`, `2h`, `1d` or `1d 12h`; raises `InvalidRule` for anything else."""
    if _DURATION.fullmatch(text.lower()):
        parts = _PART.findall(text.lower())
        length = sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in parts), timedelta())
        if SHORTEST <= length <= LONGEST:
            return length
    raise InvalidRule(RuleProblem.DURATION)


def patterns(text: str) -> tuple[str, ...]:
    """Read `say *; whitelist add *`; raises `InvalidRule` for what no command can match."""
    found = tuple(dict.fromkeys(filter(None, map(str.strip, text.split(";")))))
    is_long = any(len(pattern) > _LONGEST_PATTERN for pattern in found)
    hidden = any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text)
    if not found or len(found) > _MOST_PATTERNS or is_long or hidden:
        raise InvalidRule(RuleProblem.PATTERN)
    return found


def summary(rule: Rule) -> str:
    """Return one line for the audit; the names in it are not to be trusted, nor end a part."""
    verb = "allow" if rule.allow else "deny"
    who = (rule.subject_name or str(rule.subject_id)).replace("·", "-")
    text = f"{verb} {rule.grant} · {rule.subject} {who}"
    if rule.expires_at is not None:
        text += f" · until {rule.expires_at:%Y-%m-%d %H:%M} UTC"
    return f"{text} · only: {'; '.join(rule.commands)}" if rule.commands else text

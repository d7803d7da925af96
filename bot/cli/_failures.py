"""Tells failures: a sentence or one JSON object, and the exit status that belongs to it.

Refuses to show a traceback or the text of an unexpected error: those are for the log.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
from typing import TYPE_CHECKING

from bot.cli._output import plain
from bot.cli._parser import UsageError
from bot.config import ConfigError
from bot.domain import errors
from bot.storage.crypto import MasterKeyError

if TYPE_CHECKING:
    from collections.abc import Sequence

_log = logging.getLogger(__name__)


class UnknownPanel(Exception):
    """The configuration has no panel of that id."""

    def __init__(self, panel_id: str, known: list[str]) -> None:
        names = ", ".join(known) or "none"
        super().__init__(f"the configuration has no panel {panel_id!r}; its panels: {names}")


class NotStarted(Exception):
    """The bot could not start; the sentence says why."""


class NotConfirmed(Exception):
    """What cannot be undone was asked for without saying that it is meant."""


UNEXPECTED = 1
MISUSED = 2

_STATUS: dict[type[Exception], int] = {
    UsageError: MISUSED,
    ConfigError: MISUSED,
    UnknownPanel: MISUSED,
    NotConfirmed: MISUSED,
    NotStarted: MISUSED,
    MasterKeyError: MISUSED,
    errors.InvalidCommand: MISUSED,
    errors.UnknownServer: 4,
    errors.AmbiguousServer: 4,
    errors.ServerNotFound: 4,
    errors.UnsupportedAction: 5,
    errors.StorageUnavailable: MISUSED,
    errors.PanelError: 3,
    errors.DeckhandError: UNEXPECTED,
}
"""Exit statuses; an error has that of its nearest ancestor here."""


def tell(error: Exception, *, as_json: bool, traceback: bool) -> int:
    """Print the failure, on stdout where JSON was asked for, and return the exit status."""
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), None)
    if status is None:
        message = unexpected(error, traceback=traceback)
    else:
        message = ". ".join([str(error), *_notes(error)])
    if as_json:
        print(json.dumps({"error": _facts(error, message)}))
    else:
        _say(error, message)
    return UNEXPECTED if status is None else status


def unexpected(error: BaseException, *, traceback: bool) -> str:
    """Write to the log what nobody expected; return the sentence that leads there."""
    incident = secrets.token_hex(4)
    _log.error("Incident %s", incident, exc_info=error if traceback else None)
    return f"something unexpected happened; --debug shows more (incident {incident})"


def _facts(error: Exception, message: str) -> dict[str, object]:
    facts: dict[str, object] = {
        "type": type(error).__name__,
        "message": message,
        "panel": error.panel_id if isinstance(error, errors.PanelError) else None,
        "retry_after": error.retry_after if isinstance(error, errors.PanelError) else None,
    }
    if isinstance(error, errors.PanelInvalid):
        facts["fields"] = {name: list(texts) for name, texts in error.fields.items()}
    if isinstance(error, errors.PanelError) and error.changed:
        facts |= {"changed": list(error.changed), "failed": list(error.failed)}
    return facts


def _say(error: Exception, message: str) -> None:
    if isinstance(error, UsageError):
        print(error.usage, file=sys.stderr)
    for line in _lines(error, message):
        print(plain(line), file=sys.stderr)


def _lines(error: Exception, message: str) -> Sequence[str]:
    if isinstance(error, ConfigError):
        return error.problems
    if isinstance(error, errors.PanelInvalid):
        told = [
            f"{name}: {text}" if name else text
            for name, texts in error.fields.items()
            for text in texts
        ]
        first = f"panel {error.panel_id} does not take these values"
        return [first, *told, *_notes(error)]
    return [message]


def _notes(error: Exception) -> Sequence[str]:
    """Return what else is to be said: what was changed all the same, and what a finder noted."""
    if isinstance(error, errors.PanelError) and error.changed:
        return [
            f"changed already: {', '.join(error.changed)}",
            f"not changed, as far as is known: {', '.join(error.failed)}",
        ]
    return getattr(error, "__notes__", [])

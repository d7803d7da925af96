"""Where log lines go. Refuses secrets, and the payloads that foreign libraries like to log."""

from __future__ import annotations

import logging
import re
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"

# Below these levels the libraries write payloads, statements and single requests.
LIBRARIES = {
    "aiohttp": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "discord": logging.INFO,
    "discord.http": logging.WARNING,
    "sqlalchemy": logging.WARNING,
}


def set_up(level: str, secrets: Iterable[str] = ()) -> None:
    """Send all that is logged from `level` on to stderr, and nothing to anywhere else."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in LIBRARIES.items():
        logging.getLogger(name).setLevel(max(least, logging.getLogger().level))


def redact(secrets: Iterable[str]) -> None:
    """Let no line show these either, from now on; for secrets that come while the bot runs."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, _Formatter):
            handler.formatter.learn(secrets)


class _Formatter(logging.Formatter):
    """Writes plain lines and redacts each when it is finished, its traceback included."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__(_FORMAT, "%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime
        self._known: list[str] = []
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if secret for form in (secret, quote(secret, safe=""))}
        if not forms.issubset(self._known):
            # The longest first: one secret may begin another.
            self._known = sorted(forms.union(self._known), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self._known:
            line = line.replace(secret, "[secret]")
        for pattern in _PATTERNS:
            line = pattern.sub(r"\1[secret]", line)
        return line

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Keep a message on one line, so that text from outside cannot forge another."""
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", super().formatMessage(record))


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_PATTERNS = (
    # "Authorization: Bearer ...", and the same as a mapping that was printed.
    re.compile(r"(?i)(authorization['\"]?\s*[:=]\s*['\"]?(?:(?:bearer|bot|basic)\s+)?)[^\s'\",]+"),
    # Whoever has an interaction's token can answer it for fifteen minutes.
    re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.~-]+"),
    # The password in an address: postgresql://user:password@host.
    re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)"),
)

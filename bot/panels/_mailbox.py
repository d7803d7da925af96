"""Holds what one watcher has not read yet. Makes nobody wait who puts something in."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.domain import live

if TYPE_CHECKING:
    from bot.domain.errors import PanelError

_MOST_LINES = 500
_MOST_CHARACTERS = 1024 * 1024
_MOST_NEWS = 500
# There is always more of these, so a slow reader can do without the oldest.
_LINES = (live.Console, live.Stats, live.Message, live.Error)

_ANY_TIME = datetime.min.replace(tzinfo=UTC)


class Mailbox:
    """Events in their order. Where nobody reads, the oldest lines go; what has happened stays.

    Of more than 500 news each is kept once, and told where it came last; states are kept for good.
    """

    def __init__(self) -> None:
        self._lines: deque[tuple[int, live.Event]] = deque()
        self._news: deque[tuple[int, live.Event]] = deque()
        self._characters = 0
        self._count = 0
        self._is_closed = False
        self._error: PanelError | None = None
        self._changed = asyncio.Event()

    def put(self, event: live.Event) -> None:
        """Add an event."""
        self._count += 1
        if _is_line(event):
            self._lines.append((self._count, event))
            self._characters += _length(event)
            while len(self._lines) > _MOST_LINES or self._characters > _MOST_CHARACTERS:
                self._pop_line()
        else:
            self._news.append((self._count, event))
            if len(self._news) > _MOST_NEWS:
                self._collapse()
        self._changed.set()

    def close(self, error: PanelError | None) -> None:
        """Let nothing follow; the error is for the reader, after all events."""
        self._is_closed = True
        self._error = error
        self._changed.set()

    async def get(self) -> live.Event | None:
        """Return the next event, waiting for it; None, or the error, at the end."""
        while True:
            if self._lines or self._news:
                return self._pop()
            if self._error is not None:
                raise self._error
            if self._is_closed:
                return None
            self._changed.clear()
            await self._changed.wait()

    def _pop(self) -> live.Event:
        if not self._news or (self._lines and self._lines[0][0] < self._news[0][0]):
            return self._pop_line()
        return self._news.popleft()[1]

    def _collapse(self) -> None:
        last = {replace(event, at=_ANY_TIME): (count, event) for count, event in self._news}
        states = [news for news in last.values() if isinstance(news[1], live.State)]
        others = sorted(news for news in last.values() if not isinstance(news[1], live.State))
        # Half, so that not every one that follows collapses them anew.
        self._news = deque(sorted([*states, *others[-_MOST_NEWS // 2 :]]))

    def _pop_line(self) -> live.Event:
        event = self._lines.popleft()[1]
        self._characters -= _length(event)
        return event


def _is_line(event: live.Event) -> bool:
    if isinstance(event, live.Install):
        return event.phase is live.InstallPhase.OUTPUT
    if isinstance(event, live.Transfer):
        return event.status is None
    return isinstance(event, _LINES)


def _length(event: live.Event) -> int:
    match event:
        case live.Console(line=text) | live.Message(text=text) | live.Error(text=text):
            return len(text)
        case live.Install(line=str(text)) | live.Transfer(line=str(text)):
            return len(text)
        case _:
            return 0

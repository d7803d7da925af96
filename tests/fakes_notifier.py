"""A way into channels that are pieces of paper, and the subscriptions in memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Literal, TypeVar

from bot.domain.guild_ports import Posting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.domain.news import Announcement, Pause, Subscription
    from tests.fakes_news import MemoryNews

Value = TypeVar("Value")
Answer = Posting | Literal["lost answer"]


class MemoryBook:
    """The subscriptions of a store, as they are (`SubscriptionBook`)."""

    def __init__(self, news: MemoryNews) -> None:
        self._news = news

    def get(self, subscription_id: int) -> Subscription | None:
        return self._news.subscriptions.get(subscription_id)

    def of_guild(self, guild_id: int) -> Sequence[Subscription]:
        found = self._news.subscriptions.values()
        return [each for each in found if each.guild_id == guild_id]

    async def pause(self, subscription_id: int, pause: Pause | None, *, channel_id: int) -> None:
        now = self.get(subscription_id)
        if now is not None and now.channel_id == channel_id:
            await self._news.pause(subscription_id, pause)


@dataclass
class PaperNotifier:
    """Messages by id, each as its newest word; what was told to admins."""

    answers: list[Answer] = field(default_factory=list)
    """What the next tries are answered with, instead of success; a lost answer hides one."""
    standings: dict[int, Pause] = field(default_factory=dict)
    """The channels that cannot be written to."""
    shown: dict[int, Announcement] = field(default_factory=dict)
    pinged: list[tuple[int, ...]] = field(default_factory=list)
    """Of each new message, the roles that it mentions."""
    tries: int = 0
    edits: int = 0
    warned: list[tuple[int, Pause]] = field(default_factory=list)
    crash: Callable[[], None] | None = None
    """Called after the next message has arrived; its sender hears nothing any more."""

    def __post_init__(self) -> None:
        self._ids = count(1000)
        self._changed = asyncio.Condition()

    async def post(
        self, announcement: Announcement, *, maybe_there: bool
    ) -> int | Pause | Literal[Posting.LATER]:
        if announcement.channel_id in self.standings:
            return await self._done(self.standings[announcement.channel_id])
        if maybe_there:
            for message_id, shown in self.shown.items():
                if shown.batch_id == announcement.batch_id:
                    return await self._done(message_id)
        answer = self.answers.pop(0) if self.answers else Posting.DONE
        if answer is Posting.LATER:
            return await self._done(Posting.LATER)
        message_id = next(self._ids)
        self.shown[message_id] = announcement
        self.pinged.append(announcement.role_ids)
        if self.crash is not None:
            self.crash()
            await asyncio.Event().wait()
        return await self._done(Posting.LATER if answer == "lost answer" else message_id)

    async def edit(self, announcement: Announcement, message_id: int) -> Posting | Pause:
        if announcement.channel_id in self.standings:
            return await self._done(self.standings[announcement.channel_id])
        if message_id not in self.shown:
            return await self._done(Posting.LOST)
        answer = self.answers.pop(0) if self.answers else Posting.DONE
        if answer is Posting.LATER:
            return await self._done(Posting.LATER)
        self.shown[message_id] = announcement
        self.edits += 1
        return await self._done(Posting.DONE)

    async def standing(self, guild_id: int, channel_id: int) -> Pause | Posting:
        return self.standings.get(channel_id, Posting.DONE)

    async def tell_admins(self, guild_id: int, channel_id: int, pause: Pause) -> Posting:
        self.warned.append((channel_id, pause))
        return await self._done(Posting.DONE)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until it holds, looked at after each try."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(condition)

    async def wait_posts(self, count: int) -> None:
        """Wait until so many messages are to be read."""
        await self.until(lambda: len(self.shown) >= count)

    async def _done(self, answer: Value) -> Value:
        self.tries += 1
        async with self._changed:
            self._changed.notify_all()
        return answer

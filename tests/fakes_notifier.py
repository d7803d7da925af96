"""A way into channels that are pieces of paper, and the subscriptions in memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Literal, TypeVar

from bot.domain.channels import ChannelLost, MessageGone, NotTaken, WordsRefused
from bot.domain.events import PINGING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from bot.domain.events import Event
    from bot.domain.news import Announcement, Pause, Subscription
    from tests.fakes_news import MemoryNews

Value = TypeVar("Value")
Answer = Literal["not taken", "lost answer"]


class MemoryBook:
    """The subscriptions of a store, as they are (`SubscriptionBook`)."""

    def __init__(self, news: MemoryNews) -> None:
        self._news = news

    def get(self, subscription_id: int) -> Subscription | None:
        return self._news.subscriptions.get(subscription_id)

    def role_for(self, subscription_id: int, event: Event) -> int | None:
        found = self.get(subscription_id)
        return found.mention_role_id if found and event.kind in PINGING else None

    def of_guild(self, guild_id: int) -> Sequence[Subscription]:
        found = self._news.subscriptions.values()
        return [each for each in found if each.guild_id == guild_id]

    async def pause(
        self, subscription_ids: Collection[int], pause: Pause | None, *, channel_id: int
    ) -> None:
        found = map(self.get, subscription_ids)
        here = [each.id or 0 for each in found if each and each.channel_id == channel_id]
        await self._news.pause(here, pause)


@dataclass
class PaperNotifier:
    """Messages by id, each as its newest word; what was told to admins."""

    answers: list[Answer] = field(default_factory=list)
    """What the next tries are answered with, instead of success; a lost answer hides one."""
    standings: dict[int, Pause] = field(default_factory=dict)
    """The channels that cannot be written to."""
    unknown: set[int] = field(default_factory=set)
    """Those of which nobody knows whether they can."""
    refused: set[str] = field(default_factory=set)
    """The names that Discord does not take."""
    takes_nothing: bool = False
    """Whether it takes no message at all, whatever it says."""
    takes_no_edit: bool = False
    shown: dict[int, Announcement] = field(default_factory=dict)
    pinged: list[tuple[int, ...]] = field(default_factory=list)
    """Of each new message, the roles that it mentions."""
    checked: list[int] = field(default_factory=list)
    """The channels that somebody asked about."""
    tries: int = 0
    edits: int = 0
    warned: list[tuple[int, Pause]] = field(default_factory=list)
    crash: Callable[[], None] | None = None
    """Called after the next message has arrived; its sender hears nothing any more."""

    def __post_init__(self) -> None:
        self._ids = count(1000)
        self._changed = asyncio.Condition()

    async def post(self, announcement: Announcement, *, maybe_there: bool) -> int:
        await self._admit(announcement.channel_id)
        if maybe_there:
            for message_id, shown in self.shown.items():
                if shown.batch_id == announcement.batch_id:
                    return await self._done(message_id)
        await self._read(announcement)
        answer = await self._take()
        message_id = next(self._ids)
        self.shown[message_id] = announcement
        self.pinged.append(announcement.role_ids)
        if self.crash is not None:
            self.crash()
            await asyncio.Event().wait()
        await self._done(None)
        if answer == "lost answer":
            raise NotTaken(answer)
        return message_id

    async def edit(self, announcement: Announcement, message_id: int) -> None:
        await self._admit(announcement.channel_id)
        if message_id not in self.shown:
            await self._done(None)
            raise MessageGone
        if self.takes_no_edit:
            raise WordsRefused("blocked")
        await self._read(announcement)
        await self._take()
        self.shown[message_id] = announcement
        self.edits += 1
        await self._done(None)

    async def check(self, guild_id: int, channel_id: int) -> None:
        self.checked.append(channel_id)
        await self._tell_all()
        if channel_id in self.unknown:
            raise NotTaken("nobody knows")
        if channel_id in self.standings:
            raise ChannelLost(self.standings[channel_id])

    async def tell_admins(self, guild_id: int, channel_id: int, pause: Pause, nonce: str) -> None:
        self.warned.append((channel_id, pause))
        await self._done(None)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until it holds, looked at after each try."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(condition)

    async def wait_posts(self, count: int) -> None:
        """Wait until so many messages are to be read."""
        await self.until(lambda: len(self.shown) >= count)

    async def _admit(self, channel_id: int) -> None:
        if channel_id in self.standings:
            raise ChannelLost(await self._done(self.standings[channel_id]))

    async def _read(self, announcement: Announcement) -> None:
        """Raise `WordsRefused` where names are told that Discord does not take."""
        names = () if announcement.is_unsaid else (event.name for event in announcement.events)
        if self.takes_nothing or not self.refused.isdisjoint(names):
            await self._done(None)
            raise WordsRefused("blocked")

    async def _take(self) -> Answer | None:
        answer = self.answers.pop(0) if self.answers else None
        if answer == "not taken":
            await self._done(None)
            raise NotTaken(answer)
        return answer

    async def _done(self, answer: Value) -> Value:
        self.tries += 1
        await self._tell_all()
        return answer

    async def _tell_all(self) -> None:
        async with self._changed:
            self._changed.notify_all()

"""Small real implementations of the ports about guilds: stores in memory, a channel on paper."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.domain.audit import Outcome
from bot.domain.errors import StorageUnavailable
from bot.domain.guilds import Confirm, GuildSettings, Setting, Told
from tests.fakes import MemoryAuditLog

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.audit import AuditEntry
    from bot.domain.channels import ChannelLost, NotTaken, WordsRefused
    from bot.domain.servers import ServerRef


class MemoryHistory(MemoryAuditLog):
    """Attempts in a list, with ids, that can be read by pages."""

    async def add(self, entry: AuditEntry) -> None:
        await super().add(replace(entry, id=len(self.entries) + 1))

    async def page(
        self,
        guild_id: int,
        *,
        before: int | None = None,
        after: int | None = None,
        user_id: int | None = None,
        ref: ServerRef | None = None,
        limit: int,
    ) -> Sequence[AuditEntry]:
        found = [
            row
            for row in reversed(self._ended(guild_id))
            if user_id in (None, row.user_id)
            and ref in (None, row.ref)
            and (before is None or _id(row) < before)
            and (after is None or _id(row) > after)
        ]
        return found[:limit] if after is None else found[-limit:]

    async def ended_after(self, guild_id: int, entry_id: int, limit: int) -> Sequence[AuditEntry]:
        if self.is_broken:
            raise StorageUnavailable("unplugged")
        return [row for row in self._ended(guild_id) if _id(row) > entry_id][:limit]

    async def newest_id(self, guild_id: int) -> int:
        return max((_id(row) for row in self.entries if row.guild_id == guild_id), default=0)

    def _ended(self, guild_id: int) -> list[AuditEntry]:
        return [
            row
            for row in self.entries
            if row.guild_id == guild_id and row.outcome is not Outcome.SENT
        ]


class MemoryGuilds:
    """What is stored of guilds, in dictionaries."""

    def __init__(self) -> None:
        self.is_broken = False
        self.choices: dict[int, GuildSettings] = {}
        self.cursors: dict[int, Told] = {}
        self.moves: list[Told] = []
        self.left: dict[int, datetime | None] = {}
        self.role_ids: dict[int, frozenset[int]] = {}
        self.deleted: list[int] = []
        self.dropped: list[tuple[str, datetime]] = []

    async def all(self) -> Sequence[GuildSettings]:
        return list(self.choices.values())

    async def change(self, guild_id: int, setting: Setting, value: str | int | None) -> None:
        self._check()
        now = self.choices.get(guild_id, GuildSettings(guild_id=guild_id))
        new: Any = getattr(GuildSettings(guild_id=guild_id), setting) if value is None else value
        if setting is Setting.CONFIRM:
            new = Confirm(new)
        self.choices[guild_id] = replace(now, **{setting.value: new})

    async def told(self, guild_id: int) -> Told | None:
        self._check()
        return self.cursors.get(guild_id)

    async def begin(self, guild_id: int, upto: int) -> None:
        self.cursors.setdefault(guild_id, Told(upto))

    async def move(self, guild_id: int, told: Told) -> None:
        self._check()
        if guild_id in self.cursors:
            self.cursors[guild_id] = told
            self.moves.append(told)

    async def end(self, guild_id: int) -> None:
        self.cursors.pop(guild_id, None)

    async def meet(self, guild_ids: Collection[int]) -> None:
        self.left |= dict.fromkeys(set(guild_ids) - self.left.keys())

    async def known(self) -> Mapping[int, datetime | None]:
        return dict(self.left)

    async def set_left(self, guild_id: int, at: datetime | None) -> None:
        self.left[guild_id] = at

    async def roles(self) -> Mapping[int, frozenset[int]]:
        return self.role_ids

    async def delete(self, guild_id: int) -> None:
        self.deleted.append(guild_id)
        self.left.pop(guild_id, None)

    async def drop_audit(self, before: datetime) -> int:
        self._check()
        self.dropped.append(("audit", before))
        return 1

    async def drop_rules(self, before: datetime) -> None:
        self.dropped.append(("rules", before))

    async def drop_news(self, before: datetime) -> None:
        self.dropped.append(("news", before))

    def _check(self) -> None:
        if self.is_broken:
            raise StorageUnavailable("unplugged")


@dataclass(frozen=True)
class Post:
    """One message in an audit channel."""

    channel_id: int | None
    nonce: str
    ids: tuple[int, ...]


@dataclass
class PaperChannel:
    """Audit channels on paper, which keep one message for each nonce as Discord does."""

    refusals: list[ChannelLost | NotTaken | WordsRefused] = field(default_factory=list)
    """Why the next posts are not taken; then all are."""
    posts: list[Post] = field(default_factory=list)
    """All that was tried."""
    shown: dict[str, Post] = field(default_factory=dict)
    """By nonce, what can be read."""
    crash: Callable[[], None] | None = None
    """Called after the next message has arrived."""

    def __post_init__(self) -> None:
        self._changed = asyncio.Condition()

    async def post(
        self, settings: GuildSettings, entries: Sequence[AuditEntry], *, nonce: str
    ) -> None:
        message = Post(settings.audit_channel_id, nonce, tuple(_id(entry) for entry in entries))
        self.posts.append(message)
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is None:
            self.shown.setdefault(nonce, message)
        async with self._changed:
            self._changed.notify_all()
        if self.crash is not None:
            self.crash()
            await asyncio.Event().wait()
        if refusal is not None:
            raise refusal

    async def wait_posts(self, count: int) -> None:
        """Wait until so many were tried."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: len(self.posts) >= count)

    @property
    def told(self) -> list[int]:
        """The ids of all entries that can be read, in order."""
        return [entry_id for message in self.shown.values() for entry_id in message.ids]


class PaperPanels:
    """Panels of guilds, of which only is noted what is done to them."""

    def __init__(self) -> None:
        self.done: defaultdict[str, list[int]] = defaultdict(list)

    async def attend(self, guild_id: int, *, is_here: bool) -> None:
        self.done["opened" if is_here else "closed"].append(guild_id)

    async def forget_guild(self, guild_id: int) -> None:
        self.done["forgotten"].append(guild_id)

    async def purge(self) -> int:
        self.done["purged"].append(0)
        return 0


def _id(entry: AuditEntry) -> int:
    assert entry.id is not None
    return entry.id

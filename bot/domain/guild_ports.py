"""What the services that care for guilds and their audit need from outside. Protocols only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.audit import AuditEntry
    from bot.domain.guilds import GuildSettings, Setting, Told
    from bot.domain.servers import ServerRef


class SettingsRepository(Protocol):
    """What guilds have chosen."""

    async def all(self) -> Sequence[GuildSettings]:
        """Return the choices of every guild that has made any."""
        ...

    async def change(self, guild_id: int, setting: Setting, value: str | int | None) -> None:
        """Set one choice, None for the default, and leave all others as they are."""
        ...


class AuditHistory(Protocol):
    """The stored attempts as they are read; one that has ended is one entry, that of its end."""

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
        """Return those next to an id, newest first; without one the newest of all."""
        ...

    async def ended_after(self, guild_id: int, entry_id: int, limit: int) -> Sequence[AuditEntry]:
        """Return those that have ended after an id, oldest first; none on its way is among them."""
        ...

    async def newest_id(self, guild_id: int) -> int:
        """Return the largest id of a guild, or 0."""
        ...


class AuditCursor(Protocol):
    """How far each audit channel has come."""

    async def told(self, guild_id: int) -> Told | None:
        """Return it, or None where nothing is to be told."""
        ...

    async def begin(self, guild_id: int, upto: int) -> None:
        """Tell what comes after this id, unless it is being told from somewhere already."""
        ...

    async def move(self, guild_id: int, told: Told) -> None:
        """Set it, unless nothing is to be told any more."""
        ...

    async def end(self, guild_id: int) -> None:
        """Tell nothing any more."""
        ...


class GuildData(Protocol):
    """All that is stored of a guild, as a whole."""

    async def meet(self, guild_ids: Collection[int]) -> None:
        """Note guilds that the bot is in."""
        ...

    async def known(self) -> Mapping[int, datetime | None]:
        """Return the guilds of which anything is stored, and when the bot was removed from each."""
        ...

    async def set_left(self, guild_id: int, at: datetime | None) -> None:
        """Note when the bot was removed; None is that it is there."""
        ...

    async def roles(self) -> Mapping[int, frozenset[int]]:
        """Return by guild the roles that rules name."""
        ...

    async def delete(self, guild_id: int) -> None:
        """Delete everything of a guild, for good."""
        ...


class Leftovers(Protocol):
    """What has an end of its own."""

    async def drop_audit(self, before: datetime) -> int:
        """Delete entries of attempts before that time; returns how many."""
        ...

    async def drop_rules(self, before: datetime) -> None:
        """Delete rules that were ended, or ended by themselves, before that time."""
        ...

    async def drop_news(self, before: datetime) -> None:
        """Delete what happened before that time, and subscriptions and mutes that ended by then."""
        ...


class AuditChannel(Protocol):
    """The way into audit channels."""

    async def post(
        self, settings: GuildSettings, entries: Sequence[AuditEntry], *, nonce: str
    ) -> None:
        """Tell of the entries in one message; the same nonce again within minutes repeats none.

        Raises `ChannelLost`, `NotTaken` and, where it is taken in no words, `WordsRefused`.
        """
        ...

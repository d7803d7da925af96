"""What the services need from the world outside. Protocols only; domain types in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from bot.domain.access import Rule
    from bot.domain.administration import Field
    from bot.domain.audit import AuditEntry
    from bot.domain.live import Event, Reading
    from bot.domain.panels import PanelForm, StoredPanel
    from bot.domain.servers import Capability, PowerAction, Server, ServerFilter, ServerRef
    from bot.domain.trials import Trial


class Clock(Protocol):
    """Time, so that tests can own it."""

    def now(self) -> datetime:
        """Return the wall-clock time, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds since some fixed point, never going back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Panel(Protocol):
    """One panel with one set of credentials. Raises only `PanelError`s."""

    @property
    def panel_id(self) -> str:
        """The id in our configuration."""
        ...

    @property
    def kind(self) -> str:
        """The kind, as in the configuration."""
        ...

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What it can do beyond listing and showing."""
        ...

    async def list_servers(self) -> Sequence[Server]:
        """Return all servers of this key, each with its true state.

        A server whose state cannot be read is `unreachable` or `unknown` and hides no other.
        """
        ...

    async def get_server(self, server_id: str) -> Server:
        """Return one server; raises `ServerNotFound` where the panel does not know it."""
        ...

    async def power(self, server_id: str, action: PowerAction) -> None:
        """Order it; returning means that the panel accepted, not that it happened."""
        ...


@runtime_checkable
class SelectivePanel(Panel, Protocol):
    """A panel that can leave out servers that are not wanted."""

    async def select_servers(self, wanted: ServerFilter) -> Sequence[Server]:
        """Return all servers that are wanted, and what others the panel cannot leave out."""
        ...


@runtime_checkable
class CommandPanel(Panel, Protocol):
    """A panel that passes commands to a server's console (`Capability.COMMAND`)."""

    async def send_command(self, server_id: str, command: str) -> None:
        """Write one line to the console; raises `ServerOffline`."""
        ...


class LiveServer(Protocol):
    """A server that is being watched: one iterator of what happens on it.

    The first event is `Connected`, or `Disconnected` where that takes longer; it reconnects by
    itself. The iterator ends after `Deleted`, and raises a `PanelError` where it is of no use to
    try again. Who reads slowly misses the oldest lines and figures, and what comes again and again
    but for the last time; no state. Who is cut short while waiting for an event misses nothing.
    """

    def __aiter__(self) -> AsyncIterator[Event]:
        """Return the events from now on."""
        ...

    async def logs(self) -> None:
        """Ask for the last console lines; they come to all watchers, like new ones."""
        ...

    async def command(self, line: str) -> None:
        """Write one line to the console; nobody says whether it was taken."""
        ...

    async def power(self, action: PowerAction) -> None:
        """Order it; the states that follow say whether it was taken."""
        ...


@runtime_checkable
class LivePanel(Panel, Protocol):
    """A panel that tells what happens on a server while it does (`Capability.LIVE`)."""

    async def list_around(self, known: Mapping[str, Reading]) -> Sequence[Server]:
        """Return all servers like `list_servers`; what is known by id is not asked for again."""
        ...

    def watch(self, server_id: str) -> AbstractAsyncContextManager[LiveServer]:
        """Watch a server until the context ends; all who watch it share one connection."""
        ...


@runtime_checkable
class AdminPanel(Panel, Protocol):
    """A panel that creates and changes servers; its capabilities say which of these calls work.

    `values` are JSON values by the panel's own field names, already nested. Raises
    `PanelInvalid` for values that the panel does not take. None of these is ever sent twice.
    """

    async def fields(
        self, action: Capability, server_id: str | None, *, chosen: Mapping[str, object] = {}
    ) -> Sequence[Field]:
        """Return what CREATE, UPDATE, REPLACE or BUILD ask for; `server_id` is what is changed.

        `chosen` are the values so far of fields that decide about others, by field name.
        """
        ...

    async def create(self, values: Mapping[str, object]) -> Server:
        """Create a server and return it as the panel knows it then."""
        ...

    async def update(
        self, server_id: str, values: Mapping[str, object], *, replace: bool
    ) -> Server:
        """Change the given fields, or with `replace` all of them, and return the server."""
        ...

    async def build(self, server_id: str, values: Mapping[str, object]) -> Server:
        """Change limits and addresses, and return the server."""
        ...

    async def suspend(self, server_id: str) -> None:
        """Take the server out of use; may be repeated."""
        ...

    async def unsuspend(self, server_id: str) -> None:
        """Let it be used again; may be repeated."""
        ...

    async def delete(self, server_id: str, *, force: bool) -> None:
        """Delete it for good; with `force` also where its node does not answer."""
        ...


class RuleRepository(Protocol):
    """The stored rights."""

    async def rules_of(self, guild_id: int) -> Sequence[Rule]:
        """Return all rules of a guild that are not ended, oldest first."""
        ...

    async def ended(self, guild_id: int, rule_ids: Collection[int]) -> Sequence[Rule]:
        """Return those of the named rules of the guild that are ended."""
        ...

    async def add(
        self, rule: Rule, *, at: datetime | None = None, instead_of: Collection[int] = ()
    ) -> Rule:
        """Store a rule and return it with its id; ends the others in the same transaction."""
        ...

    async def remove(self, guild_id: int, rule_ids: Collection[int], *, at: datetime) -> None:
        """End rules; they can be brought back."""
        ...

    async def restore(
        self,
        guild_id: int,
        rule_ids: Collection[int],
        *,
        at: datetime,
        instead_of: Collection[int] = (),
    ) -> None:
        """Bring ended rules back; ends the others in the same transaction."""
        ...

    async def delete_guild(self, guild_id: int) -> None:
        """Delete all rules of a guild for good."""
        ...


class PanelMaker(Protocol):
    """The kinds of panel that guilds can add."""

    @property
    def forms(self) -> Mapping[str, PanelForm]:
        """What each kind asks for, by kind."""
        ...

    def open(self, stored: StoredPanel) -> tuple[Panel, str]:
        """Return the panel and an opaque word for what it is the same as; asks it nothing.

        Raises `InvalidPanel`.
        """
        ...

    async def try_out(self, stored: StoredPanel) -> Trial:
        """Ask the panel whether all is well; never raises for what may be wrong with it."""
        ...


class PanelStore(Protocol):
    """The panels that guilds have added from Discord; their credentials are sealed in it."""

    async def all(self) -> Sequence[StoredPanel]:
        """Return every panel of every guild, removed ones as well, oldest first."""
        ...

    async def add(self, panel: StoredPanel) -> None:
        """Store a new one."""
        ...

    async def change(self, panel: StoredPanel) -> bool:
        """Store it anew, also to remove it and bring it back; False where it is not there."""
        ...

    async def purge(self, removed_before: datetime) -> int:
        """Delete for good what was removed before then; return how many that were."""
        ...

    async def delete_of(self, guild_id: int) -> None:
        """Delete for good all that a guild has added."""
        ...


class AuditLog(Protocol):
    """The stored attempts."""

    async def add(self, entry: AuditEntry) -> None:
        """Append one; entries are never changed."""
        ...

    async def latest(self, guild_id: int, ref: ServerRef) -> AuditEntry | None:
        """Return the newest attempt on a server from this guild that reached its panel.

        Those of LOGS do not count: who looks does nothing to a server.
        """
        ...

    async def unended(self) -> Sequence[AuditEntry]:
        """Return recent attempts that were sent and have no end, oldest first."""
        ...


class Memory(Protocol):
    """Facts that the process must remember about itself, by name."""

    async def get(self, key: str) -> str | None:
        """Return what was put last."""
        ...

    async def put(self, key: str, value: str) -> None:
        """Keep a value; it replaces the former one."""
        ...

"""What a generation of Pterodactyl before 0.7 must say of itself. Sends nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.administration import Field
    from bot.domain.servers import Capability, PowerAction
    from bot.panels._errors import Answer, Call
    from bot.panels._legacy_parse import Place, Report
    from bot.panels._manners import Manners
    from bot.panels._pages import Page

    Values = Mapping[str, object]
    Columns = Mapping[str, object]


class Dialect(Protocol):
    """Which calls to send and how to read their answers; readers raise what parsers raise.

    A server has an id for administration and a uuid for what its user may do.
    """

    name: str
    """What `options.dialect` calls it."""
    capabilities: frozenset[Capability]
    root: str
    """What the paths for administration begin with."""
    lists_allocations_by_node: bool
    needed_to_create: frozenset[str]
    """What a creation must not lack, and the panel does not name where it does."""
    details: Mapping[str, object]
    """What an update must send as a whole, each with its empty value; nothing for a PATCH."""

    @property
    def states_at_once(self) -> int | None:
        """Return how many states a list may ask for, lest nothing is left of the budget."""
        ...

    @property
    def manners(self) -> Manners:
        """Return how it speaks HTTP."""
        ...

    def list_page(self, page: int) -> Call:
        """Ask for one page of all servers."""
        ...

    def show(self, server_id: str) -> Call:
        """Ask for one server."""
        ...

    def status(self, server_id: str, uuid: str | None) -> Call | None:
        """Ask for the state of a server; None where the panel never tells it."""
        ...

    def places(self) -> Call | None:
        """Ask for the places of all servers; None where the state tells them, or nothing does."""
        ...

    def power(self, server_id: str, uuid: str, *, action: PowerAction) -> Call:
        """Order it; only with that capability."""
        ...

    def create(self, values: Values) -> Call:
        """Create a server."""
        ...

    def update(self, server_id: str, values: Values) -> Call:
        """Change what a server is called and whose it is."""
        ...

    def build(self, server_id: str, values: Values) -> Call:
        """Change limits and addresses; only with that capability."""
        ...

    def suspend(self, server_id: str, *, word: str) -> Call:
        """Do `suspend` or `unsuspend`."""
        ...

    def delete(self, server_id: str, *, force: bool) -> Call:
        """Delete a server."""
        ...

    def read_page(self, data: object) -> Page[Columns]:
        """Return the servers of a page."""
        ...

    def read_server(self, data: object) -> Columns:
        """Return the one server of an answer."""
        ...

    def read_status(self, data: object) -> Report:
        """Return what `status` was answered."""
        ...

    def read_places(self, data: object) -> Mapping[str, Place]:
        """Return what `places` was answered, by uuid."""
        ...

    def read_created(self, answer: Answer) -> str:
        """Return the id of a new server."""
        ...

    def fields(self, action: Capability, columns: Columns) -> Sequence[Field]:
        """Describe what an action asks for; the columns are those of the server it is about."""
        ...

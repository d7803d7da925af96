"""How a kind of panel speaks HTTP: who we are, how answers are read, how long they take.

Plain values and functions; sends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.panels._json import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import aiohttp
    from yarl import URL

    from bot.domain.errors import PanelError
    from bot.panels._errors import Answer, Call

    ReadError = Callable[[str, Call, Answer], PanelError | None]
    """Panel id, call and answer to the kind's own error; None where the status says it all.

    A page instead of data is shown to it as well."""


class Auth(Protocol):
    """Credentials, and how they are shown with a request."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown; together they say whose budget is used."""
        ...

    def headers(self, method: str, url: URL, body: bytes) -> Mapping[str, str]:
        """Return the headers for exactly this request."""
        ...


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token that is sent as it is."""

    token: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self.token,)

    def headers(self, _method: str, _url: URL, _body: bytes) -> Mapping[str, str]:
        """Return the one header; the request does not matter."""
        return {"Authorization": f"Bearer {self.token}"}


def one_count(_call: Call) -> str:
    """Say that the panel counts all calls together."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What `PanelHttp` must know of a kind."""

    read_error: ReadError
    decode: Callable[[bytes], object] = decode
    """Body to data; raises ValueError for what is no data."""
    fails_with_success: bool = False
    """Whether `read_error` is asked about answers of status 2xx as well."""
    timeout: aiohttp.ClientTimeout | None = None
    """Where the kind needs more than the usual 30 s."""
    counts_by: Callable[[Call], str] = one_count
    """Names what the panel counts a call with; each name has a budget of its own."""
    counts_addresses: bool = False
    """Whether it counts by the caller's address, so that all keys share its budgets."""
    rest: float = 0.0
    """Seconds for each request in the long run, where the vendor states no budget."""

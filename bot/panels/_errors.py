"""Turns what a panel answers, or does not, into our errors. Sends nothing and repeats nothing."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAuthFailed,
    PanelConflict,
    PanelError,
    PanelForbidden,
    PanelProtocolError,
    PanelRefused,
    PanelUnreachable,
    PaymentRequired,
    ServerNotFound,
)
from bot.domain.servers import ServerState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_MAX_DETAIL = 300

_BY_STATUS: Mapping[int, Callable[[str, str], PanelError]] = {
    401: PanelAuthFailed,
    402: PaymentRequired,
    403: PanelForbidden,
    404: PanelProtocolError,
    419: PanelProtocolError,
    503: PanelUnreachable,
}

# A gateway's, 520 and 524 Cloudflare's: it has passed the request on and no answer came. 502 is
# mostly a panel that is not there; the others had no connection to pass it on by.
_PASSED_ON = frozenset({504, 520, 524})

# The first that fits, so from the narrow to the wide.
_REASONS: Sequence[tuple[type[Exception], str]] = (
    (aiohttp.ServerFingerprintMismatch, "its TLS certificate is not the pinned one"),
    (aiohttp.ClientSSLError, "its TLS certificate is not valid, or it speaks no TLS"),
    (aiohttp.ClientConnectorDNSError, "its host name cannot be resolved"),
    (aiohttp.ClientConnectorError, "it takes no connection"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a panel."""

    method: str
    path: str
    params: Mapping[str, str] | None = None
    body: Mapping[str, object] | None = None
    action: str = ""
    """What a write does, in a word; for `OutcomeUnknown`."""
    server_id: str | None = None
    """The server it is about; for `ServerNotFound`."""
    has_own_limit: bool = False
    """Whether a 429 and the figures of an answer are about calls of this sort alone."""
    is_patient: bool = False
    """Whether it leaves half of the key's budget to calls that somebody waits for."""

    @property
    def is_write(self) -> bool:
        """Whether sending it twice may do harm."""
        return self.method != "GET"


class AnswerTooLarge(PanelProtocolError):
    """More than is read of an answer; of a list, smaller pages may be asked for."""

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id, "the answer is over 1 MiB")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the panel said; `data` is None where the body was empty or no JSON."""

    status: int
    headers: Mapping[str, str]
    data: object


def plain(text: str) -> str:
    """Return a foreign text as one short line without control characters."""
    line = "".join(char if char.isprintable() else " " for char in text[: 4 * _MAX_DETAIL])
    return " ".join(line.split())[:_MAX_DETAIL]


def error_of_status(panel_id: str, call: Call, answer: Answer, *, detail: str = "") -> PanelError:
    """Return what a status means where the kind of panel has nothing more exact to say."""
    if answer.data is None:
        return _error_of_page(panel_id, call, answer.status)
    detail = detail or f"status {answer.status}"
    if answer.status == HTTPStatus.NOT_FOUND and call.server_id is not None:
        return ServerNotFound(panel_id, call.server_id)
    if answer.status == HTTPStatus.CONFLICT:
        return PanelConflict(panel_id, ServerState.UNKNOWN, detail)
    return _BY_STATUS.get(answer.status, PanelRefused)(panel_id, detail)


def reason_of(error: BaseException, timeout: aiohttp.ClientTimeout) -> str:
    """Say in our own words why no answer came; aiohttp's own may quote what we sent."""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return f"no connection within {timeout.connect:g} s"
    if isinstance(error, TimeoutError):
        return f"no answer within {timeout.total:g} s"
    return next(
        (reason for kind, reason in _REASONS if isinstance(error, kind)), "the connection was cut"
    )


class parsing:  # noqa: N801 - used like a function, as those of contextlib
    """Turns the failures of a parser into `PanelProtocolError`.

    With an `action`, what is parsed answers it, and says it is done: then into `OutcomeUnknown`.
    """

    __slots__ = ("_action", "_panel_id", "_what")

    def __init__(self, panel_id: str, what: str, *, action: str = "") -> None:
        self._panel_id = panel_id
        self._what = what
        self._action = action

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, KeyError | TypeError | ValueError):
            if self._action:
                raise OutcomeUnknown(self._panel_id, self._action) from error
            detail = f"{self._what} has not the documented form"
            raise PanelProtocolError(self._panel_id, detail) from error


def _error_of_page(panel_id: str, call: Call, status: int) -> PanelError:
    # A page and not data: written by a proxy in front, or by a panel that has fallen over.
    if status == HTTPStatus.UNAUTHORIZED:
        return PanelAuthFailed(panel_id, "status 401")
    if call.is_write and status in _PASSED_ON:
        return OutcomeUnknown(panel_id, call.action)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return PanelUnreachable(panel_id, f"status {status}")
    return PanelProtocolError(panel_id, f"status {status} and a page instead of data")

"""Turns how an order ended to JSON text and back. Knows no table."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - stored ends are read by these annotations
from dataclasses import dataclass, fields
from datetime import datetime, timedelta  # noqa: TC003
from typing import TYPE_CHECKING, TypeAlias

from bot.domain import errors
from bot.domain.errors import PanelError, StorageUnavailable
from bot.domain.receipts import Phase, Progress
from bot.domain.servers import Server, ServerState
from bot.storage.values import AsJson

if TYPE_CHECKING:
    from bot.domain.receipt_ports import KeptOrder

    Error: TypeAlias = PanelError | StorageUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """An error: its kind, its words, and the facts of which its kind has some."""

    kind: str
    says: str
    panel_id: str | None = None
    detail: str | None = None
    node: bool | None = None
    retry_after: float | None = None
    state: ServerState | None = None
    server_id: str | None = None
    fields: Mapping[str, tuple[str, ...]] | None = None
    action: str | None = None
    is_passing: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What is not known from the order itself."""

    phase: Phase
    elapsed: timedelta
    name: str
    state: ServerState
    observed_at: datetime
    is_confirmed: bool
    failure: _Failure | None = None


_VERDICT = AsJson(_Verdict)
_FACTS = {each.name for each in fields(_Failure)} - {"kind", "says"}
_KINDS: Mapping[str, type[Error]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, PanelError | StorageUnavailable)
}


def dump_verdict(end: Progress) -> str:
    """Return the text."""
    return _VERDICT.dump(
        _Verdict(
            phase=end.phase,
            elapsed=end.elapsed,
            name=end.server.name,
            state=end.server.state,
            observed_at=end.server.observed_at,
            is_confirmed=end.is_confirmed,
            failure=None if end.error is None else _failure(end.error),
        )
    )


def load_verdict(order: KeptOrder, text: str) -> Progress:
    """Return how that order ended."""
    verdict = _VERDICT.load(text)
    return Progress(
        action=order.action,
        server=Server(
            ref=order.entry.ref,
            name=verdict.name,
            state=verdict.state,
            observed_at=verdict.observed_at,
        ),
        user_id=order.entry.user_id,
        phase=verdict.phase,
        elapsed=verdict.elapsed,
        error=None if verdict.failure is None else _error(verdict.failure),
        reason=order.entry.detail,
        is_confirmed=verdict.is_confirmed,
    )


def _failure(error: Error) -> _Failure:
    # Adapters have narrower kinds for themselves.
    kind = next(each for each in type(error).__mro__ if each in _KINDS.values())
    facts = {name: getattr(error, name, None) for name in _FACTS}
    return _Failure(kind=kind.__name__, says=str(error), **facts)


def _error(failure: _Failure) -> Error:
    kind = _KINDS.get(failure.kind, PanelError)
    error = kind.__new__(kind, failure.says)  # not made anew: its words stay what they were
    facts = {name: getattr(failure, name) for name in _FACTS}
    vars(error).update({name: fact for name, fact in facts.items() if fact is not None})
    return error

"""How an order ended comes back as it was, with every error that may have ended it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.domain import errors
from bot.domain.errors import PanelError, StorageUnavailable
from bot.domain.receipt_ports import ReceiptStore, Step
from bot.domain.receipts import Phase, Progress
from bot.domain.servers import Server, ServerState
from bot.panels._cvm_errors import NoRoute
from bot.storage.audit import SqlAuditLog
from bot.storage.receipts import SqlReceipts
from tests.fakes import NOON
from tests.storage.test_receipts import END, ENTRY, LARGEST, ORDER, REF

if TYPE_CHECKING:
    from bot.storage.engine import Database

_ERRORS = [
    errors.PanelUnreachable("main", "timed out"),
    errors.PanelUnreachable("main", "timed out", node=True),
    errors.PanelAddressRefused("main"),
    errors.PanelAddressRefused("main", node=True),
    errors.PanelAuthFailed("main", "wrong"),
    errors.PanelForbidden("main", "no right"),
    errors.PanelRateLimited("main", None),
    errors.PanelRateLimited("main", 12.5),
    errors.PanelConflict("main", ServerState.INSTALLING, "wait"),
    errors.PanelConflict("main", ServerState.UNKNOWN),
    errors.ServerOffline("main"),
    errors.ServerNotFound("main", "x" * 255),
    errors.PanelRefused("main", "nope {0} \N{PICK} %s\n"),
    errors.PanelInvalid("main", {"name": ("too long", "taken"), "": ("no room",)}),
    errors.PaymentRequired("main", "5 EUR"),
    errors.PanelProtocolError("main", "HTML"),
    errors.OutcomeUnknown("main", "restart"),
    errors.StorageUnavailable("the disk is full"),
    errors.StorageUnavailable("busy", is_passing=True),
]


def _end(
    phase: Phase = Phase.FAILED, error: PanelError | StorageUnavailable | None = None
) -> Progress:
    return Progress(
        action=ORDER.action,
        server=Server(
            ref=REF,
            name="Renamed \N{PICK}",
            state=ServerState.INSTALL_FAILED,
            observed_at=NOON + timedelta(seconds=7, microseconds=3),
        ),
        user_id=LARGEST - 1,
        phase=phase,
        elapsed=timedelta(days=2, seconds=8, microseconds=1),
        error=error,
        reason="lag",
        is_confirmed=False,
    )


def _facts(error: Exception) -> dict[str, object]:
    return {name: fact for name, fact in vars(error).items() if fact is not None}


async def _kept(receipts: ReceiptStore, end: Progress) -> Progress:
    order_id = await receipts.prepare(ORDER)
    await receipts.conclude(order_id, end)
    [kept] = await receipts.all()
    assert kept.verdict is not None
    return kept.verdict


@pytest.fixture
def receipts(database: Database) -> ReceiptStore:
    return SqlReceipts(database, SqlAuditLog(database))


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase.is_final])
async def test_an_end_comes_back_as_it_was(receipts: ReceiptStore, phase: Phase) -> None:
    order_id = await receipts.prepare(ORDER)
    await receipts.note(order_id, Step.ACCEPTED, ORDER.evidence)
    await receipts.conclude(order_id, _end(phase))
    kept = replace(ORDER, id=order_id, step=Step.ACCEPTED, verdict=_end(phase))
    assert await receipts.all() == [kept]
    await receipts.end(order_id, END)
    assert await receipts.all() == []


async def test_an_end_is_that_of_its_order_alone(receipts: ReceiptStore) -> None:
    first, second = [await receipts.prepare(ORDER) for _ in range(2)]
    await receipts.conclude(first, _end())
    assert {kept.id: kept.verdict for kept in await receipts.all()} == {
        first: _end(),
        second: None,
    }


async def test_an_order_without_a_reason_ends_without_one(receipts: ReceiptStore) -> None:
    order_id = await receipts.prepare(replace(ORDER, entry=replace(ENTRY, detail=None)))
    await receipts.conclude(order_id, replace(_end(), reason=None))
    [kept] = await receipts.all()
    assert kept.verdict == replace(_end(), reason=None)


@pytest.mark.parametrize("error", _ERRORS, ids=[type(error).__name__ for error in _ERRORS])
async def test_an_error_comes_back_with_its_words_and_facts(
    receipts: ReceiptStore, error: PanelError | StorageUnavailable
) -> None:
    found = (await _kept(receipts, _end(error=error))).error
    assert type(found) is type(error)
    assert (str(found), _facts(found)) == (str(error), _facts(error))


def test_every_error_that_may_end_an_order_is_tried_here() -> None:
    domain = {kind for kind in vars(errors).values() if isinstance(kind, type)}
    panel = {kind for kind in domain if issubclass(kind, PanelError)} - {PanelError}
    assert {type(error) for error in _ERRORS} == panel | {StorageUnavailable}


async def test_an_error_of_an_adapter_comes_back_as_the_nearest_that_all_know(
    receipts: ReceiptStore,
) -> None:
    """Which is all that a line is made from."""
    otherwise = errors.PanelProtocolError("main", "HTML")
    error = NoRoute("main", otherwise, is_certain=False)
    error.retry_after = 3.5
    found = (await _kept(receipts, _end(error=error))).error
    assert type(found) is PanelError
    assert str(found) == str(error)
    assert _facts(found) == {"panel_id": "main", "retry_after": 3.5}


async def test_what_no_database_takes_costs_no_end(receipts: ReceiptStore) -> None:
    end = _end(error=errors.PanelRefused("main", "a\0b\ud800"))
    end = replace(end, server=replace(end.server, name="\udfff\0"))
    found = await _kept(receipts, end)
    assert found.server.name == "\N{REPLACEMENT CHARACTER}\0"
    assert str(found.error) == "panel main refused: a\0b\N{REPLACEMENT CHARACTER}"


async def test_an_error_that_only_a_newer_version_knows_keeps_its_words(
    receipts: ReceiptStore, database: Database
) -> None:
    await _kept(receipts, _end(error=errors.PaymentRequired("main", "5 EUR")))
    async with database.session() as session:
        newer = "UPDATE receipts SET verdict = replace(verdict, 'PaymentRequired', 'PanelTired')"
        await session.execute(text(newer))
    [kept] = await receipts.all()
    assert kept.verdict is not None
    assert type(kept.verdict.error) is PanelError
    assert str(kept.verdict.error) == "panel main asks for payment: 5 EUR"

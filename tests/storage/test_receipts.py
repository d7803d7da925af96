"""Orders on their way are kept, each change together with its audit row or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.domain.access import Action
from bot.domain.audit import AuditEntry, Door, Outcome
from bot.domain.errors import StorageUnavailable
from bot.domain.receipt_ports import KeptOrder, Place, ReceiptStore, Step
from bot.domain.receipts import Evidence
from bot.domain.servers import PowerAction, Server, ServerRef, ServerState
from bot.storage.audit import SqlAuditLog
from bot.storage.engine import Database
from bot.storage.guilds import SqlGuilds
from bot.storage.receipts import SqlReceipts
from tests.fakes import NOON

LARGEST = 2**63 - 1
REF = ServerRef("main", "x" * 255)
ENTRY = AuditEntry(
    at=NOON + timedelta(microseconds=7),
    guild_id=LARGEST,
    user_id=LARGEST - 1,
    action=Action.RESTART,
    ref=REF,
    server_name="Überleben 生存 \N{PICK}",
    door=Door.BUTTON,
    outcome=Outcome.SENT,
    rule_id=7,
    detail="lag",
)
ORDER = KeptOrder(
    entry=ENTRY,
    action=PowerAction.RESTART,
    before=Server(
        ref=REF,
        name=ENTRY.server_name,
        state=ServerState.INSTALL_FAILED,
        observed_at=NOON - timedelta(seconds=3),
    ),
    place=Place(LARGEST, None, LARGEST - 2, "zh-CN"),
)
SHOWN = replace(ORDER.place, message_id=LARGEST - 3)
EVIDENCE = Evidence(ServerState.RUNNING, was_down=True, came_up=True, is_young=True)
END = replace(ENTRY, outcome=Outcome.DONE, duration=timedelta(seconds=42))


@pytest.fixture
def audit(database: Database) -> SqlAuditLog:
    return SqlAuditLog(database)


@pytest.fixture
def receipts(database: Database, audit: SqlAuditLog) -> ReceiptStore:
    return SqlReceipts(database, audit)


async def test_an_order_comes_back_as_far_as_it_has_come(
    receipts: ReceiptStore, audit: SqlAuditLog
) -> None:
    order_id = await receipts.prepare(ORDER)
    kept = replace(ORDER, id=order_id)
    assert await receipts.all() == [kept]
    await receipts.send(order_id, SHOWN, ENTRY)
    kept = replace(kept, step=Step.SENT, place=SHOWN)
    assert await receipts.all() == [kept]
    await receipts.note(order_id, Step.ACCEPTED, EVIDENCE)
    assert await receipts.all() == [replace(kept, step=Step.ACCEPTED, evidence=EVIDENCE)]
    assert await audit.unended() == [replace(ENTRY, id=1)]
    await receipts.end(order_id, END)
    assert await receipts.all() == []
    assert await audit.unended() == []


@pytest.mark.parametrize("action", PowerAction)
async def test_every_action_can_be_kept(receipts: ReceiptStore, action: PowerAction) -> None:
    entry = replace(ENTRY, action=Action(action), detail=None, rule_id=None)
    await receipts.prepare(replace(ORDER, action=action, entry=entry))
    [kept] = await receipts.all()
    assert (kept.action, kept.entry) == (action, entry)


async def test_several_come_back_in_order(receipts: ReceiptStore) -> None:
    ids = [
        await receipts.prepare(replace(ORDER, entry=replace(ENTRY, user_id=n))) for n in range(3)
    ]
    await receipts.end(ids[1], END)
    assert [(kept.id, kept.entry.user_id) for kept in await receipts.all()] == [
        (ids[0], 0),
        (ids[2], 2),
    ]


async def test_an_end_without_its_row_is_none(receipts: ReceiptStore, database: Database) -> None:
    """Or the next start would not know that the end is still to be written down."""
    order_id = await receipts.prepare(ORDER)
    async with database.session() as session:
        await session.execute(text("ALTER TABLE audit RENAME TO gone"))
    with pytest.raises(Exception, match="audit"):
        await receipts.send(order_id, SHOWN, ENTRY)
    with pytest.raises(Exception, match="audit"):
        await receipts.end(order_id, END)
    assert await receipts.all() == [replace(ORDER, id=order_id)]
    async with database.session() as session:  # other tests borrow the same tables
        await session.execute(text("ALTER TABLE gone RENAME TO audit"))


async def test_the_last_durations_of_what_was_done_are_told(
    receipts: ReceiptStore, audit: SqlAuditLog
) -> None:
    others = (
        replace(END, outcome=Outcome.FAILED),
        replace(END, action=Action.STOP),
        replace(END, guild_id=1),
        replace(END, ref=ServerRef("main", "other")),
        replace(END, duration=None),
    )
    for entry in others:
        await audit.add(entry)
    for seconds in (1, 2, 3):
        later = replace(
            END, at=NOON + timedelta(minutes=seconds), duration=timedelta(seconds=seconds)
        )
        await audit.add(later)
    found = await receipts.durations(LARGEST, REF, PowerAction.RESTART, limit=2)
    assert found == [timedelta(seconds=3), timedelta(seconds=2)]


async def test_the_orders_of_a_guild_are_deleted_with_it(
    receipts: ReceiptStore, database: Database
) -> None:
    await receipts.prepare(ORDER)
    other = await receipts.prepare(replace(ORDER, entry=replace(ENTRY, guild_id=1)))
    await SqlGuilds(database).delete(LARGEST)
    assert [kept.id for kept in await receipts.all()] == [other]


async def test_many_at_once_are_all_kept(receipts: ReceiptStore) -> None:
    ids = await asyncio.gather(*(receipts.prepare(ORDER) for _ in range(50)))
    await asyncio.gather(*(receipts.send(each, SHOWN, ENTRY) for each in ids))
    assert {kept.id for kept in await receipts.all()} == set(ids)
    assert len(set(ids)) == 50


async def test_a_locked_database_is_said(sqlite_url: str) -> None:
    async with Database(sqlite_url) as database, Database(sqlite_url) as other:
        receipts = SqlReceipts(database, SqlAuditLog(database))
        async with other.session() as session:
            await session.execute(text("BEGIN IMMEDIATE"))
            with pytest.raises(StorageUnavailable):
                await receipts.prepare(ORDER)

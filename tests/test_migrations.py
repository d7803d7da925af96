from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.util import CommandError
from sqlalchemy import inspect, text

from bot.domain.receipts import Phase, Progress
from bot.domain.servers import PowerAction, ServerState
from bot.storage import migrations
from bot.storage.audit import SqlAuditLog
from bot.storage.engine import Database
from bot.storage.receipts import SqlReceipts
from bot.storage.tables import Base
from tests.fakes import make_server
from tests.storage.databases import KINDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.storage.databases import Databases

ROOT = Path(__file__).parent.parent
ADD_RULES = """
INSERT INTO rules (guild_id, subject, subject_id, action, allow, commands, removed_at) VALUES
    (1, 'ROLE', 1, 'console', true, NULL, NULL),
    (1, 'ROLE', 2, 'console', true, 'say *', NULL),
    (1, 'ROLE', 3, 'command', false, 'stop', NULL),
    (1, 'ROLE', 4, 'kill', true, NULL, '2026-07-01 12:00:00')
"""
ADD_OLD_RULE = """
INSERT INTO rules (guild_id, subject, subject_id, action, allow) VALUES (1, 'ROLE', 5, 'view', true)
"""
ADD_ORDER = """
INSERT INTO receipts (
    at, guild_id, user_id, action, panel_id, server_id, server_name, door, state, observed_at, step,
    channel_id, asked_id, locale, was_down, came_up, is_young
) VALUES (
    '2026-07-01 12:00:00', 1, 10, 'stop', 'main', '1a2b3c4d', 'Survival', 'command', 'running',
    '2026-07-01 11:59:57', 'accepted', 2, 4, 'en-US', false, false, false
)
"""
VERDICT = Progress(
    action=PowerAction.STOP,
    server=make_server(state=ServerState.OFFLINE),
    user_id=10,
    phase=Phase.DONE,
)
UPGRADE_WHEN_TOLD = """
import sys
from bot.storage import migrations
print("ready", flush=True)
sys.stdin.readline()
migrations.upgrade(sys.argv[1])
"""


@pytest.fixture(params=KINDS)
async def empty_url(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> AsyncIterator[str]:
    """Either kind of database, without any table."""
    async with databases.empty(request.param, tmp_path) as url:
        yield url


async def test_the_schema_can_be_made_unmade_and_made_again(empty_url: str) -> None:
    configuration = migrations.configuration(empty_url)

    await asyncio.to_thread(migrations.upgrade, empty_url)
    assert await tables(empty_url) == {"alembic_version", *Base.metadata.tables}

    await asyncio.to_thread(command.downgrade, configuration, "base")
    assert await tables(empty_url) == {"alembic_version"}

    await asyncio.to_thread(migrations.upgrade, empty_url)
    assert await tables(empty_url) == {"alembic_version", *Base.metadata.tables}


async def test_the_version_is_none_before_and_the_newest_after(empty_url: str) -> None:
    assert await asyncio.to_thread(migrations.current, empty_url) is None

    await asyncio.to_thread(migrations.upgrade, empty_url)

    assert await asyncio.to_thread(migrations.current, empty_url) == migrations.head()


async def test_the_migrations_make_what_the_models_say(empty_url: str) -> None:
    await asyncio.to_thread(migrations.upgrade, empty_url)

    await asyncio.to_thread(migrations.check, empty_url)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE audit DROP COLUMN detail",
        "ALTER TABLE audit ADD COLUMN more INTEGER",
        "DROP INDEX ix_audit_guild_id_panel_id_server_id_at",
        "DROP TABLE memory",
    ],
)
async def test_a_schema_that_differs_from_the_models_is_found_out(
    empty_url: str, change: str
) -> None:
    await asyncio.to_thread(migrations.upgrade, empty_url)
    async with Database(empty_url) as database, database.session() as session:
        await session.execute(text(change))

    with pytest.raises(CommandError, match="New upgrade operations detected"):
        await asyncio.to_thread(migrations.check, empty_url)


async def test_upgrading_again_keeps_what_is_stored(empty_url: str) -> None:
    await asyncio.to_thread(migrations.upgrade, empty_url)
    async with Database(empty_url) as database:
        async with database.session() as session:
            await session.execute(text("INSERT INTO memory (key, value) VALUES ('a', '1')"))

        await asyncio.to_thread(migrations.upgrade, empty_url)

        async with database.session() as session:
            assert await session.scalar(text("SELECT value FROM memory")) == "1"


async def test_no_rule_means_more_after_a_way_back_and_forth(empty_url: str) -> None:
    configuration = migrations.configuration(empty_url)
    await asyncio.to_thread(migrations.upgrade, empty_url)
    async with Database(empty_url) as database:
        async with database.session() as session:
            await session.execute(text(ADD_RULES))

        await asyncio.to_thread(command.downgrade, configuration, "0001")
        async with database.session() as session:
            left = await session.execute(text("SELECT subject_id, action, allow FROM rules"))
            assert left.tuples().all() == [(1, "console", True)]
            await session.execute(text(ADD_OLD_RULE))

        await asyncio.to_thread(migrations.upgrade, empty_url)
        async with database.session() as session:
            kept = await session.execute(text("SELECT id, subject_id, commands FROM rules"))
            # The audit may still name the rules between them, by their ids.
            assert sorted(kept.tuples()) == [(1, 1, None), (5, 5, None)]


async def test_an_order_on_its_way_is_gone_on_with_whatever_becomes_of_the_schema(
    empty_url: str,
) -> None:
    configuration = migrations.configuration(empty_url)
    await asyncio.to_thread(command.upgrade, configuration, "0005")
    async with Database(empty_url) as database:
        receipts = SqlReceipts(database, SqlAuditLog(database))
        async with database.session() as session:
            await session.execute(text(ADD_ORDER))

        await asyncio.to_thread(migrations.upgrade, empty_url)
        [kept] = await receipts.all()
        assert (kept.entry.server_name, kept.verdict) == ("Survival", None)
        await receipts.conclude(kept.id, VERDICT)

        await asyncio.to_thread(command.downgrade, configuration, "0005")
        await asyncio.to_thread(migrations.upgrade, empty_url)
        assert await receipts.all() == [kept]


async def test_several_processes_may_upgrade_at_once(empty_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", UPGRADE_WHEN_TOLD, empty_url),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"

    ends = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))

    assert [process.returncode for process in processes] == [0, 0, 0], ends
    await asyncio.to_thread(migrations.check, empty_url)


async def test_a_migration_that_fails_leaves_nothing_behind(empty_url: str, package: Path) -> None:
    await asyncio.to_thread(migrations.upgrade, empty_url)
    newest = migrations.head()
    broken = package / "migrations" / "versions" / "9999_broken.py"
    broken.write_text(
        "from alembic import op\n"
        f"revision, down_revision = '9999', '{newest}'\n"
        "def upgrade():\n"
        "    op.rename_table('memory', 'remembered')\n"
        "    op.drop_table('missing')\n"
    )

    with pytest.raises(Exception, match="missing"):
        await asyncio.to_thread(migrations.upgrade, empty_url)

    assert await asyncio.to_thread(migrations.current, empty_url) == newest
    assert await tables(empty_url) == {"alembic_version", *Base.metadata.tables}


def test_a_new_migration_starts_from_the_template(package: Path) -> None:
    newest = migrations.head()
    command.revision(migrations.configuration("sqlite:///unused.db"), "add boards", rev_id="9999")

    (written,) = (package / "migrations" / "versions").glob("9999_*.py")
    source = written.read_text()
    compile(source, written, "exec")
    assert source.startswith('"""Add boards."""\n')
    assert f'down_revision = "{newest}"\n' in source
    assert migrations.head() == "9999"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations as an installed wheel has them, in an awkward place."""
    package = tmp_path / "100% site-packages" / "bot"
    shutil.copytree(
        ROOT / "migrations",
        package / "migrations",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    monkeypatch.setattr(migrations, "_PACKAGE", package)
    return package


async def tables(url: str) -> set[str]:
    async with Database(url) as database, database.session() as session:
        connection = await session.connection()
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))

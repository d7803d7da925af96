"""Owns the version of the database's schema. Holds no schema: that is written in migrations/."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.storage import receipt_tables  # noqa: F401 - makes its table known
from bot.storage.engine import Database, safe_url
from bot.storage.failures import DatabaseFailures

_PACKAGE = Path(__file__).resolve().parent.parent


def upgrade(url: str) -> None:
    """Bring the schema to the newest version. Blocks: call it by `asyncio.to_thread`.

    Several processes may do so at once: one works, the others wait and find nothing to do.
    Within a process it is one call at a time, as Alembic keeps its state in a module.
    """
    with DatabaseFailures(safe_url(url)):
        command.upgrade(configuration(url), "head")


def check(url: str) -> None:
    """Raise `alembic.util.CommandError` where models, migrations and database differ. Blocks."""
    with DatabaseFailures(safe_url(url)):
        command.check(configuration(url))


def current(url: str) -> str | None:
    """Return the version of the schema, None where there is none yet. Blocks."""
    return asyncio.run(_current(url))


def head() -> str:
    """Return the newest version that there is."""
    (version,) = ScriptDirectory(str(_folder())).get_heads()
    return version


def configuration(url: str) -> Config:
    """Return what Alembic's commands want, silent on stdout."""
    config = Config(stdout=io.StringIO(), attributes={"url": url})
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    return config


async def _current(url: str) -> str | None:
    async with Database(url) as database, database.session() as session:
        connection = await session.connection()
        return await connection.run_sync(
            lambda sync: MigrationContext.configure(sync).get_current_revision()
        )


def _folder() -> Path:
    """A wheel carries the folder inside the package, a checkout beside it."""
    inside = _PACKAGE / "migrations"
    return inside if inside.is_dir() else _PACKAGE.parent / "migrations"

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.storage.databases import KINDS, PatientDatabase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.storage.engine import Database
    from tests.storage.databases import Databases


@pytest.fixture(params=KINDS)
async def database(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> AsyncIterator[Database]:
    """Either kind of database, with all tables, open."""
    async with databases.migrated(request.param, tmp_path) as url, PatientDatabase(url) as opened:
        yield opened


@pytest.fixture
async def sqlite_url(databases: Databases, tmp_path: Path) -> AsyncIterator[str]:
    async with databases.migrated("sqlite", tmp_path) as url:
        yield url


@pytest.fixture
async def postgresql_url(databases: Databases, tmp_path: Path) -> AsyncIterator[str]:
    async with databases.migrated("postgresql", tmp_path) as url:
        yield url

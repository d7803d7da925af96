from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.storage.engine import Database
from tests.storage.databases import KINDS, migrated_database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Either kind of database, with all tables, open."""
    async with migrated_database(request.param, tmp_path) as url, Database(url) as opened:
        yield opened


@pytest.fixture
async def sqlite_url(tmp_path: Path) -> AsyncIterator[str]:
    async with migrated_database("sqlite", tmp_path) as url:
        yield url


@pytest.fixture
async def postgresql_url(tmp_path: Path) -> AsyncIterator[str]:
    async with migrated_database("postgresql", tmp_path) as url:
        yield url

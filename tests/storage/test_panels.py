from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.domain.panels import StoredPanel
from bot.storage import master_key
from bot.storage.crypto import Vault, new_key
from bot.storage.panels import SqlPanels

if TYPE_CHECKING:
    from bot.domain.ports import PanelStore
    from bot.storage.engine import Database

KEY = "ptlc_madeUpKeyThatMustNeverBeSeenAnywhere0123456"
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PANEL = StoredPanel(
    panel_id="g2k7wq5",
    guild_id=2**63 - 1,
    name="Überleben 生存 \N{PICK}",
    kind="pterodactyl",
    base_url="https://panel.example.com/sub",
    credentials={"key": KEY, "application_key": "ptla_other"},
    verify_tls="sha256:" + "0f" * 32,
    options={"origin": "https://alias.example.com", "node_tls": False},
    server_ids=frozenset({"1a2b3c4d", "b"}),
    added_by=2**63 - 2,
    added_at=NOON,
    removed_at=NOON + DAY,
)
BARE = replace(
    PANEL,
    panel_id="g1",
    credentials={"key": KEY},
    verify_tls=True,
    options={},
    server_ids=None,
    removed_at=None,
)


@pytest.fixture
async def vault(database: Database) -> Vault:
    vault = Vault([new_key()])
    await master_key.note(database, vault)
    return vault


@pytest.fixture
def panels(database: Database, vault: Vault) -> PanelStore:
    return SqlPanels(database, vault)


@pytest.mark.parametrize("panel", [PANEL, BARE, replace(BARE, verify_tls=False)])
@pytest.mark.parametrize("server_ids", [None, frozenset(), frozenset({"a", "b"})])
async def test_a_panel_comes_back_as_it_was_stored(
    panels: PanelStore, panel: StoredPanel, server_ids: frozenset[str] | None
) -> None:
    stored = replace(panel, server_ids=server_ids)

    await panels.add(stored)

    assert await panels.all() == [stored]


async def test_panels_come_in_the_order_in_which_they_were_added(panels: PanelStore) -> None:
    last = replace(BARE, panel_id="a", added_at=NOON + DAY)
    await panels.add(last)
    await panels.add(BARE)
    await panels.add(PANEL)

    assert [each.panel_id for each in await panels.all()] == ["g1", "g2k7wq5", "a"]


async def test_a_change_is_of_one_panel(panels: PanelStore) -> None:
    await panels.add(BARE)
    await panels.add(PANEL)
    changed = replace(BARE, name="Other", credentials={"key": "new"}, removed_at=NOON)

    assert await panels.change(changed)

    assert await panels.all() == [changed, PANEL]


async def test_what_is_not_there_is_not_changed(panels: PanelStore) -> None:
    assert not await panels.change(BARE)
    assert await panels.all() == []


async def test_what_was_removed_long_ago_is_deleted(panels: PanelStore) -> None:
    await panels.add(BARE)
    await panels.add(PANEL)

    assert await panels.purge(NOON + DAY) == 0
    assert await panels.purge(NOON + DAY + timedelta(microseconds=1)) == 1
    assert await panels.all() == [BARE]


async def test_a_guild_is_forgotten_without_the_others(panels: PanelStore) -> None:
    other = replace(PANEL, guild_id=7)
    await panels.add(BARE)
    await panels.add(other)

    await panels.delete_of(BARE.guild_id)

    assert await panels.all() == [other]


async def test_no_credential_is_stored_in_clear(panels: PanelStore, database: Database) -> None:
    await panels.add(PANEL)

    async with database.session() as session:
        (row,) = (await session.execute(text("SELECT * FROM panels"))).all()
    assert KEY not in str(row)
    assert "application_key" not in str(row)
    assert "ptlc" not in str(row)


async def test_a_damaged_panel_is_left_out_and_costs_no_other(
    panels: PanelStore, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await panels.add(BARE)
    await panels.add(PANEL)
    async with database.session() as session:
        await session.execute(text("UPDATE panels SET sealed_credentials = 'x' WHERE id = 'g1'"))

    with caplog.at_level(logging.ERROR):
        assert await panels.all() == [PANEL]

    assert "panel g1 opens with none of the master keys" in caplog.text


def test_a_panel_shows_no_credential() -> None:
    assert KEY not in repr(PANEL)

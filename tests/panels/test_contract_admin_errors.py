"""What every kind of panel must make of changes that are refused, or have no answer."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.domain.errors import OutcomeUnknown, PanelError, PanelForbidden, ServerNotFound
from bot.domain.ports import AdminPanel
from bot.domain.servers import Capability
from bot.panels import PanelHub
from bot.panels._connections import TIMEOUT
from tests.panels.harness import ADMIN_CALLS, administer, each, id_of, offering, only, open_panel
from tests.panels.support import IMPATIENT, HastyClock

if TYPE_CHECKING:
    from bot.domain.ports import Panel
    from tests.panels.harness_base import Harness

EACH_CALL = each(
    "action", lambda harness: [call for call in ADMIN_CALLS if call in harness.capabilities]
)


@pytest.fixture
def admin(panel: Panel) -> AdminPanel:
    assert isinstance(panel, AdminPanel)
    return panel


@EACH_CALL
async def test_an_unknown_server_is_not_found(
    admin: AdminPanel, harness: Harness, action: Capability
) -> None:
    for server_id in ("99999999", "", "../1", "é"):
        with pytest.raises(ServerNotFound):
            await administer(admin, action, server_id, harness=harness)
    assert len(harness.world.servers) == 4


@only(lambda harness: harness.has_rights and Capability.DELETE in harness.capabilities)
async def test_who_may_only_look_deletes_nothing(harness: Harness, hub: PanelHub) -> None:
    credentials = {**harness.reader(), **harness.admin_reader()}
    admin = cast("AdminPanel", open_panel(hub, harness, credentials=credentials))
    server_id = await id_of(admin, "Survival")
    with pytest.raises(PanelForbidden):
        await admin.delete(server_id, force=False)
    assert len(harness.world.servers) == 4


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        *((fault, {}) for fault in ("cut-before", "cut-after", "truncated", "big")),
        ("html", {"status": 504}),
    ],
)
@EACH_CALL
async def test_a_change_without_an_answer_that_makes_sense_is_unknown_or_looked_up_and_sent_once(
    admin: AdminPanel, harness: Harness, action: Capability, fault: str, options: dict[str, Any]
) -> None:
    server_id = await id_of(admin, "Survival")
    harness.faults.add(fault, orders=True, **options)
    with suppress(OutcomeUnknown):
        await administer(admin, action, server_id, harness=harness)
        # Some can ask the server itself what it is called now.
        assert harness.survival.name == "Renamed"
    assert harness.orders == 1


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        *((fault, {}) for fault in ("cut-before", "cut-after", "truncated", "big", "hang")),
        ("html", {"status": 504}),
        ("html", {"status": 200}),
        ("html", {"status": 201, "body": '{"odd": [1]}'}),
    ],
)
@offering(Capability.CREATE)
async def test_a_creation_without_an_answer_is_unknown_and_not_made_twice(
    harness: Harness, clock: HastyClock, fault: str, options: dict[str, Any]
) -> None:
    values = harness.new_server()
    timeout = IMPATIENT if fault == "hang" else TIMEOUT
    async with PanelHub(clock=clock, timeout=timeout) as hub:
        admin = cast("AdminPanel", open_panel(hub, harness))
        harness.faults.add(fault, orders=True, **options)
        with pytest.raises(OutcomeUnknown) as caught:
            await admin.create(values)
    assert caught.value.action == "create"
    assert harness.orders == 1
    assert len(harness.world.servers) == (5 if fault in ("cut-after", "truncated") else 4)


@EACH_CALL
async def test_a_change_that_is_redirected_or_too_much_is_sent_once(
    admin: AdminPanel, harness: Harness, action: Capability
) -> None:
    server_id = await id_of(admin, "Survival")
    for number, fault in enumerate(("redirect", "throttle"), start=1):
        harness.faults.clear()
        harness.faults.add(fault, orders=True)
        with pytest.raises(PanelError):
            await administer(admin, action, server_id, harness=harness)
        assert harness.orders == number
    assert harness.survival in harness.world.servers

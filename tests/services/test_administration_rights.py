"""Nobody administers without right and ability, and what may not be seen stays unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.audit import Door, Outcome
from bot.domain.errors import (
    NotAllowed,
    UnknownPanel,
    UnknownServer,
    UnsupportedAction,
)
from bot.domain.servers import Capability
from tests.fakes import MemoryRules, make_server
from tests.services.administering import WAYS, creation, use
from tests.services.house import ADMIN, OPERATOR, STRANGER, VIEWER, House, allow

if TYPE_CHECKING:
    from bot.domain.access import Actor


@pytest.mark.parametrize("way", WAYS)
async def test_what_a_panel_lacks_is_refused_and_never_asked_of_it(house: House, way: str) -> None:
    house.panel.capabilities = frozenset({Capability.START})

    with pytest.raises(UnsupportedAction):
        await use(house, way)

    assert house.panel.given == []
    assert house.panel.calls.total() == 0
    assert [row.outcome for row in house.rows] == [Outcome.REFUSED]


@pytest.mark.parametrize("way", WAYS)
async def test_a_missing_right_is_refused_and_written_down(way: str) -> None:
    house = House(rules=MemoryRules(allow(OPERATOR.user_id, Action.VIEW)))

    with pytest.raises(NotAllowed):
        await use(house, way)

    assert house.panel.given == []
    assert [row.outcome for row in house.rows] == [Outcome.DENIED]


async def test_a_right_that_was_lost_since_the_form_was_opened_counts(house: House) -> None:
    service = house.administration
    draft = await service.begin_change(OPERATOR, "survival", Action.UPDATE, door=Door.COMMAND)
    draft.fill({"name": "SMP"})
    without_role = replace(OPERATOR, role_ids=frozenset())
    await house.access.add(allow(OPERATOR.user_id, Action.VIEW))

    with pytest.raises(NotAllowed):
        await service.give(without_role, draft, door=Door.FORM)

    assert house.panel.given == []
    assert [(row.outcome, row.door) for row in house.rows] == [(Outcome.DENIED, Door.FORM)]


async def test_a_capability_that_was_lost_since_counts_as_well(house: House) -> None:
    draft = await creation(house)
    house.panel.capabilities -= {Capability.CREATE}

    with pytest.raises(UnsupportedAction):
        await house.administration.give(OPERATOR, draft, door=Door.FORM)
    assert house.panel.given == []


async def test_force_is_refused_where_the_panel_lacks_it_before_the_name_is_asked_for(
    house: House,
) -> None:
    house.panel.capabilities -= {Capability.FORCE_DELETE}
    service = house.administration
    for attempt in (
        service.check_deletion(OPERATOR, "survival", force=True, door=Door.COMMAND),
        service.delete(OPERATOR, "survival", typed="Survival", force=True, door=Door.FORM),
    ):
        with pytest.raises(UnsupportedAction) as caught:
            await attempt
        assert caught.value.action == Capability.FORCE_DELETE

    assert house.panel.given == []
    assert [row.outcome for row in house.rows] == [Outcome.REFUSED] * 2
    server = await service.check_deletion(OPERATOR, "survival", force=False, door=Door.COMMAND)
    assert server.name == "Survival"


async def test_only_panels_that_create_for_this_member_are_offered(house: House) -> None:
    async def offered(actor: Actor) -> list[str]:
        return [entry.name for entry in await house.administration.panels_to_create_on(actor)]

    assert await offered(ADMIN) == await offered(OPERATOR) == ["Main panel"]
    assert await offered(VIEWER) == await offered(STRANGER) == []
    house.panel.capabilities -= {Capability.CREATE}
    assert await offered(ADMIN) == []


async def test_a_panel_that_may_not_be_seen_is_not_told_from_one_that_is_not_there(
    house: House,
) -> None:
    service = house.administration
    for text in ("Main panel", "main", "Nowhere"):
        with pytest.raises(UnknownPanel) as caught:
            await service.begin_create(STRANGER, text, door=Door.COMMAND)
        assert caught.value.text == text
    with pytest.raises(NotAllowed):
        await service.begin_create(VIEWER, "Main panel", door=Door.COMMAND)
    with pytest.raises(UnknownPanel):
        await service.begin_create(VIEWER, "Backup panel", door=Door.COMMAND)

    assert [(row.outcome, row.server_name) for row in house.rows] == [
        (Outcome.REFUSED, "Main panel"),
        (Outcome.REFUSED, "main"),
        (Outcome.REFUSED, "Nowhere"),
        (Outcome.DENIED, "Main panel"),
        (Outcome.REFUSED, "Backup panel"),
    ]


async def test_a_server_that_may_not_be_seen_is_not_told_from_one_that_is_not_there(
    house: House,
) -> None:
    house.add(make_server("Secret", "ffff0000"))
    for text in ("Secret", "ffff0000", "main:ffff0000", "Atlantis"):
        with pytest.raises(UnknownServer) as caught:
            await house.administration.suspend(STRANGER, text, door=Door.COMMAND)
        assert caught.value.text == text

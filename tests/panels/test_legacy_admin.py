"""The administration of panels before 0.7, in all three dialects, against their stand-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import (
    OutcomeUnknown,
    PanelInvalid,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
    UnsupportedAction,
)
from bot.domain.ports import AdminPanel
from bot.domain.servers import Capability, PowerAction, ServerState
from tests.panels.legacy_site import new_server, open_panel

if TYPE_CHECKING:
    from bot.panels import PanelHub
    from tests.panels.harness_legacy import Legacy04Harness, Legacy05Harness, Legacy06Harness
    from tests.panels.support import HastyClock


class TestAdministration:
    async def test_it_offers_what_it_declares(self, hub: PanelHub, legacy: Legacy04Harness) -> None:
        panel = open_panel(hub, legacy)
        assert isinstance(panel, AdminPanel)
        for action in (Capability.CREATE, Capability.UPDATE, Capability.REPLACE, Capability.BUILD):
            server_id = None if action is Capability.CREATE else "1"
            if action in panel.capabilities:
                assert await panel.fields(action, server_id)
            else:
                with pytest.raises(UnsupportedAction):
                    await panel.fields(action, server_id)

    async def test_a_form_knows_what_the_server_has(
        self, hub: PanelHub, legacy: Legacy04Harness
    ) -> None:
        fields = await open_panel(hub, legacy).fields(Capability.UPDATE, "1")
        values = {field.name: field.value for field in fields}
        assert values["name"] == "Survival"

    async def test_a_server_is_created_and_then_installed(
        self, hub: PanelHub, legacy: Legacy04Harness, clock: HastyClock
    ) -> None:
        panel = open_panel(hub, legacy)
        created = await panel.create(new_server(legacy))
        assert (created.name, created.state) == ("Brand New", ServerState.INSTALLING)
        assert created.limits.memory_bytes == 1024 * 1024 * 1024
        clock.advance(60)
        server = await panel.get_server(created.ref.server_id)
        assert server.state is not ServerState.INSTALLING

    async def test_values_that_make_no_server_are_named(
        self, hub: PanelHub, legacy: Legacy04Harness
    ) -> None:
        values = new_server(legacy) | {"io": 5}
        del values["memory"]
        with pytest.raises(PanelInvalid) as caught:
            await open_panel(hub, legacy).create(values)
        assert caught.value.fields.keys() == {"io", "memory"}
        assert len(legacy.world.servers) == 4

    async def test_a_creation_without_all_variables_fails(
        self, hub: PanelHub, legacy: Legacy04Harness
    ) -> None:
        with pytest.raises(PanelRefused):
            await open_panel(hub, legacy).create(new_server(legacy) | {"env": {}})
        assert len(legacy.world.servers) == 4

    async def test_a_creation_that_cannot_be_shown_has_worked(
        self, hub: PanelHub, legacy: Legacy04Harness
    ) -> None:
        path = f"{legacy.list_path}/5"
        legacy.faults.add("html", path=path, status=500)
        created = await open_panel(hub, legacy).create(new_server(legacy))
        assert (created.ref.server_id, created.name) == ("5", "Brand New")

    async def test_a_creation_without_an_answer_is_not_repeated(
        self, hub: PanelHub, legacy: Legacy04Harness
    ) -> None:
        legacy.faults.add("cut-after", path=legacy.list_path, exact=True)
        with pytest.raises(OutcomeUnknown):
            await open_panel(hub, legacy).create(new_server(legacy))
        assert len(legacy.world.servers) == 5

    async def test_an_update_changes_what_is_given(
        self, hub: PanelHub, legacy: Legacy04Harness
    ) -> None:
        updated = await open_panel(hub, legacy).update("1", {"name": "Renamed"}, replace=False)
        assert updated.name == legacy.survival.name == "Renamed"
        with pytest.raises(PanelInvalid) as caught:
            await open_panel(hub, legacy).update("1", {"name": "!"}, replace=False)
        assert "name" in caught.value.fields

    async def test_an_update_whose_answer_is_lost_is_looked_up(
        self, hub: PanelHub, legacy: Legacy04Harness
    ) -> None:
        legacy.faults.add("cut-after", path=f"{legacy.list_path}/1/")
        updated = await open_panel(hub, legacy).update("1", {"name": "Renamed"}, replace=False)
        assert updated.name == "Renamed"
        legacy.faults.clear()
        legacy.faults.add("cut-before", path=f"{legacy.list_path}/1/")
        with pytest.raises(OutcomeUnknown):
            await open_panel(hub, legacy).update("1", {"name": "Again"}, replace=False)
        legacy.faults.add("cut-before")
        # 0.6 is asked first for what the server has, and nothing was sent.
        with pytest.raises(PanelUnreachable if legacy.dialect == "0.6" else OutcomeUnknown):
            await open_panel(hub, legacy).update("1", {"name": "Again"}, replace=False)

    async def test_0_6_can_be_given_all_details_anew(
        self, hub: PanelHub, legacy06: Legacy06Harness
    ) -> None:
        values = {"name": "Renamed", "owner_id": legacy06.owner.id, "description": "New"}
        updated = await open_panel(hub, legacy06).update("1", values, replace=True)
        assert (updated.name, updated.description) == ("Renamed", "New")
        assert legacy06.stand_in.records.of(legacy06.survival).owner == legacy06.owner

    async def test_0_6_keeps_what_an_update_does_not_give_and_empties_what_a_replacement_leaves_out(
        self, hub: PanelHub, legacy06: Legacy06Harness
    ) -> None:
        panel = open_panel(hub, legacy06)
        legacy06.survival.description = "Old"
        updated = await panel.update("1", {"name": "Renamed"}, replace=False)
        assert (updated.name, updated.description) == ("Renamed", "Old")
        values = {"name": "Anew", "owner_id": legacy06.owner.id}
        assert (await panel.update("1", values, replace=True)).name == "Anew"
        assert legacy06.survival.description == ""
        with pytest.raises(PanelInvalid) as caught:
            await panel.update("1", {"description": "x"}, replace=True)
        assert caught.value.fields.keys() == {"name", "owner_id"}

    async def test_values_that_no_panel_takes_are_not_sent(
        self, hub: PanelHub, legacy: Legacy04Harness
    ) -> None:
        panel = open_panel(hub, legacy)
        for call in (
            panel.create({**new_server(legacy), "colour": "red"}),
            panel.update("1", {"name": "Renamed", "colour": "red"}, replace=False),
        ):
            with pytest.raises(PanelInvalid) as caught:
                await call
            assert caught.value.fields.keys() == {"colour"}
        assert legacy.stand_in.requests == []

    @pytest.mark.parametrize("name", ["startup", "description"])
    async def test_what_0_6_would_fall_over_without_is_named(
        self, hub: PanelHub, legacy06: Legacy06Harness, name: str
    ) -> None:
        values = {key: value for key, value in new_server(legacy06).items() if key != name}
        with pytest.raises(PanelInvalid) as caught:
            await open_panel(hub, legacy06).create(values)
        assert caught.value.fields.keys() == {name}
        assert legacy06.stand_in.requests == []

    async def test_limits_and_addresses_are_changed(
        self, hub: PanelHub, legacy05: Legacy05Harness, legacy06: Legacy06Harness
    ) -> None:
        near = legacy05.survival.node
        legacy05.stand_in.records.allocation_id(near, 25570)
        panel = open_panel(hub, legacy05)
        values = {"memory": 4096, "disk": 1, "add_additional": ["127.0.0.1:25570"]}
        built = await panel.build("1", values)
        assert built.limits.memory_bytes == 4096 * 1024 * 1024
        assert legacy05.survival.more_ports == (25570,)
        added = legacy06.stand_in.records.allocation_id(legacy06.survival.node, 25570)
        panel = open_panel(hub, legacy06)
        built = await panel.build("1", {"memory": 4096, "add_allocations": [added]})
        assert built.addresses == ("127.0.0.1:25565", "127.0.0.1:25570")

    async def test_what_0_6_would_ignore_is_refused(
        self, hub: PanelHub, legacy06: Legacy06Harness
    ) -> None:
        with pytest.raises(PanelInvalid) as caught:
            await open_panel(hub, legacy06).build("1", {"memory": 4096, "disk": 1})
        assert caught.value.fields.keys() == {"disk"}
        assert legacy06.survival.memory_mb == 2048

    async def test_builds_that_never_work_say_so(
        self, hub: PanelHub, legacy05: Legacy05Harness
    ) -> None:
        legacy05.stand_in.api.build_works = False
        with pytest.raises(PanelRefused, match="Unable to update server"):
            await open_panel(hub, legacy05).build("1", {"memory": 4096})

    async def test_suspending_may_be_repeated(self, hub: PanelHub, legacy: Legacy04Harness) -> None:
        panel = open_panel(hub, legacy)
        for _ in range(2):
            await panel.suspend("1")
            assert legacy.survival.suspended
        for _ in range(2):
            await panel.unsuspend("1")
            assert not legacy.survival.suspended

    async def test_a_dead_node_keeps_a_server_from_being_suspended(
        self, hub: PanelHub, legacy: Legacy04Harness
    ) -> None:
        legacy.survival.node.up = False
        with pytest.raises(PanelUnreachable) as caught:
            await open_panel(hub, legacy).suspend("1")
        assert caught.value.node

    async def test_a_server_is_deleted(
        self, hub: PanelHub, legacy: Legacy04Harness, clock: HastyClock
    ) -> None:
        panel = open_panel(hub, legacy)
        await panel.delete("1", force=False)
        if legacy.dialect == "0.5":
            assert (await panel.get_server("1")).state is ServerState.DELETING
            clock.advance(600)
        with pytest.raises(ServerNotFound):
            await panel.get_server("1")

    async def test_force_deletes_without_the_node(
        self, hub: PanelHub, legacy: Legacy04Harness, clock: HastyClock
    ) -> None:
        legacy.survival.node.up = False
        panel = open_panel(hub, legacy)
        if legacy.dialect != "0.5":
            with pytest.raises(PanelUnreachable):
                await panel.delete("1", force=False)
        await panel.delete("1", force=True)
        clock.advance(600)
        with pytest.raises(ServerNotFound):
            await panel.get_server("1")

    @pytest.mark.parametrize("server_id", ["99", "deadbeef"])
    async def test_an_unknown_server_is_not_found_by_any_call(
        self, hub: PanelHub, legacy: Legacy04Harness, server_id: str
    ) -> None:
        panel = open_panel(hub, legacy)
        calls = [
            panel.update(server_id, {"name": "Renamed"}, replace=False),
            panel.suspend(server_id),
            panel.unsuspend(server_id),
            panel.delete(server_id, force=False),
            panel.delete(server_id, force=True),
            panel.fields(Capability.UPDATE, server_id),
            panel.get_server(server_id),
        ]
        if Capability.BUILD in panel.capabilities:
            calls += [
                panel.build(server_id, {"memory": 1}),
                panel.power(server_id, PowerAction.START),
            ]
        for call in calls:
            with pytest.raises(ServerNotFound):
                await call

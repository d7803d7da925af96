"""Servers are made and changed by those who may, once, and whatever happens is written down."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.access import Action
from bot.domain.administration import Field
from bot.domain.audit import Door, Outcome
from bot.domain.errors import (
    DraftGone,
    NameMismatch,
    OutcomeUnknown,
    PanelError,
    PanelForbidden,
    PanelInvalid,
    PanelProtocolError,
    PanelRateLimited,
    PanelUnreachable,
    StorageUnavailable,
    UnknownPanel,
    UnknownServer,
)
from bot.domain.panels import StoredPanel
from bot.domain.servers import Capability, ServerState
from tests.fakes import NOON, make_server
from tests.services.administering import creation, use
from tests.services.house import ADMIN, GUILD, OPERATOR, House


async def test_a_new_server_is_known_at_once_and_written_down(house: House) -> None:
    server = await house.administration.give(OPERATOR, await creation(house), door=Door.FORM)

    values = {"name": "Lobby", "egg": 5, "limits": {"memory": 1024}}
    assert house.panel.given == [("create", None, values)]
    assert await house.directory.resolve(OPERATOR, "lobby") == server
    [row] = house.rows
    assert (row.action, row.outcome, row.door) == (Action.CREATE, Outcome.DONE, Door.FORM)
    assert (row.ref.panel_id, row.ref.server_id, row.server_name) == ("main", "", "Main panel")
    assert house.created == [(server.ref, row.at)]


async def test_a_guild_uses_a_server_that_it_has_made(house: House) -> None:
    chosen = StoredPanel(
        panel_id="main",
        guild_id=GUILD,
        name="Main panel",
        kind="fake",
        base_url="https://panel.example.com",
        credentials={"key": "k"},
        server_ids=frozenset({"1a2b3c4d"}),
        added_by=ADMIN.user_id,
        added_at=NOON,
    )
    await house.store.add(chosen)
    await house.kept.open_all()
    house.panels.put(replace(house.panels["main"], panel=house.panel))

    server = await house.administration.give(ADMIN, await creation(house), door=Door.FORM)
    assert await house.directory.resolve(ADMIN, "lobby") == server
    assert house.store.rows["main"].server_ids == frozenset({"1a2b3c4d", server.ref.server_id})

    house.store.is_broken = True
    server = await house.administration.give(ADMIN, await creation(house), door=Door.FORM)
    assert server.name == "Lobby"


async def test_a_panel_is_called_by_its_id_or_its_name(house: House) -> None:
    for text in ("main", " MAIN PANEL "):
        draft = await house.administration.begin_create(ADMIN, text, door=Door.COMMAND)
        assert (draft.panel_id, draft.panel_name) == ("main", "Main panel")


@pytest.mark.parametrize(("way", "call"), [("update", "update"), ("build", "build")])
async def test_a_change_gives_what_was_changed_and_names_it_in_the_books(
    house: House, way: str, call: str
) -> None:
    await use(house, way)

    assert house.panel.given == [(call, "1a2b3c4d", {"name": "SMP"})]
    assert (await house.directory.resolve(OPERATOR, "1a2b3c4d")).name == "SMP"
    [row] = house.rows
    assert (row.action, row.outcome, row.detail) == (way, Outcome.DONE, "name")


async def test_a_changed_server_is_shown_as_it_was_pushed_lately(house: House) -> None:
    now = house.clock.now()
    pushed = replace(house.server, state=ServerState.STOPPING, observed_at=now, pushed_at=now)
    house.directory.note(pushed)
    service = house.administration
    draft = await service.begin_change(OPERATOR, "survival", Action.UPDATE, door=Door.COMMAND)
    draft.fill({"name": "SMP"})

    shown = await service.give(OPERATOR, draft, door=Door.FORM)

    assert house.server.state is ServerState.RUNNING  # as the panel has kept it
    assert (shown.name, shown.state) == ("SMP", ServerState.STOPPING)


async def test_no_value_is_written_down(house: House) -> None:
    house.panel.asks[Capability.UPDATE] = [Field(name="environment.PASSWORD", label="Password")]
    service = house.administration
    draft = await service.begin_change(ADMIN, "survival", Action.UPDATE, door=Door.COMMAND)
    draft.fill({"environment.PASSWORD": "hunter2"})
    await service.give(ADMIN, draft, door=Door.FORM)

    assert house.panel.given[0][2] == {"environment": {"PASSWORD": "hunter2"}}
    assert "hunter2" not in repr(house.rows)


@pytest.mark.parametrize("way", ["suspend", "unsuspend"])
async def test_suspending_is_ordered_as_often_as_it_is_asked_for(house: House, way: str) -> None:
    await use(house, way)
    await use(house, way)

    assert [call for call, _, _ in house.panel.given] == [way, way]
    assert [(row.action, row.outcome) for row in house.rows] == [(Action.SUSPEND, Outcome.DONE)] * 2
    assert {row.detail for row in house.rows} == {"unsuspend" if way == "unsuspend" else None}


@pytest.mark.parametrize("way", ["suspend", "unsuspend"])
async def test_what_cannot_be_written_down_is_not_given_to_the_panel(
    house: House, way: str
) -> None:
    house.audit_log.is_broken = True
    with pytest.raises(StorageUnavailable):
        await use(house, way)
    assert house.panel.given == []
    house.audit_log.is_broken = False
    await house.audit.close()
    assert [row.outcome for row in house.audit_log.entries] == [Outcome.REFUSED]
    await use(house, way)
    assert [row.outcome for row in house.sent] == [Outcome.SENT]


@pytest.mark.parametrize(
    ("way", "state"),
    [("suspend", ServerState.SUSPENDED), ("unsuspend", ServerState.OFFLINE)],
)
async def test_what_suspending_changed_is_seen_at_once(
    house: House, way: str, state: ServerState
) -> None:
    await use(house, way)

    assert (await house.directory.resolve(OPERATOR, "survival")).state is state


async def test_a_look_that_fails_does_not_undo_what_is_done(house: House) -> None:
    house.panel.errors["get_server"] = PanelUnreachable("main", "gone")
    for way in ("suspend", "delete"):
        await use(house, way)

    assert [row.outcome for row in house.rows] == [Outcome.DONE] * 2
    assert await house.directory.visible(OPERATOR) == []


async def test_a_server_that_its_panel_deletes_later_is_shown_until_then(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleting = make_server(state=ServerState.DELETING)
    monkeypatch.setattr(house.panel, "remove", lambda _: house.panel.add(deleting))
    await use(house, "delete")

    assert (await house.directory.resolve(OPERATOR, "survival")).state is ServerState.DELETING


@pytest.mark.parametrize("typed", ["Survival", "  Survival ", "1a2b3c4d"])
async def test_a_server_is_deleted_by_its_name_or_its_id(house: House, typed: str) -> None:
    await house.administration.delete(
        OPERATOR, "main:1a2b3c4d", typed=typed, force=False, door=Door.FORM
    )

    assert house.panel.given == [("delete", "1a2b3c4d", {})]
    with pytest.raises(UnknownServer):
        await house.directory.resolve(ADMIN, "survival")
    assert [(row.action, row.outcome) for row in house.rows] == [(Action.DELETE, Outcome.DONE)]


@pytest.mark.parametrize("typed", ["", "survival", "Survival2", "main:1a2b3c4d"])
async def test_a_wrong_name_deletes_nothing_and_is_written_down(house: House, typed: str) -> None:
    with pytest.raises(NameMismatch) as caught:
        await house.administration.delete(
            OPERATOR, "survival", typed=typed, force=False, door=Door.FORM
        )

    assert caught.value.server.name == "Survival"
    assert house.panel.given == []
    assert [row.outcome for row in house.rows] == [Outcome.REFUSED]


async def test_force_is_told_to_the_panel_and_written_down(house: House) -> None:
    await house.administration.delete(
        OPERATOR, "survival", typed="Survival", force=True, door=Door.FORM
    )

    assert [call for call, _, _ in house.panel.given] == ["force_delete"]
    assert house.rows[0].detail == "by force"


async def test_refused_values_stay_in_the_draft_with_what_the_panel_says(house: House) -> None:
    house.panel.errors["create"] = PanelInvalid("main", {"name": ("Taken.",), "x": ("No.",)})
    draft = await creation(house)

    with pytest.raises(PanelInvalid):
        await house.administration.give(OPERATOR, draft, door=Door.FORM)

    assert house.administration.draft(OPERATOR, draft.id) is draft
    assert draft.rejected == {"name": ("Taken.",), "": ("x: No.",)}
    assert draft.texts == {"name": "Lobby", "egg": "Paper"}
    assert [row.outcome for row in house.rows] == [Outcome.FAILED]
    del house.panel.errors["create"]
    assert (await house.administration.give(OPERATOR, draft, door=Door.FORM)).name == "Lobby"


@pytest.mark.parametrize(
    "error",
    [
        PanelUnreachable("main", "gone"),
        PanelRateLimited("main", 5),
        PanelForbidden("main", "no"),
        PanelProtocolError("main", "a redirect"),
    ],
)
async def test_a_draft_outlives_what_changed_nothing(house: House, error: PanelError) -> None:
    house.panel.errors["create"] = error
    draft = await creation(house)

    with pytest.raises(PanelError):
        await house.administration.give(OPERATOR, draft, door=Door.FORM)

    assert house.administration.draft(OPERATOR, draft.id) is draft
    assert [row.outcome for row in house.rows] == [Outcome.FAILED]


@pytest.mark.parametrize(
    "error", [PanelInvalid("main", {"egg": ("No.",)}), OutcomeUnknown("main", "update")]
)
async def test_what_was_changed_before_a_failure_stands_in_the_books(
    house: House, error: PanelError
) -> None:
    error.changed, error.failed = ("name", "description"), ("egg",)
    house.panel.errors["update"] = error
    with pytest.raises(PanelError):
        await use(house, "update")
    [row] = house.rows
    assert row.detail == f"name · {error} · changed already: name, description"


async def test_a_draft_that_may_have_been_carried_out_is_never_given_again(house: House) -> None:
    house.panel.errors["create"] = OutcomeUnknown("main", "create")
    draft = await creation(house)

    with pytest.raises(OutcomeUnknown):
        await house.administration.give(OPERATOR, draft, door=Door.FORM)

    with pytest.raises(DraftGone):
        await house.administration.give(OPERATOR, draft, door=Door.FORM)
    assert house.panel.calls["create"] == 1
    assert [row.outcome for row in house.rows] == [Outcome.UNKNOWN]


async def test_two_clicks_at_once_make_one_server(house: House) -> None:
    draft = await creation(house)
    house.panel.is_open.clear()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        first = group.create_task(house.administration.give(OPERATOR, draft, door=Door.FORM))
        await house.panel.wait_called("create")
        with pytest.raises(DraftGone):
            await house.administration.give(OPERATOR, draft, door=Door.FORM)
        house.panel.is_open.set()

    assert first.result().name == "Lobby"
    assert house.panel.calls["create"] == 1


async def test_what_is_cut_short_is_written_down_as_unknown(house: House) -> None:
    house.panel.is_open.clear()
    task = asyncio.get_running_loop().create_task(use(house, "suspend"))
    await house.panel.wait_called("suspend")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert [row.outcome for row in house.rows] == [Outcome.UNKNOWN]


async def test_a_panel_that_cannot_list_its_choices_opens_no_draft(house: House) -> None:
    house.panel.errors["fields"] = PanelUnreachable("main", "gone")

    with pytest.raises(PanelUnreachable):
        await house.administration.begin_create(ADMIN, "main", door=Door.COMMAND)
    with pytest.raises(PanelUnreachable):
        await house.administration.begin_change(ADMIN, "survival", Action.BUILD, door=Door.COMMAND)
    assert house.drafts._drafts == {}


_JAR = Field(name="environment.JAR", label="Jar", required=True, value="paper.jar")


async def test_what_a_choice_asks_for_comes_up_and_goes_again(house: House) -> None:
    house.panel.more["egg=5"] = [_JAR]
    service = house.administration
    draft = await service.begin_create(OPERATOR, "main", door=Door.COMMAND)
    assert _JAR not in draft.fields

    await service.fill(OPERATOR, draft, {"name": "Lobby"}, door=Door.FORM)
    assert house.panel.chosen == [{}]
    await service.fill(OPERATOR, draft, {"egg": "Paper"}, door=Door.FORM)
    assert house.panel.chosen == [{}, {"egg": 5}]
    assert draft.values["environment.JAR"] == "paper.jar"
    await service.fill(OPERATOR, draft, {"egg": "Vanilla"}, door=Door.FORM)
    assert _JAR not in draft.fields
    assert draft.values == {"name": "Lobby", "egg": 4, "limits.memory": 1024}


async def test_what_was_typed_is_kept_where_the_panel_cannot_be_asked(house: House) -> None:
    house.panel.more["egg=5"] = [_JAR]
    service = house.administration
    draft = await service.begin_create(OPERATOR, "main", door=Door.COMMAND)
    house.panel.errors["fields"] = PanelUnreachable("main", "gone")
    with pytest.raises(PanelUnreachable):
        await service.fill(OPERATOR, draft, {"name": "Lobby", "egg": "Paper"}, door=Door.FORM)
    assert (draft.texts, draft.is_outdated) == ({"name": "Lobby", "egg": "Paper"}, True)

    del house.panel.errors["fields"]
    await service.fill(OPERATOR, draft, {}, door=Door.FORM)
    assert _JAR in draft.fields


async def test_two_choices_at_once_end_with_the_fields_of_the_later_one(house: House) -> None:
    house.panel.more["egg=5"] = [_JAR]
    service = house.administration
    draft = await service.begin_create(OPERATOR, "main", door=Door.COMMAND)
    house.panel.is_open.clear()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(service.fill(OPERATOR, draft, {"egg": "Paper"}, door=Door.FORM))
        await house.panel.wait_called("fields", 2)
        group.create_task(service.fill(OPERATOR, draft, {"egg": "Vanilla"}, door=Door.FORM))
        await house.panel.wait_called("fields", 3)
        house.panel.is_open.set()

    assert draft.described_for == {"egg": 4}
    assert _JAR not in draft.fields


async def test_who_lost_the_right_is_told_nothing_more_of_the_panel(house: House) -> None:
    service = house.administration
    draft = await service.begin_create(OPERATOR, "main", door=Door.COMMAND)
    demoted = replace(OPERATOR, role_ids=frozenset())
    with pytest.raises(UnknownPanel):
        await service.fill(demoted, draft, {"egg": "Paper"}, door=Door.FORM)
    assert house.panel.calls["fields"] == 1

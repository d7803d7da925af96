"""A guild's own panels: tried before they are stored, changed by one at a time, never lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Actor
from bot.domain.audit import Change, Door, Outcome
from bot.domain.errors import InvalidPanel, NotAllowed, StorageUnavailable, UnknownPanel
from bot.domain.panels import PanelProblem
from bot.domain.wishes import PanelWish, stamp
from bot.services.guild_panels import KEPT, MOST
from tests.fakes_panels import REFUSED
from tests.services.house import ADMIN, OPERATOR, OTHER_GUILD, House

if TYPE_CHECKING:
    from bot.domain.panels import StoredPanel

FORM = Door.FORM
ELSEWHERE = Actor(user_id=20, guild_id=OTHER_GUILD, is_admin=True)


def wish(name: str = "Harbour", key: str = "secret-key", **changes: str) -> PanelWish:
    address = changes.get("base_url", "https://panel.example.com")
    return PanelWish.of(name=name, base_url=address, credentials={"key": key})


async def added(house: House, name: str = "Harbour", *, actor: Actor = ADMIN) -> StoredPanel:
    tried = await house.panel_setup.add(actor, "fake", wish(name), door=FORM)
    assert tried.panel is not None
    return tried.panel


async def problem(work: object) -> PanelProblem:
    with pytest.raises(InvalidPanel) as caught:
        await work  # type: ignore[misc]  # a coroutine
    return caught.value.problem


async def names(house: House, actor: Actor = ADMIN) -> set[str]:
    return {server.name for server in await house.directory.visible(actor)}


async def test_what_fails_its_trial_is_not_stored(house: House) -> None:
    house.maker.trial = REFUSED
    tried = await house.panel_setup.add(ADMIN, "fake", wish(), door=FORM)
    assert (tried.panel, tried.trial) == (None, REFUSED)
    assert not house.store.rows
    assert house.rows[-1].outcome is Outcome.FAILED
    assert house.rows[-1].detail == "the key is refused"


async def test_a_new_panel_is_open_and_its_servers_wait_to_be_chosen(house: House) -> None:
    panel = await added(house)
    assert panel.panel_id in house.panels
    assert house.store.rows[panel.panel_id].credentials == {"key": "secret-key"}
    assert await names(house) == {"Survival"}  # of the operator's panel
    shown = await house.panel_setup.selection(ADMIN, panel.panel_id, door=Door.MENU)
    keys = [server.ref.key for server in shown.servers]
    await house.panel_setup.tick(ADMIN, panel.panel_id, keys, keys[:1], door=Door.MENU)
    assert "Creative" in await names(house)
    assert [(row.action, row.outcome, row.detail) for row in house.rows] == [
        (Change.PANEL_ADDED, Outcome.DONE, "https://panel.example.com"),
        (Change.PANEL_SERVERS, Outcome.DONE, "1 used"),
    ]


async def test_two_pages_that_are_ticked_at_once_keep_both_choices(house: House) -> None:
    house.maker.servers = [(f"Server {number:02}", f"{number:08}") for number in range(50)]
    panel = await added(house)
    shown = await house.panel_setup.selection(ADMIN, panel.panel_id, door=Door.MENU)
    keys = [server.ref.key for server in shown.servers]
    setup, menu = house.panel_setup, Door.MENU
    await asyncio.gather(
        setup.tick(ADMIN, panel.panel_id, keys[:25], keys[:2], door=menu),
        setup.tick(ADMIN, panel.panel_id, keys[25:], keys[25:27], door=menu),
    )
    chosen = house.store.rows[panel.panel_id].server_ids
    assert chosen == frozenset({"00000000", "00000001", "00000025", "00000026"})


async def test_all_takes_those_to_come_and_the_known_ones_do_not(house: House) -> None:
    panel = await added(house)
    await house.panel_setup.use_all(ADMIN, panel.panel_id, future=True, door=Door.BUTTON)
    assert house.panels[panel.panel_id].uses("not there yet")
    await house.panel_setup.use_all(ADMIN, panel.panel_id, future=False, door=Door.BUTTON)
    entry = house.panels[panel.panel_id]
    assert (entry.uses("1a2b3c4d"), entry.uses("not there yet")) == (True, False)


async def test_another_guild_finds_none_of_it(house: House) -> None:
    panel = await added(house)
    for text in (panel.panel_id, panel.name):
        with pytest.raises(UnknownPanel):
            await house.panel_setup.remove(ELSEWHERE, text, door=Door.BUTTON)
    lines, _ = await house.panel_setup.lines(ELSEWHERE, door=Door.COMMAND)
    assert [line.name for line in lines] == ["Backup panel"]
    assert await house.panel_setup.suggestions(ELSEWHERE) == []
    with pytest.raises(UnknownPanel):
        await house.panel_setup.restore(ELSEWHERE, panel.panel_id, door=Door.BUTTON)


async def test_nobody_but_managers_does_anything_and_every_try_is_written_down(
    house: House,
) -> None:
    panel = await added(house)
    setup = house.panel_setup
    stranger = replace(OPERATOR, role_ids=frozenset())
    tries = [
        setup.add(stranger, "fake", wish("Other"), door=FORM),
        setup.test(stranger, panel.name, door=Door.COMMAND),
        setup.edit(stranger, panel.name, wish("Other"), shown=stamp(panel), door=FORM),
        setup.rotate(stranger, panel.name, wish(key="another"), door=FORM),
        setup.selection(stranger, panel.name, door=Door.COMMAND),
        setup.tick(stranger, panel.name, [], [], door=Door.MENU),
        setup.use_all(stranger, panel.name, future=True, door=Door.BUTTON),
        setup.remove(stranger, panel.name, door=Door.BUTTON),
        setup.restore(stranger, panel.panel_id, door=Door.BUTTON),
        setup.lines(stranger, door=Door.COMMAND),
    ]
    for attempt in tries:
        with pytest.raises(NotAllowed):
            await attempt
    denied = [row for row in house.rows if row.outcome is Outcome.DENIED]
    assert len(denied) == len(tries)
    assert len(house.maker.tried) == 1
    assert await setup.suggestions(stranger) == []
    assert house.store.rows[panel.panel_id] == panel


async def test_a_name_is_taken_once_and_also_by_the_operators_panels(house: House) -> None:
    await added(house)
    setup = house.panel_setup
    for name in ("harbour", " Harbour ", "\uff28arbour", "main panel"):
        taken = setup.add(ADMIN, "fake", wish(name), door=FORM)
        assert await problem(taken) is PanelProblem.NAME_TAKEN
    assert len(house.maker.tried) == 1
    await added(house, actor=ELSEWHERE)
    assert await problem(setup.add(ADMIN, "fake", wish("\u200b"), door=FORM)) is (
        PanelProblem.NAMELESS
    )


async def test_two_admins_who_add_one_of_the_same_name_get_one(house: House) -> None:
    adding = [house.panel_setup.add(ADMIN, "fake", wish(), door=FORM) for _ in range(2)]
    results = await asyncio.gather(*adding, return_exceptions=True)
    assert sum(isinstance(result, InvalidPanel) for result in results) == 1
    assert len(house.store.rows) == 1


async def test_there_is_an_end_to_how_many_a_guild_has(house: House) -> None:
    for number in range(MOST):
        await added(house, f"Panel {number}")
    one_more = house.panel_setup.add(ADMIN, "fake", wish(), door=FORM)
    assert await problem(one_more) is PanelProblem.TOO_MANY


async def test_an_edit_is_tried_and_what_fails_leaves_all_as_it_was(house: House) -> None:
    panel = await added(house)
    house.maker.trial = REFUSED
    moved = wish("Port", base_url="https://panel.example.com/deeper")
    tried = await house.panel_setup.edit(ADMIN, panel.name, moved, shown=stamp(panel), door=FORM)
    assert not tried.is_good
    assert house.store.rows[panel.panel_id] == panel
    house.maker.trial = None
    await house.panel_setup.edit(ADMIN, panel.name, moved, shown=stamp(panel), door=FORM)
    now = house.store.rows[panel.panel_id]
    assert (now.name, now.base_url) == ("Port", "https://panel.example.com/deeper")
    assert house.rows[-1].detail == "Port, https://panel.example.com/deeper"
    assert house.panels[panel.panel_id].name == "Port"


async def test_a_panel_that_does_not_answer_can_be_renamed(house: House) -> None:
    panel = await added(house)
    house.maker.trial = REFUSED
    tried = await house.panel_setup.edit(
        ADMIN, panel.name, wish("Port"), shown=stamp(panel), door=FORM
    )
    assert tried.is_good
    assert house.panels[panel.panel_id].name == "Port"


async def test_of_two_who_edit_the_second_is_told(house: House) -> None:
    panel = await added(house)
    shown, setup = stamp(panel), house.panel_setup
    await setup.edit(ADMIN, panel.panel_id, wish("Port"), shown=shown, door=FORM)
    late = setup.edit(ADMIN, panel.panel_id, wish("Pier"), shown=shown, door=FORM)
    assert await problem(late) is PanelProblem.CHANGED
    assert house.store.rows[panel.panel_id].name == "Port"


@pytest.mark.parametrize(
    "address",
    ["https://thief.example.net", "http://panel.example.com", "https://panel.example.com:8443"],
)
async def test_a_key_is_not_sent_to_another_address_by_an_edit(house: House, address: str) -> None:
    panel = await added(house)
    tries = len(house.maker.tried)
    edit = house.panel_setup.edit(
        ADMIN, panel.name, wish(base_url=address), shown=stamp(panel), door=FORM
    )
    assert await problem(edit) is PanelProblem.KEY_WANTED
    assert len(house.maker.tried) == tries
    rotated = await house.panel_setup.rotate(
        ADMIN, panel.name, wish(base_url=address, key="new-key"), door=FORM
    )
    assert rotated.panel is not None
    assert house.maker.tried[-1].credentials == {"key": "new-key"}
    assert house.store.rows[panel.panel_id].base_url == address


async def test_the_old_key_counts_until_the_new_one_is_tried(house: House) -> None:
    panel = await added(house)
    old = house.panels[panel.panel_id].panel
    house.maker.trial = REFUSED
    await house.panel_setup.rotate(ADMIN, panel.name, wish(key="wrong"), door=FORM)
    assert house.panels[panel.panel_id].panel is old
    assert house.store.rows[panel.panel_id].credentials == {"key": "secret-key"}
    house.maker.trial = None
    await house.panel_setup.rotate(ADMIN, panel.name, wish(key="right"), door=FORM)
    assert house.panels[panel.panel_id].panel is not old
    assert house.store.rows[panel.panel_id].credentials == {"key": "right"}


async def test_a_removed_panel_is_out_of_sight_and_comes_back_as_it_was(house: House) -> None:
    panel = await added(house)
    await house.panel_setup.use_all(ADMIN, panel.name, future=True, door=Door.BUTTON)
    await house.panel_setup.remove(ADMIN, panel.name, door=Door.BUTTON)
    assert panel.panel_id not in house.panels
    assert await names(house) == {"Survival"}
    lines, removed = await house.panel_setup.lines(ADMIN, door=Door.COMMAND)
    assert "Harbour" not in {line.name for line in lines}
    assert [each.panel_id for each in removed] == [panel.panel_id]
    await house.panel_setup.restore(ADMIN, panel.panel_id, door=Door.BUTTON)
    entry = house.panels[panel.panel_id]
    assert (entry.name, entry.server_ids) == ("Harbour", None)
    again = house.panel_setup.restore(ADMIN, panel.panel_id, door=Door.BUTTON)
    assert await problem(again) is PanelProblem.NOT_REMOVED


async def test_after_thirty_days_it_is_gone_with_or_without_a_clean_up(house: House) -> None:
    panel = await added(house)
    await house.panel_setup.remove(ADMIN, panel.name, door=Door.BUTTON)
    house.clock.advance(KEPT.total_seconds() + 1)
    assert (await house.panel_setup.lines(ADMIN, door=Door.COMMAND))[1] == []
    with pytest.raises(UnknownPanel):
        await house.panel_setup.restore(ADMIN, panel.panel_id, door=Door.BUTTON)
    assert await house.kept.purge() == 1
    assert not house.store.rows


async def test_it_cannot_come_back_under_a_name_that_is_taken_by_then(house: House) -> None:
    panel = await added(house)
    await house.panel_setup.remove(ADMIN, panel.name, door=Door.BUTTON)
    await added(house)
    back = house.panel_setup.restore(ADMIN, panel.panel_id, door=Door.BUTTON)
    with pytest.raises(InvalidPanel) as caught:
        await back
    assert caught.value.problem is PanelProblem.NAME_GIVEN
    assert caught.value.detail == "Harbour"


async def test_panels_of_the_configuration_file_are_shown_and_left_alone(house: House) -> None:
    lines, _ = await house.panel_setup.lines(ADMIN, door=Door.COMMAND)
    assert [(line.name, line.panel) for line in lines] == [
        ("Main panel", None),
        ("Backup panel", None),
    ]
    remove = house.panel_setup.remove(ADMIN, "Main panel", door=Door.BUTTON)
    assert await problem(remove) is PanelProblem.OF_OPERATOR


async def test_what_cannot_be_stored_is_not_opened(house: House) -> None:
    house.store.is_broken = True
    with pytest.raises(StorageUnavailable):
        await added(house)
    assert len(list(house.panels)) == 2
    house.store.is_broken = False
    panel = await added(house)
    house.store.is_broken = True
    with pytest.raises(StorageUnavailable):
        await house.panel_setup.remove(ADMIN, panel.name, door=Door.BUTTON)
    assert panel.panel_id in house.panels


async def test_one_that_cannot_be_opened_at_start_hides_no_other(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = await added(house, "Broken"), await added(house, "Sound")
    again = House(clock=house.clock)
    again.store.rows = house.store.rows
    again.maker.unfit = {broken.panel_id}
    await again.kept.open_all()
    assert sound.panel_id in again.panels
    assert f"panel {broken.panel_id} of a guild is left out" in caplog.text
    lines, _ = await again.panel_setup.lines(ADMIN, door=Door.COMMAND)
    assert {line.name: line.is_open for line in lines}["Broken"] is False
    await again.panel_setup.remove(ADMIN, "Broken", door=Door.BUTTON)


async def test_a_guild_that_is_forgotten_leaves_nothing(house: House) -> None:
    ours, theirs = await added(house), await added(house, actor=ELSEWHERE)
    await house.kept.forget_guild(ADMIN.guild_id)
    assert ours.panel_id not in house.panels
    assert list(house.store.rows) == [theirs.panel_id]


async def test_no_key_is_written_down(house: House) -> None:
    panel = await added(house)
    await house.panel_setup.rotate(ADMIN, panel.name, wish(key="secret-two"), door=FORM)
    assert "secret" not in repr(house.rows)
    assert "secret" not in repr(house.store.rows)
    assert "secret" not in repr(wish())


async def test_one_that_comes_back_is_seen_at_once_where_another_guild_has_it_too(
    house: House,
) -> None:
    ours, _ = await added(house), await added(house, actor=ELSEWHERE)
    await house.panel_setup.remove(ADMIN, ours.name, door=Door.BUTTON)
    await house.panel_setup.restore(ADMIN, ours.panel_id, door=Door.BUTTON)
    shown = await house.panel_setup.selection(ADMIN, ours.panel_id, door=Door.MENU)
    assert {server.ref.panel_id for server in shown.servers} == {ours.panel_id}
    assert len(shown.servers) == 2

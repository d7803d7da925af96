"""Servers are found by key, id and name, and never named to those who may not see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action
from bot.domain.errors import (
    AmbiguousServer,
    PanelAuthFailed,
    PanelRateLimited,
    PanelUnreachable,
    UnknownServer,
)
from bot.domain.incidents import Trouble
from bot.domain.servers import Capability, ServerState
from bot.services.directory import ServerDirectory
from tests.fakes import NOON, MemoryRules, make_server
from tests.services.house import ADMIN, OTHER_GUILD, STRANGER, VIEWER, House, allow

if TYPE_CHECKING:
    from datetime import datetime

_SECRET = make_server("Secret", "5ec2e700")


@pytest.mark.parametrize("text", ["1a2b3c4d", "main:1a2b3c4d", "Survival", " sURVIVAL "])
async def test_a_server_is_found_by_id_reference_and_name(house: House, text: str) -> None:
    assert (await house.directory.resolve(VIEWER, text)).name == "Survival"


async def test_a_server_with_a_very_long_id_is_found_by_its_key(house: House) -> None:
    long = make_server("Long", "x" * 300)
    house.add(long)
    assert (await house.directory.resolve(VIEWER, long.ref.key)).ref == long.ref


async def test_an_id_goes_before_a_name(house: House) -> None:
    house.add(make_server("1a2b3c4d", "ffff0000"))
    assert (await house.directory.resolve(VIEWER, "1a2b3c4d")).name == "Survival"


async def test_candidates_of_an_ambiguous_name_are_named(house: House) -> None:
    house.add(make_server("survival", "ffff0000"))
    with pytest.raises(AmbiguousServer) as caught:
        await house.directory.resolve(VIEWER, "Survival")
    assert {server.ref.server_id for server in caught.value.candidates} == {"1a2b3c4d", "ffff0000"}


@pytest.mark.parametrize("text", ["Secret", "5ec2e700", _SECRET.ref.key])
async def test_a_hidden_server_and_none_get_the_same_answer(text: str) -> None:
    house = House(rules=MemoryRules(allow(VIEWER.user_id, Action.VIEW, make_server())))
    house.add(_SECRET)
    with pytest.raises(UnknownServer) as hidden:
        await house.directory.resolve(VIEWER, text)
    house.directory.forget(_SECRET.ref)
    with pytest.raises(UnknownServer) as none:
        await house.directory.resolve(VIEWER, text)
    assert str(hidden.value) == str(none.value)


async def test_a_hidden_server_does_not_make_a_name_ambiguous() -> None:
    house = House(rules=MemoryRules(allow(VIEWER.user_id, Action.VIEW, make_server())))
    house.add(replace(_SECRET, name="Survival"))
    assert (await house.directory.resolve(VIEWER, "survival")).ref == house.server.ref


async def test_only_panels_of_the_guild_are_seen(house: House) -> None:
    elsewhere = replace(ADMIN, guild_id=OTHER_GUILD)
    house.directory.replace("backup", [make_server("Mirror", panel_id="backup")])
    assert [server.name for server in await house.directory.visible(elsewhere)] == ["Mirror"]
    with pytest.raises(UnknownServer):
        await house.directory.resolve(elsewhere, "Survival")


async def test_suggestions_hold_nothing_that_may_not_be_seen(house: House) -> None:
    for typed in ("", "s", "Survival", "1a2b", "main:1a2b3c4d"):
        assert await house.directory.search(STRANGER, typed) == []


async def test_suggestions_are_ranked_by_use_then_by_match(house: House) -> None:
    names = ["Creative", "Old survival", "Survey", "Thesurvivor"]
    house.add(*(make_server(name, f"{number:08x}") for number, name in enumerate(names)))
    ranked = [server.name for server in await house.directory.search(VIEWER, "surv")]
    assert ranked == ["Survey", "Survival", "Old survival", "Thesurvivor"]
    house.directory.remember(VIEWER, make_server("Thesurvivor", "00000003").ref)
    ranked = [server.name for server in await house.directory.search(VIEWER, "surv")]
    assert ranked[0] == "Thesurvivor"
    other = [server.name for server in await house.directory.search(ADMIN, "surv")]
    assert other[0] == "Survey"


async def test_letters_in_order_are_enough_for_a_suggestion(house: House) -> None:
    found = await house.directory.search(VIEWER, "svl")
    assert [server.name for server in found] == ["Survival"]


async def test_a_new_list_replaces_the_old_one(house: House) -> None:
    house.directory.replace("main", [_SECRET])
    assert [server.name for server in await house.directory.visible(ADMIN)] == ["Secret"]


async def test_servers_of_a_silent_panel_are_out_of_reach_not_offline(house: House) -> None:
    house.directory.fail("main", PanelUnreachable("main", "refused"))
    [server] = await house.directory.visible(VIEWER)
    assert server.state is ServerState.UNREACHABLE
    assert server.resources is None


async def test_a_panel_that_asks_for_patience_keeps_its_servers_in_sight(house: House) -> None:
    house.directory.fail("main", PanelRateLimited("main", 30))
    assert house.directory.trouble("main") is Trouble.OTHER
    [server] = await house.directory.visible(VIEWER)
    assert server.state is ServerState.RUNNING


async def test_a_list_that_was_never_read_is_told_by_its_error(house: House) -> None:
    directory = ServerDirectory(house.panels, house.access)
    with pytest.raises(PanelUnreachable, match="not read yet"):
        await directory.resolve(VIEWER, "Survival")
    directory.fail("main", PanelAuthFailed("main", "wrong"))
    with pytest.raises(PanelAuthFailed):
        await directory.resolve(VIEWER, "Survival")


async def test_a_list_that_was_begun_earlier_does_not_undo_a_fresher_look(house: House) -> None:
    earlier = make_server(state=ServerState.RUNNING, observed_at=NOON)
    fresher = make_server(state=ServerState.OFFLINE, observed_at=NOON + timedelta(seconds=1))
    house.directory.note(fresher)
    house.directory.replace("main", [earlier])
    assert await house.directory.visible(ADMIN) == [fresher]


def _at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_an_older_look_that_comes_in_late_brings_no_older_name_back(house: House) -> None:
    newer = make_server("Zombies", observed_at=_at(2))
    house.directory.note(newer)
    assert house.directory.note(make_server(observed_at=_at(1))) == newer
    assert house.directory.get(newer.ref) == newer


@pytest.mark.parametrize("is_pushed", [True, False])
def test_nor_does_what_is_heard_of_its_power_by_who_knows_it_by_that(
    house: House, *, is_pushed: bool
) -> None:
    house.directory.note(make_server("Zombies", observed_at=_at(2)))
    heard = house.server.heard(ServerState.OFFLINE, None, at=_at(3))
    now = house.directory.note(replace(heard, pushed_at=_at(3) if is_pushed else None))
    assert (now.name, now.state, now.observed_at) == ("Zombies", ServerState.OFFLINE, _at(3))
    assert (now.last_read, now.pushed_at) == (_at(2), heard.observed_at if is_pushed else None)


def test_nor_does_a_list_whose_states_were_asked_for_after_its_names(house: House) -> None:
    house.directory.note(make_server("Zombies", observed_at=_at(2)))
    listed = make_server(state=ServerState.OFFLINE, observed_at=_at(3))
    house.directory.replace("main", [replace(listed, read_at=_at(1))])
    now = house.directory.get(listed.ref)
    assert now is not None
    assert (now.name, now.state, now.last_read) == ("Zombies", ServerState.OFFLINE, _at(2))


def test_a_name_of_a_new_list_counts_though_the_states_in_it_are_old(house: House) -> None:
    house.directory.note(replace(make_server(observed_at=_at(1)), read_at=_at(2)))
    listed = replace(make_server("Zombies", observed_at=_at(1)), read_at=_at(3))
    house.directory.replace("main", [listed])
    assert house.directory.get(listed.ref) == listed


@pytest.mark.parametrize("is_listed", [True, False])
def test_a_clock_that_is_set_back_hides_nothing_that_is_read_since(
    house: House, *, is_listed: bool
) -> None:
    read = make_server("Zombies", state=ServerState.OFFLINE, observed_at=_at(-3600))
    if is_listed:
        house.directory.replace("main", [read])
    else:
        house.directory.note(read)
    assert house.directory.get(read.ref) == read


async def test_what_is_noted_while_a_list_is_on_its_way_is_newer_than_the_list(
    house: House,
) -> None:
    gone, made = make_server("Gone", "90e00000"), make_server("Lobby", "10bb4000")
    house.add(gone)
    house.directory.expect("main")
    house.directory.forget(gone.ref)
    house.directory.note(made)
    house.directory.replace("main", [make_server(), gone])
    assert [server.name for server in await house.directory.visible(ADMIN)] == ["Lobby", "Survival"]

    house.directory.expect("main")
    house.directory.replace("main", [gone])
    assert [server.name for server in await house.directory.visible(ADMIN)] == ["Gone"]


async def test_a_list_that_fails_makes_nothing_newer_than_the_next_one(house: House) -> None:
    house.directory.expect("main")
    house.directory.fail("main", PanelUnreachable("main", "refused"))
    house.directory.expect("main")
    house.directory.replace("main", [])
    assert await house.directory.visible(ADMIN) == []


async def test_only_servers_that_the_guild_has_chosen_are_seen(house: House) -> None:
    house.add(_SECRET)
    house.panels.put(replace(house.panels["main"], server_ids=frozenset({"1a2b3c4d"})))
    assert [server.name for server in await house.directory.visible(ADMIN)] == ["Survival"]
    assert await house.directory.search(ADMIN, "secret") == []
    house.directory.remember(ADMIN, _SECRET.ref)
    assert await house.directory.search(ADMIN, "secret") == []
    for text in ("Secret", "5ec2e700", _SECRET.ref.key):
        with pytest.raises(UnknownServer):
            await house.directory.resolve(ADMIN, text)
    assert house.directory.known(ADMIN.guild_id, _SECRET.ref) is None


async def test_suggestions_are_those_whose_panel_can_do_it(house: House) -> None:
    house.add_to_backup(make_server("Spare", "7", panel_id="backup"))
    found = await house.directory.search(ADMIN, "", needs=Capability.DELETE)
    assert [server.name for server in found] == ["Survival"]


async def test_no_more_are_found_than_wanted_and_those_are_the_best(house: House) -> None:
    house.add(*(make_server(f"Lobby {number:03}", f"{number:08x}") for number in range(200)))
    house.directory.remember(ADMIN, make_server("Lobby 150", f"{150:08x}").ref)
    found = await house.directory.search(ADMIN, "lobby", most=3)
    assert [server.name for server in found] == ["Lobby 150", "Lobby 000", "Lobby 001"]


async def test_a_server_that_was_renamed_is_found_by_its_new_name(house: House) -> None:
    house.directory.note(replace(make_server("Zombies"), observed_at=NOON + timedelta(seconds=1)))
    assert [server.name for server in await house.directory.search(ADMIN, "zom")] == ["Zombies"]
    assert await house.directory.search(ADMIN, "surv") == []
    with pytest.raises(UnknownServer):
        await house.directory.resolve(ADMIN, "Survival")


async def test_a_server_is_found_by_the_beginning_of_its_id(house: House) -> None:
    assert [server.name for server in await house.directory.search(ADMIN, "1A2B")] == ["Survival"]


@pytest.mark.parametrize("typed", ["a" * 6000, "(" * 100, "\\", "[", "*", "\x00", " ", "İ"])
async def test_whatever_is_typed_is_only_text(house: House, typed: str) -> None:
    assert isinstance(await house.directory.search(ADMIN, typed), list)


@pytest.mark.parametrize("is_listed", [True, False])
def test_what_was_pushed_is_not_undone_by_what_the_panel_kept(
    house: House, *, is_listed: bool
) -> None:
    house.directory.note(replace(house.server, observed_at=NOON, pushed_at=NOON))
    told: list[str] = []
    house.directory.listen(told.append)
    for seconds, state in ((20, ServerState.RUNNING), (21, ServerState.STARTING)):
        at = NOON + timedelta(seconds=seconds)
        read = make_server(state=ServerState.STARTING, observed_at=at)
        if is_listed:
            house.directory.replace("main", [read])
        else:
            assert house.directory.note(read).state is state
        known = house.directory.get(read.ref)
        assert known is not None
        assert (known.state, known.observed_at) == (state, at)
    assert told == ["main"]


def test_where_panels_keep_less_long_they_are_believed_sooner(house: House) -> None:
    directory = ServerDirectory(house.panels, house.access, staleness=timedelta(seconds=1))
    directory.note(replace(house.server, observed_at=NOON, pushed_at=NOON))
    for seconds, state in ((1, ServerState.RUNNING), (2, ServerState.STARTING)):
        at = NOON + timedelta(seconds=seconds)
        read = make_server(state=ServerState.STARTING, observed_at=at)
        assert directory.note(read).state is state

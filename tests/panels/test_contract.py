"""What every kind of panel must do, in every dialect: lists, details, states, orders.

Beside it, on the same harnesses, `test_contract_*`: errors, cancelled, tls, budget, admin,
admin_errors, unsupported; and documents, which holds each kind to its own. What a client of these
panels must survive, numbered as in the collected facts, and where that is proved (`_errors` is
`test_contract_errors`); what only one kind knows is in that kind's own tests:

     1 redirects          _errors: FAULTS, and an order that is redirected
     2 browsers' headers  here: nothing is sent that a browser would send
     3 pages of proxies   _errors: PAGES
     4 JSON, mislabelled  test_http: any content type; test_cvm: noise before the data
     5 empty answers      _errors: FAULTS, and an order that is answered with nothing
     6 Retry-After        _errors: FAULTS; test_retry_after
     7 shared budgets     _budget: a neighbour; test_pterodactyl_v07_turns, live/test_tokens
     8 forms of errors    _admin: by field; test_*_errors
     9 null, odd, extra   here: null, new fields, pages; test_mutated_*
    10 orders, once       here, _errors and _admin_errors: by what came in and what it did
    11 stale states       tests/domain/test_receipts
    12 websocket          live/
    13 console text       test_console_text
    14 secrets            _errors: no credential; test_legacy, test_vpsorg_admin, live/test_tokens
    15 suspended          here: `tells`; _errors: `conflicts`
    16 markdown, mentions tests/ui/render/test_text
    17 timeouts           _errors: a panel that hangs; test_cvm: a minute; test_pterodactyl_v07
    18 base URLs          here: slashes; _tls: ports and https; test_http: IPv6 and sub-paths
    19 large bodies       _errors: FAULTS
    20 polling            here: ten at a time; _budget: polling many servers
    21 silent repeats     _errors and _admin_errors: a cut order came in once; test_http_writes
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.domain.errors import ServerNotFound, ServerOffline
from bot.domain.ports import CommandPanel
from bot.domain.servers import Capability, PowerAction, ServerState
from bot.panels import PANELS, check_settings
from tests.panels.harness import HARNESSES, each, id_of, offering, open_panel, states
from tests.panels.harness_base import POWER
from tests.panels.support import HastyClock, settings

if TYPE_CHECKING:
    from bot.domain.ports import Panel
    from bot.panels import PanelHub
    from tests.panels.harness_base import Harness

NAMES = ("Survival", "Creative", "Lobby", "Mini")


def test_every_kind_is_held_to_the_contract() -> None:
    assert {harness.kind for harness in HARNESSES} == set(PANELS)


async def test_all_servers_are_listed(panel: Panel) -> None:
    servers = await panel.list_servers()
    assert sorted(server.name for server in servers) == sorted(NAMES)
    assert {server.ref.panel_id for server in servers} == {"main"}
    assert all(server.observed_at.tzinfo is not None for server in servers)


@each("word", lambda harness: harness.tells)
async def test_a_state_is_told_as_far_as_the_panel_knows_it(
    panel: Panel, harness: Harness, word: str
) -> None:
    harness.put(harness.survival, word)
    assert (await states(panel))["Survival"] is harness.tells[word]
    server_id = await id_of(panel, "Survival")
    assert (await panel.get_server(server_id)).state is harness.tells[word]


@each("fields", lambda harness: harness.words)
async def test_each_word_means_what_the_documents_say(
    panel: Panel, harness: Harness, clock: HastyClock, fields: tuple[str, ...]
) -> None:
    server_id = await id_of(panel, "Survival")
    for word, state in harness.words[fields].items():
        clock.advance(300)
        harness.faults.clear()
        harness.faults.add("set", fields=dict.fromkeys(fields, word))
        assert set((await states(panel)).values()) == {state}, word
        assert (await panel.get_server(server_id)).state is state, word


async def test_one_server_is_shown_as_in_the_list(panel: Panel, harness: Harness) -> None:
    for listed in await panel.list_servers():
        shown = await panel.get_server(listed.ref.server_id)
        as_listed: Any = {name: getattr(listed, name) for name in harness.only_in_details}
        assert replace(shown, **as_listed) == listed


async def test_it_says_what_it_is_and_can(panel: Panel, harness: Harness) -> None:
    assert (panel.panel_id, panel.kind) == ("main", harness.kind)
    assert panel.capabilities == harness.capabilities
    check_settings(
        settings(kind=harness.kind, credentials=harness.credentials, options=harness.options)
    )


async def test_a_warning_of_php_before_an_answer_is_read_over(
    panel: Panel, harness: Harness
) -> None:
    listed = await panel.list_servers()
    harness.faults.add("warn")
    assert [server.ref for server in await panel.list_servers()] == [each.ref for each in listed]
    shown = await panel.get_server(listed[0].ref.server_id)
    assert (shown.name, shown.state) == (listed[0].name, listed[0].state)


@pytest.mark.parametrize("slashes", ["/", "//"])
async def test_slashes_at_the_end_of_the_address_do_no_harm(
    hub: PanelHub, harness: Harness, slashes: str
) -> None:
    panel = open_panel(hub, harness, base_url=harness.url + slashes)
    assert len(await panel.list_servers()) == 4


@each(
    "action", lambda harness: [PowerAction(name) for name in sorted(harness.capabilities & POWER)]
)
async def test_an_order_reaches_the_server_once(
    panel: Panel, harness: Harness, action: PowerAction
) -> None:
    # Some refuse to start what is running.
    server = harness.creative if action is PowerAction.START else harness.survival
    await panel.power(await id_of(panel, server.name), action)
    assert server.signals == [action]


@offering(Capability.COMMAND)
async def test_a_command_reaches_the_console_once(panel: Panel, harness: Harness) -> None:
    console = cast("CommandPanel", panel)
    assert isinstance(panel, CommandPanel)
    await console.send_command(await id_of(panel, "Survival"), "say grüß Gott ✨")
    assert harness.survival.console == ["say grüß Gott ✨"]
    with pytest.raises(ServerOffline):
        await console.send_command(await id_of(panel, "Creative"), "say hi")


@pytest.mark.parametrize("server_id", ["deadbeef", "", "..", "a/b", "x" * 300, "a?b", "é", "99999"])
async def test_an_unknown_server_is_not_found(panel: Panel, server_id: str) -> None:
    with pytest.raises(ServerNotFound):
        await panel.get_server(server_id)
    if Capability.STOP in panel.capabilities:
        with pytest.raises(ServerNotFound) as caught:
            await panel.power(server_id, PowerAction.STOP)
        assert caught.value.server_id == server_id


async def test_nothing_is_sent_that_a_browser_would_send(panel: Panel, harness: Harness) -> None:
    # With these a panel takes the bot for one, and answers with pages and 419.
    server_id = await id_of(panel, "Survival")
    await panel.get_server(server_id)
    if Capability.RESTART in panel.capabilities:
        await panel.power(server_id, PowerAction.RESTART)
    for request in harness.stand_in.requests:
        assert request.headers["Accept"] == "application/json"
        assert not {"Origin", "Referer", "Cookie"} & request.headers.keys()


async def test_a_dead_node_is_seen_on_its_servers_and_on_no_others(
    panel: Panel, harness: Harness
) -> None:
    harness.far.fault = "down"
    assert await states(panel) == {
        "Survival": harness.tells["running"],
        "Creative": harness.tells["offline"],
        "Lobby": harness.dead_node_state,
        "Mini": harness.dead_node_state,
    }


async def test_an_unknown_state_word_is_logged_once(
    panel: Panel, harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    path = harness.state_path_of(harness.survival)
    harness.faults.add("set", path=path, fields={harness.state_field: "dancing"})
    with caplog.at_level(logging.INFO, logger="bot.panels"):
        for _ in range(3):
            assert (await states(panel))["Survival"] is ServerState.UNKNOWN
    assert [record.getMessage().count("dancing") for record in caplog.records] == [1]


async def test_null_anywhere_loses_no_server(panel: Panel, harness: Harness) -> None:
    for field in harness.nulls:
        harness.faults.clear()
        harness.faults.add("set", path=harness.list_path, exact=True, fields={field: None})
        assert len(await panel.list_servers()) == 4, field


async def test_what_is_new_to_us_does_no_harm(panel: Panel, harness: Harness) -> None:
    usual = await states(panel)
    fields = {f"{field}_v2": {"a": [None, "b"]} for field in harness.nulls}
    harness.faults.add("set", path=harness.list_path, exact=True, fields=fields)
    assert await states(panel) == usual


PAGED = {"meta", "meta.pagination.total_pages", "count"}


@pytest.mark.parametrize("said", [None, "99"])
@each("field", lambda harness: sorted(PAGED.intersection(harness.nulls)))
async def test_every_page_is_read_whatever_is_said_of_their_number(
    panel: Panel, harness: Harness, field: str, said: str | None
) -> None:
    for number in range(150):
        harness.allow(harness.world.add_server(f"No. {number}", node=harness.far))
    harness.faults.add("set", path=harness.list_path, exact=True, fields={field: said})
    assert len(await panel.list_servers()) == 154


async def test_a_server_listed_twice_appears_once(panel: Panel, harness: Harness) -> None:
    field = harness.list_field
    harness.faults.add("duplicates", path=harness.list_path, exact=True, field=field)
    assert len(await panel.list_servers()) == 4


async def test_a_long_list_keeps_to_ten_requests_at_a_time(panel: Panel, harness: Harness) -> None:
    node = harness.world.add_node("big")
    for number in range(60):
        harness.allow(harness.world.add_server(f"No. {number}", node=node))
    harness.faults.add("late", seconds=0.005)
    async with asyncio.TaskGroup() as group:
        lists = [group.create_task(panel.list_servers()) for _ in range(2)]
    assert [len(running.result()) for running in lists] == [64, 64]
    assert 1 < harness.stand_in.most_in_flight <= 10


@pytest.mark.parametrize("odd", ["a" * 300, "7\0", "\ud800", "../7"])
async def test_what_can_be_no_id_makes_no_server(
    panel: Panel, harness: Harness, odd: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    one = f"{harness.list_field}.*.".lstrip(".")
    fields = dict.fromkeys((one + field for field in harness.id_fields), odd)
    harness.faults.add("set", path=harness.list_path, exact=True, fields=fields)
    assert not await panel.list_servers()
    assert "without an id that can be one" in caplog.text

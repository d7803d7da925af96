"""Our client of vps.org against its stand-in: addresses, details, power, tokens, budget."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAuthFailed,
    PanelConflict,
    PanelForbidden,
    PanelProtocolError,
    PanelRateLimited,
    ServerNotFound,
    UnsupportedAction,
)
from bot.domain.servers import PowerAction, ServerState
from bot.panels import SettingsError, check_settings
from bot.simulators.panels.vpsorg_accounts import READ
from tests.panels.support import HastyClock, Reply, settings, stub
from tests.panels.vpsorg_site import VpsOrgSite, example, open_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.panels import PanelHub
    from bot.simulators.panels.vpsorg import Dialect

CREDENTIALS = {"token": "vps_madeUp"}


@pytest.fixture(params=["documented", "client"])
async def site(
    request: pytest.FixtureRequest, clock: HastyClock, hub: PanelHub
) -> AsyncIterator[VpsOrgSite]:
    site = VpsOrgSite(clock, hub, dialect=request.param)
    async with site.stand_in:
        yield site


@pytest.fixture
async def documented(clock: HastyClock, hub: PanelHub) -> AsyncIterator[VpsOrgSite]:
    site = VpsOrgSite(clock, hub, dialect="documented")
    async with site.stand_in:
        yield site


@pytest.mark.parametrize("below", ["", "/", "/api/v1", "/api/v1/"])
async def test_the_address_may_be_with_or_without_the_api(site: VpsOrgSite, below: str) -> None:
    site.add()
    assert len(await site.panel(below=below).list_servers()) == 1
    assert site.calls == [("GET", "/api/v1/servers/")]


@pytest.mark.parametrize("dialect", ["Documented", "", 1, None])
def test_a_dialect_that_there_is_not_is_told(dialect: object) -> None:
    with pytest.raises(SettingsError) as caught:
        check_settings(
            settings(kind="vpsorg", credentials=CREDENTIALS, options={"dialect": dialect})
        )
    assert caught.value.path == "options.dialect"


async def test_the_wrong_dialect_finds_no_server(site: VpsOrgSite, hub: PanelHub) -> None:
    vps = site.add()
    other: Dialect = "client" if site.dialect == "documented" else "documented"
    token = site.stand_in.add_token(site.account)
    panel = hub.open(
        settings(
            kind="vpsorg",
            base_url=site.stand_in.url,
            credentials={"token": token},
            options={"dialect": other},
        )
    )
    with pytest.raises(PanelProtocolError, match=r"options\.dialect.*base_url"):
        await panel.power(site.id_of(vps), PowerAction.START)


async def test_every_path_ends_with_a_slash(site: VpsOrgSite) -> None:
    vps = site.add()
    panel = site.panel()
    await panel.list_servers()
    await panel.get_server(site.id_of(vps))
    await panel.power(site.id_of(vps), PowerAction.START)
    assert len(site.calls) == 3
    assert all(path.endswith("/") for _, path in site.calls)


async def test_a_redirect_is_told_and_not_followed(documented: VpsOrgSite) -> None:
    documented.stand_in.faults.add("redirect", to="https://elsewhere.example/api/v1/servers/")
    with pytest.raises(PanelProtocolError, match="elsewhere"):
        await documented.panel().list_servers()


async def test_a_server_has_usage_in_the_documented_details(documented: VpsOrgSite) -> None:
    vps = documented.add(state="running")
    server = await documented.panel().get_server(str(vps.id))
    assert server.resources is not None
    assert server.resources.memory_limit_bytes == 4096 * 1024**2
    assert server.traffic is not None
    assert server.traffic.limit_bytes == 2048 * 1024**3


@pytest.mark.parametrize(
    ("action", "state", "path"),
    [
        (PowerAction.START, "offline", "start"),
        (PowerAction.STOP, "running", "stop"),
        (PowerAction.RESTART, "running", "reboot"),
    ],
)
async def test_documented_orders_have_a_path_each(
    documented: VpsOrgSite, action: PowerAction, state: str, path: str
) -> None:
    vps = documented.add(state=state)
    await documented.panel().power(str(vps.id), action)
    assert documented.calls == [("POST", f"/api/v1/servers/{vps.id}/{path}/")]
    assert vps.server.signals == [action]


async def test_the_client_kills_and_the_document_does_not(site: VpsOrgSite) -> None:
    vps = site.add(state="running")
    panel = site.panel()
    if site.dialect == "client":
        await panel.power(site.id_of(vps), PowerAction.KILL)
        assert vps.server.signals == ["kill"]
    else:
        with pytest.raises(UnsupportedAction):
            await panel.power(site.id_of(vps), PowerAction.KILL)
        assert site.calls == []


@pytest.mark.parametrize(
    ("action", "state", "expected"),
    [
        (PowerAction.START, "running", ServerState.RUNNING),
        (PowerAction.STOP, "offline", ServerState.OFFLINE),
        (PowerAction.RESTART, "offline", ServerState.OFFLINE),
    ],
)
async def test_an_order_without_effect_is_a_conflict(
    site: VpsOrgSite, action: PowerAction, state: str, expected: ServerState
) -> None:
    vps = site.add(state=state)
    with pytest.raises(PanelConflict) as caught:
        await site.panel().power(site.id_of(vps), action)
    assert caught.value.state is expected


async def test_a_reboot_is_seen_as_starting_until_it_is_over(
    site: VpsOrgSite, clock: HastyClock
) -> None:
    vps = site.add(state="running")
    panel = site.panel()
    await panel.power(site.id_of(vps), PowerAction.RESTART)
    assert (await panel.get_server(site.id_of(vps))).state is ServerState.STARTING
    clock.advance(60)
    assert (await panel.get_server(site.id_of(vps))).state is ServerState.RUNNING


@pytest.mark.parametrize("body", ["Accepted", "", '{"status": "success"}'])
async def test_an_accepted_order_need_not_be_json(hub: PanelHub, body: str) -> None:
    async with stub(Reply(body=body)) as panel:
        await open_at(hub, panel.url).power("1", PowerAction.START)
    assert len(panel.requests) == 1


@pytest.mark.parametrize("body", ['{"server": {"sta', ' [{"id"', "<html></html>"])
async def test_half_an_answer_to_an_order_says_nothing_of_it(hub: PanelHub, body: str) -> None:
    async with stub(Reply(body=body)) as panel:
        with pytest.raises(OutcomeUnknown):
            await open_at(hub, panel.url).power("1", PowerAction.START)


@pytest.mark.parametrize("body", ["", "Accepted", '{"results": [{"id": 1', "<html></html>"])
async def test_a_list_must_be_json(hub: PanelHub, body: str) -> None:
    async with stub(Reply(body=body)) as panel:
        with pytest.raises(PanelProtocolError):
            await open_at(hub, panel.url).list_servers()


async def test_somebody_elses_server_is_not_found(site: VpsOrgSite) -> None:
    server = site.world.add_server("theirs", node=site.node)
    server_id = str(server.id + 12344) if site.dialect == "documented" else server.uuid
    with pytest.raises(ServerNotFound):
        await site.panel().get_server(server_id)


async def test_a_missing_scope_is_no_bad_token(site: VpsOrgSite) -> None:
    vps = site.add()
    with pytest.raises(PanelForbidden):
        await site.panel(scopes=[READ]).power(site.id_of(vps), PowerAction.START)


async def test_a_revoked_token_is_refused(site: VpsOrgSite) -> None:
    panel = site.panel()
    for text in list(site.stand_in.accounts._tokens):
        site.stand_in.accounts.revoke(text)
    with pytest.raises(PanelAuthFailed):
        await panel.list_servers()


async def test_it_takes_no_more_than_one_request_a_second_in_the_long_run(
    site: VpsOrgSite, clock: HastyClock
) -> None:
    panel = site.panel()
    for _ in range(50):
        await panel.list_servers()
    assert clock.monotonic() >= 40


async def test_a_throttle_without_a_header_is_read_from_its_sentence(
    hub: PanelHub, clock: HastyClock
) -> None:
    said = '{"detail": "Request was throttled. Expected available in 42 seconds."}'
    async with stub(Reply(429, said), Reply(body=json.dumps(example("list")))) as panel:
        assert len(await open_at(hub, panel.url).list_servers()) == 2
    assert clock.slept == [42.0]


async def test_an_order_is_not_repeated_when_it_is_throttled(hub: PanelHub) -> None:
    said = '{"detail": "Request was throttled. Expected available in 7 seconds."}'
    async with stub(Reply(429, said)) as panel:
        with pytest.raises(PanelRateLimited) as caught:
            await open_at(hub, panel.url).power("1", PowerAction.START)
    assert caught.value.retry_after == 7.0
    assert len(panel.requests) == 1


async def test_an_unknown_word_is_logged_once(
    documented: VpsOrgSite, caplog: pytest.LogCaptureFixture
) -> None:
    vps = documented.add()
    panel = documented.panel()
    documented.stand_in.faults.add("set", fields={"status": "dancing"})
    with caplog.at_level(logging.INFO, logger="bot.panels"):
        for _ in range(2):
            assert (await panel.get_server(str(vps.id))).state is ServerState.UNKNOWN
    assert [record.getMessage().count("dancing") for record in caplog.records] == [1]

"""A panel that is given the wrong kind or dialect is named as what it is, or what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import PanelAuthFailed, PanelProtocolError
from tests.panels.harness_cvm import DocumentedCvmHarness, SourceCvmHarness
from tests.panels.harness_legacy import Legacy04Harness, Legacy05Harness, Legacy06Harness
from tests.panels.harness_pterodactyl_v07 import PterodactylV07Harness
from tests.panels.support import settings
from tests.panels.vpsorg_site import open_at

if TYPE_CHECKING:
    from bot.domain.ports import Panel
    from bot.panels import PanelHub
    from tests.panels.pterodactyl_site import Site
    from tests.panels.support import HastyClock

Harness = type[Legacy04Harness | PterodactylV07Harness | DocumentedCvmHarness]

KEYS = dict.fromkeys(
    ("key", "token", "public_key", "secret_key", "public_token", "private_token"), "made-up"
)


def open_as(hub: PanelHub, kind: str, url: str, dialect: str | None = None, **keys: str) -> Panel:
    names = {
        "pterodactyl_v07": ("key",),
        "pterodactyl_legacy": ("public_key", "secret_key"),
        "cvm": ("public_token", "private_token"),
    }[kind]
    return hub.open(
        settings(
            kind=kind,
            base_url=url,
            credentials={name: (KEYS | keys)[name] for name in names},
            options={} if dialect is None else {"dialect": dialect},
        )
    )


async def test_a_panel_of_1_x_is_none_of_0_7(hub: PanelHub, site: Site) -> None:
    server = site.add()
    panel = open_as(
        hub, "pterodactyl_v07", site.stand_in.url, key=site.stand_in.add_key(site.owner)
    )
    for call in (panel.list_servers(), panel.get_server(server.identifier)):
        with pytest.raises(PanelProtocolError, match=r"take the kind pterodactyl\b[^_]*$"):
            await call
    locked_out = open_as(hub, "pterodactyl_v07", site.stand_in.url)
    with pytest.raises(PanelAuthFailed, match=r"take the kind pterodactyl\b[^_]*$"):
        await locked_out.list_servers()


@pytest.mark.parametrize("harness", [Legacy04Harness, Legacy05Harness, Legacy06Harness])
async def test_a_panel_before_0_7_is_none_of_0_7(
    hub: PanelHub, clock: HastyClock, harness: type[Legacy04Harness]
) -> None:
    async with harness(clock) as legacy:
        panel = open_as(hub, "pterodactyl_v07", legacy.url)
        for call in (panel.list_servers(), panel.get_server("b1ea3e80")):
            with pytest.raises(PanelProtocolError, match="pterodactyl_legacy"):
                await call


@pytest.mark.parametrize("dialect", ["0.4", "0.5", "0.6"])
async def test_a_later_panel_is_none_before_0_7(
    hub: PanelHub, clock: HastyClock, site: Site, dialect: str
) -> None:
    async with PterodactylV07Harness(clock) as later:
        for url in (later.url, site.stand_in.url):
            panel = open_as(hub, "pterodactyl_legacy", url, dialect)
            for call in (panel.list_servers(), panel.get_server("1")):
                with pytest.raises(PanelProtocolError, match=r"0\.7 or later.*pterodactyl_v07"):
                    await call


@pytest.mark.parametrize(
    ("harness", "dialect"),
    [
        (Legacy04Harness, "0.5"),
        (Legacy04Harness, "0.6"),
        (Legacy05Harness, "0.4"),
        (Legacy05Harness, "0.6"),
        (Legacy06Harness, "0.4"),
        (Legacy06Harness, "0.5"),
    ],
)
async def test_a_legacy_panel_of_another_dialect_leads_to_the_option(
    hub: PanelHub, clock: HastyClock, harness: type[Legacy04Harness], dialect: str
) -> None:
    async with harness(clock) as legacy:
        panel = open_as(hub, "pterodactyl_legacy", legacy.url, dialect, **dict(legacy.credentials))
        with pytest.raises(PanelProtocolError, match=r"options\.dialect"):
            await panel.list_servers()


@pytest.mark.parametrize(
    "harness", [Legacy04Harness, Legacy05Harness, Legacy06Harness, PterodactylV07Harness]
)
@pytest.mark.parametrize("dialect", [None, "documented", "source"])
async def test_what_is_no_cvm_leads_to_the_settings(
    hub: PanelHub, clock: HastyClock, harness: Harness, dialect: str | None
) -> None:
    async with harness(clock) as panel:
        with pytest.raises(PanelProtocolError, match=r"does not know the path .*base_url"):
            await open_as(hub, "cvm", panel.url, dialect).list_servers()


@pytest.mark.parametrize(
    ("harness", "dialect"), [(DocumentedCvmHarness, "source"), (SourceCvmHarness, "documented")]
)
async def test_a_cvm_of_the_other_dialect_leads_to_the_option(
    hub: PanelHub, clock: HastyClock, harness: type[DocumentedCvmHarness], dialect: str
) -> None:
    async with harness(clock) as cvm:
        panel = open_as(hub, "cvm", cvm.url, dialect, **dict(cvm.credentials))
        with pytest.raises(PanelProtocolError, match=r"options\.dialect"):
            await panel.list_servers()


@pytest.mark.parametrize("harness", [Legacy04Harness, Legacy06Harness, PterodactylV07Harness])
async def test_what_is_no_vps_org_leads_to_the_settings(
    hub: PanelHub, clock: HastyClock, harness: Harness
) -> None:
    async with harness(clock) as panel:
        with pytest.raises(PanelProtocolError, match=r"does not know the path .*base_url"):
            await open_at(hub, panel.url).list_servers()

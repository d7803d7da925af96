"""Which certificates every kind of panel trusts, behind a proxy that ends the TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import PanelUnreachable
from bot.domain.servers import Capability, PowerAction
from bot.panels import PanelHub
from tests.panels.harness import id_of, open_panel
from tests.panels.support import HastyClock, behind_tls

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.ports import Panel
    from tests.panels.harness_base import Harness

OTHER_PIN = "sha256:" + "00" * 32


@pytest.fixture
async def address(harness: Harness, certificate: Path) -> AsyncIterator[str]:
    async with behind_tls(harness.url, certificate) as url:
        yield url


@pytest.fixture
async def hub(address: str, clock: HastyClock) -> AsyncIterator[PanelHub]:
    """Closed before the proxy is, which waits for its connections."""
    async with PanelHub(clock=clock) as hub:
        yield hub


def open_at(
    hub: PanelHub, harness: Harness, address: str, *, verify_tls: bool | str = True
) -> Panel:
    return open_panel(
        hub,
        harness,
        base_url=address,
        verify_tls=verify_tls,
        options=harness.options_behind(address),
    )


@pytest.mark.parametrize("verify_tls", [True, OTHER_PIN])
async def test_nothing_is_sent_to_a_panel_whose_certificate_is_not_trusted(
    hub: PanelHub, harness: Harness, address: str, *, verify_tls: bool | str
) -> None:
    panel = open_at(hub, harness, address, verify_tls=verify_tls)
    with pytest.raises(PanelUnreachable, match="certificate"):
        await panel.list_servers()
    if Capability.RESTART in panel.capabilities:
        with pytest.raises(PanelUnreachable, match="certificate"):
            await panel.power("12345678", PowerAction.RESTART)
    assert harness.stand_in.requests == []


@pytest.mark.parametrize("is_pinned", [True, False])
async def test_a_certificate_that_is_pinned_or_not_looked_at_is_trusted(
    hub: PanelHub, harness: Harness, address: str, pin: str, *, is_pinned: bool
) -> None:
    panel = open_at(hub, harness, address, verify_tls=pin if is_pinned else False)
    server_id = await id_of(panel, "Survival")
    assert (await panel.get_server(server_id)).name == "Survival"
    if Capability.RESTART in panel.capabilities:
        await panel.power(server_id, PowerAction.RESTART)
        assert harness.survival.signals == ["restart"]


async def test_tls_and_none_do_not_understand_each_other(
    hub: PanelHub, harness: Harness, address: str
) -> None:
    for wrong in (address.replace("https", "http"), harness.url.replace("http", "https")):
        panel = open_at(hub, harness, wrong, verify_tls=False)
        with pytest.raises(PanelUnreachable):
            await panel.list_servers()
    assert harness.stand_in.requests == []

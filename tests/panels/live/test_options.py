"""How nodes are reached: with which Origin, and which certificates are trusted."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import pytest
from yarl import URL

from bot.domain import live
from bot.panels import SettingsError, check_settings
from bot.panels._pterodactyl_node import Node
from tests.panels.live.site import LiveSite, see
from tests.panels.support import settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.panels import PanelHub
    from bot.panels._connections import Connections

PIN = "sha256:" + "0f" * 32


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://panel.example.com", "https://panel.example.com"),
        ("https://panel.example.com/", "https://panel.example.com"),
        ("https://panel.example.com/sub/path/", "https://panel.example.com"),
        ("http://panel.example.com:8080", "http://panel.example.com:8080"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("https://[2001:DB8:0::1]:443/", "https://[2001:db8::1]"),
        ("HTTPS://Panel.Example.COM:443/", "https://panel.example.com"),
        ("http://panel.example.com:80", "http://panel.example.com"),
        ("https://panel.example.com:80", "https://panel.example.com:80"),
        ("https://Bücher.example:8443", "https://xn--bcher-kva.example:8443"),
    ],
)
def test_the_origin_is_that_of_the_panel(
    connections: Connections, base_url: str, origin: str
) -> None:
    assert Node.of(settings(base_url=base_url), connections).origin == origin


@pytest.mark.parametrize("origin", ["https://alias.example.com", "https://Alias.example.com:443"])
def test_another_origin_goes_before_it_as_it_is_typed(
    connections: Connections, origin: str
) -> None:
    options: dict[str, object] = {"origin": origin}
    check_settings(settings(options=options))
    assert Node.of(settings(options=options), connections).origin == options["origin"]


@pytest.mark.parametrize(
    ("verify_tls", "options", "trusts_any"),
    [
        (True, {}, False),
        (False, {}, True),
        (PIN, {}, False),
        (False, {"node_tls": True}, False),
        (True, {"node_tls": False}, True),
    ],
)
def test_nodes_are_trusted_like_their_panel_unless_told_otherwise(
    connections: Connections, verify_tls: object, options: dict[str, object], *, trusts_any: bool
) -> None:
    node = Node.of(settings(verify_tls=verify_tls, options=options), connections)
    assert node.tls is not trusts_any


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"origin": "panel.example.com"}, "options.origin"),
        ({"origin": "wss://panel.example.com"}, "options.origin"),
        ({"origin": "https://panel.example.com/"}, "options.origin"),
        ({"origin": "https://panel.example.com/path"}, "options.origin"),
        ({"origin": 5}, "options.origin"),
        ({"node_tls": "no"}, "options.node_tls"),
        ({"node_tls": "sha256:12"}, "options.node_tls"),
        ({"node_tls": 0}, "options.node_tls"),
        ({"node_tls": None}, "options.node_tls"),
        ({"nodes_tls": True}, "options.nodes_tls"),
    ],
)
def test_options_that_cannot_work_are_named(options: dict[str, object], path: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_settings(settings(options=options))
    assert caught.value.path == path


@pytest.mark.parametrize("node_tls", [True, False, PIN])
def test_good_options_pass(*, node_tls: bool | str) -> None:
    check_settings(settings(options={"origin": "http://a.example:81", "node_tls": node_tls}))


@pytest.fixture
async def behind_tls(site: LiveSite, certificate: Path) -> AsyncIterator[LiveSite]:
    """A node behind a proxy with a certificate that nobody has signed."""
    address = URL(site.wings.address_of(site.server))

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(address.host, address.port)
        async with asyncio.TaskGroup() as group:
            group.create_task(pump(reader, back))
            group.create_task(pump(there, writer))

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(relay, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        socket = str(address.with_scheme("wss").with_port(port))
        site.faults.add("set", fields={"data.socket": socket})
        yield site


async def test_a_certificate_that_nobody_signed_is_named(
    behind_tls: LiveSite, hub: PanelHub
) -> None:
    async with behind_tls.panel(hub).watch(behind_tls.server.identifier) as watch:
        assert "TLS certificate is not valid" in (await see(watch, live.Disconnected)).reason


@pytest.mark.parametrize("is_pinned", [False, True])
async def test_it_can_be_trusted_for_nodes_alone(
    behind_tls: LiveSite, hub: PanelHub, pin: str, *, is_pinned: bool
) -> None:
    panel = behind_tls.panel(hub, options={"node_tls": pin if is_pinned else False})
    async with panel.watch(behind_tls.server.identifier) as watch:
        await see(watch, live.Connected)


async def test_a_wrong_pin_is_named(behind_tls: LiveSite, hub: PanelHub) -> None:
    panel = behind_tls.panel(hub, options={"node_tls": PIN})
    async with panel.watch(behind_tls.server.identifier) as watch:
        assert "not the pinned one" in (await see(watch, live.Disconnected)).reason

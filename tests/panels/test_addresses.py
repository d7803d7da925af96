"""Where the panels of guilds may be; whatever is refused here is never connected to."""

from __future__ import annotations

import ipaddress
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.domain.errors import PanelAddressRefused, PanelProtocolError
from bot.panels._addresses import AddressRefused, Border
from bot.panels._connections import Connections
from bot.panels._errors import Call
from bot.panels._http import PanelHttp
from bot.panels._manners import Bearer, Manners
from tests.panels.support import KEY, HastyClock, Reply, Stub, fails, no_words, serving, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GET = Call("GET", "/api/client")
POST = Call("POST", "/power", body={"signal": "start"}, action="start")

INSIDE = (
    "0.0.0.0",  # noqa: S104 - nothing listens there
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::10.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
)
SPELLINGS = (
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "127.1",
    "127.0.1",
    "127.0.0.01",
    "127.0.0.1.",
    "0x7f000001",
    "0x7f.0.0.1",
    "0X7F.1",
)
"""All of them are 127.0.0.1 to the C library, but for the one with a dot at its end."""


class Names(AbstractResolver):
    """Knows names by what the test says; numbers in odd spellings as the C library reads them."""

    def __init__(self, *answers: list[str]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = (
            self._answers.pop(0) if self._answers else [socket.inet_ntoa(socket.inet_aton(host))]
        )
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in found
        ]

    async def close(self) -> None:
        pass


class Site:
    """A stub that guilds may reach, at 127.0.0.1, and at the same port of 127.0.0.2 one inside."""

    def __init__(self) -> None:
        self.outside = Stub(Reply())
        self.inside = Stub(Reply())
        self.port = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Site]:
        async with serving(self.outside.answer) as url:
            self.port = URL(url).port or 0
            async with serving(self.inside.answer, host="127.0.0.2", port=self.port):
                yield self

    def http(self, connections: Connections, *, host: str = "panel.test") -> PanelHttp:
        return public_http(connections, f"http://{host}:{self.port}")


def public_http(
    connections: Connections, base_url: str, *, is_public_only: bool = True
) -> PanelHttp:
    return PanelHttp(
        settings(base_url=base_url, is_public_only=is_public_only),
        connections,
        auth=Bearer(KEY),
        manners=Manners(read_error=no_words),
    )


def allowing(*networks: str, names: Names | None = None) -> Connections:
    return Connections(
        HastyClock(), allow_networks=map(ipaddress.ip_network, networks), resolver=names
    )


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site().open() as opened:
        yield opened


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        Border(()).check(address)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "93.184.216.34",
        "172.15.255.255",
        "172.32.0.1",
        "100.63.255.255",
        "2606:4700:4700::1111",
        "2a01:4f8::1",
        "64:ff9b::93.184.216.34",
    ],
)
def test_a_public_address_is_not(address: str) -> None:
    Border(()).check(address)


@given(st.ip_addresses(v=4))
def test_what_python_takes_for_private_is_never_public(address: ipaddress.IPv4Address) -> None:
    if address.is_global and not address.is_multicast:
        return
    for disguised in (
        str(address),
        f"::ffff:{address}",
        f"::{address}",
        f"64:ff9b::{address}",
        str(ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80))),
        str(ipaddress.IPv6Address((0x20010000 << 96) | (int(address) ^ 0xFFFFFFFF))),
    ):
        with pytest.raises(AddressRefused):
            Border(()).check(disguised)


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("10.0.0.0/8", "10.255.0.1"),
        ("10.0.0.0/8", "64:ff9b::10.255.0.1"),
        ("192.168.1.5", "192.168.1.5"),
        ("fd00::/8", "fd12::1"),
        ("127.0.0.0/8", "127.0.0.2"),
    ],
)
def test_the_operator_allows_a_network_and_no_other(network: str, address: str) -> None:
    border = Border([ipaddress.ip_network(network)])

    border.check(address)
    for other in ("169.254.169.254", "::1", "192.168.1.6", f"::ffff:{address.rpartition(':')[2]}"):
        with pytest.raises(AddressRefused):
            border.check(other)


@pytest.mark.parametrize("call", [GET, POST], ids=["read", "write"])
@pytest.mark.parametrize("host", [*INSIDE, *SPELLINGS, "①②⑦.⓪.⓪.①"])
async def test_nothing_is_sent_to_an_address_inside_however_it_is_written(
    host: str, call: Call
) -> None:
    written = f"[{host}]" if ":" in host else host
    async with allowing(names=Names()) as connections:
        error = await fails(public_http(connections, f"http://{written}:9"), call)

    assert isinstance(error, PanelAddressRefused)
    assert host not in str(error)


@pytest.mark.parametrize("call", [GET, POST], ids=["read", "write"])
async def test_a_name_that_leads_inside_is_refused(site: Site, call: Call) -> None:
    async with allowing(names=Names(["127.0.0.2"])) as connections:
        error = await fails(site.http(connections), call)

    assert isinstance(error, PanelAddressRefused)
    assert "127" not in str(error)
    assert not site.inside.requests


@pytest.mark.parametrize(
    "found", [["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "::1"]]
)
async def test_one_address_inside_spoils_all_of_a_name(site: Site, found: list[str]) -> None:
    async with allowing("127.0.0.1", names=Names(found)) as connections:
        error = await fails(site.http(connections), GET)

    assert isinstance(error, PanelAddressRefused)
    assert not site.inside.requests + site.outside.requests


async def test_a_name_that_leads_elsewhere_later_is_refused_then(site: Site) -> None:
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    async with allowing("127.0.0.1", names=names) as connections:
        http = site.http(connections)
        await http.request(GET)
        error = await fails(http, POST)  # on a connection of its own

    assert isinstance(error, PanelAddressRefused)
    assert (len(site.outside.requests), len(site.inside.requests)) == (1, 0)


async def test_the_address_that_was_looked_at_is_the_one_connected_to(site: Site) -> None:
    """Whoever answered a second question by another address would win with a second look-up."""
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    async with allowing("127.0.0.1", names=names) as connections:
        await site.http(connections).request(GET)

    assert names.asked == ["panel.test"]
    assert (len(site.outside.requests), len(site.inside.requests)) == (1, 0)


async def test_the_name_is_still_what_the_panel_is_asked_by(site: Site) -> None:
    async with allowing("127.0.0.1", names=Names(["127.0.0.1"])) as connections:
        await site.http(connections).request(GET)

    assert site.outside.requests[0].headers["Host"] == f"panel.test:{site.port}"


async def test_a_redirect_inside_is_not_followed(site: Site) -> None:
    site.outside = Stub(Reply(302, headers={"Location": f"http://127.0.0.2:{site.port}/secret"}))
    async with serving(site.outside.answer) as url, allowing("127.0.0.1") as connections:
        error = await fails(public_http(connections, url), GET)

    assert isinstance(error, PanelProtocolError)
    assert "a redirect" in str(error)
    assert not site.inside.requests


async def test_panels_of_the_configuration_file_may_be_anywhere(site: Site) -> None:
    async with allowing() as connections:
        url = f"http://127.0.0.2:{site.port}"
        await public_http(connections, url, is_public_only=False).request(GET)

    assert len(site.inside.requests) == 1


async def test_a_guild_cannot_use_a_connection_that_the_operator_has_opened(site: Site) -> None:
    url = f"http://127.0.0.2:{site.port}"
    async with allowing() as connections:
        await public_http(connections, url, is_public_only=False).request(GET)
        error = await fails(public_http(connections, url), GET)

    assert isinstance(error, PanelAddressRefused)
    assert len(site.inside.requests) == 1

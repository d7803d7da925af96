"""Where a panel that a guild has added may be: at public addresses, and where the operator allows.

Decides by the address that is connected to, never by how it was written or what a name promises.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp.connector import AddrInfoType

    Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
"""All else is link-local, unique-local, multicast, IPv4 in disguise, or not given to anybody."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""How a network without IPv4 reaches it: the last 32 bits are the address (RFC 6052)."""

_NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            "100.64.0.0/10",  # between a provider and its customers (RFC 6598)
            "168.63.129.16/32",  # Azure's own services, as seen from its machines
            "192.0.0.0/24",  # protocol assignments; some clouds' metadata
            "192.88.99.0/24",  # 6to4 relays
            "2001::/32",  # Teredo: an IPv4 address in disguise
            "2002::/16",  # 6to4: the same
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)
"""Not public, or not on every Python from 3.11 on."""


class AddressRefused(aiohttp.ClientError):
    """No connection is made to there; nothing was sent. Does not say where that is."""

    def __init__(self) -> None:
        super().__init__("the address is not public")


NOWHERE = (AddressRefused, aiohttp.InvalidURL)
"""What aiohttp raises where no connection may be made."""


class Border:
    """Knows which addresses are outside."""

    def __init__(self, allowed: Iterable[Network]) -> None:
        self._allowed = tuple(allowed)

    def check(self, address: str) -> None:
        """Raise `AddressRefused` for what is not outside, or no address in its usual form."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            # 2130706433, 0177.0.0.1 and 127.1 are all this machine to those who take them.
            raise AddressRefused from None
        if not self._is_outside(found):
            raise AddressRefused

    def open_socket(self, info: AddrInfoType) -> socket.socket:
        """Return the socket for a connection to there; aiohttp connects it to nothing else."""
        family, kind, protocol, _, target = info
        self.check(str(target[0]))
        return socket.socket(family, kind, protocol)

    def _is_outside(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        if isinstance(address, ipaddress.IPv6Address) and address in _NAT64:
            return self._is_outside(ipaddress.IPv4Address(address.packed[-4:]))
        if any(address in network for network in self._allowed):
            return True
        if isinstance(address, ipaddress.IPv6Address) and address not in _PUBLIC_V6:
            return False
        never = address.is_multicast or address.is_reserved
        never = never or any(address in network for network in _NEVER)
        return address.is_global and not never


class BorderResolver(AbstractResolver):
    """Looks up names; one address that is not outside spoils all of a name's."""

    def __init__(self, resolver: AbstractResolver, border: Border) -> None:
        self._resolver = resolver
        self._border = border

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses; raises `AddressRefused`, and `OSError` where there are none."""
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            self._border.check(each["host"])
        return found

    async def close(self) -> None:
        """Close what looks them up."""
        await self._resolver.close()

"""Fixtures of the panels."""

from __future__ import annotations

import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.panels import PanelHub
from bot.panels._connections import Connections
from tests.panels.harness import HARNESSES, open_panel
from tests.panels.harness_legacy import Legacy04Harness, Legacy05Harness, Legacy06Harness
from tests.panels.pterodactyl_site import Site
from tests.panels.support import HastyClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.ports import Panel
    from tests.panels.harness_base import Harness


@pytest.fixture
def clock() -> HastyClock:
    return HastyClock()


@pytest.fixture
async def hub(clock: HastyClock) -> AsyncIterator[PanelHub]:
    async with PanelHub(clock=clock) as hub:
        yield hub


@pytest.fixture
async def connections(clock: HastyClock) -> AsyncIterator[Connections]:
    async with Connections(clock) as connections:
        yield connections


@pytest.fixture(params=HARNESSES, ids=lambda harness: harness.name)
async def harness(request: pytest.FixtureRequest, clock: HastyClock) -> AsyncIterator[Harness]:
    """Every kind in every dialect; `only`, `offering` and `each` choose among them."""
    harness: Harness = request.param(clock)
    async with harness:
        yield harness


@pytest.fixture
def panel(hub: PanelHub, harness: Harness) -> Panel:
    return open_panel(hub, harness)


@pytest.fixture
async def site(clock: HastyClock, hub: PanelHub) -> AsyncIterator[Site]:
    site = Site(clock, hub)
    async with site.stand_in:
        yield site


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a self-signed certificate for the loopback address, and its private key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    both = tmp_path_factory.mktemp("tls") / "both.pem"
    both.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    return both


@pytest.fixture
def pin(certificate: Path) -> str:
    pem = certificate.read_text()
    pem = pem[pem.index("-----BEGIN CERTIFICATE") :]
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()
    return "sha256:" + ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))


@pytest.fixture(params=[Legacy04Harness, Legacy05Harness, Legacy06Harness], ids=["04", "05", "06"])
async def legacy(
    request: pytest.FixtureRequest, clock: HastyClock
) -> AsyncIterator[Legacy04Harness]:
    harness: Legacy04Harness = request.param(clock)
    async with harness:
        yield harness


@pytest.fixture
async def legacy05(clock: HastyClock) -> AsyncIterator[Legacy05Harness]:
    async with Legacy05Harness(clock) as harness:
        yield harness


@pytest.fixture
async def legacy06(clock: HastyClock) -> AsyncIterator[Legacy06Harness]:
    async with Legacy06Harness(clock) as harness:
        yield harness

"""Which certificates are trusted: those of the system, any, or the one that is pinned."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import PanelUnreachable
from bot.panels._errors import Call
from bot.panels._http import PanelHttp
from bot.panels._manners import Bearer, Manners
from tests.panels.support import KEY, HastyClock, Reply, Stub, no_words, serving, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.panels._connections import Connections

GET, POST = Call("GET", "/"), Call("POST", "/", body={}, action="start")


@pytest.fixture
async def panel(certificate: Path) -> AsyncIterator[Stub]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    panel = Stub(Reply(body='"secret talk"'))
    async with serving(panel.answer, tls=context) as panel.url:
        yield panel


def http_to(connections: Connections, panel: Stub, *, verify_tls: bool | str) -> PanelHttp:
    values = settings(base_url=panel.url, verify_tls=verify_tls)
    return PanelHttp(values, connections, auth=Bearer(KEY), manners=Manners(read_error=no_words))


@pytest.mark.parametrize("call", [GET, POST])
async def test_a_certificate_that_nobody_vouches_for_is_refused(
    connections: Connections, clock: HastyClock, panel: Stub, call: Call
) -> None:
    with pytest.raises(PanelUnreachable, match="certificate is not valid"):
        await http_to(connections, panel, verify_tls=True).request(call)
    assert panel.requests == []
    assert clock.slept == [], "it would not become valid by asking again"


async def test_without_verification_any_certificate_will_do(
    connections: Connections, panel: Stub
) -> None:
    http = http_to(connections, panel, verify_tls=False)
    assert await http.request(GET) == "secret talk"


@pytest.mark.parametrize("colons", [True, False])
async def test_the_pinned_certificate_is_trusted(
    connections: Connections, panel: Stub, pin: str, *, colons: bool
) -> None:
    pin = pin if colons else "sha256:" + pin.removeprefix("sha256:").replace(":", "").lower()
    http = http_to(connections, panel, verify_tls=pin)
    assert await http.request(GET) == "secret talk"
    assert await http.request(POST) == "secret talk"


@pytest.mark.parametrize("call", [GET, POST])
async def test_any_other_certificate_than_the_pinned_one_is_refused(
    connections: Connections, clock: HastyClock, panel: Stub, call: Call
) -> None:
    with pytest.raises(PanelUnreachable, match="not the pinned one"):
        await http_to(connections, panel, verify_tls="sha256:" + "00" * 32).request(call)
    assert panel.requests == []
    assert clock.slept == []


async def test_what_one_panel_trusts_another_does_not(
    connections: Connections, panel: Stub
) -> None:
    await http_to(connections, panel, verify_tls=False).request(GET)
    with pytest.raises(PanelUnreachable):
        await http_to(connections, panel, verify_tls=True).request(GET)

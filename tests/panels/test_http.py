"""How answers are read, and what is never sent or shown."""

from __future__ import annotations

import json
import logging
import socket
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.domain.errors import (
    PanelAuthFailed,
    PanelError,
    PanelForbidden,
    PanelProtocolError,
    PanelRateLimited,
    PanelRefused,
    PanelUnreachable,
    PaymentRequired,
    ServerNotFound,
)
from bot.panels._errors import Answer, Call
from bot.panels._http import PanelHttp
from bot.panels._manners import Bearer, Manners
from tests.panels.support import (
    KEY,
    Reply,
    Stub,
    babbler,
    fails,
    http_to,
    serving,
    settings,
    stub,
)

if TYPE_CHECKING:
    from bot.panels._connections import Connections

GET = Call("GET", "/api/client")
PAGE = "<html><body>Bad gateway</body></html>"


@pytest.mark.parametrize("write", [False, True])
async def test_a_request_says_who_we_are_and_nothing_that_a_browser_would(
    connections: Connections, *, write: bool
) -> None:
    call = Call("POST", "/x", body={"signal": "start"}) if write else GET
    async with stub(Reply(headers={"Set-Cookie": "pterodactyl_session=abc"})) as panel:
        # By name: aiohttp keeps no cookies of bare addresses anyway.
        http = http_to(connections, panel.url.replace("127.0.0.1", "localhost"))
        await http.request(call)
        await http.request(call)
    for request in panel.requests:
        assert request.headers["Accept"] == "application/json"
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        assert not {"Origin", "Referer", "Cookie"} & request.headers.keys()
    assert panel.bodies[0] == (b'{"signal": "start"}' if write else b"")


@pytest.mark.parametrize(
    ("suffix", "path"),
    [("", "/api/client"), ("///", "/api/client"), ("/sub/path/", "/sub/path/api/client")],
)
async def test_a_base_url_keeps_its_path_and_loses_its_last_slashes(
    connections: Connections, suffix: str, path: str
) -> None:
    async with stub(Reply()) as panel:
        await http_to(connections, panel.url + suffix).request(GET)
    assert panel.requests[0].path == path


@pytest.fixture
def loopback6() -> str:
    """The address, on machines that have it."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    return "::1"


async def test_a_base_url_may_be_an_ipv6_address(connections: Connections, loopback6: str) -> None:
    panel = Stub(Reply(body='"six"'))
    async with serving(panel.answer, host=loopback6) as url:
        port = url.rpartition(":")[2]
        assert await http_to(connections, f"http://[::1]:{port}").request(GET) == "six"


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'<br />\n<b>Warning</b>: oops on line <b>3</b><br />\n{"a": 1}', {"a": 1}),
        (b"", None),
        (b" \n", None),
    ],
)
async def test_json_is_read_whatever_it_is_called(
    connections: Connections, body: bytes, data: object
) -> None:
    async with stub(Reply(body=body, headers={"Content-Type": "text/html"})) as panel:
        assert await http_to(connections, panel.url).request(GET) == data


@pytest.mark.parametrize("body", [b"<html>Login</html>", b"{", b"[" * 100_000, b"\xff\xfe\x00"])
async def test_a_good_status_without_json_makes_no_sense(
    connections: Connections, body: bytes
) -> None:
    async with stub(Reply(body=body)) as panel:
        error = await fails(http_to(connections, panel.url), GET)
    assert isinstance(error, PanelProtocolError)
    assert error.__cause__ is not None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, PanelRefused),
        (401, PanelAuthFailed),
        (402, PaymentRequired),
        (403, PanelForbidden),
        (404, PanelProtocolError),
        (409, PanelError),
        (419, PanelProtocolError),
        (422, PanelRefused),
        (429, PanelRateLimited),
        (500, PanelRefused),
        (503, PanelUnreachable),
    ],
)
async def test_a_status_with_data_has_a_meaning(
    connections: Connections, status: int, expected: type[PanelError]
) -> None:
    async with stub(Reply(status, '{"error": "no"}')) as panel:
        error = await fails(http_to(connections, panel.url), GET)
    assert isinstance(error, expected)
    assert error.panel_id == "main"


async def test_not_found_names_the_server_that_was_asked_for(connections: Connections) -> None:
    async with stub(Reply(404, '{"error": "no"}')) as panel:
        error = await fails(http_to(connections, panel.url), Call("GET", "/x", server_id="abc"))
    assert isinstance(error, ServerNotFound)
    assert error.server_id == "abc"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, PanelAuthFailed),
        (403, PanelProtocolError),
        (404, PanelProtocolError),
        (413, PanelProtocolError),
        (500, PanelUnreachable),
        (502, PanelUnreachable),
        (503, PanelUnreachable),
        (504, PanelUnreachable),
        (521, PanelUnreachable),
    ],
)
async def test_a_page_speaks_for_the_proxy_and_not_for_the_panel(
    connections: Connections, status: int, expected: type[PanelError]
) -> None:
    async with stub(Reply(status, PAGE)) as panel:
        http = http_to(connections, panel.url)
        error = await fails(http, Call("GET", "/x", server_id="abc"))
    assert isinstance(error, expected)
    assert "Bad gateway" not in str(error)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed_and_its_target_named(
    connections: Connections, status: int
) -> None:
    location = f"https://other.example.com/auth/login?from={KEY}"
    async with stub(Reply(status, PAGE, {"Location": location})) as panel:
        error = await fails(http_to(connections, panel.url), GET)
    assert isinstance(error, PanelProtocolError)
    assert "other.example.com" in error.detail
    assert "https" in error.detail
    assert KEY not in error.detail
    assert len(panel.requests) == 1


@pytest.mark.parametrize("location", ["/auth/login", "", "http://[broken"])
async def test_a_redirect_to_no_host_is_told_as_well(
    connections: Connections, location: str
) -> None:
    async with stub(Reply(302, "", {"Location": location})) as panel:
        assert isinstance(await fails(http_to(connections, panel.url), GET), PanelProtocolError)


@pytest.mark.parametrize("chunked", [False, True])
async def test_an_answer_of_two_megabytes_is_not_read_to_its_end(
    connections: Connections, *, chunked: bool
) -> None:
    async def flood(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        if chunked:
            response.enable_chunked_encoding()
        else:
            response.content_length = 2_000_000
        await response.prepare(request)
        for _ in range(200):
            await response.write(b" " * 10_000)
        return response

    async with serving(flood) as url:
        error = await fails(http_to(connections, url), GET)
    assert isinstance(error, PanelProtocolError)


async def test_what_is_no_http_makes_no_sense(connections: Connections) -> None:
    async with babbler() as url:
        error = await fails(http_to(connections, url), GET)
    assert isinstance(error, PanelProtocolError)
    assert error.__cause__ is not None
    assert error.__context__ is None, "aiohttp's own error would show the key"
    assert KEY not in repr(error.__cause__)


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("key", [KEY, "made/up+key/with==signs"])
async def test_the_key_is_seen_nowhere(
    connections: Connections, caplog: pytest.LogCaptureFixture, status: int, key: str
) -> None:
    caplog.set_level(logging.DEBUG)
    # PHP escapes slashes.
    echo = json.dumps({"errors": [{"detail": f"you sent Bearer {key}"}]}).replace("/", r"\/")

    def quote(panel_id: str, _call: Call, answer: Answer) -> PanelError | None:
        return PanelRefused(panel_id, str(answer.data))

    async with stub(Reply(status, echo)) as panel:
        http = PanelHttp(
            settings(base_url=panel.url),
            connections,
            auth=Bearer(key),
            manners=Manners(read_error=quote, fails_with_success=True),
        )
        error = await fails(http, GET)
    seen = f"{error} {error!r} {http!r} {vars(error)} {caplog.text}"
    assert "you sent Bearer [key]" in seen
    assert key not in seen

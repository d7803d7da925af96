"""The signature of requests to panels before 0.7, on paper and on the wire.

The vectors were made with PHP's hash_hmac, the addresses with Symfony's request class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from yarl import URL

from bot.panels._errors import Call
from bot.panels._http import PanelHttp
from bot.panels._legacy_signature import Signed, text_to_sign
from bot.panels._manners import Manners
from bot.simulators.panels.pterodactyl_legacy_signature import full_url, sign
from tests.panels.support import Reply, no_words, settings, stub

if TYPE_CHECKING:
    from bot.panels._connections import Connections

BASE = "https://panel.example.com"


@pytest.mark.parametrize(
    ("sent", "signed"),
    [
        (f"{BASE}/api/servers/", f"{BASE}/api/servers"),
        (
            f"{BASE}/api/servers/2?fields=id%2Cname&daemon=true",
            f"{BASE}/api/servers/2?daemon=true&fields=id,name",
        ),
        (f"{BASE}/api/users/a+b@x.org?x=1+1&y=1%2B1", f"{BASE}/api/users/a b@x.org?x=1 1&y=1+1"),
        (
            "https://PANEL.example.com:8443/api/servers?b=2&a=1&",
            "https://panel.example.com:8443/api/servers?a=1&b=2",
        ),
        (f"{BASE}:443/api/servers?q=caf%C3%A9", f"{BASE}/api/servers?q=café"),
        ("http://panel.example.com:80/api", "http://panel.example.com/api"),
        ("http://panel.example.com:443/api", "http://panel.example.com:443/api"),
        (f"{BASE}/api?=nameless&flag&empty=", f"{BASE}/api?empty=&flag"),
        (f"{BASE}/api?", f"{BASE}/api"),
        ("http://[2001:DB8::1]:8080/api/servers//", "http://[2001:db8::1]:8080/api/servers"),
    ],
)
def test_an_address_is_signed_as_php_sees_it(sent: str, signed: str) -> None:
    assert text_to_sign(URL(sent, encoded=True)) == signed.encode()


@pytest.mark.parametrize(
    ("path", "body", "signature"),
    [
        ("/api/servers", b"", "7vSCF4cPvtGj41MAQnd5KIR6utShiHKvFT2A6ed496g="),
        ("/api/servers/2/suspend", b"", "Gxev6uHndLyepG/d5MH0ajebHkcEe6q0UcW+Akmmafk="),
        (
            "/api/servers/2?fields=id,name&daemon=true",
            b"",
            "c8mhOIY9veM/B98lezT0324xYZZMECdndTIKqjKzRPk=",
        ),
        (
            "/api/servers/2/config",
            b'{"name": "Renamed"}',
            "aT+MjtKKuQUmtYvYBLcMIWBFR0bfpY10MkyGby+tcqM=",
        ),
    ],
)
def test_a_request_bears_the_signature_that_php_makes(
    path: str, body: bytes, signature: str
) -> None:
    auth = Signed("public", "secret", base_url=BASE, signed_base_url=BASE)
    headers = auth.headers("GET", URL(BASE + path), body)
    assert headers == {"Authorization": f"Bearer public.{signature}"}


@pytest.mark.parametrize(
    ("base_url", "signed_base_url"),
    [
        (BASE, "http://panel.example.com"),
        (f"{BASE}:8443/", "http://panel.example.com"),
        (f"{BASE}/panel/", "http://PANEL.example.com:80/"),
        (BASE, "http://panel.example.com:80//"),
    ],
)
def test_what_the_panel_sees_behind_a_proxy_is_signed(base_url: str, signed_base_url: str) -> None:
    auth = Signed("public", "secret", base_url=base_url, signed_base_url=signed_base_url)
    url = URL(base_url.rstrip("/") + "/api/servers").update_query({"page": "2"})
    signature = sign("http://panel.example.com/api/servers?page=2", b"", "secret")
    assert auth.headers("GET", url, b"")["Authorization"] == f"Bearer public.{signature}"


@pytest.mark.parametrize("base_path", ["", "/", "/panel", "/pänel/"])
@pytest.mark.parametrize(
    ("method", "path", "params", "body"),
    [
        ("GET", "/api/servers", {"page": "1"}, None),
        ("GET", "/api/servers/2", {"fields": "id,name", "daemon": "true"}, None),
        ("GET", "/api/x", {"b": "1+1 & 2=2", "a": "café/%?#[]", "c": "~*'()!$;:@"}, None),
        ("PATCH", "/api/servers/2/config", None, {"name": "Grüße ✨", "reset_token": True}),
        ("DELETE", "/api/admin/servers/2", {"force_delete": "1"}, None),
        ("POST", "/api/servers/2/suspend", None, None),
    ],
)
async def test_what_arrives_is_byte_for_byte_what_was_signed(
    connections: Connections,
    base_path: str,
    method: str,
    path: str,
    params: dict[str, str] | None,
    body: dict[str, object] | None,
) -> None:
    async with stub(Reply()) as panel:
        base_url = panel.url + base_path
        auth = Signed("public", "the.secret.key", base_url=base_url, signed_base_url=base_url)
        http = PanelHttp(
            settings(base_url=base_url),
            connections,
            auth=auth,
            manners=Manners(read_error=no_words),
        )
        await http.request(Call(method, path, params=params, body=body))
    (request,), (content,) = panel.requests, panel.bodies
    # As PHP does it: from the request line and the header Host as they came in.
    url = full_url(request.raw_path, scheme="http", host=request.headers["Host"])
    signature = sign(url, content, "the.secret.key")
    assert request.headers["Authorization"] == f"Bearer public.{signature}"


def test_neither_key_is_shown() -> None:
    auth = Signed("public-key", "secret-key", base_url=BASE, signed_base_url=BASE)
    assert auth.secrets == ("public-key", "secret-key")
    assert "key" not in repr(auth)

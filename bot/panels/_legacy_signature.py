"""Signs requests the way Pterodactyl 0.4 to 0.6 checks them. Sends nothing.

What is signed is the address as PHP puts it together, decoded, and then the body: scheme and
host as PHP sees them, no default port, no slash at the end, parameters sorted by name, empty ones
left out (Laravel's `fullUrl` over Symfony 3.1). There is neither time nor nonce in it, so a
recorded request can be sent again by anybody: keep to https.
"""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Signed:
    """A key pair: the public key is sent, the secret one signs.

    `signed_base_url` is `base_url` as the panel itself sees it: behind a proxy that ends TLS it
    mostly begins with http.
    """

    def __init__(
        self, public_key: str, secret_key: str, *, base_url: str, signed_base_url: str
    ) -> None:
        self.secrets = (public_key, secret_key)
        self._base_path = URL(base_url).raw_path.rstrip("/")
        self._signed_base_url = str(URL(signed_base_url)).rstrip("/")

    def headers(self, _method: str, url: URL, body: bytes) -> Mapping[str, str]:
        """Return the header for exactly this request."""
        public, secret = self.secrets
        rest = url.raw_path_qs.removeprefix(self._base_path)
        text = text_to_sign(URL(self._signed_base_url + rest, encoded=True)) + body
        digest = base64.b64encode(hmac.digest(secret.encode(), text, "sha256")).decode()
        return {"Authorization": f"Bearer {public}.{digest}"}


def text_to_sign(url: URL) -> bytes:
    """Return the address as PHP puts it together and decodes it."""
    host = (url.host_subcomponent or "").lower()
    port = "" if url.is_default_port() else f":{url.explicit_port}"
    address = f"{url.scheme}://{host}{port}{url.raw_path}".rstrip("/")
    query = b"&".join(part for _, part in sorted(_parameters(url.raw_query_string)))
    return _decoded(address) + (b"?" + query if query else b"")


def _parameters(query: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield names and whole parameters, decoded; PHP drops those without a name."""
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if name:
            yield _decoded(name), _decoded(name) + equals.encode() + _decoded(value)


def _decoded(text: str) -> bytes:
    return unquote_to_bytes(text.replace("+", " "))

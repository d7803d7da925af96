"""Signs and reads the tokens that panel and node share: JWTs with HS256. Judges none of them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

_HEADER = {"typ": "JWT", "alg": "HS256"}


def sign(claims: dict[str, Any], secret: str) -> str:
    """Return the token."""
    body = f"{_encode(json.dumps(_HEADER).encode())}.{_encode(json.dumps(claims).encode())}"
    return f"{body}.{_seal(body, secret)}"


def read(token: str, secret: str) -> dict[str, Any]:
    """Return the claims; `ValueError` for what this secret has not signed."""
    body, _, seal = token.rpartition(".")
    if not hmac.compare_digest(seal.encode(), _seal(body, secret).encode()):
        raise ValueError("bad signature")
    payload = body.partition(".")[2]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    if not isinstance(claims, dict):
        raise TypeError("no claims")
    return claims


def _seal(body: str, secret: str) -> str:
    return _encode(hmac.digest(secret.encode(), body.encode(), hashlib.sha256))


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

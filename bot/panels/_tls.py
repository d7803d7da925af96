"""Turns `verify_tls` into what aiohttp takes. Opens no connection."""

from __future__ import annotations

import aiohttp

_PREFIX = "sha256:"


def tls_check(*, verify_tls: bool | str) -> bool | aiohttp.Fingerprint:
    """Return aiohttp's `ssl` argument; `ValueError` for a text that is no SHA-256 pin."""
    if isinstance(verify_tls, bool):
        return verify_tls
    if not verify_tls.startswith(_PREFIX):
        raise ValueError(f"must be true, false or {_PREFIX}<hex>")
    digest = bytes.fromhex(verify_tls.removeprefix(_PREFIX).replace(":", ""))
    # Compares the certificate in DER; a pinned one need not be signed by anybody.
    return aiohttp.Fingerprint(digest)

"""The forms that single values must have. Pure; every refusal is a `ValueError` without the value.

Addresses are refused with a user name, a query or a fragment: keys are put there by mistake.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


DEFAULT_DATABASE = "sqlite:///deckhand.db"


def database_url(text: str, folder: Path) -> str:
    """Look for a relative SQLite file in the folder; which drivers there are, the storage knows."""
    parts = split(text)
    kind, _, rest = text.partition("://")
    if parts.scheme.startswith("postgres"):
        if not parts.hostname:
            raise ValueError("must name a host, as in postgresql://user@host/name")
        return text
    if not parts.scheme.startswith("sqlite"):
        raise ValueError("must start with sqlite:/// or postgresql://")
    file = rest.removeprefix("/")
    if parts.netloc or not file or file.startswith(":memory:"):
        raise ValueError("must name a file, as in sqlite:///deckhand.db")
    return f"{kind}:///{folder / file}"


def key_file(database: str, folder: Path) -> Path:
    """Return where the master key is kept: beside an SQLite file, else in the folder."""
    kind, _, file = database.partition(":///")
    if not kind.startswith("sqlite"):
        return folder / "deckhand.key"
    return Path(file.partition("?")[0] + ".key")


def panel_address(url: str) -> str:
    """Accept where a panel is found on the web."""
    parts = split(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address such as https://panel.example.com")
    return _bare(url, parts)


def discord_api(url: str) -> str:
    """Accept where Discord's REST API is found."""
    return _discord_address(url, "https", plain="http")


def discord_gateway(url: str) -> str:
    """Accept where Discord's gateway is found."""
    return _discord_address(url, "wss", plain="ws")


def guild_id(value: object) -> int:
    """Accept a snowflake as a number or as digits."""
    text = "" if isinstance(value, bool) else str(value)
    if not re.fullmatch("[0-9]{1,19}", text) or int(text) not in _SNOWFLAKES:
        raise ValueError("must be the id of a Discord server, a number")
    return int(text)


def verify_tls(value: object) -> bool | str:
    """Accept a switch or a fingerprint, which is returned as `sha256:` and 64 small hex digits."""
    if isinstance(value, bool):
        return value
    digest = str(value).removeprefix("sha256:").replace(":", "").lower()
    if not str(value).startswith("sha256:") or not re.fullmatch("[0-9a-f]{64}", digest):
        raise ValueError('must be true, false or "sha256:" and the 64 hex digits of a certificate')
    return f"sha256:{digest}"


def secret_keys(text: str) -> tuple[str, ...]:
    """Accept master keys, the newest first: 32 bytes in URL-safe base64 each."""
    keys = tuple(text.split())
    if not all(re.fullmatch("[A-Za-z0-9_-]{43}=", key) for key in keys):
        raise ValueError(
            "must be a key as `deckhand keys new` prints it, or several, the newest first"
        )
    return keys


def network(value: object) -> Network:
    """Accept a network such as 10.0.0.0/8, or a single address."""
    try:
        return ipaddress.ip_network(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError("must be a network such as 10.0.0.0/8, or an address") from None


def address(value: object) -> Address:
    """Accept where to listen: a host, a colon and a port."""
    text = value if isinstance(value, str) else ""
    parts = split(f"//{text}")
    is_whole = parts.netloc == text and "@" not in text
    if not is_whole or not parts.hostname or not parts.port:
        raise ValueError("must be a host and a port, as in 127.0.0.1:9100")
    _check_name(parts.hostname)
    return Address(parts.hostname, parts.port)


def split(url: str) -> SplitResult:
    """Take an address apart."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is none is found only here
    except ValueError:
        raise ValueError("is not a valid address") from None
    if not url.isprintable() or " " in url:
        raise ValueError("must not contain spaces or line breaks")
    return parts


_SNOWFLAKES = range(1, 2**63)


def _discord_address(url: str, scheme: Literal["https", "wss"], *, plain: str) -> str:
    parts = split(url)
    if parts.scheme not in (scheme, plain) or not parts.hostname:
        raise ValueError(f"must be an address such as {scheme}://discord.example.com")
    if parts.scheme == plain and not _is_loopback(parts.hostname):
        raise ValueError(f"must start with {scheme}://, since the token travels there")
    return _bare(url, parts)


def _check_name(host: str) -> None:
    try:
        host.encode("idna")  # as Python does it before it asks for the address of a name
    except UnicodeError:
        raise ValueError(
            "names a host that cannot be looked up: a part of it is empty, too long or misspelled"
        ) from None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bare(url: str, parts: SplitResult) -> str:
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("must not contain a user name, a password, ? or #")
    _check_name(parts.hostname or "")
    return url.rstrip("/")

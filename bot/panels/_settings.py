"""A panel's settings as plain values. Reads no file and no environment, and asks no panel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSettings:
    """One panel of the configuration, its secrets resolved; its repr shows none of them."""

    panel_id: str
    kind: str
    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
    verify_tls: bool | str = True
    """Or `sha256:<hex>`: the one certificate (in DER) that is trusted."""
    options: Mapping[str, object] = field(default_factory=dict)
    is_public_only: bool = False
    """Whether it may be reached at public addresses only, as one that a guild has added."""

    def __post_init__(self) -> None:
        """Spell the address in one way: what is shared and counted is known by it."""
        object.__setattr__(self, "base_url", _one_spelling(self.base_url))


class SettingsError(Exception):
    """A setting that cannot work; `path` is below the panel's own, like `credentials.key`."""

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(f"{path}: {message}")


def one_of(
    options: Mapping[str, object], name: str, choices: Collection[str], *, default: str = ""
) -> str:
    """Return an option that is one of a few words; without a default it must be given."""
    # YAML reads a version such as 0.5 as a number.
    found = str(options.get(name, default))
    if found not in choices:
        raise SettingsError(f"options.{name}", f"must be one of: {', '.join(choices)}")
    return found


def check_address(path: str, address: object) -> None:
    """Raise `SettingsError` for what is no address of a panel."""
    try:
        url = URL(address) if isinstance(address, str) else URL()
        is_host = _is_host(url.host)
    except ValueError:
        url, is_host = URL(), False
    if url.scheme not in ("http", "https") or not is_host:
        raise SettingsError(path, "must be an address like https://panel.example.com")
    if url.user or url.password or url.query_string or url.fragment:
        raise SettingsError(path, "must be without user, password, query and fragment")


def _is_host(host: str | None) -> bool:
    """Whether it can be looked up at all; may raise ValueError where it cannot."""
    if not host or not host.isprintable() or " " in host:
        return False
    # To look it up encodes it like this, and fails with an error that is none of the network.
    return bool(host.encode("idna"))


def _one_spelling(address: str) -> str:
    """Return it as any other spelling of it; what is no address stays as it is."""
    try:
        check_address("", address)
    except SettingsError:
        return address
    # `URL` itself writes scheme and host small, and leaves out the usual port.
    url = URL(address)
    return str(url.with_host((url.host or "").rstrip("."))).rstrip("/")

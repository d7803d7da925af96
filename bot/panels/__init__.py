"""The kinds of panel, and the one door to panels of any kind. Knows no Discord and no use case."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from bot.panels import _forms, _key_facts
from bot.panels._connections import TIMEOUT, Connections
from bot.panels._face import Face
from bot.panels._pterodactyl_node import check_options as check_node_options
from bot.panels._settings import PanelSettings, SettingsError, check_address
from bot.panels._tls import tls_check
from bot.panels.cvm import Cvm
from bot.panels.pterodactyl import Pterodactyl
from bot.panels.pterodactyl_legacy import PterodactylLegacy
from bot.panels.pterodactyl_v07 import PterodactylV07
from bot.panels.vpsorg import VpsOrg

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from ipaddress import IPv4Network, IPv6Network
    from types import TracebackType

    import aiohttp
    from aiohttp.abc import AbstractResolver

    from bot.domain.panels import PanelForm
    from bot.domain.ports import Clock, Panel
    from bot.domain.trials import Result

__all__ = ["PANELS", "PanelHub", "PanelKind", "PanelSettings", "SettingsError", "check_settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelKind:
    """What one kind of panel asks of its settings, and how to make one."""

    factory: Callable[[PanelSettings, Connections], Panel]
    required_credentials: frozenset[str]
    optional_credentials: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()
    check_options: Callable[[Mapping[str, object]], None] | None = None
    """Raises `SettingsError` for values that the kind does not take."""
    form: PanelForm | None = None
    """What is asked of who adds one from Discord; None where that is not offered."""
    key_facts: Callable[[PanelSettings, Connections], Awaitable[list[Result]]] | None = None
    """Asks the panel what its key can do; raises `PanelError`."""


PANELS: Mapping[str, PanelKind] = MappingProxyType(
    {
        "cvm": PanelKind(
            factory=Cvm.open,
            required_credentials=frozenset({"public_token", "private_token"}),
            options=frozenset({"dialect"}),
            check_options=Cvm.check_options,
            form=_forms.CVM,
        ),
        "pterodactyl": PanelKind(
            factory=Pterodactyl.open,
            required_credentials=frozenset({"key"}),
            optional_credentials=frozenset({"application_key"}),
            options=frozenset({"origin", "node_tls"}),
            check_options=check_node_options,
            form=_forms.PTERODACTYL,
            key_facts=_key_facts.of_pterodactyl,
        ),
        "pterodactyl_legacy": PanelKind(
            factory=PterodactylLegacy.open,
            required_credentials=frozenset({"public_key", "secret_key"}),
            options=frozenset({"dialect", "signed_base_url"}),
            check_options=PterodactylLegacy.check_options,
            form=_forms.PTERODACTYL_LEGACY,
            key_facts=_key_facts.of_legacy,
        ),
        "pterodactyl_v07": PanelKind(
            factory=PterodactylV07.open,
            required_credentials=frozenset({"key"}),
            form=_forms.PTERODACTYL_V07,
        ),
        "vpsorg": PanelKind(
            factory=VpsOrg.open,
            required_credentials=frozenset({"token"}),
            options=frozenset({"dialect"}),
            check_options=VpsOrg.check_options,
            form=_forms.VPSORG,
            key_facts=_key_facts.of_vpsorg,
        ),
    }
)


def check_settings(settings: PanelSettings) -> None:
    """Raise `SettingsError` for what can be known to be wrong without asking the panel."""
    kind = PANELS.get(settings.kind)
    if kind is None:
        raise SettingsError("kind", f"must be one of: {', '.join(sorted(PANELS))}")
    check_address("base_url", settings.base_url)
    _check_credentials(settings.credentials, kind)
    for name in settings.options:
        if name not in kind.options:
            raise SettingsError(f"options.{name}", f"is no option of {settings.kind}")
    if kind.check_options is not None:
        kind.check_options(settings.options)
    try:
        tls_check(verify_tls=settings.verify_tls)
    except ValueError as error:
        raise SettingsError(
            "verify_tls", "must be true, false or sha256:<64 hex digits, colons optional>"
        ) from error


class PanelHub:
    """Opens panels; owns their connections, and the budgets that the same key shares."""

    def __init__(
        self,
        *,
        clock: Clock,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
        allow_networks: Iterable[IPv4Network | IPv6Network] = (),
        resolver: AbstractResolver | None = None,
        redact: Callable[[Iterable[str]], None] | None = None,
    ) -> None:
        """See `Connections`; `redact` is told every credential before it is used."""
        self._redact = redact
        self._connections = Connections(
            clock, timeout=timeout, allow_networks=allow_networks, resolver=resolver
        )
        self._salt = secrets.token_bytes(16)

    async def __aenter__(self) -> Self:
        await self._connections.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._connections.__aexit__(kind, error, traceback)

    def open(self, settings: PanelSettings) -> Panel:
        """Return the panel, without asking it anything; raises `SettingsError`."""
        if self._redact is not None:
            self._redact(settings.credentials.values())
        check_settings(settings)
        return PANELS[settings.kind].factory(settings, self._connections)

    def source(self, settings: PanelSettings) -> str:
        """Return an opaque word that is the same for the same panel, key and way to speak."""
        same = (
            settings.kind,
            settings.base_url.rstrip("/"),
            sorted(settings.credentials.items()),
            settings.verify_tls,
            sorted(settings.options.items()),
            settings.is_public_only,
        )
        said = json.dumps(same, default=str).encode()
        return hashlib.blake2b(said, key=self._salt, digest_size=16).hexdigest()

    def budget_left(self, panel: Panel) -> int | None:
        """Return how many requests an open panel may still be sent; None where nobody counts."""
        client = panel.client if isinstance(panel, Face) else panel
        return self._connections.left(client.panel_id)

    async def key_facts(self, settings: PanelSettings) -> list[Result]:
        """Ask the panel what its key can do; raises `SettingsError` and `PanelError`."""
        check_settings(settings)
        ask = PANELS[settings.kind].key_facts
        return [] if ask is None else await ask(settings, self._connections)


def _check_credentials(credentials: Mapping[str, str], kind: PanelKind) -> None:
    missing = sorted(kind.required_credentials - credentials.keys())
    if missing:
        raise SettingsError(f"credentials.{missing[0]}", "is missing")
    for name, value in credentials.items():
        if name not in kind.required_credentials | kind.optional_credentials:
            raise SettingsError(f"credentials.{name}", "is not a credential of this kind")
        # It becomes part of a header.
        if not value or not value.isascii() or not value.isprintable() or " " in value:
            raise SettingsError(
                f"credentials.{name}", "must be one word of printable ASCII characters"
            )
